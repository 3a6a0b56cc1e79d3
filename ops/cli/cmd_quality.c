/*
 * ops/cli/cmd_quality.c
 *    What the features of some dates are worth: overall, by category, by feature, by player.
 *
 * Beside every mean stand the share of rows at zero, what is lowest in it, and the processor that
 * answers for that: a mean of everything hides a category that is not there.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "libcore/runtime/pipeline.h"
#include "ops/cli/feature_words.h"
#include "ops/cli/players.h"
#include "ops/cli/print.h"
#include "ops/cli/quality_reports.h"
#include "ops/cli/quality_stats.h"
#include "workers/features/feature_inputs.h"

/* What is asked for; at most one of category and feature. */
typedef struct {
    DateRange range;
    bool has_category, has_feature, wants_players, wants_dates;
    FeatureCategory category;
    FeatureIndex feature;
    const char *player; /* as it was typed; NULL for all */
} Question;

/* ---- features in numbers ---- */

/* Does the feature read a row of this processor? */
static bool
reads(FeatureIndex f, const char *processor)
{
    for (int i = 0; i < FEATURE_COLUMNS_MAX && feature_inputs[f].columns[i].name != NULL; i++)
        if (strcmp(feature_upstream_table[feature_inputs[f].columns[i].upstream].processor, processor) == 0)
            return true;
    return false;
}

/* Whom to ask of each feature: among the processors that it reads, the one of which most of the rows
 * without a value lack a row; its own where none lacks any. */
static bool
read_producers(Session *s, DateRange r, FeatureStats stats[FEATURE_COUNT], Err *err)
{
    static const char sql[]
        = "select (n - 1)::int, p from features.ml_feature_store f, unnest(f.feature_quality) with ordinality u(q, n),"
          " unnest(f.missing_processors) p where f.game_date between $1 and $2 and q = 0 group by n, p"
          " order by n, count(*), p";
    const DbParam params[] = {db_date(r.from), db_date(r.to)};
    DbRows *rows;

    for (int f = 0; f < FEATURE_COUNT; f++)
        stats[f].producer = feature_producer((FeatureIndex)f);
    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    for (size_t i = 0; i < db_row_count(rows); i++) {
        FeatureIndex f = (FeatureIndex)db_get_i32(rows, i, 0);

        if (reads(f, db_get_text(rows, i, 1)))
            stats[f].producer = db_get_text(rows, i, 1);
    }
    return true;
}

bool
quality_read_stats(Session *s, DateRange r, FeatureStats stats[FEATURE_COUNT], Err *err)
{
    static const char sql[]
        = "select (n - 1)::int, count(*), sum(q), count(*) filter (where not label = any ($4)),"
          " coalesce(sum(q) filter (where not label = any ($4)), 0), count(*) filter (where q = 0),"
          " count(*) filter (where v is null), count(*) filter (where label = any ($3)),"
          " count(*) filter (where n - 1 = any (f.incomplete_indices)),"
          " count(*) filter (where n - 1 = any (f.out_of_range_indices)), min(q),"
          " count(*) filter (where not label = any ($4) and not (n - 1 = any ($5) and label = any ($3))),"
          " coalesce(sum(q) filter (where not label = any ($4) and not (n - 1 = any ($5) and label = any ($3))), 0)"
          " from features.ml_feature_store f, unnest(f.feature_quality, f.feature_source, f.feature_values)"
          " with ordinality u(q, label, v, n) where f.game_date between $1 and $2 group by n";
    const DbParam params[] = {db_date(r.from), db_date(r.to), default_labels_param(s->a), unknowable_labels_param(s->a),
                              optional_indices_param(s->a)};
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    memset(stats, 0, FEATURE_COUNT * sizeof stats[0]);
    for (size_t i = 0; i < db_row_count(rows); i++)
        stats[db_get_i32(rows, i, 0)] = (FeatureStats){
            .rows = db_get_i64(rows, i, 1),
            .quality_sum = db_get_i64(rows, i, 2),
            .known = db_get_i64(rows, i, 3),
            .known_sum = db_get_i64(rows, i, 4),
            .at_zero = db_get_i64(rows, i, 5),
            .nulls = db_get_i64(rows, i, 6),
            .defaults = db_get_i64(rows, i, 7),
            .incomplete = db_get_i64(rows, i, 8),
            .out_of_range = db_get_i64(rows, i, 9),
            .min = db_get_i32(rows, i, 10),
            .owed = db_get_i64(rows, i, 11),
            .owed_sum = db_get_i64(rows, i, 12),
        };
    return read_producers(s, r, stats, err);
}

