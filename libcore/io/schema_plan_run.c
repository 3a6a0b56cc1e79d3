/*
 * libcore/io/schema_plan_run.c
 *    Run plans. The bytes come from outside: work, depth and output are bounded by their length.
 */
#include <math.h>
#include <string.h>
#include "libcore/base/cursor.h"
#include "libcore/io/schema_plan.h"
#include "libcore/io/schema_plan_node.h"

enum {
    MAX_OUT = 64 * 1024 * 1024, /* defaults make the reader's record longer than the writer's */
    MAX_DEPTH = 64,
    STEPS_PER_BYTE = 16, /* values without bytes of their own (nulls, empty records) shall not come for ever */
    STEPS_FREE = 65536,
};

typedef struct {
    size_t start, len;
} Piece;

typedef struct {
    Cursor c;
    Buf out;
    Buf scratch;
    Arena *a;
    size_t steps_left;
    unsigned depth;
} Run;

static void run_node(Run *r, const PlanNode *n);
static void skip(Run *r, const SchemaType *t, const char *path);

static void
put(Run *r, const void *data, size_t len, const char *path)
{
    if (len > MAX_OUT - r->out.len)
        cursor_fail(&r->c, path, r->c.pos, "more memory than one message may take");
    else
        buf_put(&r->out, data, len);
}

static void
put_varint(Run *r, int64_t v, const char *path)
{
    if (MAX_OUT - r->out.len < 10)
        cursor_fail(&r->c, path, r->c.pos, "more memory than one message may take");
    else
        buf_put_avro_long(&r->out, v); /* a count or a branch, never the value that stands for null */
}

static bool
enter(Run *r, const char *path)
{
    if (!cursor_ok(&r->c))
        return false;
    if (r->steps_left == 0 || r->depth == MAX_DEPTH) {
        cursor_fail(&r->c, path, r->c.pos,
                    r->depth == MAX_DEPTH ? "nested too deep" : "more values than the bytes can hold");
        return false;
    }
    r->steps_left--;
    r->depth++;
    return true;
}

/* ---- plain values ---- */

static void
pass_over(Run *r, size_t bytes, const char *path)
{
    if (bytes > r->c.len - r->c.pos)
        cursor_fail(&r->c, path, r->c.pos, "the bytes end inside a value");
    else
        r->c.pos += bytes;
}

static int64_t
read_int(Run *r, SchemaKind kind, const char *path)
{
    const size_t start = r->c.pos;
    int64_t v = cursor_varint(&r->c, path);

    if (kind == SCHEMA_INT && (v < INT32_MIN || v > INT32_MAX))
        cursor_fail(&r->c, path, start, "a number that does not fit 32 bits");
    return v;
}

/* Moves behind a value of a type without items, fields or branches. */
static void
pass_plain(Run *r, const SchemaType *t, const char *path)
{
    const size_t start = r->c.pos;
    int64_t symbol;

    switch (t->kind) {
    case SCHEMA_BOOLEAN:
        (void)cursor_boolean(&r->c, path);
        break;
    case SCHEMA_INT:
    case SCHEMA_LONG:
        (void)read_int(r, t->kind, path);
        break;
    case SCHEMA_FLOAT:
    case SCHEMA_DOUBLE:
    case SCHEMA_FIXED:
        pass_over(r, t->min_bytes, path);
        break;
    case SCHEMA_BYTES:
    case SCHEMA_STRING:
        (void)cursor_view(&r->c, path);
        break;
    case SCHEMA_ENUM:
        symbol = cursor_varint(&r->c, path);
        if (symbol < 0 || (uint64_t)symbol >= t->count)
            cursor_fail(&r->c, path, start, "a symbol that does not exist");
        break;
    case SCHEMA_NULL:
    case SCHEMA_RECORD:
    case SCHEMA_ARRAY:
    case SCHEMA_MAP:
    case SCHEMA_UNION:
        break;
    }
}

static void
copy(Run *r, const PlanNode *n)
{
    const size_t start = r->c.pos;

    pass_plain(r, n->from, n->path);
    if (cursor_ok(&r->c))
        put(r, r->c.data + start, r->c.pos - start, n->path);
}

static void
to_text(Run *r, const PlanNode *n)
{
    const size_t start = r->c.pos;
    Bytes text = cursor_view(&r->c, n->path);

    if (!cursor_ok(&r->c))
        return;
    if (!utf8_is_valid(text.data, text.len))
        cursor_fail(&r->c, n->path, start, "a string that is not UTF-8");
    else
        put(r, r->c.data + start, r->c.pos - start, n->path);
}

