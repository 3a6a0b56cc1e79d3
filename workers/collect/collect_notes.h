/*
 * workers/collect/collect_notes.h
 *    What a person should hear about the files: each with its kind and a sentence that names the place.
 */
#ifndef TIPOFF_WORKERS_COLLECT_NOTES_H
#define TIPOFF_WORKERS_COLLECT_NOTES_H

#include "workers/collect/feed_reader.h"
#include "workers/collect/feed_rejections.h"

typedef enum {
    NOTE_REFUSED,     /* a file that cannot be used as a whole */
    NOTE_REJECTED,    /* a row */
    NOTE_KEPT,        /* what was collected before stays */
    NOTE_REPEATED,    /* rows that stand twice and count once */
    NOTE_UNSCHEDULED, /* a game that the schedule does not have */
    NOTE_MISSING,     /* a game of the schedule that the file does not have */
    NOTE_FUTURE,      /* outcomes of a date that is to come */
    NOTE_UNREAD,      /* a file that no date of the walk asks for */
} NoteKind;

/* "refused", "rejected", ... */
const char *note_kind_name(NoteKind kind);

typedef struct {
    NoteKind kind;
    const char *text;
} CollectNote;

/* Notes in the order in which they came, made in a. */
typedef struct {
    Arena *a;
    CollectNote *items;
    size_t count, cap;
} CollectNotes;

void note_add(CollectNotes *n, NoteKind kind, const char *text);

/* The first few rows by name, the others by their number. */
void note_rejections(CollectNotes *n, const char *file, const FeedRejection *items, size_t count, int32_t total);

/* What a feed's file of a date and the schedule say of each other, and rows that stand twice. Every
 * scheduled game has outcomes. */
void note_day(CollectNotes *n, const FeedDay *day, const FeedSchedule *schedule, bool is_outcome);

/* Files below dir/FEED whose names are no date, or a date outside from..to. */
void note_unread_files(CollectNotes *n, const char *dir, const char *feed, GameDate from, GameDate to);

#endif
