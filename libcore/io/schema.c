/*
 * libcore/io/schema.c
 *    Parse schemas with jansson, which avro-c cannot replace here: it forgets defaults and aliases.
 */
#include "libcore/io/schema.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { MAX_TEXT = 1024 * 1024, MAX_DEPTH = 64, MAX_TYPES = 20000, MAX_FIXED = 16 * 1024 * 1024 };

static const char *const kind_names[] = {
    [SCHEMA_NULL] = "null",     [SCHEMA_BOOLEAN] = "boolean", [SCHEMA_INT] = "int",     [SCHEMA_LONG] = "long",
    [SCHEMA_FLOAT] = "float",   [SCHEMA_DOUBLE] = "double",   [SCHEMA_BYTES] = "bytes", [SCHEMA_STRING] = "string",
    [SCHEMA_RECORD] = "record", [SCHEMA_ENUM] = "enum",       [SCHEMA_ARRAY] = "array", [SCHEMA_MAP] = "map",
    [SCHEMA_UNION] = "union",   [SCHEMA_FIXED] = "fixed",
};

static const SchemaType primitives[] = {
    [SCHEMA_NULL] = {.kind = SCHEMA_NULL},
    [SCHEMA_BOOLEAN] = {.kind = SCHEMA_BOOLEAN, .min_bytes = 1},
    [SCHEMA_INT] = {.kind = SCHEMA_INT, .min_bytes = 1},
    [SCHEMA_LONG] = {.kind = SCHEMA_LONG, .min_bytes = 1},
    [SCHEMA_FLOAT] = {.kind = SCHEMA_FLOAT, .min_bytes = 4},
    [SCHEMA_DOUBLE] = {.kind = SCHEMA_DOUBLE, .min_bytes = 8},
    [SCHEMA_BYTES] = {.kind = SCHEMA_BYTES, .min_bytes = 1},
    [SCHEMA_STRING] = {.kind = SCHEMA_STRING, .min_bytes = 1},
};

/* A named type that is being read, or has been. */
typedef struct {
    const SchemaType *type;
    bool is_open;
} Named;

typedef struct {
    Arena *a;
    Named *named;
    size_t named_count, named_cap;
    size_t types;
    unsigned depth;
    Err *err;
} Parser;

static const SchemaType *parse_type(Parser *p, const json_t *json, const char *space, const char *where);

/* ---- names ---- */

static bool
is_name(const char *s)
{
    bool starts = true;

    if (*s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        bool letter = (*s >= 'A' && *s <= 'Z') || (*s >= 'a' && *s <= 'z') || *s == '_';

        if (*s == '.' ? starts : !letter && (starts || *s < '0' || *s > '9'))
            return false;
        starts = *s == '.';
    }
    return !starts;
}

const char *
schema_short_name(const char *name)
{
    const char *dot = strrchr(name, '.');

    return dot ? dot + 1 : name;
}

static const char *
full_name(const char *name, const char *space, Arena *a)
{
    return strchr(name, '.') != NULL || space[0] == '\0' ? arena_strdup(a, name)
                                                         : arena_printf(a, "%s.%s", space, name);
}

static const char *
space_of(const char *full, Arena *a)
{
    const char *dot = strrchr(full, '.');

    return dot ? arena_strndup(a, full, (size_t)(dot - full)) : "";
}

static const char *
text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* A list of texts; absent is none. */
static bool
texts_of(Parser *p, const json_t *list, const char *where, const char *const **out, size_t *count)
{
    const char **texts;

    *count = 0;
    *out = NULL;
    if (list == NULL)
        return true;
    if (!json_is_array(list))
        return ERR_FAIL(p->err, ERR_POISON, "%s: a list of names is expected", where);
    texts = arena_array(p->a, json_array_size(list) + 1, sizeof *texts);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *text = json_string_value(json_array_get(list, i));

        if (text == NULL || !is_name(text))
            return ERR_FAIL(p->err, ERR_POISON, "%s: a name is expected", where);
        texts[i] = arena_strdup(p->a, text);
    }
    *out = texts;
    *count = json_array_size(list);
    return true;
}

