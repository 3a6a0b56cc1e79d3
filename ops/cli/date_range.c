/*
 * ops/cli/date_range.c
 *    Days and spans of days, read and written.
 */
#include "ops/cli/date_range.h"
#include <stdio.h>
#include <string.h>

static const struct {
    const char *word;
    int32_t days_from_today;
} words[] = {{"today", 0}, {"yesterday", -1}};

bool
date_word_parse(const char *text, GameDate today, GameDate *out)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(text, words[i].word) == 0) {
            *out = date_add(today, words[i].days_from_today);
            return true;
        }
    }
    return date_parse(text, out);
}

RangeVerdict
date_range_parse(const char *text, GameDate today, DateRange *out)
{
    const char *dots = strstr(text, "..");
    char first[16] = "";
    DateRange r;

    if (dots == NULL) {
        if (!date_word_parse(text, today, &r.from))
            return RANGE_NO_DATE;
        *out = (DateRange){r.from, r.from};
        return RANGE_OK;
    }
    if ((size_t)(dots - text) >= sizeof first)
        return RANGE_NO_DATE;
    memcpy(first, text, (size_t)(dots - text));
    if (!date_word_parse(first, today, &r.from) || !date_word_parse(dots + 2, today, &r.to))
        return RANGE_NO_DATE;
    if (date_before(r.to, r.from))
        return RANGE_BACKWARDS;
    *out = r;
    return RANGE_OK;
}

const char *
date_range_format(DateRange r, char out[DATE_RANGE_TEXT_LEN])
{
    char from[DATE_TEXT_LEN], to[DATE_TEXT_LEN];

    (void)snprintf(out, DATE_RANGE_TEXT_LEN, date_equal(r.from, r.to) ? "%s" : "%s..%s", date_format(r.from, from),
                   date_format(r.to, to));
    return out;
}
