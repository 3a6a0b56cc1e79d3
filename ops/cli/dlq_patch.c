/*
 * ops/cli/dlq_patch.c
 *    Places in JSON trees. No database, no schema.
 */
#include "ops/cli/dlq_patch.h"
#include <stdlib.h>
#include <string.h>

/* ---- places ---- */

/* The next step of a place: a member's name, or an index in brackets. */
typedef struct {
    const char *name; /* NULL: an index */
    size_t index;
} Step;

static bool
next_step(const char **at, Step *out, Arena *a)
{
    const char *s = *at;
    size_t len;
    char *end;

    *out = (Step){0};
    if (*s == '[') {
        out->index = strtoul(s + 1, &end, 10);
        if (end == s + 1 || *end != ']')
            return false;
        *at = end + 1;
        return true;
    }
    s += *s == '.';
    len = strcspn(s, ".[");
    out->name = arena_strndup(a, s, len);
    *at = s + len;
    return len > 0;
}

static json_t *
only_member(json_t *object)
{
    return json_object_size(object) == 1 ? json_object_iter_value(json_object_iter(object)) : NULL;
}

static json_t *
step_into(json_t *from, const Step *step)
{
    json_t *inner = only_member(from);

    if (step->name == NULL)
        return json_array_get(json_is_object(from) ? inner : from, step->index);
    if (json_object_get(from, step->name) == NULL && json_is_object(inner)) /* a union's branch */
        from = inner;
    return json_object_get(from, step->name);
}

static bool
put(json_t *holder, const Step *step, json_t *value)
{
    json_t *inner = only_member(holder);

    if (step->name == NULL) {
        json_t *list = json_is_object(holder) ? inner : holder;

        return step->index < json_array_size(list) && json_array_set(list, step->index, value) == 0;
    }
    if (json_object_get(holder, step->name) == NULL && json_is_object(inner))
        holder = inner;
    return json_is_object(holder) && json_object_set(holder, step->name, value) == 0;
}

static bool
put_at(json_t *record, const char *place, json_t *value, Arena *a, Err *err)
{
    const char *at = place;
    json_t *holder = record;
    Step step;

    for (;;) {
        if (!next_step(&at, &step, a))
            return ERR_FAIL(err, ERR_POISON, "'%s' is no place in a record; write it as rows[2].points", place);
        if (*at == '\0')
            break;
        holder = step_into(holder, &step);
        if (holder == NULL)
            return ERR_FAIL(err, ERR_POISON, "the record has no %.*s", (int)(at - place), place);
    }
    return put(holder, &step, value) || ERR_FAIL(err, ERR_POISON, "the record has no %s", place);
}

bool
dlq_patch(json_t *record, const char *patch, Arena *a, Err *err)
{
    const char *equals = strchr(patch, '=');
    json_error_t fault;
    json_t *value;
    bool ok;

    if (equals == NULL || equals == patch)
        return ERR_FAIL(err, ERR_POISON, "'%s' is no patch; write PLACE=JSON, as rows[2].points=17", patch);
    value = json_loads(equals + 1, JSON_DECODE_ANY, &fault);
    if (value == NULL)
        return ERR_FAIL(err, ERR_POISON, "'%s' is no JSON (%s); a text stands in double quotes", equals + 1,
                        fault.text);
    ok = put_at(record, arena_strndup(a, patch, (size_t)(equals - patch)), value, a, err);
    json_decref(value);
    return ok;
}

/* ---- differences ---- */

typedef struct {
    Arena *a;
    DlqChange *items;
    size_t count, cap;
} Changes;

static const char *
text_of(const json_t *value, Arena *a)
{
    char *dumped = value != NULL ? json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
    const char *out = arena_strdup(a, dumped);

    free(dumped);
    return out;
}

static void compare(Changes *c, const char *place, json_t *before, json_t *after);

static void
compare_objects(Changes *c, const char *place, json_t *before, json_t *after)
{
    const char *dot = place[0] != '\0' ? "." : "", *key;
    json_t *value;

    json_object_foreach(before, key, value)
        compare(c, arena_printf(c->a, "%s%s%s", place, dot, key), value, json_object_get(after, key));
    json_object_foreach(after, key, value) if (json_object_get(before, key) == NULL)
        compare(c, arena_printf(c->a, "%s%s%s", place, dot, key), NULL, value);
}

static void
compare_arrays(Changes *c, const char *place, json_t *before, json_t *after)
{
    size_t n = json_array_size(before) > json_array_size(after) ? json_array_size(before) : json_array_size(after);

    for (size_t i = 0; i < n; i++)
        compare(c, arena_printf(c->a, "%s[%zu]", place, i), json_array_get(before, i), json_array_get(after, i));
}

static void
compare(Changes *c, const char *place, json_t *before, json_t *after)
{
    if (json_equal(before, after) != 0)
        return;
    if (json_is_object(before) && json_is_object(after)) {
        compare_objects(c, place, before, after);
    } else if (json_is_array(before) && json_is_array(after)) {
        compare_arrays(c, place, before, after);
    } else {
        c->items = arena_room(c->a, c->items, c->count, &c->cap, sizeof *c->items);
        c->items[c->count++] = (DlqChange){place, text_of(before, c->a), text_of(after, c->a)};
    }
}

size_t
dlq_changes(json_t *before, json_t *after, Arena *a, DlqChange **out)
{
    Changes c = {.a = a};

    compare(&c, "", before, after);
    *out = c.items;
    return c.count;
}
