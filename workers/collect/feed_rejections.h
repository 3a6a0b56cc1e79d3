/*
 * workers/collect/feed_rejections.h
 *    The rows of a file that could not be used: where, why, and as they stood there.
 */
#ifndef TIPOFF_WORKERS_FEED_REJECTIONS_H
#define TIPOFF_WORKERS_FEED_REJECTIONS_H

#include "events_gen.h"

enum {
    FEED_MAX_REJECTIONS = 500, /* listed; all are counted */
    FEED_MAX_ROW_BYTES = 4096, /* kept of a rejected row */
};

typedef struct {
    const char *file;
    Arena *a;
    FeedRejection *items;
    Bytes *rows; /* of items: what stood in the file, cut */
    size_t count, cap;
    int32_t total;
} FeedRejections;

/* column is NULL when the row as a whole is wrong. text is what stood there; what is no text of it is
 * shown as question marks. */
void feed_reject(FeedRejections *r, int32_t line, const char *column, const char *reason, Bytes text, Bytes row);

/* By line; of one line in the order in which they were added. */
void feed_rejections_sort(FeedRejections *r);

/* "FILE line N COLUMN", as messages and tables name the place. */
const char *feed_rejection_place(const FeedRejection *r, Arena *a);
/* The reason, and what stood there. */
const char *feed_rejection_reason(const FeedRejection *r, Arena *a);

#endif
