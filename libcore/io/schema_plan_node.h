/*
 * libcore/io/schema_plan_node.h
 *    What a plan consists of: shared by the file that makes plans and the one that runs them.
 */
#ifndef TIPOFF_IO_SCHEMA_PLAN_NODE_H
#define TIPOFF_IO_SCHEMA_PLAN_NODE_H

#include "libcore/io/schema_plan.h"

typedef enum {
    PLAN_COPY,      /* a value whose bytes both sides share */
    PLAN_TO_TEXT,   /* bytes that must be text */
    PLAN_TO_FLOAT,  /* a whole number */
    PLAN_TO_DOUBLE, /* a number */
    PLAN_SYMBOL,    /* an enum's, by its name */
    PLAN_RECORD,
    PLAN_ARRAY,
    PLAN_MAP,
    PLAN_FROM_UNION, /* the writer has branches: each has a node of its own */
    PLAN_TO_UNION,   /* the reader has branches: the value is of one of them */
    PLAN_REFUSE,     /* the writer's type in itself is readable by no one */
} PlanOp;

typedef struct PlanNode PlanNode;

/* One step of a record, in the writer's order. */
typedef struct {
    const PlanNode *take;   /* the field's node; NULL when it is skipped or filled in */
    const SchemaType *skip; /* the writer's type of a field that the reader lacks */
    Bytes fill;             /* the reader's default of a field that the writer lacks */
    const char *path;
} PlanStep;

struct PlanNode {
    PlanOp op;
    const SchemaType *from; /* the writer's type */
    const char *path;       /* "Record.field[].field" */
    const char *why;        /* of PLAN_REFUSE, and of the symbols that are refused */
    const PlanStep *steps;
    size_t step_count;
    /* Where the reader's order is another one: for each of its fields the piece that it is, pieces
     * being counted over the steps that write. NULL when the order is the same. */
    const size_t *order;
    size_t order_count;
    const int64_t *symbols; /* the reader's number of each of the writer's; -1: it has none */
    const PlanNode *const *branches;
    const PlanNode *inner; /* items, values, the value of a union's branch */
    int64_t branch;        /* of PLAN_TO_UNION */
};

struct SchemaPlan {
    const PlanNode *root;
    const char *gap;
};

#endif
