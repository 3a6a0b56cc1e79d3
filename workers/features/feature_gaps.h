/*
 * workers/features/feature_gaps.h
 *    What keeps a player of a date from a full feature row, one gap a cause.
 */
#ifndef TIPOFF_WORKERS_FEATURE_GAPS_H
#define TIPOFF_WORKERS_FEATURE_GAPS_H

#include "workers/league/row_index.h"
#include "workers/league/window.h"

/* In the order of their names. */
typedef enum {
    GAP_INSUFFICIENT_DATA, /* by rule a processor gave no row: too few games; subject: the processor */
    GAP_MISSING_PHASE4,    /* a row should exist and does not; subject: the processor */
    GAP_PROCESSING_ERROR,  /* a value broke a critical range; subject: feature_store */
    GAP_STALE_DATA,        /* by rule a processor gave no row: too long ago; subject: the processor */
    GAP_WINDOW_HOLE,       /* a box score is missing; subject: the game's id, detail: windows it touches */
    GAP_REASON_COUNT,
} GapReason;

extern const char *const gap_reason_names[GAP_REASON_COUNT];

/* Strings are borrowed. */
typedef struct {
    const UpcomingPlayer *player;
    GapReason reason;
    const char *subject;
    const char *detail; /* NULL for none */
} FeatureGap;

typedef struct {
    FeatureGap *items;
    size_t count, cap;
    Arena *arena;
} GapList;

void gap_add(GapList *l, const UpcomingPlayer *p, GapReason reason, const char *subject, const char *detail);

/* The games that his windows lack, each once, with the windows: "season L10 L5 14d 7d" of his own games,
 * "zones_L10" where only his shots are missing, "team_L10", "opponent_L15", "opponent_zones_L15". opponent
 * is the other team's row, or NULL. Shots that the deployment does not have are no gap. */
void gap_add_holes(GapList *l, const UpcomingPlayer *p, const LeagueView *v, const PlayerHistory *h,
                   const TeamZone *opponent, bool has_shots);

/* Why entity has no row of the processor: by the rules, or a row that is missing. skipped is by entity, of
 * that processor alone. */
void gap_add_absence(GapList *l, const UpcomingPlayer *p, const char *processor, const char *entity,
                     const RowIndex *skipped);

#endif
