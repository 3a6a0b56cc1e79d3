/*
 * libcore/io/record_fields.c
 *    A walk over a record beside its schema.
 */
#include "libcore/io/record_fields.h"
#include <string.h>
#include "libcore/base/bytes.h"
#include "libcore/base/date.h"
#include "libcore/io/sha256.h"

/* The field of a record at the head of the path, and what follows it. */
static const SchemaField *
head_field(const SchemaType *type, const char *path, const char **rest)
{
    const size_t len = strcspn(path, ".");

    *rest = path[len] == '.' ? path + len + 1 : path + len;
    for (size_t i = 0; i < type->count; i++)
        if (strlen(type->fields[i].name) == len && memcmp(type->fields[i].name, path, len) == 0)
            return &type->fields[i];
    return NULL;
}

/* The branch that is no null; ours have one. */
static const SchemaType *
value_branch(const SchemaType *type)
{
    for (size_t i = 0; i < type->count; i++)
        if (type->branches[i]->kind != SCHEMA_NULL)
            return type->branches[i];
    return type;
}

bool
record_has_field(const SchemaType *type, const char *path)
{
    const SchemaField *f;

    switch (type->kind) {
    case SCHEMA_UNION:
        return value_branch(type)->kind != SCHEMA_UNION && record_has_field(value_branch(type), path);
    case SCHEMA_ARRAY:
        return record_has_field(type->items, path);
    case SCHEMA_RECORD:
        f = *path == '\0' ? NULL : head_field(type, path, &path);
        return f != NULL && record_has_field(f->type, path);
    default:
        return *path == '\0';
    }
}

/* Avro writes a byte as the character of that number. */
static json_t *
hex_of(const json_t *text)
{
    static const char digits[] = "0123456789abcdef";
    const unsigned char *s = (const unsigned char *)json_string_value(text);
    const size_t len = json_string_length(text);
    Buf hex = {0};
    json_t *out;

    for (size_t i = 0; i < len; i++) {
        unsigned byte = s[i];

        if (byte >= 0xc2 && byte <= 0xc3 && i + 1 < len)
            byte = (byte & 3u) << 6 | (s[++i] & 0x3fu);
        buf_put_u8(&hex, (uint8_t)digits[byte >> 4 & 15]);
        buf_put_u8(&hex, (uint8_t)digits[byte & 15]);
    }
    out = json_string(buf_cstr(&hex));
    buf_free(&hex);
    return out;
}

static void
say_leaf(const json_t *value, const SchemaType *type, FieldValue each, void *ctx)
{
    const char *logical = type->logical != NULL ? type->logical : "";
    char text[INSTANT_TEXT_LEN];
    json_t *made = NULL;

    if (type->kind == SCHEMA_INT && strncmp(logical, "date", 4) == 0 && json_is_integer(value))
        made = json_string(date_format((GameDate){(int32_t)json_integer_value(value)}, text));
    else if (type->kind == SCHEMA_LONG && strncmp(logical, "timestamp-micros", 16) == 0 && json_is_integer(value))
        made = json_string(instant_format((Instant){json_integer_value(value)}, text));
    else if (type->kind == SCHEMA_BYTES && json_is_string(value))
        made = hex_of(value);
    each(ctx, made != NULL ? made : value);
    json_decref(made);
}

void
record_field_values(const json_t *value, const SchemaType *type, const char *path, FieldValue each, void *ctx)
{
    const SchemaField *f;
    const json_t *item;
    size_t i;

    switch (type->kind) {
    case SCHEMA_UNION:
        if (json_is_null(value))
            each(ctx, value);
        else if (json_is_object(value) && value_branch(type)->kind != SCHEMA_UNION)
            record_field_values(json_object_iter_value(json_object_iter((json_t *)(uintptr_t)value)),
                                value_branch(type), path, each, ctx);
        return;
    case SCHEMA_ARRAY:
        json_array_foreach(value, i, item) record_field_values(item, type->items, path, each, ctx);
        return;
    case SCHEMA_RECORD:
        f = *path == '\0' ? NULL : head_field(type, path, &path);
        if (f != NULL)
            record_field_values(json_object_get(value, f->name), f->type, path, each, ctx);
        return;
    default:
        if (*path == '\0' && value != NULL)
            say_leaf(value, type, each, ctx);
    }
}