static Named *
find_named(const Parser *p, const char *name)
{
    for (size_t i = 0; i < p->named_count; i++)
        if (strcmp(p->named[i].type->name, name) == 0)
            return &p->named[i];
    return NULL;
}

static bool
add_named(Parser *p, const SchemaType *type)
{
    if (find_named(p, type->name) != NULL)
        return ERR_FAIL(p->err, ERR_POISON, "%s is defined twice", type->name);
    p->named = arena_room(p->a, p->named, p->named_count, &p->named_cap, sizeof *p->named);
    p->named[p->named_count++] = (Named){type, true};
    return true;
}

static SchemaType *
new_type(Parser *p, SchemaKind kind)
{
    SchemaType *t = arena_alloc(p->a, sizeof *t);

    t->kind = kind;
    return t;
}

/* ---- defaults ---- */

static bool encode(Parser *p, const SchemaType *t, const json_t *json, const char *where, unsigned depth, Buf *out);

static void
put_varint(Buf *b, int64_t v)
{
    uint64_t zigzag = ((uint64_t)v << 1) ^ (v < 0 ? UINT64_MAX : 0);

    for (; zigzag > 0x7f; zigzag >>= 7)
        buf_put_u8(b, (uint8_t)(zigzag | 0x80));
    buf_put_u8(b, (uint8_t)zigzag);
}

static void
put_bits(Buf *b, uint64_t bits, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buf_put_u8(b, (uint8_t)(bits >> (8 * i)));
}

static bool
encode_number(const SchemaType *t, const json_t *json, Buf *out)
{
    double d = json_number_value(json);
    float f = (float)d;
    uint64_t bits = 0;

    if (!json_is_number(json))
        return false;
    if (t->kind == SCHEMA_INT || t->kind == SCHEMA_LONG) {
        int64_t v = json_integer_value(json);

        if (!json_is_integer(json) || (t->kind == SCHEMA_INT && (v < INT32_MIN || v > INT32_MAX)))
            return false;
        put_varint(out, v);
        return true;
    }
    memcpy(&bits, t->kind == SCHEMA_FLOAT ? (const void *)&f : (const void *)&d,
           t->kind == SCHEMA_FLOAT ? sizeof f : sizeof d);
    put_bits(out, bits, t->kind == SCHEMA_FLOAT ? 4 : 8);
    return true;
}

/* Text is itself; bytes are written as text whose characters 0 to 255 are the bytes. */
static bool
encode_text(const SchemaType *t, const json_t *json, Buf *out)
{
    const uint8_t *s = (const uint8_t *)json_string_value(json);
    size_t len = json_string_length(json);
    Buf bytes = {0};
    bool ok = s != NULL;

    if (ok && t->kind == SCHEMA_STRING) {
        put_varint(out, (int64_t)len);
        buf_put(out, s, len);
        return true;
    }
    for (size_t i = 0; ok && i < len; i++) {
        if (s[i] < 0x80) {
            buf_put_u8(&bytes, s[i]);
        } else if (s[i] <= 0xc3 && i + 1 < len) {
            buf_put_u8(&bytes, (uint8_t)((s[i] & 0x03) << 6 | (s[i + 1] & 0x3f)));
            i++;
        } else {
            ok = false;
        }
    }
    ok = ok && (t->kind != SCHEMA_FIXED || bytes.len == t->count);
    if (ok && t->kind == SCHEMA_BYTES)
        put_varint(out, (int64_t)bytes.len);
    if (ok)
        buf_put(out, bytes.data, bytes.len);
    buf_free(&bytes);
    return ok;
}

static bool
encode_symbol(const SchemaType *t, const json_t *json, Buf *out)
{
    for (size_t i = 0; json_is_string(json) && i < t->count; i++) {
        if (strcmp(t->symbols[i], json_string_value(json)) == 0) {
            put_varint(out, (int64_t)i);
            return true;
        }
    }
    return false;
}

