/*
 * workers/models/flat_reader.c
 *    Distances, bounds and claims.
 */
#include "workers/models/flat_reader.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/cursor.h"

enum { OFFSET_BYTES = 4, COUNT_BYTES = 4, VTABLE_HEAD = 4, SLOT_BYTES = 2 };

struct FlatClaim {
    size_t from, to;
    const char *what;
};

FlatReader
flat_over(Bytes buffer, size_t base, Arena *a)
{
    return (FlatReader){.data = buffer.data, .len = buffer.len, .base = base, .a = a};
}

bool
flat_ok(const FlatReader *r)
{
    return r->bad_why == NULL;
}

static void
fail_at(FlatReader *r, const char *what, size_t at, const char *why)
{
    if (r->bad_why != NULL)
        return;
    r->bad_what = what;
    r->bad_at = r->base + at;
    r->bad_why = why;
}

static bool
fits(const FlatReader *r, size_t at, size_t len)
{
    return at <= r->len && len <= r->len - at;
}

/* Objects that do not overlap are together no longer than the buffer: so reading ends, whatever it says. */
static bool
claim(FlatReader *r, size_t at, size_t len, const char *what)
{
    if (len > r->len - r->claimed) {
        fail_at(r, what, at, "shares bytes with something else");
        return false;
    }
    r->claimed += len;
    r->claims = arena_room(r->a, r->claims, r->claim_count, &r->claim_cap, sizeof *r->claims);
    r->claims[r->claim_count++] = (FlatClaim){at, at + len, what};
    return true;
}

static int
by_place(const void *x, const void *y)
{
    const FlatClaim *p = x, *q = y;

    return (p->from > q->from) - (p->from < q->from);
}

bool
flat_finish(FlatReader *r, Err *err)
{
    if (r->claim_count > 0)
        qsort(r->claims, r->claim_count, sizeof *r->claims, by_place);
    for (size_t i = 1; i < r->claim_count && flat_ok(r); i++)
        if (r->claims[i].from < r->claims[i - 1].to)
            fail_at(r, r->claims[i].what, r->claims[i].from, "shares bytes with something else");
    return flat_ok(r) || ERR_FAIL(err, ERR_POISON, "%s at byte %zu: %s", r->bad_what, r->bad_at, r->bad_why);
}

/* ---- little-endian words; the caller has checked the bounds ---- */

static uint16_t
u16_at(const FlatReader *r, size_t at)
{
    return (uint16_t)(r->data[at] | r->data[at + 1] << 8);
}

static uint32_t
u32_at(const FlatReader *r, size_t at)
{
    return u16_at(r, at) | (uint32_t)u16_at(r, at + 2) << 16;
}

