/*
 * libcore/io/json_doc.c
 *    Places, paths and kinds.
 */
#include "libcore/io/json_doc.h"
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_STEPS = 16, SENTENCE = 512 };

struct JsonDoc {
    json_t *root;
};

bool
json_doc_read(Bytes text, JsonDoc **out, Err *err)
{
    json_error_t fault;
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL;
    json_t *root = json_loadb((const char *)text.data, text.len, flags, &fault);

    if (root == NULL)
        return ERR_FAIL(err, ERR_POISON, "no JSON: %s (line %d, byte %d)", fault.text, fault.line, fault.position);
    *out = malloc(sizeof **out);
    if (*out == NULL)
        abort();
    (*out)->root = root;
    return true;
}

void
json_doc_free(JsonDoc *doc)
{
    if (doc != NULL)
        json_decref(doc->root);
    free(doc);
}

static const json_t *
or_none(const json_t *value)
{
    return json_is_null(value) ? NULL : value;
}

JsonPlace
json_doc_root(const JsonDoc *doc)
{
    return (JsonPlace){.value = or_none(doc->root)};
}

JsonPlace
json_doc_member(const JsonPlace *object, const char *key)
{
    return (JsonPlace){.above = object, .key = key, .value = or_none(json_object_get(object->value, key))};
}

JsonPlace
json_doc_item(const JsonPlace *array, size_t index)
{
    return (JsonPlace){.above = array, .index = index, .value = or_none(json_array_get(array->value, index))};
}

bool
json_doc_is_object(const JsonPlace *place)
{
    return json_is_object(place->value);
}

/* ---- complaints ---- */

static void
put_path(Buf *out, const JsonPlace *place)
{
    const JsonPlace *steps[MOST_STEPS];
    size_t n = 0;

    for (; place->above != NULL && n < MOST_STEPS; place = place->above)
        steps[n++] = place;
    if (n == 0)
        buf_put_str(out, "the document");
    while (n-- > 0) {
        if (steps[n]->key != NULL)
            buf_printf(out, "%s%s", out->len > 0 ? "." : "", steps[n]->key);
        else
            buf_printf(out, "[%zu]", steps[n]->index);
    }
}

bool
json_doc_fail(const JsonPlace *place, Err *err, const char *fmt, ...)
{
    char sentence[SENTENCE];
    Buf path = {0};
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(sentence, sizeof sentence, fmt, ap);
    va_end(ap);
    put_path(&path, place);
    (void)ERR_FAIL(err, ERR_POISON, "%s: %s", buf_cstr(&path), sentence);
    buf_free(&path);
    return false;
}

static const char *
kind_of(const json_t *value)
{
    static const char *const names[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array", [JSON_STRING] = "a text", [JSON_INTEGER] = "a number",
        [JSON_REAL] = "a number",    [JSON_TRUE] = "true",      [JSON_FALSE] = "false",   [JSON_NULL] = "null",
    };

    return value == NULL ? "nothing" : names[json_typeof(value)];
}

static bool
unwanted(const JsonPlace *place, const char *wanted, Err *err)
{
    return json_doc_fail(place, err, "%s in place of %s", kind_of(place->value), wanted);
}

/* ---- values ---- */

bool
json_doc_length(const JsonPlace *array, size_t *out, Err *err)
{
    *out = 0;
    if (!json_is_array(array->value))
        return unwanted(array, "an array", err);
    *out = json_array_size(array->value);
    return true;
}

bool
json_doc_number(const JsonPlace *place, double *out, Err *err)
{
    if (!json_is_number(place->value))
        return unwanted(place, "a number", err);
    *out = json_number_value(place->value);
    return true;
}

bool
json_doc_integer(const JsonPlace *place, int64_t min, int64_t max, int64_t *out, Err *err)
{
    double v;

    *out = min;
    if (!json_doc_number(place, &v, err))
        return false;
    if (!(v >= (double)min && v <= (double)max) || islessgreater(v, floor(v)))
        return json_doc_fail(place, err, "%.17g is no whole number from %lld to %lld", v, (long long)min,
                             (long long)max);
    *out = (int64_t)v;
    return true;
}

bool
json_doc_boolean(const JsonPlace *place, bool *out, Err *err)
{
    int64_t number = 0;

    *out = json_is_true(place->value);
    if (json_is_boolean(place->value))
        return true;
    if (!json_is_number(place->value))
        return unwanted(place, "true or false", err);
    if (!json_doc_integer(place, 0, 1, &number, err))
        return false;
    *out = number == 1;
    return true;
}

bool
json_doc_text(const JsonPlace *place, const char **out, Err *err)
{
    *out = json_string_value(place->value);
    return *out != NULL || unwanted(place, "a text", err);
}
