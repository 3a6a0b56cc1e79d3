/*
 * workers/publish/subset_rows.h
 *    Signals, groups of picks and their results as rows.
 */
#ifndef TIPOFF_WORKERS_PUBLISH_SUBSET_ROWS_H
#define TIPOFF_WORKERS_PUBLISH_SUBSET_ROWS_H

#include "workers/publish/subsets.h"

/* The row of one system's day, before its games. False when fewer than 10 predictions have a line: there is no
 * signal then. Text is made in a. */
bool system_signal(const PickDay *day, const char *system, Arena *a, SystemSignal *out);

/* Who is in which group, by group and rank. Made in a. */
const SubsetPick *subset_pick_rows(const PickDay *day, const char *system, Arena *a, size_t *count);

/* A row a group that had picks on that graded day. Made in a. */
const SubsetResult *subset_result_rows(const PickDay *day, const char *system, Arena *a, size_t *count);

#endif