static bool
encode_record(Parser *p, const SchemaType *t, const json_t *json, const char *where, unsigned depth, Buf *out)
{
    const Named *self = find_named(p, t->name);

    if (!json_is_object(json) || self == NULL || self->is_open)
        return false;
    for (size_t i = 0; i < t->count; i++) {
        const json_t *value = json_object_get(json, t->fields[i].name);

        if (value != NULL) {
            if (!encode(p, t->fields[i].type, value, where, depth, out))
                return false;
        } else if (t->fields[i].has_fallback) {
            buf_put(out, t->fields[i].fallback.data, t->fields[i].fallback.len);
        } else {
            return false;
        }
    }
    return true;
}

static bool
encode_items(Parser *p, const SchemaType *t, const json_t *json, const char *where, unsigned depth, Buf *out)
{
    size_t count = t->kind == SCHEMA_ARRAY ? json_array_size(json) : json_object_size(json);
    json_t *object = t->kind == SCHEMA_MAP ? (json_t *)(uintptr_t)json : NULL; /* only read through it */

    if (!(t->kind == SCHEMA_ARRAY ? json_is_array(json) : json_is_object(json)))
        return false;
    if (count > 0)
        put_varint(out, (int64_t)count);
    for (size_t i = 0; t->kind == SCHEMA_ARRAY && i < count; i++)
        if (!encode(p, t->items, json_array_get(json, i), where, depth, out))
            return false;
    for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
        const char *key = json_object_iter_key(at);

        put_varint(out, (int64_t)strlen(key));
        buf_put_str(out, key);
        if (!encode(p, t->items, json_object_iter_value(at), where, depth, out))
            return false;
    }
    put_varint(out, 0);
    return true;
}

/* The first branch that takes the value. */
static bool
encode_union(Parser *p, const SchemaType *t, const json_t *json, const char *where, unsigned depth, Buf *out)
{
    const size_t start = out->len;

    for (size_t i = 0; i < t->count; i++) {
        put_varint(out, (int64_t)i);
        if (encode(p, t->branches[i], json, where, depth, out))
            return true;
        out->len = start;
    }
    return false;
}

static bool
encode(Parser *p, const SchemaType *t, const json_t *json, const char *where, unsigned depth, Buf *out)
{
    if (depth > MAX_DEPTH || out->len > MAX_TEXT)
        return false;
    switch (t->kind) {
    case SCHEMA_NULL:
        return json_is_null(json);
    case SCHEMA_BOOLEAN:
        if (json_is_boolean(json))
            buf_put_u8(out, json_is_true(json));
        return json_is_boolean(json);
    case SCHEMA_INT:
    case SCHEMA_LONG:
    case SCHEMA_FLOAT:
    case SCHEMA_DOUBLE:
        return encode_number(t, json, out);
    case SCHEMA_BYTES:
    case SCHEMA_STRING:
    case SCHEMA_FIXED:
        return encode_text(t, json, out);
    case SCHEMA_ENUM:
        return encode_symbol(t, json, out);
    case SCHEMA_RECORD:
        return encode_record(p, t, json, where, depth + 1, out);
    case SCHEMA_ARRAY:
    case SCHEMA_MAP:
        return encode_items(p, t, json, where, depth + 1, out);
    case SCHEMA_UNION:
        return encode_union(p, t, json, where, depth + 1, out);
    }
    return false;
}

static bool
parse_fallback(Parser *p, const json_t *json, SchemaField *f, const char *where)
{
    Buf out = {0};
    bool ok = encode(p, f->type, json, where, 0, &out);

    if (ok) {
        f->has_fallback = true;
        f->fallback = arena_bytes(p->a, buf_cstr(&out), out.len);
    } else {
        (void)ERR_FAIL(p->err, ERR_POISON, "%s: its default is no %s", where, schema_describe(f->type, p->a));
    }
    buf_free(&out);
    return ok;
}

/* ---- types ---- */

