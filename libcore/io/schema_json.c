/*
 * libcore/io/schema_json.c
 *    Encode by the schema's tree; every refusal says where it is.
 */
#include "libcore/io/schema_json.h"
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/cursor.h"
#include "libcore/base/date.h"

enum { MAX_DEPTH = 64 };

typedef struct {
    Arena *a;
    Err *err;
    unsigned depth;
} Encoder;

static bool encode(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out);

static const char *
excerpt(const json_t *json, Arena *a)
{
    enum { SHOWN = 60 };
    char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT | JSON_PRESERVE_ORDER);
    const char *out = text == NULL ? "?" : arena_printf(a, strlen(text) > SHOWN ? "%.60s..." : "%s", text);

    free(text);
    return out;
}

static bool
refuse(Encoder *e, const SchemaType *t, const json_t *json, const char *at)
{
    return ERR_FAIL(e->err, ERR_POISON, "%s: %s is no %s", at, excerpt(json, e->a), schema_describe(t, e->a));
}

/* ---- plain values ---- */

/* What people write for a number that means a time. */
static bool
read_time(const SchemaType *t, const char *text, int64_t *out)
{
    GameDate date;
    Instant instant;

    if (t->logical == NULL || text == NULL)
        return false;
    if (strcmp(t->logical, "date") == 0 && date_parse(text, &date)) {
        *out = date.days;
        return true;
    }
    if (strcmp(t->logical, "timestamp-micros") == 0 && instant_parse(text, &instant)) {
        *out = instant.us;
        return true;
    }
    return false;
}

static bool
encode_whole(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    int64_t v = json_integer_value(json);

    if (!json_is_integer(json) && !read_time(t, json_string_value(json), &v))
        return refuse(e, t, json, at);
    if (t->kind == SCHEMA_INT && (v <= INT32_MIN || v > INT32_MAX))
        return refuse(e, t, json, at);
    if (v == INT64_MIN) /* reads as missing */
        return refuse(e, t, json, at);
    buf_put_avro_long(out, v);
    return true;
}

static bool
encode_fraction(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    double d = json_number_value(json);
    float f = (float)d;

    if (!json_is_number(json) || !isfinite(d))
        return refuse(e, t, json, at);
    if (t->kind == SCHEMA_DOUBLE)
        buf_put_avro_double(out, d);
    else
        buf_put(out, &f, sizeof f);
    return true;
}

/* Bytes are text whose characters 0 to 255 they are. */
static bool
encode_bytes(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    const uint8_t *s = (const uint8_t *)json_string_value(json);
    size_t len = json_string_length(json), n = 0;
    uint8_t *bytes = arena_alloc(e->a, len + 1);

    for (size_t i = 0; s != NULL && i < len; i++) {
        if (s[i] >= 0x80 && (s[i] > 0xc3 || i + 1 >= len))
            return refuse(e, t, json, at);
        bytes[n++] = s[i] < 0x80 ? s[i] : (uint8_t)((s[i] & 0x03) << 6 | (s[i + 1] & 0x3f));
        i += s[i] >= 0x80;
    }
    if (s == NULL || (t->kind == SCHEMA_FIXED && n != t->count))
        return refuse(e, t, json, at);
    if (t->kind == SCHEMA_BYTES)
        buf_put_avro_bytes(out, bytes_of(bytes, n));
    else
        buf_put(out, bytes, n);
    return true;
}

static bool
encode_symbol(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    for (size_t i = 0; json_is_string(json) && i < t->count; i++) {
        if (strcmp(t->symbols[i], json_string_value(json)) == 0) {
            buf_put_avro_long(out, (int64_t)i);
            return true;
        }
    }
    return refuse(e, t, json, at);
}

static bool
encode_text(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    if (!json_is_string(json) || strlen(json_string_value(json)) != json_string_length(json))
        return refuse(e, t, json, at);
    buf_put_avro_string(out, json_string_value(json));
    return true;
}

/* ---- values that hold others ---- */

static bool
has_field(const SchemaType *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->fields[i].name, name) == 0)
            return true;
    return false;
}

/* A misspelt member would else be lost in silence. */
static bool
check_members(Encoder *e, const SchemaType *t, const json_t *json, const char *at)
{
    const char *key;
    json_t *value, *object = (json_t *)(uintptr_t)json; /* only read through it */

    json_object_foreach(object, key, value) if (!has_field(t, key)) return ERR_FAIL(
        e->err, ERR_POISON, "%s.%s: %s has no such field", at, key, schema_describe(t, e->a));
    return true;
}

