/*
 * workers/predictions/coordinator_core.h
 *    Who is asked for on a date: eligibility and the quality gate, one answer a player.
 *
 * It sends nothing and knows nothing of batches; a player who is not asked for has a reason.
 */
#ifndef TIPOFF_WORKERS_PREDICTIONS_COORDINATOR_CORE_H
#define TIPOFF_WORKERS_PREDICTIONS_COORDINATOR_CORE_H

#include "libcore/base/arena.h"
#include "tables_gen.h"

typedef enum {
    RUN_FIRST,
    RUN_RETRY,
    RUN_FINAL_RETRY,
    RUN_LAST_CALL,
    RUN_BACKFILL,
    RUN_LINE_CHECK,
    RUN_REGENERATE,
    RUN_MODE_COUNT,
} RunMode;

const char *run_mode_name(RunMode mode); /* "FIRST", ... as prediction rows store it */
NODISCARD bool run_mode_parse(const char *name, RunMode *out);
/* The quality score that a player needs: 85, falling to 80 and 70 for the last attempts; 70 for
 * past dates. */
double run_mode_min_quality(RunMode mode);
/* is_live: the date is the current Eastern date or later. */
RunMode run_mode_for_date(bool is_live);
/* How a player is asked for again because what he is predicted from has changed: on a live date as a LINE_CHECK if
 * he has a prediction and a RETRY if he has none. */
RunMode run_mode_of_change(bool is_live, bool is_predicted);
/* Whether an operator may order that mode for such a date: a past one is BACKFILL or REGENERATE, a live one
 * anything but BACKFILL. */
bool run_mode_fits(RunMode mode, bool is_live);
/* Whose quality threshold holds when a date is asked by an ordered mode: its own, but LINE_CHECK and REGENERATE
 * leave standing, which is what held before. */
RunMode run_mode_gate(RunMode ordered, RunMode standing);

typedef enum { REQUEST_REQUESTED, REQUEST_SKIPPED } RequestStatus;

const char *request_status_name(RequestStatus status); /* "requested", "skipped" */

/* Text is borrowed from the rows or the arena. */
typedef struct {
    const char *player_lookup;
    const char *game_id;
    RequestStatus status;
    const char *reason;           /* NULL when requested */
    const UpcomingPlayer *player; /* never NULL */
    const FeatureRow *features;   /* NULL when the player has no row */
} PlayerRequest;

/* How a date's players look before anybody is asked for: what alerts are about. */
typedef struct {
    int32_t players;
    int32_t eligible;         /* by the rules on status, games and minutes */
    int32_t good_quality;     /* eligible, with a quality score of 85 or more */
    int32_t without_features; /* eligible, without a feature row or one with any value */
    int32_t lined_skipped;    /* eligible, with a line, and held back by the quality gate */
    int32_t line_expected;    /* eligible, and averaging 24 minutes or more: books offer those */
    int32_t line_missing;     /* of those, without a line */
} SlateFigures;

typedef struct {
    PlayerRequest *items; /* in the order of players */
    size_t count;         /* as many as players */
    size_t requested_count;
    SlateFigures figures;
} RequestList;

/* players, features: rows of one date in any order. mode: whose quality threshold holds. Scores that gate are those over features whose
 * feed and history exist. Reasons, first match wins: player_out, player_doubtful, fewer_than_3_games,
 * low_minutes, no_features_available, early_season, quality_alert_red, matchup_quality_below_50,
 * zero_tolerance_defaults_N, quality_below_threshold. */
RequestList coordinator_requests(const UpcomingPlayer *players, size_t player_count, const FeatureRow *features,
                                 size_t feature_count, RunMode mode, Arena *a);

#endif
