/*
 * ops/cli/cmd_sql.c
 *    sql: the saved queries of ops/sql, in a transaction that cannot write.
 *
 * A file is one select behind a line that says what it answers; $1 and $2 are the first and the last date.
 */
#include <string.h>
#include "libcore/io/sql_files.h"
#include "ops/cli/sql_answer.h"

static void
list_queries(const Cli *cli, const SqlFiles *q, Arena *a)
{
    static const char *const headers[] = {"query", "dates", "answers", NULL};
    const TableHead head = {"queries", headers, true};
    const char **cells = arena_array(a, q->count * 3 + 1, sizeof *cells);

    for (size_t i = 0; i < q->count; i++) {
        cells[i * 3] = q->names[i];
        cells[i * 3 + 1] = strstr(q->texts[i], "$1") ? "yes" : "no";
        cells[i * 3 + 2] = strncmp(q->texts[i], "-- ", 3) == 0
                               ? arena_strndup(a, q->texts[i] + 3, strcspn(q->texts[i] + 3, "\n"))
                               : NULL;
    }
    print_cells(cli, &head, cells, q->count);
}

static bool
run_query(const Cli *cli, Session *s, const char *text, DateRange range, Err *err)
{
    const DbParam params[] = {db_date(range.from), db_date(range.to)};
    size_t count;

    return db_exec_script(s->tx, "set transaction read only; set local statement_timeout = '60s'", err)
           && sql_print_answer(cli, s, "rows", true, text, params,
                               strstr(text, "$2")   ? 2
                               : strstr(text, "$1") ? 1
                                                    : 0,
                               &count, err);
}

int
cmd_sql(Cli *cli)
{
    const char *name = cli_take_word(cli), *dates = cli_take_word(cli);
    DateRange range = {GAME_DATE_NULL, GAME_DATE_NULL};
    Session s = {.a = NULL};
    Arena *a;
    SqlFiles q;
    const char *text;
    Err err;
    int status = 0;

    if (name == NULL || !cli_no_more(cli, "sql") || (dates != NULL && !cli_parse_range(cli, dates, &range)))
        return name == NULL ? cli_usage("sql") : 2;
    a = arena_new(0);
    if (!sql_files_load(TIPOFF_SOURCE_ROOT "/ops/sql", a, &q, &err)) {
        status = cli_fail(&err);
    } else if (strcmp(name, "list") == 0) {
        list_queries(cli, &q, a);
    } else {
        text = sql_files_find(&q, name);
        if (text == NULL)
            status = cli_unknown("query", name, q.names, q.count);
        else if (strstr(text, "$1") != NULL && dates == NULL)
            status = cli_parse_range(cli, NULL, &range) ? 0 : 2;
        else if (!cli_open(cli, &s, &err) || !run_query(cli, &s, text, range, &err))
            status = cli_fail(&err);
        if (s.a != NULL)
            cli_close(&s);
    }
    arena_free(a);
    return status;
}
