/*
 * libcore/io/schema_diff.h
 *    In which fields two versions of a record differ, and what becomes of each when one is read as the other.
 */
#ifndef TIPOFF_IO_SCHEMA_DIFF_H
#define TIPOFF_IO_SCHEMA_DIFF_H

#include "libcore/io/schema.h"

typedef enum {
    DIFF_DEFAULT,  /* the reader has added it; its default stands in */
    DIFF_REMOVED,  /* the writer has it, the reader does not: it is passed over */
    DIFF_PROMOTED, /* of another type that the reader takes */
    DIFF_PARTLY,   /* of another type of which the reader takes some values */
    DIFF_POISON,   /* no record can be read for it */
} SchemaDiffKind;

typedef struct {
    SchemaDiffKind kind;
    const char *path;    /* "Record.field[].field" */
    const char *written; /* the writer's type; NULL where it has none */
    const char *wanted;  /* the reader's; NULL where it has none */
    const char *note;    /* a sentence of DIFF_PARTLY and DIFF_POISON; else NULL */
} SchemaDiff;

/* "default", "removed", "promoted", "partly", "poison" */
const char *schema_diff_name(SchemaDiffKind kind);

/* In the reader's order, then what it lacks. None where both read the same; their order alone is no
 * difference. The list lives in a. */
size_t schema_diff(const SchemaType *writer, const SchemaType *reader, Arena *a, SchemaDiff **out);

#endif
