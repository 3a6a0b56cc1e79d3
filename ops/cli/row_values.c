/*
 * ops/cli/row_values.c
 *    One function a type of column, for text and for JSON.
 */
#include "ops/cli/row_values.h"
#include <string.h>
#include "workers/publish/json_out.h"

const Column *
row_column(const TableDesc *t, const char *name)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return &t->columns[i];
    return NULL;
}

const char *
exact_text(double v, Arena *a)
{
    return f64_is_null(v) ? NULL : arena_printf(a, "%.*g", EXACT_DIGITS, v);
}

json_t *
number_json(double v)
{
    return f64_is_null(v) ? json_null() : json_real(v);
}

/* ---- text ---- */

static const char *
date_text(GameDate d, Arena *a)
{
    char text[DATE_TEXT_LEN];

    return date_is_null(d) ? NULL : arena_strdup(a, date_format(d, text));
}

static const char *
instant_text(Instant t, Arena *a)
{
    char text[INSTANT_TEXT_LEN];

    return instant_is_null(t) ? NULL : arena_strdup(a, instant_format(t, text));
}

static const char *
bool_text(TriBool v)
{
    if (v == BOOL_NULL)
        return NULL;
    return v == BOOL_TRUE ? "true" : "false";
}

static const char *
i32_text(int32_t v, Arena *a)
{
    return i32_is_null(v) ? NULL : arena_printf(a, "%d", v);
}

static const char *
i64_text(int64_t v, Arena *a)
{
    return v == NULL_I64 ? NULL : arena_printf(a, "%lld", (long long)v);
}

/* One array column, of whichever element type. */
typedef struct {
    ColumnType type;
    const void *field;
} ArrayField;

/* Negative when the column is NULL. */
static int32_t
array_count(const ArrayField *f)
{
    const F64Array *f64s = f->field;
    const I32Array *i32s = f->field;
    const TextArray *texts = f->field;

    if (f->type == COL_F64_ARRAY)
        return f64s->items == NULL ? -1 : f64s->count;
    if (f->type == COL_I32_ARRAY)
        return i32s->items == NULL ? -1 : i32s->count;
    return texts->items == NULL ? -1 : texts->count;
}

static const char *
element_text(const ArrayField *f, int32_t i, Arena *a)
{
    if (f->type == COL_F64_ARRAY)
        return exact_text(((const F64Array *)f->field)->items[i], a);
    if (f->type == COL_I32_ARRAY)
        return i32_text(((const I32Array *)f->field)->items[i], a);
    return ((const TextArray *)f->field)->items[i];
}

static const char *
array_text(const ArrayField *f, Arena *a)
{
    int32_t count = array_count(f);
    Buf b = {0};
    const char *text;

    if (count < 0)
        return NULL;
    for (int32_t i = 0; i < count; i++) {
        const char *element = element_text(f, i, a);

        if (i > 0)
            buf_put_u8(&b, ';');
        if (element != NULL)
            buf_put_str(&b, element);
    }
    text = arena_strdup(a, buf_cstr(&b));
    buf_free(&b);
    return text;
}

const char *
row_text(const void *row, const Column *c, Arena *a)
{
    const void *field = (const unsigned char *)row + c->offset;

    switch (c->type) {
    case COL_DATE:
        return date_text(*(const GameDate *)field, a);
    case COL_TEXT:
    case COL_JSON:
        return *(const char *const *)field;
    case COL_I32:
        return i32_text(*(const int32_t *)field, a);
    case COL_I64:
        return i64_text(*(const int64_t *)field, a);
    case COL_F64:
        return exact_text(*(const double *)field, a);
    case COL_BOOL:
        return bool_text(*(const TriBool *)field);
    case COL_TS:
        return instant_text(*(const Instant *)field, a);
    case COL_F64_ARRAY:
    case COL_I32_ARRAY:
    case COL_TEXT_ARRAY:
        return array_text(&(ArrayField){c->type, field}, a);
    case COL_BYTES:
        break; /* no table that people read has one */
    }
    return NULL;
}

const char *
row_element_text(const void *row, const Column *c, int32_t i, Arena *a)
{
    const ArrayField f = {c->type, (const unsigned char *)row + c->offset};

    return i < array_count(&f) ? element_text(&f, i, a) : NULL;
}

/* ---- JSON ---- */

static json_t *
element_json(const ArrayField *f, int32_t i)
{
    if (f->type == COL_F64_ARRAY)
        return number_json(((const F64Array *)f->field)->items[i]);
    if (f->type == COL_I32_ARRAY)
        return json_int(((const I32Array *)f->field)->items[i]);
    return json_text(((const TextArray *)f->field)->items[i]);
}

static json_t *
array_json(const ArrayField *f)
{
    int32_t count = array_count(f);
    json_t *list;

    if (count < 0)
        return json_null();
    list = json_array();
    for (int32_t i = 0; i < count; i++)
        (void)json_array_append_new(list, element_json(f, i));
    return list;
}

json_t *
row_json(const void *row, const Column *c)
{
    const void *field = (const unsigned char *)row + c->offset;
    json_t *made;
    Arena *a;

    switch (c->type) {
    case COL_I32:
        return json_int(*(const int32_t *)field);
    case COL_I64:
        return *(const int64_t *)field == NULL_I64 ? json_null() : json_integer(*(const int64_t *)field);
    case COL_F64:
        return number_json(*(const double *)field);
    case COL_BOOL:
        return json_tri(*(const TriBool *)field);
    case COL_F64_ARRAY:
    case COL_I32_ARRAY:
    case COL_TEXT_ARRAY:
        return array_json(&(ArrayField){c->type, field});
    case COL_DATE:
    case COL_TEXT:
    case COL_TS:
    case COL_JSON:
    case COL_BYTES:
        break;
    }
    a = arena_new(0);
    made = json_text(row_text(row, c, a));
    arena_free(a);
    return made;
}