static bool
parse_field(Parser *p, const json_t *json, const SchemaType *record, const char *space, SchemaField *f)
{
    const char *name = text_of(json, "name"), *where;
    const json_t *fallback = json_object_get(json, "default");

    if (name == NULL || !is_name(name) || strchr(name, '.') != NULL)
        return ERR_FAIL(p->err, ERR_POISON, "%s has a field without a name", record->name);
    where = arena_printf(p->a, "%s.%s", schema_short_name(record->name), name);
    for (size_t i = 0; record->fields + i < f; i++)
        if (strcmp(record->fields[i].name, name) == 0)
            return ERR_FAIL(p->err, ERR_POISON, "%s is there twice", where);
    f->name = arena_strdup(p->a, name);
    f->type = parse_type(p, json_object_get(json, "type"), space, where);
    return f->type != NULL && texts_of(p, json_object_get(json, "aliases"), where, &f->aliases, &f->alias_count)
           && (fallback == NULL || parse_fallback(p, fallback, f, where));
}

static bool
parse_fields(Parser *p, const json_t *json, SchemaType *t)
{
    const json_t *list = json_object_get(json, "fields");
    const char *space = space_of(t->name, p->a);
    size_t count = json_array_size(list);
    SchemaField *fields = arena_array(p->a, count + 1, sizeof *fields);

    if (!json_is_array(list))
        return ERR_FAIL(p->err, ERR_POISON, "record %s has no fields", t->name);
    t->fields = fields;
    for (size_t i = 0; i < count; i++) {
        if (!parse_field(p, json_array_get(list, i), t, space, &fields[i]))
            return false;
        t->min_bytes += fields[i].type->min_bytes;
    }
    t->count = count;
    return true;
}

static bool
parse_symbols(Parser *p, const json_t *json, SchemaType *t)
{
    const char *fallback = text_of(json, "default");

    if (!texts_of(p, json_object_get(json, "symbols"), t->name, &t->symbols, &t->count))
        return false;
    if (t->count == 0)
        return ERR_FAIL(p->err, ERR_POISON, "enum %s has no symbols", t->name);
    t->min_bytes = 1;
    for (size_t i = 0; fallback != NULL && i < t->count; i++)
        if (strcmp(t->symbols[i], fallback) == 0)
            t->fallback_symbol = t->symbols[i];
    return (fallback != NULL) == (t->fallback_symbol != NULL)
           || ERR_FAIL(p->err, ERR_POISON, "enum %s: its default is none of its symbols", t->name);
}

static bool
parse_size(Parser *p, const json_t *json, SchemaType *t)
{
    json_int_t size = json_integer_value(json_object_get(json, "size"));

    if (!json_is_integer(json_object_get(json, "size")) || size < 0 || size > MAX_FIXED)
        return ERR_FAIL(p->err, ERR_POISON, "fixed %s has no usable size", t->name);
    t->count = t->min_bytes = (size_t)size;
    return true;
}

static const SchemaType *
parse_named(Parser *p, const json_t *json, SchemaKind kind, const char *space, const char *where)
{
    const char *name = text_of(json, "name"), *own = text_of(json, "namespace");
    SchemaType *t = new_type(p, kind);
    bool ok;

    if (name == NULL || !is_name(name) || (own != NULL && own[0] != '\0' && !is_name(own))) {
        (void)ERR_FAIL(p->err, ERR_POISON, "%s: a %s without a name", where, kind_names[kind]);
        return NULL;
    }
    t->name = full_name(name, own ? own : space, p->a);
    if (!texts_of(p, json_object_get(json, "aliases"), t->name, &t->aliases, &t->alias_count) || !add_named(p, t))
        return NULL;
    ok = kind == SCHEMA_RECORD ? parse_fields(p, json, t)
         : kind == SCHEMA_ENUM ? parse_symbols(p, json, t)
                               : parse_size(p, json, t);
    find_named(p, t->name)->is_open = false;
    return ok ? t : NULL;
}

static const SchemaType *
parse_union(Parser *p, const json_t *json, const char *space, const char *where)
{
    size_t count = json_array_size(json);
    const SchemaType **branches = arena_array(p->a, count + 1, sizeof *branches);
    SchemaType *t = new_type(p, SCHEMA_UNION);

    for (size_t i = 0; i < count; i++) {
        branches[i] = parse_type(p, json_array_get(json, i), space, where);
        if (branches[i] == NULL)
            return NULL;
        if (branches[i]->kind == SCHEMA_UNION) {
            (void)ERR_FAIL(p->err, ERR_POISON, "%s: a union directly inside a union", where);
            return NULL;
        }
    }
    if (count == 0) {
        (void)ERR_FAIL(p->err, ERR_POISON, "%s: a union without branches", where);
        return NULL;
    }
    t->branches = branches;
    t->count = count;
    t->min_bytes = 1;
    return t;
}

