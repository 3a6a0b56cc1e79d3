/*
 * libcore/io/schema_plan.c
 *    Make plans: match the writer's types with the reader's.
 */
#include "libcore/io/schema_plan.h"
#include <string.h>
#include "libcore/io/schema_plan_node.h"

enum { MAX_NODES = 100000, MAX_DEPTH = 128 };

/* A pair of named types that has a node already: recursion ends there. */
typedef struct {
    const SchemaType *from, *to;
    const PlanNode *node;
} Pair;

typedef struct {
    Arena *a;
    Pair *pairs;
    size_t pair_count, pair_cap;
    size_t nodes;
    unsigned depth;
    const char *gap;
} Builder;

static const PlanNode *match(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err);

static PlanNode *
new_node(Builder *b, PlanOp op, const SchemaType *from, const char *path)
{
    PlanNode *n = arena_alloc(b->a, sizeof *n);

    *n = (PlanNode){.op = op, .from = from, .path = path};
    return n;
}

static void
note_gap(Builder *b, const char *path, const char *what)
{
    if (b->gap == NULL)
        b->gap = arena_printf(b->a, "%s: %s", path, what);
}

static const PlanNode *
mismatch(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    (void)ERR_FAIL(err, ERR_POISON, "%s: the writer has %s, the reader wants %s", path, schema_describe(from, b->a),
                   schema_describe(to, b->a));
    return NULL;
}

/* ---- names ---- */

static bool
has_alias(const char *const *aliases, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(schema_short_name(aliases[i]), name) == 0)
            return true;
    return false;
}

static bool
names_match(const SchemaType *from, const SchemaType *to)
{
    const char *name = schema_short_name(from->name);

    return strcmp(name, schema_short_name(to->name)) == 0 || has_alias(to->aliases, to->alias_count, name);
}

static const Pair *
find_pair(const Builder *b, const SchemaType *from, const SchemaType *to)
{
    for (size_t i = 0; i < b->pair_count; i++)
        if (b->pairs[i].from == from && b->pairs[i].to == to)
            return &b->pairs[i];
    return NULL;
}

static void
add_pair(Builder *b, const SchemaType *from, const SchemaType *to, const PlanNode *node)
{
    b->pairs = arena_room(b->a, b->pairs, b->pair_count, &b->pair_cap, sizeof *b->pairs);
    b->pairs[b->pair_count++] = (Pair){from, to, node};
}

/* ---- records ---- */

static const SchemaField *
field_named(const SchemaType *record, const char *name, size_t *index)
{
    for (size_t i = 0; i < record->count; i++) {
        if (strcmp(record->fields[i].name, name) == 0) {
            *index = i;
            return &record->fields[i];
        }
    }
    return NULL;
}

/* The writer's field that fills the reader's: by its name, else by one of its aliases. */
static bool
source_of(const SchemaType *from, const SchemaField *field, size_t *index)
{
    if (field_named(from, field->name, index) != NULL)
        return true;
    for (size_t i = 0; i < field->alias_count; i++)
        if (field_named(from, field->aliases[i], index) != NULL)
            return true;
    return false;
}

static const size_t NO_FIELD = SIZE_MAX;

/* For each of the writer's fields the reader's, or none; for each of the reader's whether its default
 * stands in. Fails when a field has neither. */
static bool
pair_fields(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, size_t *reader_of,
            bool *is_filled, Err *err)
{
    size_t w;

    for (size_t i = 0; i < from->count; i++)
        reader_of[i] = NO_FIELD;
    for (size_t i = 0; i < to->count; i++) {
        const SchemaField *f = &to->fields[i];

        is_filled[i] = !source_of(from, f, &w);
        if (is_filled[i] && !f->has_fallback)
            return ERR_FAIL(err, ERR_POISON, "%s.%s: the writer lacks this field, and the reader's %s has no default",
                            path, f->name, schema_describe(f->type, b->a));
        if (is_filled[i])
            continue;
        if (reader_of[w] != NO_FIELD)
            return ERR_FAIL(err, ERR_POISON, "%s.%s: two fields of the reader's claim it", path, from->fields[w].name);
        reader_of[w] = i;
    }
    return true;
}

