/*
 * libcore/io/json_doc.h
 *    Read a JSON document of a known shape, by jansson, and say by its path what is not as it should be.
 *
 * It knows no format: which members there are is the caller's.
 */
#ifndef TIPOFF_IO_JSON_DOC_H
#define TIPOFF_IO_JSON_DOC_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef struct JsonDoc JsonDoc;

/* A place in a document: a value, or none where there is none, and the way to it. Borrows the document and
 * the places above. */
typedef struct JsonPlace JsonPlace;
struct JsonPlace {
    const JsonPlace *above; /* NULL at the root */
    const char *key;        /* NULL for an item of an array */
    size_t index;
    const struct json_t *value; /* NULL when there is nothing, or null */
};

/* ERR_POISON with line and byte when the text is no JSON (RFC 8259, UTF-8); an object that has a member twice
 * is none either. The document is the caller's and goes with json_doc_free(). */
NODISCARD bool json_doc_read(Bytes text, JsonDoc **out, Err *err);
void json_doc_free(JsonDoc *doc); /* NULL is fine */
JsonPlace json_doc_root(const JsonDoc *doc);

/* A member, or an item. Of what is no object, or no array, there is none. */
JsonPlace json_doc_member(const JsonPlace *object, const char *key);
JsonPlace json_doc_item(const JsonPlace *array, size_t index);
bool json_doc_is_object(const JsonPlace *place);

/* Each is ERR_POISON with the path when the value is missing or of another kind. */
NODISCARD bool json_doc_length(const JsonPlace *array, size_t *out, Err *err);
/* Whole numbers and fractions alike, as the nearest double. */
NODISCARD bool json_doc_number(const JsonPlace *place, double *out, Err *err);
/* min and max within 2^53, up to which every whole number is a double. */
NODISCARD bool json_doc_integer(const JsonPlace *place, int64_t min, int64_t max, int64_t *out, Err *err);
/* true or false, or 1 or 0. */
NODISCARD bool json_doc_boolean(const JsonPlace *place, bool *out, Err *err);
/* Borrowed from the document. */
NODISCARD bool json_doc_text(const JsonPlace *place, const char **out, Err *err);

/* ERR_POISON: the path, ": ", the sentence. Returns false. */
bool json_doc_fail(const JsonPlace *place, Err *err, const char *fmt, ...) PRINTF_LIKE(3, 4);

#endif
