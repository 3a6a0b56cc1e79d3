/*
 * libcore/io/db_array.c
 *    Postgres' binary form of one-dimensional arrays, taken apart.
 */
#include "libcore/io/db_array.h"
#include <string.h>

static uint32_t
read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* An array value: its element count, and where the elements begin. */
static int32_t
array_begin(Bytes v, const uint8_t **at)
{
    if (v.len < 20 || read_u32(v.data) == 0)
        return 0;
    *at = v.data + 20;
    return (int32_t)read_u32(v.data + 12);
}

F64Array
db_get_f64s(const DbRows *rows, size_t row, int column, Arena *a)
{
    Bytes v = db_get_bytes(rows, row, column);
    const uint8_t *at = NULL;
    int32_t n = array_begin(v, &at);
    double *items = arena_array(a, (size_t)n + 1, sizeof *items);

    for (int32_t i = 0; i < n; i++) {
        uint32_t len = read_u32(at);
        uint64_t bits;

        at += 4;
        items[i] = NULL_F64;
        if (len == UINT32_MAX)
            continue;
        bits = (uint64_t)read_u32(at) << 32 | read_u32(at + 4);
        memcpy(&items[i], &bits, sizeof bits);
        at += len;
    }
    return (F64Array){v.data != NULL ? items : NULL, n};
}

I32Array
db_get_i32s(const DbRows *rows, size_t row, int column, Arena *a)
{
    Bytes v = db_get_bytes(rows, row, column);
    const uint8_t *at = NULL;
    int32_t n = array_begin(v, &at);
    int32_t *items = arena_array(a, (size_t)n + 1, sizeof *items);

    for (int32_t i = 0; i < n; i++) {
        uint32_t len = read_u32(at);

        at += 4;
        items[i] = NULL_I32;
        if (len == UINT32_MAX)
            continue;
        items[i] = (int32_t)read_u32(at);
        at += len;
    }
    return (I32Array){v.data != NULL ? items : NULL, n};
}

TextArray
db_get_texts(const DbRows *rows, size_t row, int column, Arena *a)
{
    Bytes v = db_get_bytes(rows, row, column);
    const uint8_t *at = NULL;
    int32_t n = array_begin(v, &at);
    const char **items = arena_array(a, (size_t)n + 1, sizeof *items);

    for (int32_t i = 0; i < n; i++) {
        uint32_t len = read_u32(at);

        at += 4;
        if (len == UINT32_MAX)
            continue;
        items[i] = arena_strndup(a, (const char *)at, len);
        at += len;
    }
    return (TextArray){v.data != NULL ? items : NULL, n};
}
