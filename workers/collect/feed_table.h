/*
 * workers/collect/feed_table.h
 *    A feed's file as typed lines, with every row that could not be read and why.
 */
#ifndef TIPOFF_WORKERS_FEED_TABLE_H
#define TIPOFF_WORKERS_FEED_TABLE_H

#include "workers/collect/feed_layout.h"
#include "workers/collect/feed_rejections.h"

typedef struct {
    const FeedLayout *layout;
    bool exists;
    void *lines; /* of the layout's line struct, in the order of the file */
    size_t line_count;
    FeedRejections rejected;
} FeedTable;

static inline LineHead *
feed_table_head(const FeedTable *t, size_t line)
{
    return (LineHead *)(void *)((char *)t->lines + line * t->layout->line_size);
}

/* Takes the lines whose mark is set out of the table. marks has one for every line. */
void feed_table_drop(FeedTable *t, const bool *marks);

/* file is relative to dir, and names the file in rejections. date: the day that rows must be of, or
 * GAME_DATE_NULL for any. Columns are found by name in any order; one that is missing is ERR_POISON, as
 * are an empty file and what csv_file_read() refuses. Everything is made in a. */
NODISCARD bool feed_table_read(const FeedLayout *layout, const char *dir, const char *file, GameDate date, Arena *a,
                               FeedTable *out, Err *err);

#endif