static float
read_float(Run *r, const char *path)
{
    uint32_t bits = 0;
    float f;

    pass_over(r, sizeof bits, path);
    for (unsigned i = 0; cursor_ok(&r->c) && i < sizeof bits; i++)
        bits |= (uint32_t)r->c.data[r->c.pos - sizeof bits + i] << (8 * i);
    memcpy(&f, &bits, sizeof f);
    return f;
}

static void
put_bits(Run *r, uint64_t bits, unsigned bytes, const char *path)
{
    uint8_t raw[sizeof bits];

    for (unsigned i = 0; i < bytes; i++)
        raw[i] = (uint8_t)(bits >> (8 * i));
    put(r, raw, bytes, path);
}

static void
to_float(Run *r, const PlanNode *n)
{
    float f = (float)read_int(r, n->from->kind, n->path);
    uint32_t bits;

    memcpy(&bits, &f, sizeof bits);
    if (cursor_ok(&r->c))
        put_bits(r, bits, sizeof bits, n->path);
}

static void
to_double(Run *r, const PlanNode *n)
{
    double d = n->from->kind == SCHEMA_FLOAT ? (double)read_float(r, n->path)
                                             : (double)read_int(r, n->from->kind, n->path);
    uint64_t bits;

    memcpy(&bits, &d, sizeof bits);
    if (cursor_ok(&r->c))
        put_bits(r, bits, sizeof bits, n->path);
}

static void
symbol(Run *r, const PlanNode *n)
{
    const size_t start = r->c.pos;
    int64_t v = cursor_varint(&r->c, n->path);

    if (v < 0 || (uint64_t)v >= n->from->count)
        cursor_fail(&r->c, n->path, start, "a symbol that does not exist");
    else if (n->symbols[v] < 0)
        cursor_fail(&r->c, n->path, start, n->why);
    else if (cursor_ok(&r->c))
        put_varint(r, n->symbols[v], n->path);
}

/* The branch of a union of count branches; 0 after an error. */
static size_t
read_branch(Run *r, size_t count, const char *path)
{
    const size_t start = r->c.pos;
    int64_t v = cursor_varint(&r->c, path);

    if (v >= 0 && (uint64_t)v < count)
        return (size_t)v;
    cursor_fail(&r->c, path, start, "a union branch that does not exist");
    return 0;
}

/* ---- blocks of arrays and maps ---- */

typedef struct {
    size_t count, end;
    bool has_end;
} Block;

/* False at the end and on error. */
static bool
next_block(Run *r, size_t item_min_bytes, Block *b, const char *path)
{
    const size_t start = r->c.pos;
    int64_t count = cursor_varint(&r->c, path);

    *b = (Block){0};
    if (count == INT64_MIN) {
        cursor_fail(&r->c, path, start, "an impossible number of items");
    } else if (count < 0) { /* followed by the block's bytes */
        const size_t at = r->c.pos;
        int64_t bytes = cursor_varint(&r->c, path);

        count = -count;
        if (bytes < 0 || (uint64_t)bytes > r->c.len - r->c.pos)
            cursor_fail(&r->c, path, at, "a block beyond the end of the bytes");
        else
            b->end = r->c.pos + (size_t)bytes;
        b->has_end = true;
    }
    if (!cursor_ok(&r->c) || count == 0)
        return false;
    if ((item_min_bytes > 0 && (uint64_t)count > (r->c.len - r->c.pos) / item_min_bytes)
        || (uint64_t)count > r->steps_left) {
        cursor_fail(&r->c, path, start, "more items than the bytes can hold");
        return false;
    }
    b->count = (size_t)count;
    return true;
}

static void
end_block(Run *r, const Block *b, const char *path)
{
    if (cursor_ok(&r->c) && b->has_end && r->c.pos != b->end)
        cursor_fail(&r->c, path, r->c.pos, "a block whose size is not the one announced");
}

/* ---- what has parts ---- */

static void
items(Run *r, const PlanNode *n)
{
    const bool is_map = n->op == PLAN_MAP;
    Block b;

    while (next_block(r, n->from->items->min_bytes + is_map, &b, n->path)) {
        put_varint(r, (int64_t)b.count, n->path);
        for (size_t i = 0; i < b.count && cursor_ok(&r->c); i++) {
            const size_t start = r->c.pos;

            if (is_map) {
                Bytes key = cursor_view(&r->c, n->path);

                if (cursor_ok(&r->c) && !utf8_is_valid(key.data, key.len))
                    cursor_fail(&r->c, n->path, start, "a key that is not UTF-8");
                if (cursor_ok(&r->c))
                    put(r, r->c.data + start, r->c.pos - start, n->path);
            }
            run_node(r, n->inner);
        }
        end_block(r, &b, n->path);
    }
    if (cursor_ok(&r->c))
        put_varint(r, 0, n->path);
}

