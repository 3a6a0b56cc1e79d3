/*
 * ops/cli/cmd_contamination.c
 *    The share of training rows in which defaults stand where values should: overall, by month, by feature.
 *
 * Three tiers: rows with a required default, which training must not read; rows whose only defaults are
 * optional or could not be known; and which features the defaults are of. Status 1 above 15 % of the first.
 */
#include <stdio.h>
#include "ops/cli/feature_words.h"
#include "ops/cli/print.h"
#include "ops/cli/quality_reports.h"

enum {
    ALARM_PCT = 15, /* above it the command fails, and a month has three marks */
    MARK_PCT = 5,   /* above it a month has one */
    RECENT_DAYS = 14,
    SHOWN_FEATURES = 15,
};

/* Rows of whole vectors; $1 and $2 are the first and the last date, $3 is how long a whole one is. */
#define TRAINING_ROWS                                                                                                  \
    " from features.ml_feature_store where game_date between $1 and $2 and cardinality(feature_values) >= $3"

typedef struct {
    Session s;
    DateRange range;
    DbParam params[3];
} Monitor;

/* ---- which rows ---- */

/* The first date of the newest season whose rows are more than placeholders; null without one. */
static bool
default_from(Session *s, GameDate today, GameDate *out, Err *err)
{
    static const char sql[] = "select min(game_date) from features.ml_feature_store where not early_season_flag"
                              " and game_date < $1 and season_year = (select max(season_year)"
                              " from features.ml_feature_store where not early_season_flag and game_date < $1)";
    const DbParam params[] = {db_date(today)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, 1, &rows, err))
        return false;
    *out = db_get_date(rows, 0, 0);
    return true;
}

/* Today's games are no training rows yet. */
static bool
settle_range(Monitor *m, GameDate today, GameDate from, GameDate to, Err *err)
{
    GameDate yesterday = date_add(today, -1);

    if (date_is_null(from) && !default_from(&m->s, today, &from, err))
        return false;
    m->range = (DateRange){date_is_null(from) ? yesterday : from,
                           date_is_null(to) || date_before(yesterday, to) ? yesterday : to};
    m->params[0] = db_date(m->range.from);
    m->params[1] = db_date(m->range.to);
    m->params[2] = db_i32(FEATURE_COUNT);
    if (date_before(m->range.to, m->range.from))
        return ERR_FAIL(err, ERR_CONFIG,
                        "no dates to judge: the first one is not before the last, or not before today");
    return true;
}

/* ---- the tiers ---- */

/* Whether part is more than that percent of the whole, exactly. */
static bool
is_above(int64_t part, int64_t whole, int pct)
{
    return 100 * part > pct * whole;
}

static const char *
mark_of(int64_t part, int64_t whole)
{
    if (is_above(part, whole, ALARM_PCT))
        return "!!!";
    return is_above(part, whole, MARK_PCT) ? "!" : "";
}

/* Required defaults; optional ones alone; and what the loader may use. */
static bool
show_tiers(const Cli *cli, Monitor *m, int64_t *total, int64_t *contaminated, Err *err)
{
    static const char sql[]
        = "select count(*), count(*) filter (where required_default_count > 0),"
          " round(avg(required_default_count), 2)::text, count(*) filter (where is_quality_ready),"
          " count(*) filter (where required_default_count = 0 and default_feature_count > 0),"
          " count(*) filter (where default_feature_count = 0), count(*) filter (where early_season_flag)" TRAINING_ROWS;
    enum { TIERS = 4, COLUMNS = 4 };
    static const char *const names[TIERS] = {"required defaults", "only optional or unknowable ones", "none",
                                             "quality ready"};
    static const char *const headers[COLUMNS + 1] = {"rows_with", "#rows", "#rows_pct", "#mean_required_defaults",
                                                     NULL};
    const TableHead head = {"tiers", headers};
    const char *cells[TIERS * COLUMNS];
    char dates[DATE_RANGE_TEXT_LEN];
    DbRows *rows;

    if (!db_exec(m->s.tx, sql, m->params, ARRAY_LEN(m->params), &rows, err))
        return false;
    *total = db_get_i64(rows, 0, 0);
    *contaminated = db_get_i64(rows, 0, 1);
    (void)date_range_format(m->range, dates);
    if (*total == 0)
        return ERR_FAIL(err, ERR_CONFIG, "no whole feature rows on %s: nothing to judge", dates);
    {
        const int64_t counts[TIERS] = {*contaminated, db_get_i64(rows, 0, 4), db_get_i64(rows, 0, 5),
                                       db_get_i64(rows, 0, 3)};

        for (size_t i = 0; i < TIERS; i++) {
            cells[i * COLUMNS] = names[i];
            cells[i * COLUMNS + 1] = count_text(counts[i], m->s.a);
            cells[i * COLUMNS + 2] = pct_text(counts[i], *total, m->s.a);
            cells[i * COLUMNS + 3] = i == 0 ? db_get_text(rows, 0, 2) : NULL;
        }
    }
    print_member(cli, "dates", json_string(dates));
    print_count(cli, "rows", (size_t)*total);
    print_count(cli, "early_season_rows", (size_t)db_get_i64(rows, 0, 6));
    if (!cli->json)
        (void)printf("%s: %lld training rows\n", dates, (long long)*total);
    if (!cli->json && db_get_i64(rows, 0, 6) > 0)
        (void)printf("%lld of them are without values: the season was too young\n", (long long)db_get_i64(rows, 0, 6));
    print_cells(cli, &head, cells, TIERS);
    return true;
}

