/*
 * libcore/base/date.c
 *    Calendar arithmetic by days from the civil calendar; no time zone database, no libc locale.
 */
#include "libcore/base/date.h"
#include <stdio.h>
#include <string.h>

static const int64_t US_PER_SECOND = INT64_C(1000000);
static const int64_t US_PER_DAY = INT64_C(86400000000);

/* Days since 1970-01-01 of a proleptic Gregorian day (H. Hinnant, "chrono-compatible low-level
 * date algorithms"). */
static int32_t
days_from_civil(int y, int m, int d)
{
    int era, yoe, doy, doe;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    yoe = y - era * 400;
    doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void
date_parts(GameDate date, int *year, int *month, int *day)
{
    int z = date.days + 719468;
    int era = (z >= 0 ? z : z - 146096) / 146097;
    int doe = z - era * 146097;
    int yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int mp = (5 * doy + 2) / 153;

    *day = doy - (153 * mp + 2) / 5 + 1;
    *month = mp < 10 ? mp + 3 : mp - 9;
    *year = yoe + era * 400 + (*month <= 2);
}

bool
date_make(int year, int month, int day, GameDate *out)
{
    GameDate d;
    int y, m, dd;

    if (year < 1900 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    d.days = days_from_civil(year, month, day);
    date_parts(d, &y, &m, &dd);
    if (m != month || dd != day)
        return false;
    *out = d;
    return true;
}

/* Reads exactly n digits. */
static bool
digits(const char *s, int n, int *out)
{
    int v = 0;

    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *out = v;
    return true;
}

bool
date_parse(const char *s, GameDate *out)
{
    int y, m, d;

    return strlen(s) == 10 && digits(s, 4, &y) && s[4] == '-' && digits(s + 5, 2, &m) && s[7] == '-'
           && digits(s + 8, 2, &d) && date_make(y, m, d, out);
}

const char *
date_format(GameDate date, char out[DATE_TEXT_LEN])
{
    int y, m, d;

    date_parts(date, &y, &m, &d);
    (void)snprintf(out, DATE_TEXT_LEN, "%04u-%02u-%02u", (unsigned)y % 10000u, (unsigned)m % 100u, (unsigned)d % 100u);
    return out;
}

GameDate
date_add(GameDate d, int32_t days)
{
    return (GameDate){d.days + days};
}

int32_t
date_diff(GameDate later, GameDate earlier)
{
    return later.days - earlier.days;
}

bool
date_is_null(GameDate d)
{
    return d.days == INT32_MIN;
}

int32_t
date_season_year(GameDate date)
{
    int y, m, d;

    date_parts(date, &y, &m, &d);
    return m >= 10 ? y : y - 1;
}

const char *
season_label(int32_t season_year, char out[8])
{
    (void)snprintf(out, 8, "%04u-%02u", (unsigned)season_year % 10000u, (unsigned)(season_year + 1) % 100u);
    return out;
}

/* The n-th Sunday of a month. */
static int32_t
nth_sunday(int year, int month, int n)
{
    int32_t first = days_from_civil(year, month, 1);
    int32_t weekday = (first % 7 + 11) % 7; /* 0 is Sunday: 1970-01-01 was a Thursday */

    return first + (7 - weekday) % 7 + 7 * (n - 1);
}

/* Eastern offset from UTC in hours at that instant: daylight time from 07:00Z on the second Sunday
 * of March to 06:00Z on the first Sunday of November. */
static int
eastern_offset_hours(int64_t us)
{
    int64_t day = us / US_PER_DAY - (us % US_PER_DAY < 0);
    int y, m, d;
    int64_t from, to;

    date_parts((GameDate){(int32_t)day}, &y, &m, &d);
    from = nth_sunday(y, 3, 2) * US_PER_DAY + INT64_C(7) * 3600 * US_PER_SECOND;
    to = nth_sunday(y, 11, 1) * US_PER_DAY + INT64_C(6) * 3600 * US_PER_SECOND;
    return us >= from && us < to ? -4 : -5;
}

GameDate
instant_game_date(Instant t)
{
    int64_t local = t.us + INT64_C(3600) * eastern_offset_hours(t.us) * US_PER_SECOND;

    return (GameDate){(int32_t)(local / US_PER_DAY - (local % US_PER_DAY < 0))};
}

Instant
date_eastern_instant(GameDate d, int hour, int minute)
{
    int64_t local = d.days * US_PER_DAY + (INT64_C(3600) * hour + INT64_C(60) * minute) * US_PER_SECOND;
    int64_t guess = local + INT64_C(5) * 3600 * US_PER_SECOND;

    return (Instant){local - INT64_C(3600) * eastern_offset_hours(guess) * US_PER_SECOND};
}

bool
instant_parse(const char *s, Instant *out)
{
    int y, mo, d, h, mi, se, frac = 0, scale = 6;
    GameDate day;

    if (strlen(s) < 20 || !digits(s, 4, &y) || s[4] != '-' || !digits(s + 5, 2, &mo) || s[7] != '-'
        || !digits(s + 8, 2, &d) || s[10] != 'T' || !digits(s + 11, 2, &h) || s[13] != ':' || !digits(s + 14, 2, &mi)
        || s[16] != ':' || !digits(s + 17, 2, &se) || !date_make(y, mo, d, &day) || h > 23 || mi > 59 || se > 59)
        return false;
    s += 19;
    if (*s == '.') {
        for (s++; *s >= '0' && *s <= '9' && scale > 0; s++, scale--)
            frac = frac * 10 + (*s - '0');
        if (scale == 6)
            return false;
        for (; scale > 0; scale--)
            frac *= 10;
    }
    if (s[0] != 'Z' || s[1] != '\0')
        return false;
    out->us = day.days * US_PER_DAY + (h * 3600 + mi * 60 + se) * US_PER_SECOND + frac;
    return true;
}

const char *
instant_format(Instant t, char out[INSTANT_TEXT_LEN])
{
    int64_t day = t.us / US_PER_DAY - (t.us % US_PER_DAY < 0);
    int64_t rest = t.us - day * US_PER_DAY;
    int64_t sec = rest / US_PER_SECOND;
    char date[DATE_TEXT_LEN];

    (void)snprintf(out, INSTANT_TEXT_LEN, "%sT%02u:%02u:%02u.%06uZ", date_format((GameDate){(int32_t)day}, date),
                   (unsigned)(sec / 3600) % 100u, (unsigned)(sec / 60 % 60), (unsigned)(sec % 60),
                   (unsigned)(rest % US_PER_SECOND) % 1000000u);
    return out;
}

bool
instant_is_null(Instant t)
{
    return t.us == INT64_MIN;
}
