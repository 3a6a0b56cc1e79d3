/*
 * libcore/io/schema_plan.h
 *    How a record that one schema wrote becomes the record that another one reads, by the rules of
 *    the Avro specification: skip, reorder, promote, fill in defaults.
 *
 * A plan is made once for a pair of schemas. Running it turns the writer's bytes into the reader's.
 */
#ifndef TIPOFF_IO_SCHEMA_PLAN_H
#define TIPOFF_IO_SCHEMA_PLAN_H

#include "libcore/io/schema.h"

typedef struct SchemaPlan SchemaPlan;

/* The plan lives in a, and borrows both schemas. ERR_POISON names the field and both types when no
 * record of the writer's could be read. */
NODISCARD bool schema_plan_build(const SchemaType *writer, const SchemaType *reader, Arena *a, const SchemaPlan **out,
                                 Err *err);

/* The first thing that only some records of the writer's can hold and that the reader cannot take (a
 * symbol or a branch that it lacks, bytes that need not be text, a logical type that one side has and
 * the other has not). NULL when every record can be read. */
const char *schema_plan_gap(const SchemaPlan *plan);

/* The body as the reader's schema has it, in a. ERR_POISON with field and byte offset for anything
 * that is not exactly one record of the writer's, and for what the reader cannot take. */
NODISCARD bool schema_plan_run(const SchemaPlan *plan, Bytes body, Arena *a, Bytes *out, Err *err);

#endif
