/*
 * ops/cli/explain_view.h
 *    From the rows behind a player's features to why each of them is as it is. No database, no terminal.
 */
#ifndef TIPOFF_OPS_EXPLAIN_VIEW_H
#define TIPOFF_OPS_EXPLAIN_VIEW_H

#include "libcore/base/arena.h"
#include "tables_gen.h"
#include "workers/features/feature_inputs.h"

/* The cell behind an upstream, as the feature row read it. All NULL or 0 when it is not known. */
typedef struct {
    const char *status, *reason; /* as it stands now */
    int32_t version, version_now;
    const char *hash, *finished_at;
    int32_t dates; /* of earlier outcomes: how many dates were read */
} ExplainCell;

/* Everything that is on record. Rows and texts are borrowed. */
typedef struct {
    const FeatureRow *row;
    const void *upstream[UPSTREAM_COUNT]; /* the date's row of the player, or of his opponent; NULL without one */
    ExplainCell cells[UPSTREAM_COUNT];
    const PlayerGame *const *played; /* his played games of the season before the date, newest first */
    size_t played_count;
    const char *const *holes; /* games of his whose box score is not there, by id, newest first */
    size_t hole_count;
    const char *const *team_holes; /* games of his team's season without a complete box score, likewise */
    size_t team_hole_count;
    int32_t team_wins, team_games; /* of those that are known */
    const SkippedEntity *skipped;  /* by which processor, he or his opponent */
    size_t skipped_count;
} ExplainFacts;

typedef struct {
    const char *processor;
    const char *column;
    const Column *desc;
    const void *row; /* NULL: the row is not there */
} ExplainInput;

typedef struct {
    const char *processor, *name;
    int32_t used, expected;     /* NULL_I32 when the row is not there */
    const char *const *missing; /* the games that it lacks, newest first; fewer than it lacks when not all are known */
    size_t missing_count;
} ExplainWindow;

typedef struct {
    FeatureIndex feature;
    double value;
    const char *source;
    int32_t quality, sample_size;
    ExplainInput inputs[FEATURE_COLUMNS_MAX]; /* columns of single rows */
    size_t input_count;
    ExplainWindow windows[FEATURE_WINDOWS_MAX];
    size_t window_count;
    const PlayerGame *const *games; /* that it reads row by row, newest first */
    size_t game_count;
    const char *why; /* what is to be known of it; NULL when all is as it should be */
} ExplainLine;

/* Lives in a. facts->row must be there. */
ExplainLine explain_feature(const ExplainFacts *facts, FeatureIndex f, Arena *a);

/* A value of a row for people: at most six digits, yes and no, "-" for an absent one. */
const char *explain_value(const void *row, const Column *c, Arena *a);

#endif
