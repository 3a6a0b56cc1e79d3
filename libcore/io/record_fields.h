/*
 * libcore/io/record_fields.h
 *    Fields of a decoded record by their paths, as people write and read them.
 */
#ifndef TIPOFF_IO_RECORD_FIELDS_H
#define TIPOFF_IO_RECORD_FIELDS_H

#include <jansson.h>
#include "libcore/base/arena.h"
#include "libcore/io/schema.h"

/* Called for each value: a JSON null, boolean, number or string. A date is "YYYY-MM-DD", a stamp is in UTC,
 * bytes are hex digits. value is borrowed for the call. */
typedef void (*FieldValue)(void *ctx, const json_t *value);

/* The values at "a.b.c" of value, a record in Avro's JSON encoding. An array on the way, or at the end, stands for
 * each of its items; a path that ends at a record has no value. */
void record_field_values(const json_t *value, const SchemaType *type, const char *path, FieldValue each, void *ctx);

/* Whether records of that type can have a value there. */
bool record_has_field(const SchemaType *type, const char *path);

#endif
