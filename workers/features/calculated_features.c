/*
 * workers/features/calculated_features.c
 *    The formulas of the calculated features; pure arithmetic over values that the caller found.
 */
#include "workers/features/calculated_features.h"

#include <strings.h>

#include "libcore/base/value.h"

enum { TREND_GAMES = 5, TREND_NEWEST = 3, MIN_TEAM_GAMES = 5, MIN_DNP_GAMES = 3 };

static double
clamp(double v, double low, double high)
{
    return v < low ? low : v > high ? high : v;
}

static double
round9(double v)
{
    return round(v * 1e9) / 1e9;
}

/* -2..2: two steps either side of zero. Rounded first, so that an exact tenth stays one. */
static double
step(double change, double small, double large)
{
    double size = fabs(round9(change));
    double steps = size >= large ? 2.0 : size >= small ? 1.0 : 0.0;

    return change < 0.0 ? 0.0 - steps : steps;
}

FeatureValue
feature_value(double value, FeatureSource source)
{
    if (f64_is_null(value))
        return feature_missing();
    return (FeatureValue){.value = value, .source = source, .sample = NULL_I32};
}

FeatureValue
feature_missing(void)
{
    return (FeatureValue){.value = NULL_F64, .source = FEATURE_SOURCE_MISSING, .sample = NULL_I32};
}

FeatureValue
feature_either(FeatureValue first, FeatureValue second)
{
    if (!f64_is_null(first.value))
        return first;
    second.is_incomplete = second.is_incomplete || (f64_is_null(second.value) && first.is_incomplete);
    return second;
}

FeatureValue
feature_flagged(FeatureValue f, bool is_incomplete)
{
    if (!is_incomplete)
        return f;
    f.source = feature_source_incomplete(f.source);
    f.is_incomplete = true;
    return f;
}

FeatureValue
feature_sampled(FeatureValue f, int32_t sample)
{
    f.sample = sample;
    return f;
}

FeatureValue
feature_windowed(FeatureValue f, WindowCount window)
{
    const WindowVerdict verdict = window_verdict(window);

    if (verdict == WINDOW_SKIPPED)
        f = feature_missing();
    return feature_sampled(feature_flagged(f, verdict != WINDOW_WHOLE), window.used);
}

static FeatureValue
calculated(double value)
{
    return feature_value(round9(value), FEATURE_SOURCE_CALCULATED);
}

/* ---- sums over windows ---- */

/* Known values of newest_first[from..from + n), the oldest first; *known is how many. */
static double
sum(const double *newest_first, size_t from, size_t n, size_t *known)
{
    double total = 0.0;

    *known = 0;
    for (size_t i = from + n; i > from; i--) {
        if (f64_is_null(newest_first[i - 1]))
            continue;
        total += newest_first[i - 1];
        ++*known;
    }
    return total;
}

static double
mean(const double *newest_first, size_t from, size_t n)
{
    size_t known;
    double total = sum(newest_first, from, n, &known);

    return known == 0 ? NULL_F64 : total / (double)known;
}

WindowCount
recent_window(const RecentGames *recent, size_t n)
{
    WindowCount w = {.expected = (int32_t)(recent->count < n ? recent->count : n)};

    for (int32_t i = 0; i < w.expected; i++)
        w.used += !f64_is_null(recent->points[i]);
    return w;
}

double
recent_mean(const double *newest_first, size_t count, size_t n)
{
    if (n == 0 || count < n)
        return NULL_F64;
    return mean(newest_first, 0, n);
}

double
recent_points_std(const RecentGames *recent)
{
    const double average = recent_mean(recent->points, recent->count, recent->count);
    double squares = 0.0;
    size_t known = 0;

    for (size_t i = recent->count; i > 0; i--) {
        if (f64_is_null(recent->points[i - 1]))
            continue;
        squares += (recent->points[i - 1] - average) * (recent->points[i - 1] - average);
        known++;
    }
    return known < 2 ? NULL_F64 : sqrt(squares / (double)(known - 1));
}

double
recent_points_per_minute(const RecentGames *recent)
{
    size_t known;
    double minutes = sum(recent->minutes, 0, recent->count, &known);

    return minutes > 0.0 ? sum(recent->points, 0, recent->count, &known) / minutes : NULL_F64;
}

