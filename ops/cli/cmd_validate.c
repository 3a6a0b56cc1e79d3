/*
 * ops/cli/cmd_validate.c
 *    Runs the checks of schemas/checks over dates.
 */
#include <stdio.h>
#include <string.h>
#include "libcore/runtime/checks.h"
#include "ops/cli/print.h"

enum { COLUMNS = 10 };

typedef struct {
    const char *group; /* NULL: all */
    bool only_bad;
    size_t counts[CHECK_VERDICTS];
    const char **cells;
    size_t rows, room;
} Validation;

static const char *
number_text(Arena *a, double v)
{
    return f64_is_null(v) ? NULL : arena_printf(a, "%.4g", v);
}

static void
add_row(Validation *v, Arena *a, const Check *check, GameDate date, const CheckResult *r)
{
    const char **c = v->cells + v->rows++ * COLUMNS;

    *c++ = date_format(date, arena_alloc(a, DATE_TEXT_LEN));
    *c++ = check->group;
    *c++ = check->name;
    *c++ = check_verdict_name(r->verdict);
    *c++ = number_text(a, r->value);
    *c++ = number_text(a, r->warn);
    *c++ = number_text(a, r->fail);
    *c++ = r->verdict == CHECK_FAILURE ? alert_severity_name(check->severity) : NULL;
    *c++ = check->says;
    *c++ = r->detail;
}

static bool
validate_date(const Cli *cli, Session *s, const Check *checks, size_t count, GameDate date, Validation *v, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        CheckResult r;

        if (v->group != NULL && strcmp(v->group, checks[i].group) != 0)
            continue;
        if (!check_run(s->tx, &checks[i], date, clock_now(cli->clock), s->a, &r, err))
            return false;
        v->counts[r.verdict]++;
        if (!v->only_bad || r.verdict == CHECK_WARNING || r.verdict == CHECK_FAILURE)
            add_row(v, s->a, &checks[i], date, &r);
    }
    return true;
}

/* Dates without a game have nothing that could be right or wrong. */
static bool
validate(const Cli *cli, Session *s, DateRange range, Validation *v, Err *err)
{
    static const char sql[] = "select distinct game_date from ops.cell where game_date between $1 and $2 and in_scope"
                              " and not unscheduled order by 1";
    const DbParam params[] = {db_date(range.from), db_date(range.to)};
    Check *checks;
    size_t count;
    DbRows *dates;
    const char *dir = config_get(cli->cfg, "checks_dir");

    if (!checks_load(dir[0] != '\0' ? dir : TIPOFF_SOURCE_ROOT "/schemas/checks", s->a, &checks, &count, err)
        || !db_exec(s->tx, sql, params, 2, &dates, err))
        return false;
    if (db_row_count(dates) == 0)
        return ERR_FAIL(err, ERR_CONFIG, "no date with games among these: 'tipoff status' shows what there is");
    v->cells = arena_array(s->a, db_row_count(dates) * count * COLUMNS, sizeof *v->cells);
    for (size_t d = 0; d < db_row_count(dates); d++)
        if (!validate_date(cli, s, checks, count, db_get_date(dates, d, 0), v, err))
            return false;
    return true;
}

static void
say(const Cli *cli, const Validation *v)
{
    static const char *const headers[] = {"date",  "group",    "check", "verdict", "#value", "#warn",
                                          "#fail", "severity", "says",  "detail",  NULL};
    const TableHead head = {"checks", headers, true};

    print_cells(cli, &head, v->cells, v->rows);
    for (int i = 0; i < CHECK_VERDICTS; i++)
        print_count(cli, check_verdict_name((CheckVerdict)i), v->counts[i]);
    (void)fprintf(stderr, "%zu ok, %zu warnings, %zu failures, %zu with nothing to look at\n", v->counts[CHECK_OK],
                  v->counts[CHECK_WARNING], v->counts[CHECK_FAILURE], v->counts[CHECK_NOTHING]);
}

/* The group, or NULL when the first word is none. */
static const char *
take_group(Cli *cli)
{
    static const char *const names[] = {"daily", "features", "reconcile", "lineage"};

    for (size_t i = 0; cli->argc > 0 && i < ARRAY_LEN(names); i++)
        if (strcmp(cli->argv[0], names[i]) == 0) {
            (void)cli_take_word(cli);
            return names[i];
        }
    return NULL;
}

int
cmd_validate(Cli *cli)
{
    Validation v = {.only_bad = cli_take_switch(cli, "--bad"), .group = take_group(cli)};
    const char *word = cli_take_word(cli);
    DateRange range;
    Session s;
    Err err;
    int status;

    if (!cli_parse_range(cli, word == NULL ? "yesterday" : word, &range) || !cli_no_more(cli, "validate"))
        return 2;
    if (!cli_open(cli, &s, &err) || !validate(cli, &s, range, &v, &err)) {
        status = cli_fail(&err);
    } else {
        say(cli, &v);
        status = v.counts[CHECK_FAILURE] > 0;
        if (status != 0)
            print_document(cli);
    }
    cli_close(&s);
    return status;
}
