/*
 * workers/features/quality.c
 *    The quality scorer: weights, means, caps, tiers, alerts and readiness.
 */
#include "workers/features/quality.h"

typedef struct {
    int weight_sum, count;
    int effective_sum, effective_count;
    int default_count;
} Tally;

static double
round_places(double v, double scale)
{
    return round(v * scale) / scale;
}

static void
tally_add(Tally *t, const FeatureSourceSpec *s)
{
    t->weight_sum += s->weight;
    t->count++;
    if (s->counts_in_effective_mean) {
        t->effective_sum += s->weight;
        t->effective_count++;
    }
    if (s->counts_as_default)
        t->default_count++;
}

static double
tally_pct(const Tally *t)
{
    return round_places((double)t->weight_sum / t->count, 10.0);
}

static double
tally_effective_pct(const Tally *t)
{
    if (t->effective_count == 0)
        return NULL_F64;
    return round_places((double)t->effective_sum / t->effective_count, 10.0);
}

/* For judgements: nothing known is nothing to rely on. */
static double
known_or_zero(double pct)
{
    return f64_is_null(pct) ? 0.0 : pct;
}

static double
capped_score(int sum, int count, int required_defaults)
{
    double cap = required_defaults >= QUALITY_MANY_DEFAULTS ? QUALITY_CAP_MANY_DEFAULTS
                 : required_defaults > 0                    ? QUALITY_CAP_ANY_DEFAULT
                                                            : 100.0;

    return count == 0 ? 0.0 : round_places(fmin((double)sum / count, cap), 100.0);
}

const char *
quality_tier_name(double score)
{
    static const struct {
        double from;
        const char *name;
    } tiers[] = {{95.0, "gold"}, {85.0, "silver"}, {70.0, "bronze"}, {50.0, "poor"}};

    for (size_t i = 0; i < ARRAY_LEN(tiers); i++) {
        if (score >= tiers[i].from)
            return tiers[i].name;
    }
    return "critical";
}

static bool
is_default(FeatureSource s)
{
    return feature_source_table[s].counts_as_default;
}

/* A default that could have been a value. */
static bool
is_fault(FeatureSource s)
{
    return is_default(s) && feature_source_table[s].counts_in_effective_mean;
}

static bool
is_any_fault(const FeatureSource *sources, FeatureUpstream upstream)
{
    for (int i = 0; i < FEATURE_COUNT; i++) {
        if (feature_contract[i].upstream == upstream && is_fault(sources[i]))
            return true;
    }
    return false;
}

static void
fill_vectors(const FeatureSource *sources, Arena *a, FeatureRow *row)
{
    int32_t *weights = arena_array(a, FEATURE_COUNT, sizeof weights[0]);
    int32_t *defaults = arena_array(a, FEATURE_COUNT, sizeof defaults[0]);
    const char **labels = arena_array(a, FEATURE_COUNT, sizeof labels[0]);
    int32_t default_count = 0;

    for (int i = 0; i < FEATURE_COUNT; i++) {
        weights[i] = feature_source_table[sources[i]].weight;
        labels[i] = feature_source_table[sources[i]].label;
        if (is_default(sources[i]))
            defaults[default_count++] = i;
    }
    row->feature_quality = (I32Array){.items = weights, .count = FEATURE_COUNT};
    row->feature_source = (TextArray){.items = labels, .count = FEATURE_COUNT};
    row->default_feature_indices = (I32Array){.items = defaults, .count = default_count};
    row->default_feature_count = default_count;
}

static void
fill_counts(const FeatureSource *sources, FeatureRow *row)
{
    row->required_default_count = 0;
    row->phase4_feature_count = row->phase3_feature_count = row->calculated_feature_count = 0;
    row->training_quality_feature_count = 0;
    row->critical_feature_count = row->optional_feature_count = 0;
    for (int i = 0; i < FEATURE_COUNT; i++) {
        const FeatureSourceSpec *s = &feature_source_table[sources[i]];
        bool is_critical = feature_contract[i].category == CATEGORY_MATCHUP;
        bool is_fit = s->weight >= QUALITY_TRAINING_WEIGHT;

        row->required_default_count += is_fault(sources[i]) && feature_contract[i].is_required;
        row->phase4_feature_count += s->canonical == CANONICAL_PHASE4;
        row->phase3_feature_count += s->canonical == CANONICAL_PHASE3;
        row->calculated_feature_count += s->canonical == CANONICAL_CALCULATED;
        row->training_quality_feature_count += is_fit;
        row->critical_feature_count += is_critical && is_fit;
        row->optional_feature_count += !is_critical && !s->counts_as_default;
    }
}

static void
fill_categories(const Tally *c, FeatureRow *row)
{
    row->matchup_quality_pct = tally_pct(&c[CATEGORY_MATCHUP]);
    row->player_history_quality_pct = tally_pct(&c[CATEGORY_PLAYER_HISTORY]);
    row->team_context_quality_pct = tally_pct(&c[CATEGORY_TEAM_CONTEXT]);
    row->vegas_quality_pct = tally_pct(&c[CATEGORY_VEGAS]);
    row->game_context_quality_pct = tally_pct(&c[CATEGORY_GAME_CONTEXT]);
    row->matchup_effective_pct = tally_effective_pct(&c[CATEGORY_MATCHUP]);
    row->player_history_effective_pct = tally_effective_pct(&c[CATEGORY_PLAYER_HISTORY]);
    row->game_context_effective_pct = tally_effective_pct(&c[CATEGORY_GAME_CONTEXT]);
    row->matchup_default_count = c[CATEGORY_MATCHUP].default_count;
    row->player_history_default_count = c[CATEGORY_PLAYER_HISTORY].default_count;
    row->team_context_default_count = c[CATEGORY_TEAM_CONTEXT].default_count;
    row->vegas_default_count = c[CATEGORY_VEGAS].default_count;
    row->game_context_default_count = c[CATEGORY_GAME_CONTEXT].default_count;
}

