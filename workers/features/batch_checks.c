/*
 * workers/features/batch_checks.c
 *    Means, variances and shares over the rows of a date.
 */
#include "workers/features/batch_checks.h"

#include <stdlib.h>
#include <string.h>

#include "workers/features/feature_contract.h"

enum { MAX_DISTINCT = 32, MAX_TEAMS = 64 };

enum { WARNING, CRITICAL };

/* What is known of one feature over all rows. */
typedef struct {
    size_t values;
    size_t defaults; /* those that could have been a value */
    double sum;
    double distinct[MAX_DISTINCT]; /* the first ones, at 4 decimals */
    int distinct_count;
} FeatureTally;

typedef struct {
    const FeatureStoreResult *result;
    Arena *arena;
    size_t rows; /* that are not placeholders */
    FeatureTally features[FEATURE_COUNT];
    struct {
        int64_t weights; /* of all rows */
        size_t knowable; /* values that could be known */
        double pct_sum;
    } categories[CATEGORY_COUNT];
    size_t with_defaults, quality_ready, required_defaults, defaults;
    double score_sum;
    const char *teams[MAX_TEAMS];
    int team_count;
    BatchAlert *alerts;
    size_t alert_count, alert_cap;
    BatchMeasure *measures;
    size_t measure_count, measure_cap;
} Batch;

static double
round_places(double v, double scale)
{
    return round(v * scale) / scale;
}

static double
percent(size_t part, size_t all)
{
    return 100.0 * (double)part / (double)all;
}

static void
add_alert(Batch *b, const char *kind, bool is_critical, const char *subject, const char *message)
{
    b->alerts = arena_room(b->arena, b->alerts, b->alert_count, &b->alert_cap, sizeof b->alerts[0]);
    b->alerts[b->alert_count++] = (BatchAlert){kind, is_critical, subject, message};
}

static void
add_measure(Batch *b, const char *name, double value)
{
    b->measures = arena_room(b->arena, b->measures, b->measure_count, &b->measure_cap, sizeof b->measures[0]);
    b->measures[b->measure_count++] = (BatchMeasure){name, value};
}

/* ---- tallies ---- */

static void
tally_value(FeatureTally *t, double value)
{
    const double rounded = round_places(value, 1e4);

    t->values++;
    t->sum += value;
    for (int i = 0; i < t->distinct_count; i++) {
        if (!(t->distinct[i] < rounded) && !(t->distinct[i] > rounded))
            return;
    }
    if (t->distinct_count < MAX_DISTINCT)
        t->distinct[t->distinct_count++] = rounded;
}

static void
tally_team(Batch *b, const char *team)
{
    for (int i = 0; i < b->team_count; i++) {
        if (strcmp(b->teams[i], team) == 0)
            return;
    }
    if (b->team_count < MAX_TEAMS)
        b->teams[b->team_count++] = team;
}

static void
tally_feature(Batch *b, const FeatureRow *row, int i)
{
    const FeatureSpec *spec = &feature_contract[i];
    FeatureSource source = FEATURE_SOURCE_MISSING;
    const FeatureSourceSpec *s;

    if (!feature_source_parse(row->feature_source.items[i], &source))
        return;
    s = &feature_source_table[source];
    b->features[i].defaults += s->counts_as_default && s->counts_in_effective_mean;
    b->categories[spec->category].weights += s->weight;
    b->categories[spec->category].knowable += s->counts_in_effective_mean;
    if (!f64_is_null(row->feature_values.items[i]))
        tally_value(&b->features[i], row->feature_values.items[i]);
}

static void
tally_row(Batch *b, const FeatureRow *row)
{
    const double pct[CATEGORY_COUNT] = {
        [CATEGORY_MATCHUP] = row->matchup_quality_pct,
        [CATEGORY_PLAYER_HISTORY] = row->player_history_quality_pct,
        [CATEGORY_TEAM_CONTEXT] = row->team_context_quality_pct,
        [CATEGORY_VEGAS] = row->vegas_quality_pct,
        [CATEGORY_GAME_CONTEXT] = row->game_context_quality_pct,
    };

    b->rows++;
    b->with_defaults += row->required_default_count > 0;
    b->quality_ready += row->is_quality_ready == BOOL_TRUE;
    b->required_defaults += (size_t)row->required_default_count;
    b->defaults += (size_t)row->default_feature_count;
    b->score_sum += row->feature_quality_score;
    for (int c = 0; c < CATEGORY_COUNT; c++)
        b->categories[c].pct_sum += pct[c];
    for (int i = 0; i < FEATURE_COUNT; i++)
        tally_feature(b, row, i);
    tally_team(b, row->team);
}

/* ---- measures ---- */

static void
measure(Batch *b)
{
    const double rows = (double)b->rows;

    add_measure(b, "post_write_rows", rows);
    add_measure(b, "post_write_rows_with_required_defaults", (double)b->with_defaults);
    add_measure(b, "post_write_pct_with_defaults", round_places(percent(b->with_defaults, b->rows), 10.0));
    add_measure(b, "post_write_avg_required_defaults", round_places((double)b->required_defaults / rows, 100.0));
    add_measure(b, "post_write_rows_quality_ready", (double)b->quality_ready);
    add_measure(b, "post_write_pct_quality_ready", round_places(percent(b->quality_ready, b->rows), 10.0));
    add_measure(b, "post_write_avg_defaults", round_places((double)b->defaults / rows, 100.0));
    add_measure(b, "post_write_avg_score", round_places(b->score_sum / rows, 10.0));
    for (int c = 0; c < CATEGORY_COUNT; c++)
        add_measure(b, arena_printf(b->arena, "post_write_avg_%s_quality", feature_category_names[c]),
                    round_places(b->categories[c].pct_sum / rows, 10.0));
}