/* ---- overview ---- */

enum { OVERVIEW_ROWS = 1 + CATEGORY_COUNT, OVERVIEW_READ = 10, OVERVIEW_COLUMNS = 14 };

/* Overall, then the categories in the contract's order, as texts: name, mean, min, at zero, red, yellow,
 * green, defaults, rows, players; and behind them the effective mean of the overall score. */
static bool
read_overview(Session *s, DateRange r, DbRows **rows, Err *err)
{
    static const char sql[]
        = "select c.name, round(avg(c.pct)::numeric, 1)::text, round(min(c.pct)::numeric, 1)::text,"
          " round(100.0 * count(*) filter (where c.pct = 0) / count(*), 1)::text,"
          " count(*) filter (where c.level = 'red')::text, count(*) filter (where c.level = 'yellow')::text,"
          " count(*) filter (where c.level = 'green')::text, sum(c.defaults)::text, count(*)::text,"
          " count(distinct f.player_lookup)::text, round(avg(f.effective_quality_score)::numeric, 1)::text"
          " from features.ml_feature_store f, lateral (values"
          " (0, 'overall', f.feature_quality_score, f.default_feature_count, f.quality_alert_level),"
          " (1, 'matchup', f.matchup_quality_pct, f.matchup_default_count, null),"
          " (2, 'player_history', f.player_history_quality_pct, f.player_history_default_count, null),"
          " (3, 'team_context', f.team_context_quality_pct, f.team_context_default_count, null),"
          " (4, 'vegas', f.vegas_quality_pct, f.vegas_default_count, null),"
          " (5, 'game_context', f.game_context_quality_pct, f.game_context_default_count, null))"
          " v (n, name, pct, defaults, alert), lateral (select v.n, v.name, v.pct, v.defaults,"
          " coalesce(v.alert, case when v.pct < 50 then 'red' when v.pct <= 80 then 'yellow' else 'green' end)"
          " as level) c where f.game_date between $1 and $2 group by c.n, c.name order by c.n";
    const DbParam params[] = {db_date(r.from), db_date(r.to)};

    return db_exec(s->tx, sql, params, ARRAY_LEN(params), rows, err);
}

void
quality_put_lowest(const FeatureStats *stats, const FeatureCategory *within, const char **cells, Arena *a)
{
    FeatureCategory category = within == NULL ? lowest_category(stats) : *within;
    FeatureIndex feature = lowest_feature(stats, category);
    double mean = within == NULL ? category_owed_mean(stats, category)
                                 : quality_mean(stats[feature].owed_sum, stats[feature].owed);

    cells[0] = within == NULL ? feature_category_names[category] : feature_contract[feature].name;
    cells[1] = mean_text(mean, a);
    cells[2] = stats[feature].producer;
}

static bool
show_overview(const Cli *cli, Session *s, DateRange r, const FeatureStats *stats, Err *err)
{
    static const char *const headers[OVERVIEW_COLUMNS + 1] = {
        "category",     "#mean",           "#effective", "#min",  "#at_zero_pct", "#red",
        "#yellow",      "#green",          "#defaults",  "#rows", "#players",     "lowest",
        "#lowest_mean", "lowest_producer", NULL};
    const TableHead head = {"quality", headers};
    const char *cells[OVERVIEW_ROWS * OVERVIEW_COLUMNS];
    DbRows *rows;

    if (!read_overview(s, r, &rows, err))
        return false;
    for (size_t i = 0; i < OVERVIEW_ROWS; i++) {
        const char **row = &cells[i * OVERVIEW_COLUMNS];
        const FeatureCategory category = (FeatureCategory)(i - (i > 0));

        row[0] = db_get_text(rows, i, 0);
        row[1] = db_get_text(rows, i, 1);
        row[2] = i == 0 ? db_get_text(rows, 0, OVERVIEW_READ)
                        : mean_text(category_effective_mean(stats, category), s->a);
        for (int c = 2; c < OVERVIEW_READ; c++)
            row[c + 1] = db_get_text(rows, i, c);
        quality_put_lowest(stats, i == 0 ? NULL : &category, row + OVERVIEW_READ + 1, s->a);
    }
    print_cells(cli, &head, cells, OVERVIEW_ROWS);
    return true;
}