/* Fills in where the reader's order asks for it: before the step of the field that follows. */
static size_t
add_fills(PlanStep *steps, size_t n, const SchemaType *to, const char *path, const bool *is_filled, size_t *next,
          size_t *place)
{
    for (; *next < to->count && is_filled[*next]; ++*next) {
        place[n] = *next;
        steps[n++] = (PlanStep){.fill = to->fields[*next].fallback, .path = path};
    }
    return n;
}

/* The order of pieces, unless it is the order in which they are written. */
static void
set_order(Builder *b, PlanNode *node, const size_t *place, size_t reader_count)
{
    size_t *order = arena_array(b->a, reader_count + 1, sizeof *order), piece = 0;
    bool is_same = true;

    for (size_t i = 0; i < node->step_count; i++) {
        if (node->steps[i].skip != NULL)
            continue;
        is_same &= place[i] == piece;
        order[place[i]] = piece++;
    }
    if (is_same)
        return;
    node->order = order;
    node->order_count = reader_count;
}

static bool
record_steps(Builder *b, PlanNode *node, const SchemaType *to, const char *path, Err *err)
{
    const SchemaType *from = node->from;
    size_t *reader_of = arena_array(b->a, from->count + 1, sizeof *reader_of), next = 0, n = 0;
    bool *is_filled = arena_array(b->a, to->count + 1, sizeof *is_filled);
    PlanStep *steps = arena_array(b->a, from->count + to->count + 1, sizeof *steps);
    size_t *place = arena_array(b->a, from->count + to->count + 1, sizeof *place);

    if (!pair_fields(b, from, to, path, reader_of, is_filled, err))
        return false;
    n = add_fills(steps, n, to, path, is_filled, &next, place);
    for (size_t i = 0; i < from->count; i++) {
        const SchemaField *f = &from->fields[i];
        const char *at = arena_printf(b->a, "%s.%s", path, f->name);

        if (reader_of[i] == NO_FIELD) {
            steps[n++] = (PlanStep){.skip = f->type, .path = at};
            continue;
        }
        place[n] = reader_of[i];
        steps[n].path = at;
        steps[n].take = match(b, f->type, to->fields[reader_of[i]].type, at, err);
        if (steps[n++].take == NULL)
            return false;
        if (reader_of[i] == next) {
            next++;
            n = add_fills(steps, n, to, path, is_filled, &next, place);
        }
    }
    for (; next < to->count; next++) /* what is left stands behind fields that came out of order */
        n = add_fills(steps, n, to, path, is_filled, &next, place);
    node->steps = steps;
    node->step_count = n;
    set_order(b, node, place, to->count);
    return true;
}

static const PlanNode *
match_record(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    const Pair *known = find_pair(b, from, to);
    PlanNode *node;

    if (known != NULL)
        return known->node;
    if (!names_match(from, to))
        return mismatch(b, from, to, path, err);
    node = new_node(b, PLAN_RECORD, from, path);
    add_pair(b, from, to, node);
    return record_steps(b, node, to, path, err) ? node : NULL;
}

/* ---- enums, arrays, maps, fixed ---- */

static int64_t
symbol_of(const SchemaType *t, const char *name)
{
    for (size_t i = 0; i < t->count; i++)
        if (strcmp(t->symbols[i], name) == 0)
            return (int64_t)i;
    return -1;
}

