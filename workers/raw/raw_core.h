/*
 * workers/raw/raw_core.h
 *    From the parts of a feed to the rows of its raw table.
 *
 * Pure. Values stay as the source gave them; nothing is repaired here.
 */
#ifndef TIPOFF_WORKERS_RAW_CORE_H
#define TIPOFF_WORKERS_RAW_CORE_H

#include "events_gen.h"
#include "tables_gen.h"

/* A row that the table does not get, and why. */
typedef struct {
    const char *entity;
    const char *reason;
} RawRejection;

typedef struct {
    const RawRejection *items;
    size_t count;
} RawRejections;

/* Rows sorted by primary key. Of several rows with the same key the first stays, in the order of
 * the parts and of the rows in them; the others are rejected as "duplicate". */
typedef struct {
    const ScheduleGame *rows;
    size_t count;
    RawRejections rejected;
} RawSchedule;
typedef struct {
    const RawBoxscore *rows;
    size_t count;
    RawRejections rejected;
} RawBoxscores;

/* Sorted by primary key, which numbers the rows of a game (and bookmaker) from 1 in the order of
 * the source, on through its further parts ("#2"). */
typedef struct {
    const RawShot *rows;
    size_t count;
} RawShots;
typedef struct {
    const RawPropLine *rows;
    size_t count;
} RawPropLines;
typedef struct {
    const RawGameLine *rows;
    size_t count;
} RawGameLines;

/* Sorted by primary key, which numbers a player's reports from 1 in the order of their times; of equal
 * times in the order of the source. */
typedef struct {
    const RawInjuryReport *rows;
    size_t count;
} RawInjuryReports;

/* All parts of one date, each once, in any order. Rows borrow their texts from the parts; the rest
 * is made in a. */
RawSchedule raw_schedule(const FeedSchedule *schedule, Arena *a);
RawBoxscores raw_boxscores(const FeedBoxscores *parts, size_t count, Arena *a);
RawShots raw_shots(const FeedShots *parts, size_t count, Arena *a);
RawPropLines raw_prop_lines(const FeedProps *parts, size_t count, Arena *a);
RawInjuryReports raw_injury_reports(const FeedInjuries *parts, size_t count, Arena *a);
RawGameLines raw_game_lines(const FeedGameLines *parts, size_t count, Arena *a);

/* What collect could not read, as rejections: "FILE line N COLUMN" and the reason with the text. */
RawRejections raw_feed_rejections(const FeedRejection *rejected, size_t count, Arena *a);

#endif
