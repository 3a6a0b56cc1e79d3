/*
 * tests/unit/spoil.h
 *    Inputs with a few changes, for everything that reads what others wrote.
 *
 * Deterministic: a seed makes the same inputs on every machine. TIPOFF_FUZZ_SEED and TIPOFF_FUZZ_ROUNDS
 * ask for others and for more. Built with -Db_sanitize=address,undefined a test also sees what does not
 * crash.
 */
#ifndef TIPOFF_TESTS_SPOIL_H
#define TIPOFF_TESTS_SPOIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/bytes.h"
#include "libcore/base/rng.h"

enum { SPOIL_MOST_CHANGES = 3 };

static inline uint64_t
from_environment(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);

    return text == NULL ? fallback : strtoull(text, NULL, 10);
}

static inline uint64_t
fuzz_rounds(uint64_t usual)
{
    return from_environment("TIPOFF_FUZZ_ROUNDS", usual);
}

static inline Rng
fuzz_rng(void)
{
    uint64_t seed = from_environment("TIPOFF_FUZZ_SEED", 1);

    print_message("TIPOFF_FUZZ_SEED=%llu\n", (unsigned long long)seed);
    return rng_seeded(seed);
}

/* Inputs that are all read, or all refused, prove little. */
typedef struct {
    size_t read, refused;
} Tally;

static inline void
count(Tally *t, bool is_read)
{
    t->read += is_read;
    t->refused += !is_read;
}

static inline void
expect_both(const Tally *t)
{
    print_message("%zu read, %zu refused\n", t->read, t->refused);
    assert_true(t->read > (t->read + t->refused) / 100);
    assert_true(t->refused > (t->read + t->refused) / 100);
}

/* ---- spoiling ---- */

/* Bytes that mean something to one parser or another. */
static const char *const tokens[] = {
    "\"", "\"\"", ",",        "\n",   "\r\n",     "\r",   "",  "=",   "#",
    "[",  "-",    "1e999",    "NaN",  "\xef\xbb", "\xe9", "'", "\t",  "9999999999999999999",
    "\\", "\x01", "\xff\xff", "\x80", "\xc3\x01", " ",    "x", "null"};

static inline void
replace(Buf *b, size_t at, size_t removed, const void *with, size_t added)
{
    Buf out = {0};

    buf_put(&out, b->data, at);
    buf_put(&out, with, added);
    buf_put(&out, b->data + at + removed, b->len - at - removed);
    buf_free(b);
    *b = out;
}

static inline void
change_once(Rng *rng, Buf *b)
{
    size_t at = (size_t)rng_below(rng, b->len + 1), rest = b->len - at;
    size_t some = rest == 0 ? 0 : 1 + (size_t)rng_below(rng, rest < 40 ? rest : 40);
    const char *token = tokens[rng_below(rng, ARRAY_LEN(tokens))];
    uint8_t byte = (uint8_t)rng_u64(rng);

    switch (rng_below(rng, 7)) {
    case 0: /* one bit */
        if (rest > 0)
            b->data[at] ^= (uint8_t)(1u << (byte & 7));
        break;
    case 1: /* one byte */
        if (rest > 0)
            b->data[at] = byte;
        break;
    case 2:
        replace(b, at, 0, token, token[0] == '\0' ? 1 : strlen(token)); /* the empty one stands for a NUL */
        break;
    case 3:
        replace(b, at, some, NULL, 0);
        break;
    case 4: { /* a piece of it once more, somewhere */
        size_t from = (size_t)rng_below(rng, b->len + 1), len = b->len - from < 200 ? b->len - from : 200;
        Buf piece = {0};

        buf_put(&piece, b->data + from, len);
        replace(b, at, 0, piece.data, len);
        buf_free(&piece);
        break;
    }
    case 5: /* cut short */
        if (rng_below(rng, 4) == 0)
            b->len = at;
        break;
    default:
        replace(b, at, some, token, strlen(token));
        break;
    }
}

/* The original with a few changes. */
static inline Buf
spoilt(Rng *rng, Bytes original)
{
    Buf b = {0};

    buf_put(&b, original.data, original.len);
    for (uint64_t n = 1 + rng_below(rng, SPOIL_MOST_CHANGES); n > 0; n--)
        change_once(rng, &b);
    return b;
}

#endif
