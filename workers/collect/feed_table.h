/*
 * workers/collect/feed_table.h
 *    A feed's file as typed lines, with every row that could not be read and why.
 */
#ifndef TIPOFF_WORKERS_FEED_TABLE_H
#define TIPOFF_WORKERS_FEED_TABLE_H

#include "workers/collect/feed_layout.h"

enum { FEED_MAX_REJECTIONS = 500 }; /* listed; all are counted */

typedef struct {
    const FeedLayout *layout;
    bool exists;
    const void *lines; /* of the layout's line struct, in the order of the file */
    size_t line_count;
    const FeedRejection *rejections;
    size_t rejection_count;
    int32_t rejected_total;
} FeedTable;

static inline const LineHead *
feed_table_head(const FeedTable *t, size_t line)
{
    return (const LineHead *)(const void *)((const char *)t->lines + line * t->layout->line_size);
}

/* file is relative to dir, and names the file in rejections. date: the day that rows must be of, or
 * GAME_DATE_NULL for any. Columns are found by name in any order; one that is missing is
 * ERR_POISON, as is what csv_file_read() refuses. Everything is made in a. */
NODISCARD bool feed_table_read(const FeedLayout *layout, const char *dir, const char *file, GameDate date, Arena *a,
                               FeedTable *out, Err *err);

#endif
