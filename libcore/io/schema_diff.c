/*
 * libcore/io/schema_diff.c
 *    Walk both trees side by side; what a pair of types means is the plan's answer.
 */
#include "libcore/io/schema_diff.h"
#include <string.h>
#include "libcore/io/schema_plan.h"

enum { MAX_DEPTH = 32 };

typedef struct {
    Arena *a;
    SchemaDiff *items;
    size_t count, cap;
    unsigned depth;
} Differ;

const char *
schema_diff_name(SchemaDiffKind kind)
{
    static const char *const names[] = {"default", "removed", "promoted", "partly", "poison"};

    return names[kind];
}

static void
add(Differ *d, SchemaDiffKind kind, const char *path, const SchemaType *written, const SchemaType *wanted,
    const char *note)
{
    d->items = arena_room(d->a, d->items, d->count, &d->cap, sizeof *d->items);
    d->items[d->count++] = (SchemaDiff){kind, path, written ? schema_describe(written, d->a) : NULL,
                                        wanted ? schema_describe(wanted, d->a) : NULL, note};
}

static const SchemaField *
field_named(const SchemaType *record, const char *name)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->fields[i].name, name) == 0)
            return &record->fields[i];
    return NULL;
}

/* As plans pair them: by name, else by one of the reader's aliases. */
static const SchemaField *
source_of(const SchemaType *writer, const SchemaField *field)
{
    const SchemaField *source = field_named(writer, field->name);

    for (size_t i = 0; source == NULL && i < field->alias_count; i++)
        source = field_named(writer, field->aliases[i]);
    return source;
}

static void compare(Differ *d, const SchemaType *written, const SchemaType *wanted, const char *path);

static void
compare_records(Differ *d, const SchemaType *written, const SchemaType *wanted, const char *path)
{
    for (size_t i = 0; i < wanted->count; i++) {
        const SchemaField *f = &wanted->fields[i], *source = source_of(written, f);
        const char *place = arena_printf(d->a, "%s.%s", path, f->name);

        if (source != NULL)
            compare(d, source->type, f->type, place);
        else if (f->has_fallback)
            add(d, DIFF_DEFAULT, place, NULL, f->type, NULL);
        else
            add(d, DIFF_POISON, place, NULL, f->type, "the writer lacks it, and it has no default");
    }
    for (size_t i = 0; i < written->count; i++) {
        const SchemaField *f = &written->fields[i];
        bool is_taken = false;

        for (size_t k = 0; !is_taken && k < wanted->count; k++)
            is_taken = source_of(written, &wanted->fields[k]) == f;
        if (!is_taken)
            add(d, DIFF_REMOVED, arena_printf(d->a, "%s.%s", path, f->name), f->type, NULL, NULL);
    }
}

/* The branch beside null of a union of two; NULL for any other type. */
static const SchemaType *
optional(const SchemaType *t)
{
    if (t->kind != SCHEMA_UNION || t->count != 2)
        return NULL;
    if (t->branches[0]->kind == SCHEMA_NULL)
        return t->branches[1];
    return t->branches[1]->kind == SCHEMA_NULL ? t->branches[0] : NULL;
}

/* Types without fields of their own to compare. */
static void
compare_plain(Differ *d, const SchemaType *written, const SchemaType *wanted, const char *path)
{
    const SchemaPlan *plan;
    Err why;

    if (!schema_plan_build(written, wanted, d->a, &plan, &why))
        add(d, DIFF_POISON, path, written, wanted, arena_strdup(d->a, why.msg));
    else if (schema_plan_gap(plan) != NULL)
        add(d, DIFF_PARTLY, path, written, wanted, schema_plan_gap(plan));
    else if (strcmp(schema_describe(written, d->a), schema_describe(wanted, d->a)) != 0)
        add(d, DIFF_PROMOTED, path, written, wanted, NULL);
}

static void
compare(Differ *d, const SchemaType *written, const SchemaType *wanted, const char *path)
{
    const SchemaType *from = optional(written), *to = optional(wanted);

    if (d->depth >= MAX_DEPTH)
        return;
    d->depth++;
    if (from != NULL && to != NULL && from->kind == SCHEMA_RECORD && to->kind == SCHEMA_RECORD)
        compare_records(d, from, to, path);
    else if (written->kind == SCHEMA_RECORD && wanted->kind == SCHEMA_RECORD)
        compare_records(d, written, wanted, path);
    else if (written->kind == wanted->kind && (written->kind == SCHEMA_ARRAY || written->kind == SCHEMA_MAP))
        compare(d, written->items, wanted->items, arena_printf(d->a, "%s[]", path));
    else
        compare_plain(d, written, wanted, path);
    d->depth--;
}

size_t
schema_diff(const SchemaType *writer, const SchemaType *reader, Arena *a, SchemaDiff **out)
{
    Differ d = {.a = a};

    compare(&d, writer, reader, reader->name ? schema_short_name(reader->name) : "value");
    *out = d.items;
    return d.count;
}
