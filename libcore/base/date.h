/*
 * libcore/base/date.h
 *    Game dates (US Eastern calendar days) and instants (UTC microseconds), which never mix.
 */
#ifndef TIPOFF_BASE_DATE_H
#define TIPOFF_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>
#include "libcore/base/macros.h"

/* A US Eastern calendar day, as days since 1970-01-01. Never a timestamp. */
typedef struct {
    int32_t days;
} GameDate;

/* UTC microseconds since 1970-01-01T00:00:00Z. INSTANT_NULL marks an absent one. */
typedef struct {
    int64_t us;
} Instant;

#define GAME_DATE_NULL ((GameDate){INT32_MIN})
#define INSTANT_NULL ((Instant){INT64_MIN})

enum { DATE_TEXT_LEN = 11, INSTANT_TEXT_LEN = 28 }; /* with the NUL */

/* Strict YYYY-MM-DD; false for anything else, an impossible day included. */
NODISCARD bool date_parse(const char *s, GameDate *out);
/* Writes YYYY-MM-DD and returns out. */
const char *date_format(GameDate d, char out[DATE_TEXT_LEN]);
/* month and day from 1; false where no such day exists. */
NODISCARD bool date_make(int year, int month, int day, GameDate *out);
void date_parts(GameDate d, int *year, int *month, int *day);
GameDate date_add(GameDate d, int32_t days);
int32_t date_diff(GameDate later, GameDate earlier); /* calendar days */
bool date_is_null(GameDate d);
static inline bool
date_before(GameDate a, GameDate b)
{
    return a.days < b.days;
}
static inline bool
date_equal(GameDate a, GameDate b)
{
    return a.days == b.days;
}

/* A season is named by the year in which it starts: October or later belongs to that year. */
int32_t date_season_year(GameDate d);
/* "2024-25" for 2024; out needs 8 bytes. */
const char *season_label(int32_t season_year, char out[8]);

/* The Eastern day of an instant, by the US rule of daylight saving in force since 2007. */
GameDate instant_game_date(Instant t);
/* The instant of hh:mm Eastern on that day. */
Instant date_eastern_instant(GameDate d, int hour, int minute);
/* Strict RFC 3339 in UTC: YYYY-MM-DDThh:mm:ss[.ffffff]Z. */
NODISCARD bool instant_parse(const char *s, Instant *out);
const char *instant_format(Instant t, char out[INSTANT_TEXT_LEN]);
bool instant_is_null(Instant t);

#endif
