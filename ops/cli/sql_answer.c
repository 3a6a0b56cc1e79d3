/*
 * ops/cli/sql_answer.c
 *    Asks for rows as JSON objects, so that any columns will do.
 */
#include "ops/cli/sql_answer.h"
#include <stdlib.h>

enum { COLUMNS_MAX = 31 };

static const char *
text_of(const json_t *value, Arena *a)
{
    char *dumped;
    const char *text;

    if (json_is_null(value))
        return NULL;
    if (json_is_string(value))
        return arena_strdup(a, json_string_value(value));
    dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
    text = arena_strdup(a, dumped);
    free(dumped);
    return text;
}

/* Rows are JSON objects of one shape; the first one names the columns. */
static bool
print_rows_of(const Cli *cli, const char *title, bool is_alone, const DbRows *rows, Arena *a, Err *err)
{
    const char *headers[COLUMNS_MAX + 1] = {NULL}, **cells = NULL;
    const size_t count = db_row_count(rows);
    size_t columns = 0, c;
    const TableHead head = {title, headers, is_alone};

    for (size_t r = 0; r < count; r++) {
        json_t *row = json_loads(db_get_text(rows, r, 0), JSON_DECODE_ANY, NULL), *value;
        const char *name;

        if (r == 0 && (columns = json_object_size(row)) > COLUMNS_MAX) {
            json_decref(row);
            return ERR_FAIL(err, ERR_CONFIG, "a query has %d columns at most", COLUMNS_MAX);
        }
        cells = cells != NULL ? cells : arena_array(a, count * columns + 1, sizeof *cells);
        c = 0;
        json_object_foreach(row, name, value)
        {
            if (r == 0)
                headers[c] = arena_printf(a, "%s%s", json_is_number(value) ? "#" : "", name);
            cells[r * columns + c++] = text_of(value, a);
        }
        json_decref(row);
    }
    print_cells(cli, &head, cells, count);
    return true;
}

bool
sql_print_answer(const Cli *cli, Session *s, const char *title, bool is_alone, const char *query, const DbParam *params,
                 size_t param_count, size_t *count, Err *err)
{
    const char *sql = arena_printf(s->a, "select row_to_json(q)::text from (\n%s\n) q", query);
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, param_count, &rows, err))
        return false;
    *count = db_row_count(rows);
    return print_rows_of(cli, title, is_alone, rows, s->a, err);
}
