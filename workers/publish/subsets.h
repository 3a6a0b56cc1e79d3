/*
 * workers/publish/subsets.h
 *    The public groups of picks, which picks belong to each, and their records of wins and losses.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_SUBSETS_H
#define TIPOFF_WORKERS_PUBLISH_SUBSETS_H

#include "workers/publish/pick.h"

typedef struct {
    const char *public_id; /* a number as text; groups are listed in its order */
    const char *id;
    const char *name;
    const char *description;
    double min_edge;
    const char *direction; /* OVER or UNDER; NULL for both */
    bool skips_red_days;   /* a day without a signal counts as any other */
    size_t top_n;          /* 0 for all */
    double expected_hit_pct;
} SubsetDef;

enum { SUBSET_COUNT = 8 };
extern const SubsetDef subset_table[SUBSET_COUNT];

/* The day's recommended picks of good quality that fit the group, best first. Made in a. */
typedef struct {
    const Pick *const *picks;
    size_t count;
} Selection;
Selection subset_select(const SubsetDef *subset, const PickDay *day, Arena *a);

typedef struct {
    int32_t picks;
    int32_t wins, losses; /* pushes and voids are neither */
    int32_t pushes, voids;
    int32_t live_wins, live_losses; /* of wins and losses, what was predicted live and not replayed */
} Tally;

/* How the group's picks of a graded day came out. */
Tally subset_tally(const SubsetDef *subset, const PickDay *day, Arena *a);
/* Of the days from..to. */
Tally subset_tally_between(const SubsetDef *subset, const PickDays *days, GameDate from, GameDate to, Arena *a);

/* Wins and losses at -110: 0.909 a win, -1 a loss. */
double tally_units(const Tally *t);
/* Those units in percent of what was graded, pushes included; NaN of nothing. */
double tally_roi_pct(const Tally *t);
/* Percent of wins and losses; NaN of neither. */
double tally_hit_pct(const Tally *t);

/* season from 1 November, month from the 1st, week from Monday. */
typedef struct {
    Tally season, month, week;
} SubsetRecord;

/* The first day that counts in records of a date's season. */
GameDate record_season_start(GameDate date);

/* The windows that contain anchor, over the days up to last inclusive. */
SubsetRecord subset_record(const SubsetDef *subset, const PickDays *days, GameDate anchor, GameDate last, Arena *a);

#endif