static bool
show_months(const Cli *cli, Monitor *m, Err *err)
{
    static const char sql[]
        = "select to_char(game_date, 'YYYY-MM'), count(*), count(*) filter (where required_default_count = 0),"
          " count(*) filter (where required_default_count > 0), count(*) filter (where is_quality_ready)" TRAINING_ROWS
          " group by 1 order by 1";
    enum { COLUMNS = 8 };
    static const char *const headers[COLUMNS + 1] = {
        "month", "#rows", "#clean", "#required_defaults", "#required_pct", "#ready", "#ready_pct", "mark", NULL};
    const TableHead head = {"months", headers};
    const char **cells;
    DbRows *rows;
    size_t n;

    if (!db_exec(m->s.tx, sql, m->params, ARRAY_LEN(m->params), &rows, err))
        return false;
    n = db_row_count(rows);
    cells = arena_array(m->s.a, n * COLUMNS + 1, sizeof *cells);
    for (size_t i = 0; i < n; i++) {
        int64_t total = db_get_i64(rows, i, 1), bad = db_get_i64(rows, i, 3), ready = db_get_i64(rows, i, 4);
        const char **row = &cells[i * COLUMNS];

        row[0] = db_get_text(rows, i, 0);
        row[1] = count_text(total, m->s.a);
        row[2] = count_text(db_get_i64(rows, i, 2), m->s.a);
        row[3] = count_text(bad, m->s.a);
        row[4] = pct_text(bad, total, m->s.a);
        row[5] = count_text(ready, m->s.a);
        row[6] = pct_text(ready, total, m->s.a);
        row[7] = mark_of(bad, total);
    }
    print_cells(cli, &head, cells, n);
    return true;
}

static bool
show_features(const Cli *cli, Monitor *m, int64_t total, Err *err)
{
    static const char sql[] = "select i, count(*), count(*) filter (where not feature_source[i + 1] = any ($4))"
                              " from (select feature_source, unnest(default_feature_indices) as i" TRAINING_ROWS ") x"
                              " group by i order by count(*) desc, i limit $5";
    enum { COLUMNS = 8 };
    static const char *const headers[COLUMNS + 1] = {"#index",    "feature",         "category", "required", "#rows",
                                                     "#rows_pct", "#could_be_known", "producer", NULL};
    const TableHead head = {"defaulted features", headers};
    const DbParam params[] = {m->params[0], m->params[1], m->params[2], unknowable_labels_param(m->s.a),
                              db_i32(SHOWN_FEATURES)};
    const char *cells[SHOWN_FEATURES * COLUMNS];
    FeatureStats stats[FEATURE_COUNT];
    DbRows *rows;
    size_t n;

    if (!quality_read_stats(&m->s, m->range, stats, err)
        || !db_exec(m->s.tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    n = db_row_count(rows);
    for (size_t i = 0; i < n; i++) {
        FeatureIndex f = (FeatureIndex)db_get_i32(rows, i, 0);
        const char **row = &cells[i * COLUMNS];

        row[0] = count_text((int64_t)f, m->s.a);
        row[1] = feature_contract[f].name;
        row[2] = feature_category_names[feature_contract[f].category];
        row[3] = feature_contract[f].is_required ? "required" : "optional";
        row[4] = count_text(db_get_i64(rows, i, 1), m->s.a);
        row[5] = pct_text(db_get_i64(rows, i, 1), total, m->s.a);
        row[6] = count_text(db_get_i64(rows, i, 2), m->s.a);
        row[7] = stats[f].producer;
    }
    print_cells(cli, &head, cells, n);
    return true;
}

/* ---- the command ---- */

static void
say_verdict(const Cli *cli, int64_t total, int64_t contaminated, bool is_bad)
{
    print_member(cli, "required_defaults", json_integer(contaminated));
    print_member(cli, "required_pct", json_real(100.0 * (double)contaminated / (double)total));
    print_member(cli, "limit_pct", json_integer(ALARM_PCT));
    print_member(cli, "verdict", json_string(is_bad ? "contaminated" : "clean enough"));
    if (!cli->json)
        (void)printf("\n%lld of %lld rows have required defaults, %s %d %%\n", (long long)contaminated,
                     (long long)total, is_bad ? "more than" : "no more than", ALARM_PCT);
}

static bool
judge(const Cli *cli, Monitor *m, bool *is_bad, Err *err)
{
    int64_t total, contaminated;

    if (!show_tiers(cli, m, &total, &contaminated, err) || !show_months(cli, m, err)
        || !show_features(cli, m, total, err))
        return false;
    *is_bad = is_above(contaminated, total, ALARM_PCT);
    say_verdict(cli, total, contaminated, *is_bad);
    return true;
}

int
cmd_contamination(Cli *cli)
{
    bool ok = true, is_bad = false;
    bool is_recent = cli_take_switch(cli, "--recent");
    const char *from_text = cli_take_option(cli, "--from", &ok), *to_text = cli_take_option(cli, "--to", &ok);
    GameDate today = clock_today(cli->clock), from = GAME_DATE_NULL, to = GAME_DATE_NULL;
    Monitor m = {0};
    Err err;
    int status;

    if (!ok || !cli_no_more(cli, "contamination") || (from_text && !cli_parse_date(cli, from_text, &from))
        || (to_text && !cli_parse_date(cli, to_text, &to)))
        return 2;
    if (is_recent && (from_text || to_text)) {
        (void)fputs("tipoff: --recent is the last 14 days; leave out --from and --to\n", stderr);
        return 2;
    }
    if (is_recent)
        from = date_add(today, -RECENT_DAYS);
    if (!cli_open(cli, &m.s, &err) || !settle_range(&m, today, from, to, &err) || !judge(cli, &m, &is_bad, &err))
        status = cli_fail(&err);
    else
        status = is_bad ? 1 : 0;
    if (status == 1 && is_bad)
        print_document(cli);
    cli_close(&m.s);
    return status;
}
