/*
 * tests/unit/model_fixtures.h
 *    The models of tests/fixtures/models, and what their libraries predict with them.
 */
#ifndef TIPOFF_TESTS_MODEL_FIXTURES_H
#define TIPOFF_TESTS_MODEL_FIXTURES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/base/arena.h"
#include "workers/models/model.h"

static inline Bytes
fixture(const char *name, Arena *a)
{
    FILE *f = fopen(arena_printf(a, "tests/fixtures/models/%s", name), "rb");
    uint8_t *bytes;
    long len;

    if (f == NULL)
        fail_msg("no fixture %s", name);
    assert_int_equal(0, fseek(f, 0, SEEK_END));
    len = ftell(f);
    rewind(f);
    bytes = arena_alloc(a, (size_t)len + 1);
    assert_int_equal(len, fread(bytes, 1, (size_t)len, f));
    (void)fclose(f);
    return bytes_of(bytes, (size_t)len);
}

static inline Model *
fixture_model(const char *name, Arena *a)
{
    Model *m;
    Err err;

    if (!model_read(fixture(name, a), &m, &err))
        fail_msg("%s: %s", name, err.msg);
    return m;
}

/* A CSV file without quotes: its cells, row by row, the header first. */
typedef struct {
    char **cells;
    size_t columns, rows; /* the header is no row */
} FixtureTable;

static inline FixtureTable
fixture_table(const char *name, Arena *a)
{
    FixtureTable t = {0};
    const char *at = (const char *)fixture(name, a).data;
    size_t n = 0, cap = 0;

    while (*at != '\0') {
        const size_t len = strcspn(at, ",\n");
        const bool ends_row = at[len] != ',';

        t.cells = arena_room(a, t.cells, n, &cap, sizeof *t.cells);
        t.cells[n++] = arena_strndup(a, at, len);
        at += len + (at[len] != '\0');
        if (ends_row && t.columns == 0)
            t.columns = n;
    }
    assert_true(t.columns > 0 && n % t.columns == 0);
    t.rows = n / t.columns - 1;
    return t;
}

/* Row -1 is the header. */
static inline const char *
fixture_cell(const FixtureTable *t, ptrdiff_t row, size_t column)
{
    return t->cells[(size_t)(row + 1) * t->columns + column];
}

/* The inputs as float32, row by row; NaN where a cell is empty. */
static inline float *
fixture_inputs(const FixtureTable *t, Arena *a)
{
    float *rows = arena_array(a, t->rows * t->columns, sizeof *rows);

    for (size_t i = 0; i < t->rows * t->columns; i++) {
        const char *cell = t->cells[t->columns + i];

        rows[i] = cell[0] == '\0' ? NAN : (float)strtod(cell, NULL);
    }
    return rows;
}

#endif
