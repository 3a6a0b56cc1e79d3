/*
 * libcore/runtime/subscription.h
 *    Which feeds a deployment subscribes to, and so which processors it has.
 *
 * topics/feeds.toml says which feeds there are and which are subscribed to by default; a deployment
 * says otherwise when it is brought up, and every process reads that at its start.
 */
#ifndef TIPOFF_RUNTIME_SUBSCRIPTION_H
#define TIPOFF_RUNTIME_SUBSCRIPTION_H

#include "libcore/base/arena.h"
#include "libcore/base/err.h"
#include "libcore/runtime/pipeline.h"

typedef struct DbTx DbTx; /* libcore/io/db.h */

/* Names of feeds in the order of feed_table, NULL-terminated; static strings. */
typedef struct {
    const char *names[FEED_COUNT + 1];
} FeedSet;

FeedSet feeds_default(void);
/* "shots, props"; empty: the default. What every deployment has is added where it is left out.
 * ERR_CONFIG names a feed that there is not. */
NODISCARD bool feeds_parse(const char *text, FeedSet *out, Err *err);
/* "schedule, boxscores, shots"; made in a. */
const char *feeds_text(const FeedSet *feeds, Arena *a);
bool feeds_have(const FeedSet *feeds, const char *feed);
bool feeds_equal(const FeedSet *a, const FeedSet *b);

/* One that brings in no feed is part of every deployment. */
bool processor_is_subscribed(const FeedSet *feeds, ProcessorId processor);
/* Those that are, or are not; returns how many. */
size_t processors_of_feeds(const FeedSet *feeds, bool subscribed, ProcessorId out[PROC_COUNT]);
/* Processors of which no cell may stay as it is when a deployment changes its subscription: those
 * that need what comes or goes, and those that say which feeds there are. */
size_t processors_of_change(const FeedSet *before, const FeedSet *after, ProcessorId out[PROC_COUNT]);

/* The deployment's, or the default where none has been brought up. */
NODISCARD bool feeds_load(DbTx *tx, FeedSet *out, Err *err);

#endif