/* Of what could be known: a feed that is not subscribed to makes no category the worst. */
static void
fill_worst_category(const Tally *c, FeatureRow *row)
{
    FeatureCategory worst = (FeatureCategory)0;

    for (int i = 1; i < CATEGORY_COUNT; i++) {
        if (known_or_zero(tally_effective_pct(&c[i])) < known_or_zero(tally_effective_pct(&c[worst])))
            worst = (FeatureCategory)i;
    }
    row->worst_category = feature_category_names[worst];
    row->worst_category_pct = known_or_zero(tally_effective_pct(&c[worst]));
}

static const char *
alert_level(double score, double matchup, int32_t required_defaults)
{
    if (score < 50.0 || matchup < 50.0)
        return "red";
    if (score < 70.0 || matchup < 70.0 || required_defaults > 0)
        return "yellow";
    return "green";
}

static void
fill_judgements(FeatureRow *row, int matchup_size)
{
    double score = row->effective_quality_score;
    double matchup = known_or_zero(row->matchup_effective_pct);
    double history = known_or_zero(row->player_history_effective_pct);
    double game = known_or_zero(row->game_context_effective_pct);

    row->quality_tier = quality_tier_name(score);
    row->matchup_quality_tier = quality_tier_name(matchup);
    row->game_context_quality_tier = quality_tier_name(game);
    row->quality_alert_level = alert_level(score, matchup, row->required_default_count);
    row->critical_features_training_quality = row->critical_feature_count == matchup_size;
    row->is_quality_ready = score >= 70.0 && matchup >= 50.0 && row->required_default_count == 0;
    row->is_training_ready = score >= 85.0 && matchup >= 70.0 && history >= 80.0;
}

static void
fill_alerts(const FeatureRow *row, int matchup_size, Arena *a, TextArray *out)
{
    enum { ALERT_KINDS = 6 };
    const char **alerts = arena_array(a, ALERT_KINDS, sizeof alerts[0]);
    double default_share = (double)row->default_feature_count / FEATURE_COUNT;
    int32_t n = 0;

    if (row->matchup_default_count == matchup_size)
        alerts[n++] = "all_matchup_features_defaulted";
    if (row->has_composite_factors == BOOL_FALSE)
        alerts[n++] = "composite_factors_missing";
    if (row->has_opponent_defense == BOOL_FALSE)
        alerts[n++] = "opponent_defense_missing";
    if (default_share > 0.20)
        alerts[n++] = arena_printf(a, "high_default_rate_%.0fpct", default_share * 100.0);
    if (known_or_zero(row->matchup_effective_pct) < 50.0)
        alerts[n++] = "matchup_quality_critical";
    if (known_or_zero(row->game_context_effective_pct) < 50.0)
        alerts[n++] = "game_context_quality_critical";
    *out = (TextArray){.items = alerts, .count = n};
}

/* By the labels themselves, as readers of the column expect: most rows are mixed. */
static const char *
primary_source(const FeatureSource *sources)
{
    int phase4 = 0, phase3 = 0;

    for (int i = 0; i < FEATURE_COUNT; i++) {
        phase4 += sources[i] == FEATURE_SOURCE_PHASE4;
        phase3 += sources[i] == FEATURE_SOURCE_PHASE3;
    }
    if (10 * phase4 >= 9 * FEATURE_COUNT)
        return "phase4";
    if (2 * phase4 >= FEATURE_COUNT)
        return "phase4_partial";
    return 2 * phase3 >= FEATURE_COUNT ? "phase3" : "mixed";
}

void
quality_fill(const FeatureSource sources[FEATURE_COUNT], Arena *a, FeatureRow *row)
{
    Tally all = {0}, categories[CATEGORY_COUNT] = {0};
    int matchup_size;

    for (int i = 0; i < FEATURE_COUNT; i++) {
        tally_add(&all, &feature_source_table[sources[i]]);
        tally_add(&categories[feature_contract[i].category], &feature_source_table[sources[i]]);
    }
    matchup_size = categories[CATEGORY_MATCHUP].count;
    fill_vectors(sources, a, row);
    fill_counts(sources, row);
    fill_categories(categories, row);
    fill_worst_category(categories, row);
    row->feature_quality_score = capped_score(all.weight_sum, all.count, row->required_default_count);
    row->effective_quality_score = capped_score(all.effective_sum, all.effective_count, row->required_default_count);
    row->has_composite_factors = !is_any_fault(sources, UPSTREAM_COMPOSITE);
    row->has_opponent_defense = !is_any_fault(sources, UPSTREAM_TEAM_ZONE);
    row->primary_data_source = primary_source(sources);
    fill_judgements(row, matchup_size);
    fill_alerts(row, matchup_size, a, &row->quality_alerts);
}