static const PlanNode *
match_enum(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    PlanNode *node = new_node(b, PLAN_SYMBOL, from, path);
    int64_t *symbols = arena_array(b->a, from->count + 1, sizeof *symbols);

    if (!names_match(from, to))
        return mismatch(b, from, to, path, err);
    for (size_t i = 0; i < from->count; i++) {
        symbols[i] = symbol_of(to, from->symbols[i]);
        if (symbols[i] < 0 && to->fallback_symbol != NULL)
            symbols[i] = symbol_of(to, to->fallback_symbol);
        if (symbols[i] < 0)
            note_gap(b, path,
                     arena_printf(b->a, "the reader's enum %s has neither the symbol %s nor a default", to->name,
                                  from->symbols[i]));
    }
    node->symbols = symbols;
    node->why = arena_printf(b->a, "a symbol that the reader's enum %s lacks", to->name);
    return node;
}

static const PlanNode *
match_items(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    PlanNode *node = new_node(b, from->kind == SCHEMA_ARRAY ? PLAN_ARRAY : PLAN_MAP, from, path);

    node->inner = match(b, from->items, to->items, arena_printf(b->a, "%s[]", path), err);
    return node->inner != NULL ? node : NULL;
}

static const PlanNode *
match_fixed(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    return names_match(from, to) && from->count == to->count ? new_node(b, PLAN_COPY, from, path)
                                                             : mismatch(b, from, to, path, err);
}

/* ---- numbers and text ---- */

/* What the reader's type makes of the writer's, both being plain; PLAN_REFUSE for nothing. */
static PlanOp
plain_op(SchemaKind from, SchemaKind to)
{
    static const struct {
        SchemaKind from, to;
        PlanOp op;
    } promotions[] = {
        {SCHEMA_INT, SCHEMA_LONG, PLAN_COPY},         {SCHEMA_INT, SCHEMA_FLOAT, PLAN_TO_FLOAT},
        {SCHEMA_INT, SCHEMA_DOUBLE, PLAN_TO_DOUBLE},  {SCHEMA_LONG, SCHEMA_FLOAT, PLAN_TO_FLOAT},
        {SCHEMA_LONG, SCHEMA_DOUBLE, PLAN_TO_DOUBLE}, {SCHEMA_FLOAT, SCHEMA_DOUBLE, PLAN_TO_DOUBLE},
        {SCHEMA_STRING, SCHEMA_BYTES, PLAN_COPY},     {SCHEMA_BYTES, SCHEMA_STRING, PLAN_TO_TEXT},
    };

    if (from == to)
        return from == SCHEMA_STRING ? PLAN_TO_TEXT : PLAN_COPY;
    for (size_t i = 0; i < ARRAY_LEN(promotions); i++)
        if (promotions[i].from == from && promotions[i].to == to)
            return promotions[i].op;
    return PLAN_REFUSE;
}

/* Milliseconds shall not be read as microseconds. Where only one side says what it means, the other
 * is taken at its word. */
static bool
logical_types_agree(Builder *b, const SchemaType *from, const SchemaType *to, const char *path)
{
    if (from->logical == NULL && to->logical == NULL)
        return true;
    if (from->logical != NULL && to->logical != NULL)
        return strcmp(from->logical, to->logical) == 0;
    note_gap(
        b, path,
        arena_printf(b->a, "the writer has %s, the reader %s", schema_describe(from, b->a), schema_describe(to, b->a)));
    return true;
}

static const PlanNode *
match_plain(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    PlanOp op = plain_op(from->kind, to->kind);

    if (op == PLAN_REFUSE)
        return mismatch(b, from, to, path, err);
    if (op == PLAN_TO_TEXT && from->kind == SCHEMA_BYTES)
        note_gap(b, path, "the writer's bytes need not be text");
    return new_node(b, op, from, path);
}

/* ---- unions ---- */

/* What a refused attempt has left behind goes with it. */
static const PlanNode *
attempt(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    const size_t pairs = b->pair_count;
    const char *gap = b->gap;
    const PlanNode *node = match(b, from, to, path, err);

    if (node == NULL) {
        b->pair_count = pairs;
        b->gap = gap;
    }
    return node;
}

