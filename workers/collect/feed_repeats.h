/*
 * workers/collect/feed_repeats.h
 *    Rows that stand twice in a file: one more listing of the same is harmless, a contradiction is not.
 */
#ifndef TIPOFF_WORKERS_FEED_REPEATS_H
#define TIPOFF_WORKERS_FEED_REPEATS_H

#include "workers/collect/feed_table.h"

/* Where the layout's rows have a subject, a second row about it is dropped when it equals the first
 * and rejected when it does not. Where they have none (two equal tip-ins within a second do happen), a
 * game that is listed a second time is known by the mass of its repeated rows: those are dropped, and
 * the rows that only the later listing has are rejected. Returns how many were dropped as equal. */
size_t feed_repeats_settle(FeedTable *t, Arena *a);

#endif
