/*
 * ops/cli/cmd_sql.c
 *    sql: the saved queries of ops/sql, in a transaction that cannot write.
 *
 * A file is one select behind a line that says what it answers; $1 and $2 are the first and the last date.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ops/cli/print.h"

#define QUERIES TIPOFF_SOURCE_ROOT "/ops/sql"
enum { QUERIES_MAX = 64, COLUMNS_MAX = 31 };

typedef struct {
    const char *names[QUERIES_MAX], *texts[QUERIES_MAX];
    size_t count;
} Queries;

static int
is_query(const struct dirent *e)
{
    size_t len = strlen(e->d_name);

    return len > 4 && strcmp(e->d_name + len - 4, ".sql") == 0;
}

static bool
read_query(const char *file, Arena *a, const char **text, Err *err)
{
    const char *path = arena_printf(a, QUERIES "/%s", file);
    FILE *f = fopen(path, "r");
    char chunk[4096];
    Buf out = {0};
    size_t n;

    if (f == NULL)
        return ERR_FAIL(err, ERR_CONFIG, "cannot open %s: %s", path, strerror(errno));
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_put(&out, chunk, n);
    *text = arena_strdup(a, buf_cstr(&out));
    buf_free(&out);
    return fclose(f) == 0 || ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
}

static bool
queries_load(Queries *q, Arena *a, Err *err)
{
    struct dirent **list;
    bool ok = true;
    int n = scandir(QUERIES, &list, is_query, alphasort);

    *q = (Queries){.count = 0};
    if (n < 0)
        return ERR_FAIL(err, ERR_CONFIG, "cannot read %s: %s", QUERIES, strerror(errno));
    for (int i = 0; i < n; i++) {
        if (ok && q->count < QUERIES_MAX) {
            q->names[q->count] = arena_strndup(a, list[i]->d_name, strlen(list[i]->d_name) - 4);
            ok = read_query(list[i]->d_name, a, &q->texts[q->count++], err);
        }
        free(list[i]);
    }
    free(list);
    return ok;
}

static void
list_queries(const Cli *cli, const Queries *q, Arena *a)
{
    static const char *const headers[] = {"query", "dates", "answers", NULL};
    const TableHead head = {"queries", headers, true};
    const char *cells[QUERIES_MAX * 3];

    for (size_t i = 0; i < q->count; i++) {
        cells[i * 3] = q->names[i];
        cells[i * 3 + 1] = strstr(q->texts[i], "$1") ? "yes" : "no";
        cells[i * 3 + 2] = strncmp(q->texts[i], "-- ", 3) == 0
                               ? arena_strndup(a, q->texts[i] + 3, strcspn(q->texts[i] + 3, "\n"))
                               : NULL;
    }
    print_cells(cli, &head, cells, q->count);
}

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
print_answer(const Cli *cli, const DbRows *rows, Arena *a, Err *err)
{
    const char *headers[COLUMNS_MAX + 1] = {NULL}, **cells = NULL;
    const size_t count = db_row_count(rows);
    size_t columns = 0, c;
    const TableHead head = {"rows", headers, true};

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

static bool
run_query(const Cli *cli, Session *s, const char *text, DateRange range, Err *err)
{
    const DbParam params[] = {db_date(range.from), db_date(range.to)};
    const char *sql = arena_printf(s->a, "select row_to_json(q)::text from (\n%s\n) q", text);
    DbRows *rows;

    return db_exec_script(s->tx, "set transaction read only; set local statement_timeout = '60s'", err)
           && db_exec(s->tx, sql, params,
                      strstr(text, "$2")   ? 2
                      : strstr(text, "$1") ? 1
                                           : 0,
                      &rows, err)
           && print_answer(cli, rows, s->a, err);
}

int
cmd_sql(Cli *cli)
{
    const char *name = cli_take_word(cli), *dates = cli_take_word(cli);
    DateRange range = {GAME_DATE_NULL, GAME_DATE_NULL};
    Session s = {.a = NULL};
    Arena *a;
    Queries q;
    Err err;
    size_t i = 0;
    int status = 0;

    if (name == NULL || !cli_no_more(cli, "sql") || (dates != NULL && !cli_parse_range(cli, dates, &range)))
        return name == NULL ? cli_usage("sql") : 2;
    a = arena_new(0);
    if (!queries_load(&q, a, &err)) {
        status = cli_fail(&err);
    } else if (strcmp(name, "list") == 0) {
        list_queries(cli, &q, a);
    } else {
        while (i < q.count && strcmp(q.names[i], name) != 0)
            i++;
        if (i == q.count)
            status = cli_unknown("query", name, q.names, q.count);
        else if (strstr(q.texts[i], "$1") != NULL && dates == NULL)
            status = cli_parse_range(cli, NULL, &range) ? 0 : 2;
        else if (!cli_open(cli, &s, &err) || !run_query(cli, &s, q.texts[i], range, &err))
            status = cli_fail(&err);
        if (s.a != NULL)
            cli_close(&s);
    }
    arena_free(a);
    return status;
}