static const SchemaType *
parse_word(Parser *p, const char *word, const char *space, const char *where)
{
    const Named *named;

    for (size_t i = 0; i < ARRAY_LEN(primitives); i++)
        if (strcmp(kind_names[i], word) == 0)
            return &primitives[i];
    named = find_named(p, full_name(word, space, p->a));
    if (named != NULL)
        return named->type;
    (void)ERR_FAIL(p->err, ERR_POISON, "%s: there is no type %.100s", where, word);
    return NULL;
}

static const SchemaType *
with_logical(Parser *p, const SchemaType *plain, const json_t *json)
{
    const char *logical = text_of(json, "logicalType");
    const json_t *precision = json_object_get(json, "precision"), *scale = json_object_get(json, "scale");
    SchemaType *t;

    if (logical == NULL || plain == NULL)
        return plain;
    t = new_type(p, plain->kind);
    *t = *plain;
    t->logical = json_is_integer(precision)
                     ? arena_printf(p->a, "%s(%lld,%lld)", logical, (long long)json_integer_value(precision),
                                    (long long)json_integer_value(scale))
                     : arena_strdup(p->a, logical);
    return t;
}

static const SchemaType *
parse_object(Parser *p, const json_t *json, const char *space, const char *where)
{
    const json_t *type = json_object_get(json, "type");
    const char *word = json_string_value(type);
    SchemaType *t;

    if (word == NULL)
        return parse_type(p, type, space, where);
    for (size_t i = 0; i < ARRAY_LEN(kind_names); i++) {
        if (strcmp(kind_names[i], word) != 0)
            continue;
        if (i == SCHEMA_RECORD || i == SCHEMA_ENUM || i == SCHEMA_FIXED)
            return with_logical(p, parse_named(p, json, (SchemaKind)i, space, where), json);
        if (i != SCHEMA_ARRAY && i != SCHEMA_MAP)
            break;
        t = new_type(p, (SchemaKind)i);
        t->min_bytes = 1;
        t->items = parse_type(p, json_object_get(json, i == SCHEMA_ARRAY ? "items" : "values"), space, where);
        return t->items != NULL ? t : NULL;
    }
    return with_logical(p, parse_word(p, word, space, where), json);
}

static const SchemaType *
parse_type(Parser *p, const json_t *json, const char *space, const char *where)
{
    const SchemaType *t = NULL;

    if (++p->types > MAX_TYPES || p->depth == MAX_DEPTH) {
        (void)ERR_FAIL(p->err, ERR_POISON, "%s: the schema is too large or too deep", where);
        return NULL;
    }
    p->depth++;
    if (json_is_string(json))
        t = parse_word(p, json_string_value(json), space, where);
    else if (json_is_array(json))
        t = parse_union(p, json, space, where);
    else if (json_is_object(json))
        t = parse_object(p, json, space, where);
    else
        (void)ERR_FAIL(p->err, ERR_POISON, "%s: a type is missing", where);
    p->depth--;
    return t;
}

bool
schema_parse(Bytes text, Arena *a, const SchemaType **out, Err *err)
{
    Parser p = {.a = a, .err = err};
    json_error_t fault;
    json_t *json;

    if (text.data == NULL || text.len > MAX_TEXT)
        return ERR_FAIL(err, ERR_POISON, "a schema of %zu bytes", text.len);
    json = json_loadb((const char *)text.data, text.len, JSON_DECODE_ANY, &fault);
    if (json == NULL)
        return ERR_FAIL(err, ERR_POISON, "a schema that is no JSON: line %d, column %d: %s", fault.line, fault.column,
                        fault.text);
    *out = parse_type(&p, json, "", "schema");
    json_decref(json);
    return *out != NULL;
}

