/*
 * workers/collect/feed_reader.h
 *    Read a folder of feeds (schedule.csv, and FEED/DATE.csv of boxscores, shots, props, injuries and
 *    game_lines) into events: one part a game, or a game and bookmaker, and a manifest a date.
 *
 * It only reads files: when to look and whom to tell is the worker's business.
 */
#ifndef TIPOFF_WORKERS_FEED_READER_H
#define TIPOFF_WORKERS_FEED_READER_H

#include "events_gen.h"

enum { FEED_PART_MAX_BYTES = 512 * 1024 };

/* An event that is ready to be sent. */
typedef struct {
    const char *part_id;  /* "20241026_LAC_DEN", "20241026_LAC_DEN/PrizePicks", "...#2" */
    const char *event_id; /* FEED:DATE:PART:16 hex digits of the content's SHA-256 */
    const char *key;      /* the game date */
    const char *game_id;
    bool is_scheduled;
    Bytes payload; /* framed */
    size_t row_count;
} FeedPart;

/* manifest.manifest_version is 1; who sends it raises it. */
typedef struct {
    const FeedPart *parts; /* sorted by game, bookmaker, number */
    size_t part_count;
    FeedManifest manifest;
    bool exists;                /* there is a file */
    const Bytes *rejected_rows; /* of manifest.rejected: what stood in the file, cut */
    size_t repeated;            /* rows that stand twice and count once */
} FeedDay;

/* dir/schedule.csv. The season is the one of most rows; rows that cannot be used are listed in
 * out->rejected, with their bytes in rejected_rows unless that is NULL. ERR_CONFIG when there is no
 * such file, ERR_POISON when the file as a whole cannot be read. Everything is made in a. */
NODISCARD bool feed_read_schedule(const char *dir, Arena *a, FeedSchedule *out, const Bytes **rejected_rows, Err *err);

/* dir/FEED/DATE.csv; feed is one of feed_layouts that comes by date (ERR_CONFIG for any other). Rows that cannot
 * be used are listed in the manifest. A missing file is no error: no parts, and the manifest says
 * why. The folder is all there is, so every manifest says exhausted. Everything is made in a. */
NODISCARD bool feed_read_date(const char *dir, const char *feed, GameDate d, const FeedSchedule *schedule, Arena *a,
                              FeedDay *out, Err *err);

#endif