/* The writer's value goes into the first branch that can take it. */
static const PlanNode *
match_to_union(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    PlanNode *node = new_node(b, PLAN_TO_UNION, from, path);
    size_t same_kind = 0;
    Err why;

    for (size_t i = 0; i < to->count; i++) {
        node->inner = attempt(b, from, to->branches[i], path, &why);
        node->branch = (int64_t)i;
        if (node->inner != NULL)
            return node;
        if (to->branches[i]->kind == from->kind && same_kind++ == 0)
            *err = why; /* the only branch that was meant says better what is wrong */
    }
    return same_kind == 1 ? NULL : mismatch(b, from, to, path, err);
}

static const PlanNode *
match_from_union(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    PlanNode *node = new_node(b, PLAN_FROM_UNION, from, path);
    const PlanNode **branches = arena_array(b->a, from->count, sizeof *branches);
    bool is_readable = false;
    Err why;

    for (size_t i = 0; i < from->count; i++) {
        branches[i] = attempt(b, from->branches[i], to, path, &why);
        is_readable |= branches[i] != NULL;
        if (branches[i] == NULL) {
            PlanNode *refuse = new_node(b, PLAN_REFUSE, from->branches[i], path);

            refuse->why = arena_printf(b->a, "the writer has %s here, the reader wants %s",
                                       schema_describe(from->branches[i], b->a), schema_describe(to, b->a));
            branches[i] = refuse;
            note_gap(b, path, refuse->why);
        }
    }
    node->branches = branches;
    return is_readable ? node : mismatch(b, from, to, path, err);
}

/* ---- the whole ---- */

static const PlanNode *
match_kinds(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    if (from->kind == SCHEMA_UNION)
        return match_from_union(b, from, to, path, err);
    if (to->kind == SCHEMA_UNION)
        return match_to_union(b, from, to, path, err);
    if (!logical_types_agree(b, from, to, path))
        return mismatch(b, from, to, path, err);
    if (from->kind != to->kind)
        return match_plain(b, from, to, path, err);
    switch (from->kind) {
    case SCHEMA_RECORD:
        return match_record(b, from, to, path, err);
    case SCHEMA_ENUM:
        return match_enum(b, from, to, path, err);
    case SCHEMA_ARRAY:
    case SCHEMA_MAP:
        return match_items(b, from, to, path, err);
    case SCHEMA_FIXED:
        return match_fixed(b, from, to, path, err);
    case SCHEMA_NULL:
    case SCHEMA_BOOLEAN:
    case SCHEMA_INT:
    case SCHEMA_LONG:
    case SCHEMA_FLOAT:
    case SCHEMA_DOUBLE:
    case SCHEMA_BYTES:
    case SCHEMA_STRING:
    case SCHEMA_UNION:
        break;
    }
    return match_plain(b, from, to, path, err);
}

static const PlanNode *
match(Builder *b, const SchemaType *from, const SchemaType *to, const char *path, Err *err)
{
    const PlanNode *node;

    if (++b->nodes > MAX_NODES || b->depth == MAX_DEPTH) {
        (void)ERR_FAIL(err, ERR_POISON, "%s: the schemas are too large to be matched", path);
        return NULL;
    }
    b->depth++;
    node = match_kinds(b, from, to, path, err);
    b->depth--;
    return node;
}

bool
schema_plan_build(const SchemaType *writer, const SchemaType *reader, Arena *a, const SchemaPlan **out, Err *err)
{
    Builder b = {.a = a};
    SchemaPlan *plan = arena_alloc(a, sizeof *plan);
    const char *path = reader->name ? schema_short_name(reader->name) : "value";

    plan->root = match(&b, writer, reader, path, err);
    plan->gap = b.gap;
    *out = plan;
    return plan->root != NULL;
}

const char *
schema_plan_gap(const SchemaPlan *plan)
{
    return plan->gap;
}