static bool
encode_record(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    if (!json_is_object(json))
        return refuse(e, t, json, at);
    if (!check_members(e, t, json, at))
        return false;
    for (size_t i = 0; i < t->count; i++) {
        const SchemaField *f = &t->fields[i];
        const json_t *value = json_object_get(json, f->name);
        const char *place = arena_printf(e->a, "%s.%s", at, f->name);

        if (value == NULL && f->has_fallback)
            buf_put(out, f->fallback.data, f->fallback.len);
        else if (value == NULL)
            return ERR_FAIL(e->err, ERR_POISON, "%s: missing; it is %s", place, schema_describe(f->type, e->a));
        else if (!encode(e, f->type, value, place, out))
            return false;
    }
    return true;
}

static bool
encode_array(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    size_t count = json_array_size(json);

    if (!json_is_array(json))
        return refuse(e, t, json, at);
    buf_put_avro_count(out, count);
    for (size_t i = 0; i < count; i++)
        if (!encode(e, t->items, json_array_get(json, i), arena_printf(e->a, "%s[%zu]", at, i), out))
            return false;
    buf_put_avro_end(out);
    return true;
}

static bool
encode_map(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    json_t *value, *object = (json_t *)(uintptr_t)json; /* only read through it */
    const char *key;

    if (!json_is_object(json))
        return refuse(e, t, json, at);
    buf_put_avro_count(out, json_object_size(json));
    json_object_foreach(object, key, value)
    {
        buf_put_avro_string(out, key);
        if (!encode(e, t->items, value, arena_printf(e->a, "%s.%s", at, key), out))
            return false;
    }
    buf_put_avro_end(out);
    return true;
}

static bool
is_named(const SchemaType *branch, const char *key)
{
    if (branch->name != NULL)
        return strcmp(branch->name, key) == 0 || strcmp(schema_short_name(branch->name), key) == 0;
    return strcmp(schema_kind_name(branch->kind), key) == 0;
}

/* {"string": "x"}: the branch by its name. */
static bool
find_branch(const SchemaType *t, const json_t *json, size_t *branch, const json_t **value)
{
    json_t *object = (json_t *)(uintptr_t)json; /* only read through it */
    void *only = json_object_size(json) == 1 ? json_object_iter(object) : NULL;

    for (size_t i = 0; only != NULL && i < t->count; i++) {
        if (is_named(t->branches[i], json_object_iter_key(only))) {
            *branch = i;
            *value = json_object_iter_value(only);
            return true;
        }
    }
    return false;
}

static bool
encode_union(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    const size_t start = out->len;
    const json_t *value;
    size_t named;

    if (find_branch(t, json, &named, &value)) {
        buf_put_avro_long(out, (int64_t)named);
        return encode(e, t->branches[named], value, at, out);
    }
    for (size_t i = 0; i < t->count; i++) {
        buf_put_avro_long(out, (int64_t)i);
        if (encode(e, t->branches[i], json, at, out))
            return true;
        out->len = start;
    }
    return t->count == 1 || refuse(e, t, json, at);
}

static bool
encode_null(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    (void)out;
    return json_is_null(json) || refuse(e, t, json, at);
}

static bool
encode_truth(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    if (!json_is_boolean(json))
        return refuse(e, t, json, at);
    buf_put_avro_boolean(out, json_is_true(json));
    return true;
}

static bool
encode(Encoder *e, const SchemaType *t, const json_t *json, const char *at, Buf *out)
{
    static bool (*const by_kind[])(Encoder *, const SchemaType *, const json_t *, const char *, Buf *) = {
        [SCHEMA_NULL] = encode_null,   [SCHEMA_BOOLEAN] = encode_truth,  [SCHEMA_INT] = encode_whole,
        [SCHEMA_LONG] = encode_whole,  [SCHEMA_FLOAT] = encode_fraction, [SCHEMA_DOUBLE] = encode_fraction,
        [SCHEMA_BYTES] = encode_bytes, [SCHEMA_STRING] = encode_text,    [SCHEMA_RECORD] = encode_record,
        [SCHEMA_ENUM] = encode_symbol, [SCHEMA_ARRAY] = encode_array,    [SCHEMA_MAP] = encode_map,
        [SCHEMA_UNION] = encode_union, [SCHEMA_FIXED] = encode_bytes,
    };
    bool ok;

    if (e->depth >= MAX_DEPTH)
        return ERR_FAIL(e->err, ERR_POISON, "%s: too deep", at);
    e->depth++;
    ok = by_kind[t->kind](e, t, json, at, out);
    e->depth--;
    return ok;
}

bool
schema_json_encode(const SchemaType *schema, Bytes text, Buf *out, Err *err)
{
    Encoder e = {.a = arena_new(0), .err = err};
    json_error_t fault;
    json_t *json = json_loadb((const char *)text.data, text.len,
                              JSON_DECODE_ANY | JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &fault);
    bool ok;

    if (json == NULL)
        ok = ERR_FAIL(err, ERR_POISON, "no JSON: line %d, column %d: %s", fault.line, fault.column, fault.text);
    else
        ok = encode(&e, schema, json, schema->name ? schema_short_name(schema->name) : "value", out);
    json_decref(json);
    arena_free(e.a);
    return ok;
}
