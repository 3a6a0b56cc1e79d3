/*
 * workers/predictions/actionable.c
 *    The filters and labels of a prediction, as tables in the order in which they are tried.
 */
#include "workers/predictions/actionable.h"

#include <math.h>
#include <stddef.h>
#include <string.h>
#include "libcore/base/macros.h"

static bool
is_under(const ActionableInput *in)
{
    return strcmp(in->recommendation, "UNDER") == 0;
}

static bool
has_no_line(const ActionableInput *in)
{
    return strcmp(in->recommendation, "NO_LINE") == 0;
}

static bool
is_pass(const ActionableInput *in)
{
    return strcmp(in->recommendation, "PASS") == 0;
}

static bool
is_doubtful(const ActionableInput *in)
{
    return in->player_status != NULL && strcmp(in->player_status, "doubtful") == 0;
}

static bool
is_in_weak_confidence_tier(const ActionableInput *in)
{
    return in->confidence_pct >= 88.0 && in->confidence_pct < 90.0;
}

static bool
has_low_edge(const ActionableInput *in)
{
    return in->edge < 3.0;
}

static bool
is_star_under(const ActionableInput *in)
{
    return is_under(in) && in->points_avg_season >= 25.0 && in->edge >= 5.0;
}

static bool
is_role_player_under(const ActionableInput *in)
{
    return is_under(in) && in->points_avg_season >= 8.0 && in->points_avg_season <= 16.0 && in->edge < 5.0;
}

static bool
is_hot_streak_under(const ActionableInput *in)
{
    return is_under(in) && in->points_avg_last_5 - in->points_avg_season > 3.0;
}

static bool
is_not_quality_ready(const ActionableInput *in)
{
    return !in->is_quality_ready;
}

static bool
has_required_defaults(const ActionableInput *in)
{
    return in->required_default_count > 0;
}

typedef struct {
    const char *reason;
    bool (*holds_back)(const ActionableInput *in);
} Filter;

static const Filter filters[] = {
    {"no_line", has_no_line},
    {"pass", is_pass},
    {"player_doubtful", is_doubtful},
    {"confidence_tier_88_90", is_in_weak_confidence_tier},
    {"low_edge", has_low_edge},
    {"star_under_bias_suspect", is_star_under},
    {"role_player_under_low_edge", is_role_player_under},
    {"hot_streak_under_risk", is_hot_streak_under},
    {"not_quality_ready", is_not_quality_ready},
    {"has_default_features", has_required_defaults},
};

const char *
actionable_filter_reason(const ActionableInput *in)
{
    for (size_t i = 0; i < ARRAY_LEN(filters); i++)
        if (filters[i].holds_back(in))
            return filters[i].reason;
    return NULL;
}

/* ---- scenarios ---- */

typedef struct {
    const char *name;
    const char *side; /* NULL: any */
    double edge_below, edge, line_below, line;
    bool is_safe; /* neither a player nor an opponent against whom UNDER has lost */
} Scenario;

/* An edge or line from the lower limit on and below the upper one. */
static const Scenario scenarios[] = {
    {"non_actionable", NULL, 3.0, -HUGE_VAL, HUGE_VAL, -HUGE_VAL, false},
    {"optimal_over", "OVER", HUGE_VAL, 5.0, 12.0, -HUGE_VAL, false},
    {"ultra_high_edge_over", "OVER", HUGE_VAL, 7.0, HUGE_VAL, -HUGE_VAL, false},
    {"high_edge_over", "OVER", HUGE_VAL, 5.0, HUGE_VAL, -HUGE_VAL, false},
    {"standard_over", "OVER", HUGE_VAL, -HUGE_VAL, HUGE_VAL, -HUGE_VAL, false},
    {"anti_under_low_line", "UNDER", HUGE_VAL, -HUGE_VAL, 15.0, -HUGE_VAL, false},
    {"optimal_under", "UNDER", HUGE_VAL, -HUGE_VAL, HUGE_VAL, 25.0, true},
    {"under_safe", "UNDER", HUGE_VAL, -HUGE_VAL, HUGE_VAL, 20.0, true},
};

static bool
is_one_of(const char *name, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Players and opponents of whom UNDER lost in 2025-26. */
static bool
is_risky_player(const char *lookup)
{
    static const char *const players[] = {
        "lukadoncic", "juliusrandle", "jarenjacksonjr", "lameloball", "dillonbrooks", "michaelporterjr", NULL};

    return is_one_of(lookup, players);
}

static bool
is_risky_opponent(const char *team)
{
    static const char *const teams[] = {"PHI", "MIN", "DET", "MIA", "DEN", NULL};

    return is_one_of(team, teams);
}

static bool
fits(const Scenario *s, const ScenarioInput *in)
{
    if (s->side != NULL && strcmp(s->side, in->recommendation) != 0)
        return false;
    if (!(in->edge >= s->edge && in->edge < s->edge_below && in->line >= s->line && in->line < s->line_below))
        return false;
    /* a very high line is worth it against anybody */
    return !s->is_safe
           || (!is_risky_player(in->player_lookup) && (s->line >= 25.0 || !is_risky_opponent(in->opponent)));
}

const char *
scenario_category(const ScenarioInput *in)
{
    for (size_t i = 0; i < ARRAY_LEN(scenarios); i++)
        if (fits(&scenarios[i], in))
            return scenarios[i].name;
    if (isnan(in->edge) || strcmp(in->recommendation, "UNDER") != 0)
        return "unknown";
    return is_risky_player(in->player_lookup) || is_risky_opponent(in->opponent) ? "under_risky" : "standard_under";
}

bool
quality_is_low(double score)
{
    return score < GOOD_QUALITY_SCORE;
}

typedef struct {
    double at_least;
    const char *name;
} Tier;

static const Tier tiers[] = {{25.0, "star"}, {15.0, "starter"}, {5.0, "role"}};

const char *
scoring_tier(double points_avg_season)
{
    for (size_t i = 0; i < ARRAY_LEN(tiers); i++)
        if (points_avg_season >= tiers[i].at_least)
            return tiers[i].name;
    return "bench";
}