static int32_t
i32_at(const FlatReader *r, size_t at)
{
    const uint32_t bits = u32_at(r, at);
    int32_t v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static float
f32_at(const FlatReader *r, size_t at)
{
    const uint32_t bits = u32_at(r, at);
    float v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

static double
f64_at(const FlatReader *r, size_t at)
{
    const uint64_t bits = u32_at(r, at) | (uint64_t)u32_at(r, at + 4) << 32;
    double v;

    memcpy(&v, &bits, sizeof v);
    return v;
}

/* ---- tables ---- */

static FlatTable
table_at(FlatReader *r, size_t at, const char *what)
{
    const FlatTable none = {.what = what};
    FlatTable t = {.at = at, .what = what};
    int64_t vtable;

    if (!fits(r, at, OFFSET_BYTES)) {
        fail_at(r, what, at, "lies outside the buffer");
        return none;
    }
    vtable = (int64_t)at - i32_at(r, at);
    if (vtable < 0 || !fits(r, (size_t)vtable, VTABLE_HEAD)) {
        fail_at(r, what, at, "its vtable lies outside the buffer");
        return none;
    }
    t.vtable = (size_t)vtable;
    t.vtable_len = u16_at(r, t.vtable);
    t.len = u16_at(r, t.vtable + SLOT_BYTES);
    if (t.vtable_len < VTABLE_HEAD || t.vtable_len % SLOT_BYTES != 0 || !fits(r, t.vtable, t.vtable_len)) {
        fail_at(r, what, t.vtable, "no vtable");
        return none;
    }
    if (t.len < OFFSET_BYTES || !fits(r, at, t.len)) {
        fail_at(r, what, at, "is larger than what is left of the buffer");
        return none;
    }
    return claim(r, at, t.len, what) ? t : none;
}

/* The field's place in the buffer; 0 when it is absent. */
static size_t
field_at(FlatReader *r, const FlatTable *t, size_t slot, size_t bytes, const char *what)
{
    const size_t entry = VTABLE_HEAD + SLOT_BYTES * slot;
    uint16_t place;

    if (!flat_ok(r) || t->at == 0 || entry + SLOT_BYTES > t->vtable_len)
        return 0;
    place = u16_at(r, t->vtable + entry);
    if (place == 0)
        return 0;
    if (place < OFFSET_BYTES || bytes > t->len || place > t->len - bytes) {
        fail_at(r, what, t->vtable + entry, "lies outside its table");
        return 0;
    }
    return t->at + place;
}

/* What the reference at that place refers to, with room for a count or a table's head; 0 on error. */
static size_t
follow(FlatReader *r, size_t at, const char *what)
{
    const size_t distance = u32_at(r, at);

    if (distance < OFFSET_BYTES || distance > r->len - at || !fits(r, at + distance, COUNT_BYTES)) {
        fail_at(r, what, at, "refers to a place outside the buffer");
        return 0;
    }
    return at + distance;
}

FlatTable
flat_root(FlatReader *r, const char *what)
{
    size_t at = 0;

    if (!fits(r, 0, OFFSET_BYTES))
        fail_at(r, what, 0, "the buffer is empty");
    else
        at = follow(r, 0, what);
    return at == 0 ? (FlatTable){.what = what} : table_at(r, at, what);
}

static FlatTable
table_from(FlatReader *r, size_t reference, const char *what)
{
    const size_t at = reference == 0 ? 0 : follow(r, reference, what);

    return at == 0 ? (FlatTable){.what = what} : table_at(r, at, what);
}

FlatTable
flat_table(FlatReader *r, const FlatTable *t, size_t slot, const char *what)
{
    return table_from(r, field_at(r, t, slot, OFFSET_BYTES, what), what);
}

FlatTable
flat_table_item(FlatReader *r, const FlatVector *v, size_t i)
{
    return table_from(r, flat_ok(r) && i < v->count ? v->at + i * OFFSET_BYTES : 0, v->what);
}

/* ---- vectors ---- */

/* after: bytes that follow the items and belong to them. */
static FlatVector
vector_from(FlatReader *r, size_t reference, size_t item_bytes, size_t after, const char *what)
{
    const FlatVector none = {.what = what};
    const size_t at = reference == 0 ? 0 : follow(r, reference, what);
    size_t count, room;

    if (at == 0)
        return none;
    count = u32_at(r, at);
    room = r->len - at - COUNT_BYTES;
    if (room < after || count > (room - after) / item_bytes) {
        fail_at(r, what, at, "has more items than the buffer has room for");
        return none;
    }
    if (!claim(r, at, COUNT_BYTES + count * item_bytes + after, what))
        return none;
    return (FlatVector){.at = at + COUNT_BYTES, .count = count, .what = what};
}

FlatVector
flat_vector(FlatReader *r, const FlatTable *t, size_t slot, size_t item_bytes, const char *what)
{
    return vector_from(r, field_at(r, t, slot, OFFSET_BYTES, what), item_bytes, 0, what);
}

const char *
flat_string(FlatReader *r, const FlatTable *t, size_t slot, const char *what)
{
    const FlatVector v = vector_from(r, field_at(r, t, slot, OFFSET_BYTES, what), 1, 1, what);
    const uint8_t *text = r->data + v.at;

    if (v.at == 0)
        return NULL;
    if (text[v.count] != '\0' || memchr(text, '\0', v.count) != NULL || !utf8_is_valid(text, v.count)) {
        fail_at(r, what, v.at, "no text");
        return NULL;
    }
    return (const char *)text;
}

const int32_t *
flat_i32_items(FlatReader *r, const FlatVector *v)
{
    int32_t *items = v->count == 0 ? NULL : arena_array(r->a, v->count, sizeof *items);

    for (size_t i = 0; i < v->count; i++)
        items[i] = i32_at(r, v->at + i * sizeof *items);
    return items;
}

const float *
flat_f32_items(FlatReader *r, const FlatVector *v)
{
    float *items = v->count == 0 ? NULL : arena_array(r->a, v->count, sizeof *items);

    for (size_t i = 0; i < v->count; i++)
        items[i] = f32_at(r, v->at + i * sizeof *items);
    return items;
}

const double *
flat_f64_items(FlatReader *r, const FlatVector *v)
{
    double *items = v->count == 0 ? NULL : arena_array(r->a, v->count, sizeof *items);

    for (size_t i = 0; i < v->count; i++)
        items[i] = f64_at(r, v->at + i * sizeof *items);
    return items;
}

size_t
flat_file_offset(const FlatReader *r, const FlatVector *v)
{
    return v->count == 0 ? 0 : r->base + v->at;
}

/* ---- scalars ---- */

uint8_t
flat_u8(FlatReader *r, const FlatTable *t, size_t slot, uint8_t fallback, const char *what)
{
    const size_t at = field_at(r, t, slot, 1, what);

    return at == 0 ? fallback : r->data[at];
}

int32_t
flat_i32(FlatReader *r, const FlatTable *t, size_t slot, int32_t fallback, const char *what)
{
    const size_t at = field_at(r, t, slot, sizeof(int32_t), what);

    return at == 0 ? fallback : i32_at(r, at);
}

double
flat_f64(FlatReader *r, const FlatTable *t, size_t slot, double fallback, const char *what)
{
    const size_t at = field_at(r, t, slot, sizeof(double), what);

    return at == 0 ? fallback : f64_at(r, at);
}
