/*
 * ops/cli/date_range.h
 *    Game dates as people type them: a day, "today", "yesterday", or FROM..TO. No clock of its own.
 */
#ifndef TIPOFF_OPS_DATE_RANGE_H
#define TIPOFF_OPS_DATE_RANGE_H

#include "libcore/base/date.h"

/* Both ends are in it; from is never after to. */
typedef struct {
    GameDate from, to;
} DateRange;

/* YYYY-MM-DD, or one of the words, counted from today. */
NODISCARD bool date_word_parse(const char *text, GameDate today, GameDate *out);

typedef enum {
    RANGE_OK,
    RANGE_NO_DATE,   /* an end is no date */
    RANGE_BACKWARDS, /* it ends before it begins */
} RangeVerdict;

/* A day, or two joined by "..". *out is set only when the answer is RANGE_OK. */
NODISCARD RangeVerdict date_range_parse(const char *text, GameDate today, DateRange *out);

enum { DATE_RANGE_TEXT_LEN = 2 * DATE_TEXT_LEN + 2 };
/* "YYYY-MM-DD", or "YYYY-MM-DD..YYYY-MM-DD" when it is more than one day. Returns out. */
const char *date_range_format(DateRange r, char out[DATE_RANGE_TEXT_LEN]);

#endif
