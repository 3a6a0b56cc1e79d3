/*
 * libcore/runtime/input_vector.c
 *    A group a processor: its name, how many cells, and of each the days since the one before and the
 *    version, as variable-length integers.
 */
#include "libcore/runtime/input_vector.h"
#include <stdlib.h>
#include <string.h>
#include "libcore/base/cursor.h"

enum { FORM = 1 };

Bytes
input_vector_encode(const CellState *needs, size_t count, Arena *a)
{
    Buf b = {0};
    Bytes out;

    buf_put_u8(&b, FORM);
    for (size_t i = 0, end; i < count; i = end) {
        int32_t days = 0;

        for (end = i; end < count && needs[end].processor == needs[i].processor; end++)
            continue;
        buf_put_avro_string(&b, processor_table[needs[i].processor].name);
        buf_put_avro_long(&b, (int64_t)(end - i));
        for (size_t k = i; k < end; k++) {
            buf_put_avro_long(&b, needs[k].date.days - days);
            buf_put_avro_long(&b, needs[k].version);
            days = needs[k].date.days;
        }
    }
    out = arena_bytes(a, buf_cstr(&b), b.len);
    buf_free(&b);
    return out;
}

static int
compare_reads(const void *pa, const void *pb)
{
    const InputRead *a = pa, *b = pb;

    if (a->processor != b->processor)
        return a->processor < b->processor ? -1 : 1;
    return (a->date.days > b->date.days) - (a->date.days < b->date.days);
}

/* One processor's cells. */
static bool
read_group(Cursor *c, Arena *a, InputRead *out, size_t *count)
{
    const char *name = cursor_string(c, a, "inputs.processor");
    int64_t n = cursor_long(c, "inputs.count"), days = 0;
    ProcessorId processor;

    if (!cursor_ok(c) || !processor_by_name(name, &processor) || n < 0)
        return false;
    for (int64_t i = 0; i < n; i++) {
        int32_t step = cursor_int(c, "inputs.date"), version = cursor_int(c, "inputs.version");

        days += step;
        if (!cursor_ok(c) || days <= INT32_MIN || days > INT32_MAX)
            return false;
        out[(*count)++] = (InputRead){processor, {(int32_t)days}, version};
    }
    return true;
}

bool
input_vector_decode(Bytes vector, Arena *a, InputRead **out, size_t *count)
{
    Cursor c = cursor_over(vector);

    *count = 0;
    if (vector.len == 0 || vector.data[0] != FORM)
        return false;
    c.pos = 1;
    *out = arena_array(a, vector.len / 2 + 1, sizeof **out); /* a cell takes two bytes at least */
    while (c.pos < c.len)
        if (!read_group(&c, a, *out, count))
            return false;
    if (*count > 0)
        qsort(*out, *count, sizeof **out, compare_reads);
    return true;
}

const InputRead *
input_vector_find(const InputRead *reads, size_t count, ProcessorId processor, GameDate date)
{
    const InputRead key = {processor, date, 0};

    return count == 0 ? NULL : bsearch(&key, reads, count, sizeof *reads, compare_reads);
}

bool
input_vector_changes(const InputRead *reads, size_t read_count, const CellState *needs, size_t need_count, Arena *a,
                     InputChange **out, size_t *count)
{
    *out = arena_array(a, need_count + 1, sizeof **out);
    *count = 0;
    if (read_count != need_count)
        return false;
    for (size_t i = 0; i < need_count; i++) {
        const InputRead *r = &reads[i]; /* both in one order, so that equal sets stand side by side */

        if (r->processor != needs[i].processor || !date_equal(r->date, needs[i].date) || r->version > needs[i].version)
            return false;
        if (r->version < needs[i].version)
            (*out)[(*count)++] = (InputChange){r->processor, r->date, r->version, needs[i].version};
    }
    return true;
}
