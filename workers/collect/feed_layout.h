/*
 * workers/collect/feed_layout.h
 *    The column layouts of the feeds: which column goes where in which struct, and how it is read.
 */
#ifndef TIPOFF_WORKERS_FEED_LAYOUT_H
#define TIPOFF_WORKERS_FEED_LAYOUT_H

#include "events_gen.h"

/* What every row says about where it belongs. */
typedef struct {
    int32_t line; /* in the file */
    Bytes raw;    /* as it stands there */
    GameDate date;
    const char *team_a, *team_b; /* tricodes; team_b is empty where the row names one team */
    const char *bookmaker;       /* NULL where the feed has none */
} LineHead;

/* One row as read: the head and what the event carries of it. head comes first in each. */
typedef struct {
    LineHead head;
    FeedGame row;
} ScheduleLine;
typedef struct {
    LineHead head;
    FeedBoxscoreRow row;
} BoxscoreLine;
typedef struct {
    LineHead head;
    FeedShotRow row;
    int32_t minutes_left, seconds_left; /* on the clock of the quarter */
} ShotLine;
typedef struct {
    LineHead head;
    FeedPropRow row;
} PropLine;
typedef struct {
    LineHead head;
    FeedInjuryRow row;
} InjuryLine;
typedef struct {
    LineHead head;
    FeedGameLineRow row;
} GameLine;

/* Reads a field's text into out, whose type the reader knows; strings are copied into a. False with
 * the reason (static) when the text is not such a value. */
typedef bool (*FieldReader)(const char *text, Arena *a, void *out, const char **why);

typedef struct {
    const char *name; /* in the header */
    FieldReader read;
    size_t offset;    /* in the line struct */
    bool is_optional; /* the file may lack it: the field then reads as empty text */
} FeedColumn;

/* Where a part's rows come from; see feed_parts.h. */
typedef struct PartHead PartHead;

typedef struct {
    const char *feed;
    const FeedColumn *columns;
    size_t column_count;
    const char *date_column; /* the one that is to blame when the date is another */
    size_t line_size;
    size_t row_offset, row_size; /* of the event's row in the line */
    /* Fills in what follows from several columns. False with column and reason. */
    bool (*finish)(void *line, GameDate file_date, const char **column, const char **why);
    /* Where two rows of a game cannot both be true: what each is about; made in the arena or borrowed.
     * NULL where rows have no key. */
    const char *(*subject)(const void *line, Arena *a);
    const char *subject_column; /* that names it */
    bool names_one_team;        /* a row has no opponent: the schedule has */
    const EventSchema *schema;
    void (*encode)(const PartHead *head, const void *rows, size_t count, Buf *body);
} FeedLayout;

enum { FEED_MAX_COLUMNS = 32, FEED_MAX_TEXT_BYTES = 256 };

extern const FeedLayout schedule_layout;       /* neither encode nor schema */
extern const FeedLayout *const feed_layouts[]; /* of every feed */
extern const size_t feed_layout_count;
/* NULL when no feed of that name comes by date. */
const FeedLayout *feed_layout_by_name(const char *feed);

#endif
