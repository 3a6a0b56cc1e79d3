/*
 * libcore/io/schema_json.h
 *    From a record in JSON, as people edit it, to the bytes of its schema.
 */
#ifndef TIPOFF_IO_SCHEMA_JSON_H
#define TIPOFF_IO_SCHEMA_JSON_H

#include "libcore/io/schema.h"

/* Appends the value in binary encoding. The text is in Avro's JSON encoding, as codec_to_json() writes it, or
 * shorter: a value of a union may stand without its branch, which is then the first that takes it; a date may
 * be "YYYY-MM-DD" and an instant RFC 3339. ERR_POISON names the place, what stands there and what is wanted;
 * a member that the record does not have and one that is missing are such places too. */
NODISCARD bool schema_json_encode(const SchemaType *schema, Bytes json, Buf *out, Err *err);

#endif
