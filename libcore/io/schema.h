/*
 * libcore/io/schema.h
 *    An Avro schema as a tree, made from its JSON text, and its fingerprint.
 *
 * The tree lives in the arena it was made in and is never changed; a record may contain itself.
 */
#ifndef TIPOFF_IO_SCHEMA_H
#define TIPOFF_IO_SCHEMA_H

#include "libcore/base/arena.h"
#include "libcore/base/bytes.h"
#include "libcore/base/err.h"

typedef enum {
    SCHEMA_NULL,
    SCHEMA_BOOLEAN,
    SCHEMA_INT,
    SCHEMA_LONG,
    SCHEMA_FLOAT,
    SCHEMA_DOUBLE,
    SCHEMA_BYTES,
    SCHEMA_STRING,
    SCHEMA_RECORD,
    SCHEMA_ENUM,
    SCHEMA_ARRAY,
    SCHEMA_MAP,
    SCHEMA_UNION,
    SCHEMA_FIXED,
} SchemaKind;

typedef struct SchemaType SchemaType;

typedef struct {
    const char *name;
    const SchemaType *type;
    const char *const *aliases;
    size_t alias_count;
    bool has_fallback;
    Bytes fallback; /* the default, encoded */
} SchemaField;

struct SchemaType {
    SchemaKind kind;
    const char *name;    /* with its namespace; of a record, an enum and a fixed only */
    const char *logical; /* logicalType with its parameters; NULL when there is none */
    const char *const *aliases;
    size_t alias_count;
    size_t min_bytes; /* no value's encoding is shorter */
    size_t count;     /* fields, symbols, branches; the bytes of a fixed */
    const SchemaField *fields;
    const char *const *symbols;
    const char *fallback_symbol; /* of an enum; NULL when there is none */
    const SchemaType *const *branches;
    const SchemaType *items; /* of an array, and of a map's values */
};

/* ERR_POISON says what is wrong with the text and where. */
NODISCARD bool schema_parse(Bytes json, Arena *a, const SchemaType **out, Err *err);

/* CRC-64-AVRO of the Parsing Canonical Form. */
uint64_t schema_fingerprint(const SchemaType *schema);

/* As schemas write it: "long". */
const char *schema_kind_name(SchemaKind kind);

/* The name without its namespace. */
const char *schema_short_name(const char *name);

/* As a sentence names it: "long (timestamp-micros)", "record tipoff.Letter", "[null, string]". */
const char *schema_describe(const SchemaType *type, Arena *a);

#endif
