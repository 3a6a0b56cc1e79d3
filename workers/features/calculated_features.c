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
    return (FeatureValue){.value = value, .source = source};
}

FeatureValue
feature_missing(void)
{
    return (FeatureValue){.value = NULL_F64, .source = FEATURE_SOURCE_MISSING};
}

FeatureValue
feature_either(FeatureValue first, FeatureValue second)
{
    return f64_is_null(first.value) ? second : first;
}

static FeatureValue
calculated(double value)
{
    return feature_value(round9(value), FEATURE_SOURCE_CALCULATED);
}

/* Of values[from..from + n), the oldest first. */
static double
sum(const double *values, size_t from, size_t n)
{
    double total = 0.0;

    for (size_t i = from + n; i > from; i--)
        total += values[i - 1];
    return total;
}

double
recent_mean(const double *newest_first, size_t count, size_t n)
{
    if (n == 0 || count < n)
        return NULL_F64;
    return sum(newest_first, 0, n) / (double)n;
}

double
recent_points_std(const RecentGames *recent)
{
    double mean = recent_mean(recent->points, recent->count, recent->count);
    double squares = 0.0;

    if (recent->count < 2)
        return NULL_F64;
    for (size_t i = recent->count; i > 0; i--)
        squares += (recent->points[i - 1] - mean) * (recent->points[i - 1] - mean);
    return sqrt(squares / (double)(recent->count - 1));
}

double
recent_points_per_minute(const RecentGames *recent)
{
    double minutes = sum(recent->minutes, 0, recent->count);

    return minutes > 0.0 ? sum(recent->points, 0, recent->count) / minutes : NULL_F64;
}

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
    double newest, before;

    if (recent->count < TREND_GAMES)
        return feature_missing();
    newest = sum(recent->points, 0, TREND_NEWEST) / TREND_NEWEST;
    before = sum(recent->points, TREND_NEWEST, TREND_GAMES - TREND_NEWEST) / (TREND_GAMES - TREND_NEWEST);
    return calculated(step(newest - before, 2.0, 5.0));
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
    double points = sum(recent->points, 0, recent->count);

    if (recent->count < TREND_GAMES || !(points > 0.0))
        return feature_missing();
    return calculated(clamp(sum(recent->ft_makes, 0, recent->count) / points, 0.0, 0.5));
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

FeatureValue
calc_points_slope(const RecentGames *recent)
{
    double n = (double)recent->count;
    double mean_x = (n - 1.0) / 2.0;
    double mean_y = recent_mean(recent->points, recent->count, recent->count);
    double covariance = 0.0, variance = 0.0;

    if (recent->count < TREND_GAMES)
        return feature_missing();
    for (size_t x = 0; x < recent->count; x++) {
        double dx = (double)x - mean_x;

        covariance += dx * (recent->points[recent->count - 1 - x] - mean_y);
        variance += dx * dx;
    }
    return calculated(covariance / variance);
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