/* The record's pieces, which end the output, into the reader's order. */
static void
reorder(Run *r, const PlanNode *n, const Piece *pieces, size_t start)
{
    buf_clear(&r->scratch);
    buf_put(&r->scratch, r->out.data + start, r->out.len - start);
    r->out.len = start;
    for (size_t i = 0; i < n->order_count; i++) {
        const Piece *p = &pieces[n->order[i]];

        buf_put(&r->out, r->scratch.data + (p->start - start), p->len);
    }
}

static void
record(Run *r, const PlanNode *n)
{
    const size_t start = r->out.len;
    Piece *pieces = NULL;
    size_t piece = 0;

    if (n->order != NULL) {
        pieces = arena_try_alloc(r->a, (n->order_count + 1) * sizeof *pieces);
        if (pieces == NULL) {
            cursor_fail(&r->c, n->path, r->c.pos, "more memory than one message may take");
            return;
        }
    }
    for (size_t i = 0; i < n->step_count && cursor_ok(&r->c); i++) {
        const PlanStep *s = &n->steps[i];
        const size_t from = r->out.len;

        if (s->skip != NULL) {
            skip(r, s->skip, s->path);
            continue;
        }
        if (s->take != NULL)
            run_node(r, s->take);
        else
            put(r, s->fill.data, s->fill.len, s->path);
        if (pieces != NULL)
            pieces[piece++] = (Piece){from, r->out.len - from};
    }
    if (pieces != NULL && cursor_ok(&r->c))
        reorder(r, n, pieces, start);
}

static void
run_node(Run *r, const PlanNode *n)
{
    const size_t start = r->c.pos;

    if (!enter(r, n->path))
        return;
    switch (n->op) {
    case PLAN_COPY:
        copy(r, n);
        break;
    case PLAN_TO_TEXT:
        to_text(r, n);
        break;
    case PLAN_TO_FLOAT:
        to_float(r, n);
        break;
    case PLAN_TO_DOUBLE:
        to_double(r, n);
        break;
    case PLAN_SYMBOL:
        symbol(r, n);
        break;
    case PLAN_RECORD:
        record(r, n);
        break;
    case PLAN_ARRAY:
    case PLAN_MAP:
        items(r, n);
        break;
    case PLAN_FROM_UNION:
        run_node(r, n->branches[read_branch(r, n->from->count, n->path)]);
        break;
    case PLAN_TO_UNION:
        put_varint(r, n->branch, n->path);
        run_node(r, n->inner);
        break;
    case PLAN_REFUSE:
        cursor_fail(&r->c, n->path, start, n->why);
        break;
    }
    r->depth--;
}

/* ---- skipping ---- */

static void
skip_items(Run *r, const SchemaType *t, const char *path)
{
    const bool is_map = t->kind == SCHEMA_MAP;
    Block b;

    while (next_block(r, t->items->min_bytes + is_map, &b, path)) {
        for (size_t i = 0; i < b.count && cursor_ok(&r->c); i++) {
            if (is_map)
                (void)cursor_view(&r->c, path);
            skip(r, t->items, path);
        }
        end_block(r, &b, path);
    }
}

static void
skip(Run *r, const SchemaType *t, const char *path)
{
    if (!enter(r, path))
        return;
    if (t->kind == SCHEMA_RECORD) {
        for (size_t i = 0; i < t->count; i++)
            skip(r, t->fields[i].type, path);
    } else if (t->kind == SCHEMA_UNION) {
        skip(r, t->branches[read_branch(r, t->count, path)], path);
    } else if (t->items != NULL) {
        skip_items(r, t, path);
    } else {
        pass_plain(r, t, path);
    }
    r->depth--;
}

bool
schema_plan_run(const SchemaPlan *plan, Bytes body, Arena *a, Bytes *out, Err *err)
{
    Run r = {.c = cursor_over(body), .a = a, .steps_left = STEPS_FREE + body.len * STEPS_PER_BYTE};
    bool ok;
    uint8_t *copied;

    run_node(&r, plan->root);
    ok = cursor_finish(&r.c, plan->root->path, err);
    if (ok) {
        copied = arena_try_alloc(a, r.out.len + 1);
        if (copied == NULL)
            ok = ERR_FAIL(err, ERR_POISON, "%s: more memory than one message may take", plan->root->path);
        else if (r.out.len > 0)
            memcpy(copied, r.out.data, r.out.len);
        *out = bytes_of(copied, r.out.len);
    }
    buf_free(&r.out);
    buf_free(&r.scratch);
    return ok;
}