/* ---- a category's features ---- */

static void
show_category(const Cli *cli, const Session *s, FeatureCategory category, const FeatureStats *stats)
{
    enum { COLUMNS = 13 };
    static const char *const headers[COLUMNS + 1] = {
        "#index",    "feature",   "required",    "#mean",         "#effective", "#min",     "#at_zero_pct",
        "#null_pct", "#defaults", "#incomplete", "#out_of_range", "#rows",      "producer", NULL};
    const TableHead head = {"features", headers};
    const char *cells[FEATURE_COUNT * COLUMNS];
    size_t n = 0;

    for (int f = 0; f < FEATURE_COUNT; f++) {
        const FeatureStats *st = &stats[f];
        const char **row = &cells[n * COLUMNS];

        if (feature_contract[f].category != category)
            continue;
        row[0] = count_text(f, s->a);
        row[1] = feature_contract[f].name;
        row[2] = feature_contract[f].is_required ? "yes" : "no";
        row[3] = mean_text(quality_mean(st->quality_sum, st->rows), s->a);
        row[4] = mean_text(quality_mean(st->known_sum, st->known), s->a);
        row[5] = count_text(st->min, s->a);
        row[6] = pct_text(st->at_zero, st->rows, s->a);
        row[7] = pct_text(st->nulls, st->rows, s->a);
        row[8] = count_text(st->defaults, s->a);
        row[9] = count_text(st->incomplete, s->a);
        row[10] = count_text(st->out_of_range, s->a);
        row[11] = count_text(st->rows, s->a);
        row[12] = st->producer;
        n++;
    }
    print_cells(cli, &head, cells, n);
}

/* ---- one feature ---- */