/* ---- alerts ---- */

static void
check_defaults(Batch *b)
{
    const double pct = percent(b->with_defaults, b->rows);

    if (pct > BATCH_MAX_DEFAULTS_PCT)
        add_alert(b, "feature_defaults_high", CRITICAL, NULL,
                  arena_printf(b->arena, "%zu of %zu rows (%.1f %%) lack a required value; up to %d %% is usual",
                               b->with_defaults, b->rows, pct, BATCH_MAX_DEFAULTS_PCT));
}

/* Of the population. */
static double
std_of(const Batch *b, int feature)
{
    const FeatureTally *t = &b->features[feature];
    const double mean = t->sum / (double)t->values;
    double squares = 0.0;

    for (size_t r = 0; r < b->result->row_count; r++) {
        const double v = b->result->rows[r].feature_values.items[feature];

        if (!f64_is_null(v))
            squares += (v - mean) * (v - mean);
    }
    return sqrt(squares / (double)t->values);
}

static void
check_variance(Batch *b)
{
    for (int i = 0; i < FEATURE_COUNT; i++) {
        const FeatureSpec *spec = &feature_contract[i];
        const FeatureTally *t = &b->features[i];
        int distinct = spec->min_distinct;
        double std;

        if (distinct == 0 || t->values < BATCH_MIN_ROWS)
            continue;
        /* teams that are level are no fault of the data */
        if (spec->category == CATEGORY_TEAM_CONTEXT && (b->team_count + 1) / 2 < distinct)
            distinct = (b->team_count + 1) / 2;
        std = std_of(b, i);
        if (t->distinct_count >= distinct && std >= spec->min_std)
            continue;
        add_alert(b, "feature_variance_low", t->distinct_count == 1 ? CRITICAL : WARNING, spec->name,
                  arena_printf(b->arena,
                               "%s has a standard deviation of %.4g and %d distinct values in %zu; at least %g and %d "
                               "are usual",
                               spec->name, std, t->distinct_count, t->values, spec->min_std, distinct));
    }
}

static void
check_composites(Batch *b)
{
    for (int i = 0; i < FEATURE_COUNT && b->rows >= BATCH_MIN_ROWS; i++) {
        const double pct = percent(b->features[i].defaults, b->rows);

        if (feature_contract[i].upstream == UPSTREAM_COMPOSITE && pct >= BATCH_COMPOSITE_DEFAULTS_PCT)
            add_alert(b, "composite_defaulted", WARNING, feature_contract[i].name,
                      arena_printf(b->arena, "%s is missing in %zu of %zu rows", feature_contract[i].name,
                                   b->features[i].defaults, b->rows));
    }
}

static void
check_categories(Batch *b)
{
    for (int c = 0; c < CATEGORY_COUNT; c++) {
        if (b->categories[c].weights > 0 || b->categories[c].knowable == 0)
            continue;
        add_alert(b, "category_at_zero", CRITICAL, feature_category_names[c],
                  arena_printf(b->arena, "%s is 0 in all %zu rows; it comes from %s", feature_category_names[c],
                               b->rows, feature_category_producers[c]));
    }
}

static void
check_upstream(Batch *b, const char *processor)
{
    const size_t players = b->result->row_count + b->result->skipped_count;
    size_t by_rule = 0, missing = 0;

    for (size_t i = 0; i < b->result->gap_count; i++) {
        const FeatureGap *g = &b->result->gaps[i];

        if (strcmp(g->subject, processor) != 0)
            continue;
        by_rule += g->reason == GAP_INSUFFICIENT_DATA || g->reason == GAP_STALE_DATA;
        missing += g->reason == GAP_MISSING_PHASE4;
    }
    if (missing == 0 || percent(missing, players - by_rule) < BATCH_UPSTREAM_MISSING_PCT)
        return;
    add_alert(b, "upstream_missing", CRITICAL, processor,
              arena_printf(b->arena, "%zu of %zu players who should have a row of %s have none", missing,
                           players - by_rule, processor));
}

static void
check_upstreams(Batch *b)
{
    for (int u = 0; u < UPSTREAM_COUNT; u++) {
        if (feature_upstream_table[u].processor != NULL)
            check_upstream(b, feature_upstream_table[u].processor);
    }
}

/* Before predictions are made of them. */
static void
check_ready(Batch *b)
{
    const double pct = percent(b->quality_ready, b->rows);

    if (pct < BATCH_MIN_QUALITY_READY_PCT)
        add_alert(b, "quality_ready_low", WARNING, NULL,
                  arena_printf(b->arena, "%zu of %zu feature rows (%.1f %%) are quality ready; at least %d %% is usual",
                               b->quality_ready, b->rows, pct, BATCH_MIN_QUALITY_READY_PCT));
}

void
batch_check(const FeatureStoreResult *r, Arena *a, BatchReport *out)
{
    Batch *b = arena_alloc(a, sizeof *b);

    *out = (BatchReport){0};
    b->result = r;
    b->arena = a;
    for (size_t i = 0; i < r->row_count; i++) {
        if (r->rows[i].early_season_flag != BOOL_TRUE)
            tally_row(b, &r->rows[i]);
    }
    if (b->rows == 0)
        return;
    measure(b);
    check_defaults(b);
    check_variance(b);
    check_composites(b);
    check_categories(b);
    check_upstreams(b);
    check_ready(b);
    *out = (BatchReport){
        .alerts = b->alerts, .alert_count = b->alert_count, .measures = b->measures, .measure_count = b->measure_count};
}
