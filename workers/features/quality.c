/*
 * workers/features/quality.c
 *    The quality scorer: weights, means, caps, tiers, alerts and readiness.
 */
#include "workers/features/quality.h"

#include <string.h>

/* Of the features of one category. What cannot be known weighs nothing. */
typedef struct {
    int weight_sum;
    int default_count;
    int unknowable;      /* defaults of sources that do not count in the effective mean */
    int optional_absent; /* other defaults that no prediction needs, and what they weigh */
    int optional_weight;
} Tally;

/* All that one pass over the sources tells. */
typedef struct {
    Tally categories[CATEGORY_COUNT];
    int sources[FEATURE_SOURCE_COUNT];
    int faults[UPSTREAM_COUNT]; /* defaults that could have been a value, by where it would be read */
    int required_faults;
    int critical_fit;
} Sums;

static double
round_places(double v, double scale)
{
    return round(v * scale) / scale;
}

/* Mean weight to 1 decimal; NULL of none. */
static double
mean_weight(int sum, int count)
{
    return count == 0 ? NULL_F64 : round_places((double)sum / count, 10.0);
}

static double
effective_pct(const Sums *sums, FeatureCategory c)
{
    const Tally *t = &sums->categories[c];

    return mean_weight(t->weight_sum, feature_category_sizes[c] - t->unknowable);
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

static void
note_default(const FeatureSpec *f, const FeatureSourceSpec *s, Sums *sums)
{
    Tally *t = &sums->categories[f->category];

    t->default_count++;
    if (!s->counts_in_effective_mean) {
        t->unknowable++;
        return;
    }
    sums->faults[f->upstream]++;
    sums->required_faults += f->is_required;
    t->optional_absent += !f->is_required;
    t->optional_weight += f->is_required ? 0 : s->weight;
}

/* The arrays of a row, made at once. */
typedef struct {
    const char *labels[FEATURE_COUNT];
    int32_t weights[FEATURE_COUNT], defaults[FEATURE_COUNT];
} Vectors;

static void
fill_vectors(const FeatureSource *sources, Arena *a, Sums *sums, FeatureRow *row)
{
    Vectors *v = arena_alloc(a, sizeof *v);
    int32_t default_count = 0;

    for (int i = 0; i < FEATURE_COUNT; i++) {
        const FeatureSourceSpec *s = &feature_source_table[sources[i]];
        const FeatureSpec *f = &feature_contract[i];

        v->weights[i] = s->weight;
        v->labels[i] = s->label;
        sums->categories[f->category].weight_sum += s->weight;
        sums->sources[sources[i]]++;
        sums->critical_fit += f->category == CATEGORY_CRITICAL && s->weight >= QUALITY_TRAINING_WEIGHT;
        if (!s->counts_as_default)
            continue;
        v->defaults[default_count++] = i;
        note_default(f, s, sums);
    }
    row->feature_quality = (I32Array){.items = v->weights, .count = FEATURE_COUNT};
    row->feature_source = (TextArray){.items = v->labels, .count = FEATURE_COUNT};
    row->default_feature_indices = (I32Array){.items = v->defaults, .count = default_count};
    row->default_feature_count = default_count;
}

static void
fill_counts(const Sums *sums, FeatureRow *row)
{
    int canonical[CANONICAL_DEFAULT + 1] = {0}, fit = 0;

    for (int s = 0; s < FEATURE_SOURCE_COUNT; s++) {
        canonical[feature_source_table[s].canonical] += sums->sources[s];
        fit += feature_source_table[s].weight >= QUALITY_TRAINING_WEIGHT ? sums->sources[s] : 0;
    }
    row->required_default_count = sums->required_faults;
    row->phase4_feature_count = canonical[CANONICAL_PHASE4];
    row->phase3_feature_count = canonical[CANONICAL_PHASE3];
    row->calculated_feature_count = canonical[CANONICAL_CALCULATED];
    row->training_quality_feature_count = fit;
    row->critical_feature_count = sums->critical_fit;
    row->optional_feature_count = FEATURE_COUNT - feature_category_sizes[CATEGORY_CRITICAL]
                                  - (row->default_feature_count - sums->categories[CATEGORY_CRITICAL].default_count);
    row->has_composite_factors = sums->faults[UPSTREAM_COMPOSITE] == 0;
    row->has_opponent_defense = sums->faults[UPSTREAM_TEAM_ZONE] == 0;
}

static double
shown_pct(const Sums *sums, FeatureCategory c)
{
    return mean_weight(sums->categories[c].weight_sum, feature_category_sizes[c]);
}

static void
fill_categories(const Sums *sums, FeatureRow *row)
{
    const Tally *c = sums->categories;

    row->matchup_quality_pct = shown_pct(sums, CATEGORY_MATCHUP);
    row->player_history_quality_pct = shown_pct(sums, CATEGORY_PLAYER_HISTORY);
    row->team_context_quality_pct = shown_pct(sums, CATEGORY_TEAM_CONTEXT);
    row->vegas_quality_pct = shown_pct(sums, CATEGORY_VEGAS);
    row->game_context_quality_pct = shown_pct(sums, CATEGORY_GAME_CONTEXT);
    row->matchup_effective_pct = effective_pct(sums, CATEGORY_MATCHUP);
    row->player_history_effective_pct = effective_pct(sums, CATEGORY_PLAYER_HISTORY);
    row->game_context_effective_pct = effective_pct(sums, CATEGORY_GAME_CONTEXT);
    row->matchup_default_count = c[CATEGORY_MATCHUP].default_count;
    row->player_history_default_count = c[CATEGORY_PLAYER_HISTORY].default_count;
    row->team_context_default_count = c[CATEGORY_TEAM_CONTEXT].default_count;
    row->vegas_default_count = c[CATEGORY_VEGAS].default_count;
    row->game_context_default_count = c[CATEGORY_GAME_CONTEXT].default_count;
}

/* Percent of what the category owes: a feed that is not subscribed to, a first meeting, and a player
 * without a line make no category the worst. */
static double
owed_pct(const Sums *sums, FeatureCategory c)
{
    const Tally *t = &sums->categories[c];
    const int owed = feature_category_sizes[c] - t->unknowable - t->optional_absent;

    return owed == 0 ? 100.0 : mean_weight(t->weight_sum - t->optional_weight, owed);
}

static void
fill_worst_category(const Sums *sums, FeatureRow *row)
{
    int worst = 0;

    row->worst_category_pct = owed_pct(sums, (FeatureCategory)0);
    for (int i = 1; i < CATEGORY_COUNT; i++) {
        const double pct = owed_pct(sums, (FeatureCategory)i);

        if (pct < row->worst_category_pct) {
            worst = i;
            row->worst_category_pct = pct;
        }
    }
    row->worst_category = feature_category_names[worst];
}

/* The mean weight over all features, and over those that could be known. */
static void
fill_scores(const Sums *sums, FeatureRow *row)
{
    int sum = 0, known = FEATURE_COUNT;

    for (int c = 0; c < CATEGORY_COUNT; c++) {
        sum += sums->categories[c].weight_sum;
        known -= sums->categories[c].unknowable;
    }
    row->feature_quality_score = capped_score(sum, FEATURE_COUNT, row->required_default_count);
    row->effective_quality_score = capped_score(sum, known, row->required_default_count);
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
    const double default_share = (double)row->default_feature_count / FEATURE_COUNT;
    const char **alerts = arena_array(a, ALERT_KINDS + (size_t)row->missing_processors.count, sizeof *alerts);
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
    for (int32_t i = 0; i < row->missing_processors.count; i++)
        alerts[n++] = arena_printf(a, "%s_missing", row->missing_processors.items[i]);
    *out = (TextArray){.items = alerts, .count = n};
}

/* By the labels themselves, as readers of the column expect: most rows are mixed. */
static const char *
primary_source(const Sums *sums)
{
    const int phase4 = sums->sources[FEATURE_SOURCE_PHASE4], phase3 = sums->sources[FEATURE_SOURCE_PHASE3];

    if (10 * phase4 >= 9 * FEATURE_COUNT)
        return "phase4";
    if (2 * phase4 >= FEATURE_COUNT)
        return "phase4_partial";
    return 2 * phase3 >= FEATURE_COUNT ? "phase3" : "mixed";
}

void
quality_fill(const FeatureSource sources[FEATURE_COUNT], Arena *a, FeatureRow *row)
{
    const int matchup_size = feature_category_sizes[CATEGORY_MATCHUP];
    Sums sums = {0};

    fill_vectors(sources, a, &sums, row);
    fill_counts(&sums, row);
    fill_categories(&sums, row);
    fill_worst_category(&sums, row);
    fill_scores(&sums, row);
    row->primary_data_source = primary_source(&sums);
    fill_judgements(row, matchup_size);
    fill_alerts(row, matchup_size, a, &row->quality_alerts);
}