static bool
show_sources(const Cli *cli, Session *s, DateRange r, FeatureIndex f, Err *err)
{
    static const char sql[]
        = "select feature_source[$3], max(feature_quality[$3])::text, count(*)::text,"
          " round(100.0 * count(*) / sum(count(*)) over (), 1)::text, count(distinct player_lookup)::text"
          " from features.ml_feature_store where game_date between $1 and $2 group by 1 order by count(*) desc, 1";
    static const char *const headers[] = {"source", "#quality", "#rows", "#rows_pct", "#players", NULL};
    const TableHead head = {"sources", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_i32(sql_index(f))};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

static bool
show_values(const Cli *cli, Session *s, DateRange r, FeatureIndex f, Err *err)
{
    static const char sql[]
        = "select count(*)::text, round(100.0 * count(*) filter (where v is null) / count(*), 1)::text,"
          " min(v)::text, round(avg(v)::numeric, 4)::text, max(v)::text, round(stddev_pop(v)::numeric, 4)::text,"
          " count(distinct round(v::numeric, 4))::text, count(*) filter (where $3 - 1 = any (out_of_range))::text,"
          " count(*) filter (where $3 - 1 = any (incomplete))::text, round(avg(q), 1)::text,"
          " round(100.0 * count(*) filter (where q = 0) / count(*), 1)::text"
          " from (select feature_values[$3] as v, feature_quality[$3] as q, out_of_range_indices as out_of_range,"
          " incomplete_indices as incomplete from features.ml_feature_store where game_date between $1 and $2) x";
    static const char *const headers[] = {"#rows",       "#null_pct",     "#min",         "#mean",
                                          "#max",        "#std",          "#distinct",    "#out_of_range",
                                          "#incomplete", "#mean_quality", "#at_zero_pct", NULL};
    const TableHead head = {"values", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_i32(sql_index(f))};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

static bool
show_worst_of_feature(const Cli *cli, Session *s, DateRange r, FeatureIndex f, Err *err)
{
    static const char sql[]
        = "select player_lookup, game_date::text, team, opponent, round(feature_values[$3]::numeric, 4)::text,"
          " feature_source[$3], feature_quality[$3]::text, feature_sample_size[$3]::text,"
          " round(feature_quality_score::numeric, 1)::text from features.ml_feature_store"
          " where game_date between $1 and $2"
          " order by feature_quality[$3], feature_quality_score, game_date, player_lookup collate \"C\" limit 20";
    static const char *const headers[] = {"player", "date",     "team",    "opponent", "#value",
                                          "source", "#quality", "#sample", "#score",   NULL};
    const TableHead head = {"worst players", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_i32(sql_index(f))};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

static bool
show_feature(const Cli *cli, Session *s, const Question *q, Err *err)
{
    const FeatureSpec *spec = &feature_contract[q->feature];
    FeatureStats stats[FEATURE_COUNT];

    if (!quality_read_stats(s, q->range, stats, err))
        return false;
    print_member(cli, "index", json_integer(q->feature));
    print_member(cli, "feature", json_string(spec->name));
    print_member(cli, "category", json_string(feature_category_names[spec->category]));
    print_member(cli, "required", json_boolean(spec->is_required));
    print_member(cli, "range", json_pack("[f, f]", spec->min, spec->max));
    print_member(cli, "producer", json_string(stats[q->feature].producer));
    if (!cli->json)
        (void)printf("%d %s: %s\n%s, %s, %g to %g, from %s\n", (int)q->feature, spec->name, spec->description,
                     feature_category_names[spec->category], spec->is_required ? "required" : "optional", spec->min,
                     spec->max, stats[q->feature].producer);
    return show_sources(cli, s, q->range, q->feature, err) && show_values(cli, s, q->range, q->feature, err)
           && show_worst_of_feature(cli, s, q->range, q->feature, err);
}

/* ---- players ---- */

static bool
show_players(const Cli *cli, Session *s, DateRange r, Err *err)
{
    static const char sql[]
        = "select game_date::text, player_lookup, team, opponent, to_char(feature_quality_score, 'FM990.0'),"
          " to_char(effective_quality_score, 'FM990.0'), quality_tier, quality_alert_level,"
          " required_default_count::text, default_feature_count::text, to_char(matchup_quality_pct, 'FM990'),"
          " to_char(player_history_quality_pct, 'FM990'), to_char(team_context_quality_pct, 'FM990'),"
          " to_char(vegas_quality_pct, 'FM990'), to_char(game_context_quality_pct, 'FM990'), worst_category,"
          " to_char(worst_category_pct, 'FM990'), case when is_quality_ready then 'yes' else 'no' end,"
          " array_to_string(missing_processors, ' ')"
          " from features.ml_feature_store where game_date between $1 and $2"
          " order by game_date, player_lookup collate \"C\"";
    static const char *const headers[] = {"date",
                                          "player",
                                          "team",
                                          "opponent",
                                          "#score",
                                          "#effective",
                                          "tier",
                                          "alert",
                                          "#required_defaults",
                                          "#defaults",
                                          "#matchup",
                                          "#history",
                                          "#team_ctx",
                                          "#vegas",
                                          "#game_ctx",
                                          "worst",
                                          "#worst_pct",
                                          "ready",
                                          "missing_processors",
                                          NULL};
    const TableHead head = {"players", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to)};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

/* His features, all or those asked for. */
static bool
show_player(const Cli *cli, Session *s, const Question *q, Err *err)
{
    static const char sql[]
        = "select f.game_date::text, (n - 1)::text, u.name, u.category, round(u.v::numeric, 4)::text, u.label,"
          " u.q::text, u.required, f.feature_sample_size[n]::text,"
          " concat_ws(' ', case when n - 1 = any (f.incomplete_indices) then 'incomplete' end,"
          " case when n - 1 = any (f.out_of_range_indices) then 'out_of_range' end)"
          " from features.ml_feature_store f, unnest($4::text[], $5::text[], $6::text[], f.feature_values,"
          " f.feature_source, f.feature_quality) with ordinality u(name, category, required, v, label, q, n)"
          " where f.game_date between $1 and $2 and f.player_lookup = $3 and ($7::text is null or u.category = $7)"
          " and ($8::int is null or n = $8) order by f.game_date, n";
    static const char *const headers[] = {"date",     "#index",   "feature", "category", "#value", "source",
                                          "#quality", "required", "#sample", "marks",    NULL};
    const TableHead head = {"features", headers};
    const char *categories[FEATURE_COUNT], *required[FEATURE_COUNT];
    const NameCandidate *who;

    if (!player_find(s, q->range, q->player, &who, err))
        return false;
    for (int f = 0; f < FEATURE_COUNT; f++) {
        categories[f] = feature_category_names[feature_contract[f].category];
        required[f] = feature_contract[f].is_required ? "yes" : "no";
    }
    print_member(cli, "player", json_string(who->lookup));
    {
        const DbParam params[] = {db_date(q->range.from),
                                  db_date(q->range.to),
                                  db_text(who->lookup),
                                  feature_names_param(s->a),
                                  db_texts(categories, FEATURE_COUNT),
                                  db_texts(required, FEATURE_COUNT),
                                  db_text(q->has_category ? feature_category_names[q->category] : NULL),
                                  db_i32(q->has_feature ? sql_index(q->feature) : NULL_I32)};

        return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
    }
}

/* ---- dates ---- */

/* Whole: with values, and no window of them that lacks a game. */
static bool
show_dates(const Cli *cli, Session *s, DateRange r, Err *err)
{
    static const char sql[]
        = "select game_date::text, rows::text, valued::text, whole::text, round(100.0 * whole / nullif(valued, 0), "
          "1)::text,"
          " ready::text, round(100.0 * ready / rows, 1)::text, mean::text, effective::text from (select game_date,"
          " count(*) as rows, count(*) filter (where not early_season_flag) as valued,"
          " count(*) filter (where not early_season_flag and incomplete_indices = '{}') as whole,"
          " count(*) filter (where is_quality_ready) as ready, round(avg(feature_quality_score)::numeric, 1) as mean,"
          " round(avg(effective_quality_score)::numeric, 1) as effective"
          " from features.ml_feature_store where game_date between $1 and $2 group by game_date) d order by game_date";
    static const char *const headers[] = {"date",   "#rows",      "#with_values", "#whole_windows", "#whole_pct",
                                          "#ready", "#ready_pct", "#mean",        "#effective",     NULL};
    const TableHead head = {"by_date", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to)};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

/* ---- alerts ---- */

/* What is wrong with the features of these dates as a whole, and stands open. */
static bool
show_alerts(const Cli *cli, Session *s, DateRange r, Err *err)
{
    static const char sql[]
        = "select severity, kind, game_date::text, subject, message, count::text,"
          " to_char(last_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from ops.alert where resolved_at is null"
          " and processor = $3 and game_date between $1 and $2"
          " order by array_position(array['critical', 'warning', 'info'], severity), game_date, kind, subject";
    static const char *const headers[] = {"severity", "alert", "date", "subject", "message", "#count", "last", NULL};
    const TableHead head = {"alerts", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_text(processor_table[PROC_FEATURE_STORE].name)};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

/* ---- the command ---- */

/* How many rows the answer is about, and how many of them nobody could have filled. */
static bool
say_extent(const Cli *cli, Session *s, DateRange r, Err *err)
{
    static const char sql[]
        = "select count(*), count(distinct player_lookup), count(*) filter (where early_season_flag)"
          " from features.ml_feature_store where game_date between $1 and $2";
    const DbParam params[] = {db_date(r.from), db_date(r.to)};
    char text[DATE_RANGE_TEXT_LEN];
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    (void)date_range_format(r, text);
    print_member(cli, "dates", json_string(text));
    print_count(cli, "rows", (size_t)db_get_i64(rows, 0, 0));
    print_count(cli, "distinct_players", (size_t)db_get_i64(rows, 0, 1));
    print_count(cli, "early_season_rows", (size_t)db_get_i64(rows, 0, 2));
    if (cli->json)
        return true;
    (void)printf("%s: %lld rows of %lld players", text, (long long)db_get_i64(rows, 0, 0),
                 (long long)db_get_i64(rows, 0, 1));
    if (db_get_i64(rows, 0, 2) > 0)
        (void)printf(", %lld of them without values: the season was too young", (long long)db_get_i64(rows, 0, 2));
    (void)putchar('\n');
    return true;
}

static bool
show_all(const Cli *cli, Session *s, const Question *q, Err *err)
{
    FeatureStats stats[FEATURE_COUNT];

    if (!say_extent(cli, s, q->range, err) || !quality_read_stats(s, q->range, stats, err)
        || !show_overview(cli, s, q->range, stats, err))
        return false;
    if (q->has_category)
        show_category(cli, s, q->category, stats);
    if (q->wants_players && !show_players(cli, s, q->range, err))
        return false;
    if (q->wants_dates && !show_dates(cli, s, q->range, err))
        return false;
    return quality_show_upstream(cli, s, q->range, err) && show_alerts(cli, s, q->range, err);
}

static bool
answer(const Cli *cli, Session *s, const Question *q, Err *err)
{
    if (!quality_has_rows(s, q->range, err))
        return false;
    if (q->player != NULL)
        return show_player(cli, s, q, err);
    return q->has_feature ? show_feature(cli, s, q, err) : show_all(cli, s, q, err);
}

bool
quality_parse_number(const char *option, const char *text, double min, double max, double *out)
{
    char *end;
    double v;

    if (text == NULL)
        return true;
    errno = 0;
    v = strtod(text, &end);
    if (text[0] != '\0' && *end == '\0' && errno == 0 && v >= min && v <= max) {
        *out = v;
        return true;
    }
    (void)fprintf(stderr, "tipoff: %s %s: write a number from %g to %g\n", option, text, min, max);
    return false;
}

static bool
parse_question(Cli *cli, Question *q)
{
    bool ok = true;
    const char *category = cli_take_option(cli, "--category", &ok), *feature = cli_take_option(cli, "--feature", &ok);

    *q = (Question){.player = cli_take_option(cli, "--player", &ok)};
    q->wants_players = cli_take_switch(cli, "--players");
    q->wants_dates = cli_take_switch(cli, "--dates");
    q->has_category = category != NULL;
    q->has_feature = feature != NULL;
    if (!ok || (category != NULL && !category_parse(category, &q->category))
        || (feature != NULL && !feature_parse(feature, &q->feature))
        || !cli_parse_range(cli, cli_take_word(cli), &q->range) || !cli_no_more(cli, "quality"))
        return false;
    if (!q->has_category || !q->has_feature)
        return true;
    (void)fputs("tipoff: --category and --feature: choose\n", stderr);
    return false;
}

static int
quality_of_dates(Cli *cli)
{
    Question q;
    Session s;
    Err err;
    int status = 0;

    if (!parse_question(cli, &q))
        return 2;
    if (!cli_open(cli, &s, &err) || !answer(cli, &s, &q, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}

static const struct {
    const char *name;
    int (*run)(Cli *cli);
} parts[] = {{"bad", quality_bad}, {"training", quality_training}, {"score", quality_score}};

/* A word that begins like no date is a part's name, or was meant to be. */
static bool
is_name(const char *word)
{
    GameDate any;

    return word[0] != '-' && (word[0] < '0' || word[0] > '9') && strstr(word, "..") == NULL
           && !date_word_parse(word, (GameDate){0}, &any);
}

int
cmd_quality(Cli *cli)
{
    const char *names[ARRAY_LEN(parts)];
    const char *word = cli->argc > 0 ? cli->argv[0] : NULL;

    if (word == NULL)
        return cli_usage("quality");
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        names[i] = parts[i].name;
        if (strcmp(names[i], word) == 0) {
            (void)cli_take_word(cli);
            return parts[i].run(cli);
        }
    }
    if (!is_name(word))
        return quality_of_dates(cli);
    (void)cli_unknown("date or subcommand of quality", word, names, ARRAY_LEN(names));
    return cli_usage("quality");
}
