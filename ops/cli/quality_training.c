/*
 * ops/cli/quality_training.c
 *    'tipoff quality training': how many rows are fit for training, and why the others are not.
 *
 * Two questions: which rows call themselves training ready, and which a training query may read at all.
 */
#include <stdio.h>
#include "ops/cli/feature_words.h"
#include "ops/cli/print.h"
#include "ops/cli/quality_reports.h"

/* The rows that a training query may read. $3 is the least score. */
#define FEW_FEATURES "cardinality(feature_values) < 33"
#define HAS_DEFAULTS "coalesce(required_default_count, default_feature_count, 0) > 0"
#define LOW_SCORE "feature_quality_score < $3"
#define EARLY "primary_data_source = 'early_season'"
#define PARTIAL "primary_data_source = 'phase4_partial'"

#define LEAST_SCORE 70.0  /* unless a caller lowers it */
#define LOWEST_SCORE 50.0 /* and no lower than this */

static bool
show_readiness(const Cli *cli, Session *s, DateRange r, const FeatureStats *stats, Err *err)
{
    static const char sql[]
        = "select count(*)::text, count(*) filter (where is_training_ready)::text,"
          " round(100.0 * count(*) filter (where is_training_ready) / count(*), 1)::text,"
          " count(*) filter (where critical_features_training_quality)::text,"
          " round(100.0 * count(*) filter (where critical_features_training_quality) / count(*), 1)::text,"
          " round(avg(training_quality_feature_count), 1)::text, round(avg(feature_quality_score)::numeric, 1)::text,"
          " round(avg(matchup_quality_pct)::numeric, 1)::text,"
          " round(100.0 * count(*) filter (where feature_quality_score = 0) / count(*), 1)::text"
          " from features.ml_feature_store where game_date between $1 and $2";
    enum { READ = 9, COLUMNS = READ + 3 };
    static const char *const headers[COLUMNS + 1] = {
        "#rows",       "#training_ready", "#training_ready_pct", "#critical_ok", "#critical_ok_pct", "#mean_features",
        "#mean_score", "#mean_matchup",   "#at_zero_pct",        "lowest",       "#lowest_mean",     "lowest_producer",
        NULL};
    const TableHead head = {"readiness", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to)};
    const char *cells[COLUMNS];
    DbRows *rows;

    if (!db_exec(s->tx, sql, params, ARRAY_LEN(params), &rows, err))
        return false;
    for (int c = 0; c < READ; c++)
        cells[c] = db_get_text(rows, 0, c);
    quality_put_lowest(stats, NULL, cells + READ, s->a);
    print_cells(cli, &head, cells, 1);
    return true;
}

/* A row may be out for several reasons. */
static bool
show_filter(const Cli *cli, Session *s, DateRange r, double least_score, Err *err)
{
    static const char sql[]
        = "with f as (select array_remove(array[case when " HAS_DEFAULTS " then 'required_defaults' end,"
          " case when " FEW_FEATURES " then 'fewer_than_33_features' end,"
          " case when " LOW_SCORE " then 'score_below_minimum' end,"
          " case when " EARLY " then 'early_season' end,"
          " case when " PARTIAL " then 'phase4_partial' end], null) as reasons"
          " from features.ml_feature_store where game_date between $1 and $2)"
          " select reason, count(*) filter (where reason = any (reasons)"
          " or (reason = 'usable' and reasons = '{}'))::text,"
          " round(100.0 * count(*) filter (where reason = any (reasons) or (reason = 'usable' and reasons = '{}'))"
          " / count(*), 1)::text, count(*) filter (where reasons = array[reason])::text"
          " from f, unnest(array['usable', 'required_defaults', 'score_below_minimum', 'early_season',"
          " 'phase4_partial', 'fewer_than_33_features']) with ordinality u(reason, n) group by reason, n order by n";
    static const char *const headers[] = {"rows_that_are", "#rows", "#rows_pct", "#for_this_alone", NULL};
    const TableHead head = {"training query", headers};
    const DbParam params[] = {db_date(r.from), db_date(r.to), db_f64(least_score)};

    return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
}

/* Required features that rows are without: what keeps most of them out. */
static bool
show_causes(const Cli *cli, Session *s, DateRange r, const FeatureStats *stats, Err *err)
{
    static const char sql[]
        = "select (n - 1)::text, u.name, count(*)::text, count(distinct f.player_lookup)::text, u.producer"
          " from features.ml_feature_store f, unnest($3::text[], $4::text[], $5::boolean[], f.feature_source)"
          " with ordinality u(name, producer, required, label, n) where f.game_date between $1 and $2"
          " and not f.early_season_flag and u.required and u.label = any ($6) and not u.label = any ($7)"
          " group by n, u.name, u.producer order by count(*) desc, n limit 15";
    static const char *const headers[] = {"#index", "feature", "#rows", "#players", "producer", NULL};
    const TableHead head = {"required defaults", headers};
    const char *producers[FEATURE_COUNT], *required[FEATURE_COUNT];

    for (int f = 0; f < FEATURE_COUNT; f++) {
        producers[f] = stats[f].producer;
        required[f] = feature_contract[f].is_required ? "true" : "false";
    }
    {
        const DbParam params[] = {db_date(r.from),
                                  db_date(r.to),
                                  feature_names_param(s->a),
                                  db_texts(producers, FEATURE_COUNT),
                                  db_texts(required, FEATURE_COUNT),
                                  default_labels_param(s->a),
                                  unknowable_labels_param(s->a)};

        return print_query(cli, s, &head, sql, params, ARRAY_LEN(params), err);
    }
}

static bool
show_training(const Cli *cli, Session *s, DateRange r, double least_score, Err *err)
{
    FeatureStats stats[FEATURE_COUNT];

    return quality_has_rows(s, r, err) && quality_read_stats(s, r, stats, err) && show_readiness(cli, s, r, stats, err)
           && show_filter(cli, s, r, least_score, err) && show_causes(cli, s, r, stats, err);
}

int
quality_training(Cli *cli)
{
    bool ok = true;
    const char *score_text = cli_take_option(cli, "--min-score", &ok);
    double least_score = LEAST_SCORE;
    DateRange r;
    Session s;
    Err err;
    int status = 0;

    if (!ok || !quality_parse_number("--min-score", score_text, LOWEST_SCORE, 100.0, &least_score)
        || !cli_parse_range(cli, cli_take_word(cli), &r) || !cli_no_more(cli, "quality"))
        return 2;
    print_member(cli, "min_score", json_real(least_score));
    if (!cli_open(cli, &s, &err) || !show_training(cli, &s, r, least_score, &err))
        status = cli_fail(&err);
    cli_close(&s);
    return status;
}