/* ---- formulas ---- */

FeatureValue
calc_rest_advantage(int32_t days_rest, int32_t opponent_days_rest)
{
    if (i32_is_null(days_rest) || i32_is_null(opponent_days_rest))
        return feature_missing();
    return calculated(clamp((double)days_rest - (double)opponent_days_rest, -2.0, 2.0));
}

FeatureValue
calc_injury_risk(const char *player_status)
{
    static const struct {
        const char *status;
        double risk;
    } risks[] = {
        {"available", 0.0}, {"probable", 1.0}, {"questionable", 2.0}, {"doubtful", 3.0}, {"out", 3.0},
    };

    if (player_status == NULL)
        return feature_missing();
    for (size_t i = 0; i < ARRAY_LEN(risks); i++) {
        if (strcasecmp(risks[i].status, player_status) == 0)
            return calculated(risks[i].risk);
    }
    return feature_missing();
}

FeatureValue
calc_recent_trend(const RecentGames *recent)
{
    double change;

    if (recent->count < TREND_GAMES)
        return feature_missing();
    change = mean(recent->points, 0, TREND_NEWEST) - mean(recent->points, TREND_NEWEST, TREND_GAMES - TREND_NEWEST);
    return f64_is_null(change) ? feature_missing() : calculated(step(change, 2.0, 5.0));
}

FeatureValue
calc_minutes_change(double minutes_last_10, double minutes_season)
{
    /* Written so that NULL, which compares false, is turned away as well. */
    if (!(minutes_last_10 > 0.0) || !(minutes_season > 0.0))
        return feature_missing();
    return calculated(step((minutes_last_10 - minutes_season) / minutes_season, 0.10, 0.20));
}

FeatureValue
calc_free_throw_share(const RecentGames *recent)
{
    size_t known;
    double points = sum(recent->points, 0, recent->count, &known);

    if (recent->count < TREND_GAMES || !(points > 0.0))
        return feature_missing();
    return calculated(clamp(sum(recent->ft_makes, 0, recent->count, &known) / points, 0.0, 0.5));
}

FeatureValue
calc_win_pct(int32_t wins, int32_t games)
{
    if (games < MIN_TEAM_GAMES)
        return feature_missing();
    return calculated((double)wins / (double)games);
}

FeatureValue
calc_dnp_rate(int32_t missed, int32_t team_games)
{
    if (team_games < MIN_DNP_GAMES)
        return feature_missing();
    return calculated((double)missed / (double)team_games);
}

/* Mean place, from 0 for the oldest, of the games that are known. */
static double
mean_place(const RecentGames *recent)
{
    double places = 0.0;
    size_t known = 0;

    for (size_t x = 0; x < recent->count; x++) {
        if (f64_is_null(recent->points[recent->count - 1 - x]))
            continue;
        places += (double)x;
        known++;
    }
    return places / (double)known;
}

FeatureValue
calc_points_slope(const RecentGames *recent)
{
    const double mean_x = mean_place(recent);
    const double mean_y = recent_mean(recent->points, recent->count, recent->count);
    double covariance = 0.0, variance = 0.0;

    if (recent->count < TREND_GAMES)
        return feature_missing();
    for (size_t x = 0; x < recent->count; x++) {
        const double points = recent->points[recent->count - 1 - x];
        const double dx = (double)x - mean_x;

        if (f64_is_null(points))
            continue;
        covariance += dx * (points - mean_y);
        variance += dx * dx;
    }
    return variance > 0.0 ? calculated(covariance / variance) : feature_missing();
}

FeatureValue
calc_points_zscore(double points_last_5, double points_season, double points_std)
{
    if (f64_is_null(points_last_5) || f64_is_null(points_season) || !(points_std > 0.0))
        return feature_missing();
    return calculated(clamp((points_last_5 - points_season) / points_std, -3.0, 3.0));
}

FeatureValue
calc_breakout_flag(double points_last_5, double points_season, double points_std)
{
    if (f64_is_null(points_last_5) || f64_is_null(points_season) || f64_is_null(points_std))
        return feature_missing();
    return calculated(points_last_5 > points_season + 1.5 * points_std ? 1.0 : 0.0);
}
