/*
 * workers/predictions/coordinator_core.c
 *    Eligibility and the quality gate.
 */
#include "workers/predictions/coordinator_core.h"

#include <stdlib.h>
#include <string.h>
#include "workers/predictions/actionable.h"

#define MIN_MINUTES_LAST_7 15.0
#define MIN_MATCHUP_PCT 50.0
#define LINE_EXPECTED_MINUTES 24.0
enum { MIN_GAMES_PLAYED = 3 };

typedef struct {
    const char *name;
    double min_quality;
} ModeRow;

static const ModeRow modes[RUN_MODE_COUNT] = {
    [RUN_FIRST] = {"FIRST", 85.0},
    [RUN_RETRY] = {"RETRY", 85.0},
    [RUN_FINAL_RETRY] = {"FINAL_RETRY", 80.0},
    [RUN_LAST_CALL] = {"LAST_CALL", 70.0},
    [RUN_BACKFILL] = {"BACKFILL", 70.0},
    [RUN_LINE_CHECK] = {"LINE_CHECK", 85.0},
    [RUN_REGENERATE] = {"REGENERATE", 85.0},
};

const char *
run_mode_name(RunMode mode)
{
    return modes[mode].name;
}

bool
run_mode_parse(const char *name, RunMode *out)
{
    for (size_t i = 0; i < RUN_MODE_COUNT; i++) {
        if (strcmp(modes[i].name, name) == 0) {
            *out = (RunMode)i;
            return true;
        }
    }
    return false;
}

double
run_mode_min_quality(RunMode mode)
{
    return modes[mode].min_quality;
}

RunMode
run_mode_for_date(bool is_live)
{
    return is_live ? RUN_FIRST : RUN_BACKFILL;
}

RunMode
run_mode_of_change(bool is_live, bool is_predicted)
{
    if (!is_live)
        return RUN_BACKFILL;
    return is_predicted ? RUN_LINE_CHECK : RUN_RETRY;
}

bool
run_mode_fits(RunMode mode, bool is_live)
{
    return mode == RUN_REGENERATE || is_live == (mode != RUN_BACKFILL);
}

RunMode
run_mode_gate(RunMode ordered, RunMode standing)
{
    return ordered == RUN_LINE_CHECK || ordered == RUN_REGENERATE ? standing : ordered;
}

const char *
request_status_name(RequestStatus status)
{
    return status == REQUEST_REQUESTED ? "requested" : "skipped";
}

static int
compare_lookups(const void *a, const void *b)
{
    const FeatureRow *const *x = a;
    const FeatureRow *const *y = b;

    return strcmp((*x)->player_lookup, (*y)->player_lookup);
}

static int
compare_lookup_to_row(const void *key, const void *item)
{
    const FeatureRow *const *row = item;

    return strcmp(key, (*row)->player_lookup);
}

/* The rows by player. Sorted here, because the database's order of text need not be strcmp's. */
static const FeatureRow **
index_features(const FeatureRow *features, size_t count, Arena *a)
{
    const FeatureRow **index = arena_array(a, count, sizeof(*index));

    for (size_t i = 0; i < count; i++)
        index[i] = &features[i];
    if (count > 1)
        qsort(index, count, sizeof(*index), compare_lookups);
    return index;
}

static const FeatureRow *
find_features(const FeatureRow *const *index, size_t count, const char *lookup)
{
    const FeatureRow *const *found = count == 0 ? NULL
                                                : bsearch(lookup, index, count, sizeof(*index), compare_lookup_to_row);

    return found == NULL ? NULL : *found;
}

/* Who is questionable or probable may well play. */
static bool
is_listed(const UpcomingPlayer *p, const char *status)
{
    return p->player_status != NULL && strcmp(p->player_status, status) == 0;
}

/* An average of NULL is no evidence of minutes. */
static const char *
eligibility_reason(const UpcomingPlayer *p)
{
    bool has_line = p->has_prop_line == BOOL_TRUE;

    if (is_listed(p, "out"))
        return "player_out";
    if (is_listed(p, "doubtful"))
        return "player_doubtful";
    if (p->games_played_season < MIN_GAMES_PLAYED)
        return "fewer_than_3_games";
    if (!has_line && !(p->avg_minutes_per_game_last_7 >= MIN_MINUTES_LAST_7))
        return "low_minutes";
    return NULL;
}

static bool
has_any_value(const FeatureRow *f)
{
    for (int32_t i = 0; i < f->feature_values.count; i++)
        if (!f64_is_null(f->feature_values.items[i]))
            return true;
    return false;
}

/* A score that is missing does not pass: the gate fails closed. */
static const char *
quality_reason(const FeatureRow *f, double min_quality, Arena *a)
{
    if (f == NULL)
        return "no_features_available";
    if (!has_any_value(f))
        return f->early_season_flag == BOOL_TRUE ? "early_season" : "no_features_available";
    if (strcmp(f->quality_alert_level, "red") == 0)
        return "quality_alert_red";
    if (!(f->matchup_effective_pct >= MIN_MATCHUP_PCT))
        return "matchup_quality_below_50";
    if (f->required_default_count > 0)
        return arena_printf(a, "zero_tolerance_defaults_%d", f->required_default_count);
    if (!(f->effective_quality_score >= min_quality))
        return "quality_below_threshold";
    return NULL;
}

static void
count_eligible(SlateFigures *n, const UpcomingPlayer *p, const FeatureRow *f, bool is_held_back)
{
    const bool has_line = p->has_prop_line == BOOL_TRUE;
    const bool line_expected = p->avg_minutes_per_game_last_7 >= LINE_EXPECTED_MINUTES;

    n->eligible++;
    n->good_quality += f != NULL && f->effective_quality_score >= GOOD_QUALITY_SCORE;
    n->without_features += f == NULL || !has_any_value(f);
    n->lined_skipped += has_line && is_held_back;
    n->line_expected += line_expected;
    n->line_missing += line_expected && !has_line;
}

static PlayerRequest
request_for(const UpcomingPlayer *player, const FeatureRow *features, RunMode mode, SlateFigures *figures, Arena *a)
{
    const char *reason = eligibility_reason(player);

    if (reason == NULL) {
        reason = quality_reason(features, run_mode_min_quality(mode), a);
        count_eligible(figures, player, features, reason != NULL);
    }
    figures->players++;
    return (PlayerRequest){
        .player_lookup = player->player_lookup,
        .game_id = player->game_id,
        .status = reason == NULL ? REQUEST_REQUESTED : REQUEST_SKIPPED,
        .reason = reason,
        .player = player,
        .features = features,
    };
}

RequestList
coordinator_requests(const UpcomingPlayer *players, size_t player_count, const FeatureRow *features,
                     size_t feature_count, RunMode mode, Arena *a)
{
    const FeatureRow *const *index = index_features(features, feature_count, a);
    RequestList list = {
        .items = arena_array(a, player_count, sizeof(*list.items)),
        .count = player_count,
    };

    for (size_t i = 0; i < player_count; i++) {
        const FeatureRow *row = find_features(index, feature_count, players[i].player_lookup);

        list.items[i] = request_for(&players[i], row, mode, &list.figures, a);
        list.requested_count += list.items[i].status == REQUEST_REQUESTED;
    }
    return list;
}