/* ---- for people ---- */

const char *
schema_kind_name(SchemaKind kind)
{
    return kind_names[kind];
}

const char *
schema_describe(const SchemaType *t, Arena *a)
{
    const char *text = kind_names[t->kind];

    if (t->name != NULL)
        text = arena_printf(a, "%s %s", text, t->name);
    else if (t->items != NULL)
        text = arena_printf(a, "%s of %s", text, schema_describe(t->items, a));
    if (t->kind == SCHEMA_UNION) {
        text = "[";
        for (size_t i = 0; i < t->count; i++)
            text = arena_printf(a, "%s%s%s", text, i ? ", " : "", schema_describe(t->branches[i], a));
        text = arena_printf(a, "%s]", text);
    }
    return t->logical ? arena_printf(a, "%s (%s)", text, t->logical) : text;
}

/* ---- the fingerprint ---- */

/* Named types that the canonical form has written out already; later ones are names. */
typedef struct {
    const char *names[MAX_TYPES];
    size_t count;
} Written;

static bool
is_written(Written *w, const char *name)
{
    for (size_t i = 0; i < w->count; i++)
        if (strcmp(w->names[i], name) == 0)
            return true;
    w->names[w->count++] = name;
    return false;
}

static void put_canonical(const SchemaType *t, Written *w, Buf *out);

static void
put_canonical_body(const SchemaType *t, Written *w, Buf *out)
{
    if (t->kind == SCHEMA_RECORD) {
        buf_put_str(out, ",\"fields\":[");
        for (size_t i = 0; i < t->count; i++) {
            buf_printf(out, "%s{\"name\":\"%s\",\"type\":", i ? "," : "", t->fields[i].name);
            put_canonical(t->fields[i].type, w, out);
            buf_put_str(out, "}");
        }
        buf_put_str(out, "]");
    } else if (t->kind == SCHEMA_ENUM) {
        buf_put_str(out, ",\"symbols\":[");
        for (size_t i = 0; i < t->count; i++)
            buf_printf(out, "%s\"%s\"", i ? "," : "", t->symbols[i]);
        buf_put_str(out, "]");
    } else {
        buf_printf(out, ",\"size\":%zu", t->count);
    }
}

static void
put_canonical(const SchemaType *t, Written *w, Buf *out)
{
    if (t->name != NULL && is_written(w, t->name)) {
        buf_printf(out, "\"%s\"", t->name);
    } else if (t->name != NULL) {
        buf_printf(out, "{\"name\":\"%s\",\"type\":\"%s\"", t->name, kind_names[t->kind]);
        put_canonical_body(t, w, out);
        buf_put_str(out, "}");
    } else if (t->items != NULL) {
        buf_printf(out, "{\"type\":\"%s\",\"%s\":", kind_names[t->kind], t->kind == SCHEMA_ARRAY ? "items" : "values");
        put_canonical(t->items, w, out);
        buf_put_str(out, "}");
    } else if (t->kind == SCHEMA_UNION) {
        buf_put_str(out, "[");
        for (size_t i = 0; i < t->count; i++) {
            buf_put_str(out, i ? "," : "");
            put_canonical(t->branches[i], w, out);
        }
        buf_put_str(out, "]");
    } else {
        buf_printf(out, "\"%s\"", kind_names[t->kind]);
    }
}

uint64_t
schema_fingerprint(const SchemaType *schema)
{
    const uint64_t empty = UINT64_C(0xc15d213aa4d7a795);
    Arena *a = arena_new(0);
    Written *w = arena_alloc(a, sizeof *w);
    uint64_t crc = empty;
    Buf text = {0};

    put_canonical(schema, w, &text);
    for (size_t i = 0; i < text.len; i++) {
        uint64_t low = (crc ^ text.data[i]) & 0xff;

        for (int bit = 0; bit < 8; bit++)
            low = (low >> 1) ^ (low & 1 ? empty : 0);
        crc = (crc >> 8) ^ low;
    }
    buf_free(&text);
    arena_free(a);
    return crc;
}
