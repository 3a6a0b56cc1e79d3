/*
 * workers/features/feature_contract.c
 *    The rows of the feature contract.
 */
#include "workers/features/feature_contract.h"

#include <string.h>

const char feature_version[] = "v2_37features";

const FeatureUpstreamSpec feature_upstream_table[UPSTREAM_COUNT] = {
    [UPSTREAM_DAILY_CACHE] = {"precompute.player_daily_cache", "player_daily_cache"},
    [UPSTREAM_COMPOSITE] = {"precompute.player_composite_factors", "player_composite_factors"},
    [UPSTREAM_PLAYER_ZONE] = {"precompute.player_shot_zone_analysis", "player_shot_zone"},
    [UPSTREAM_TEAM_ZONE] = {"precompute.team_defense_zone_analysis", "team_defense_zone"},
    [UPSTREAM_CONTEXT] = {"analytics.upcoming_player_game_context", "upcoming_context"},
    [UPSTREAM_SUMMARY] = {"analytics.player_game_summary", NULL},
    [UPSTREAM_CALCULATED] = {"calculated", NULL},
};

/* Ranges are what the season's real values stay within, with room. Rates of shots are fractions
 * here and percents in the precompute tables. */
const FeatureSpec feature_contract[FEATURE_COUNT] = {
    /* name, category, upstream, feed; is required, range is critical, min, max, description */
    {"points_avg_last_5", CATEGORY_PLAYER_HISTORY, UPSTREAM_DAILY_CACHE, "boxscores", true, false, 0, 70,
     "mean points of the last 5 played games"},
    {"points_avg_last_10", CATEGORY_PLAYER_HISTORY, UPSTREAM_DAILY_CACHE, "boxscores", true, false, 0, 70,
     "mean points of the last 10 played games"},
    {"points_avg_season", CATEGORY_PLAYER_HISTORY, UPSTREAM_DAILY_CACHE, "boxscores", true, false, 0, 70,
     "mean points of the season's played games"},
    {"points_std_last_10", CATEGORY_PLAYER_HISTORY, UPSTREAM_DAILY_CACHE, "boxscores", true, false, 0, 30,
     "sample standard deviation of points over the last 10 played games"},
    {"games_in_last_7_days", CATEGORY_PLAYER_HISTORY, UPSTREAM_DAILY_CACHE, "boxscores", true, false, 0, 4,
     "games played in the 7 days before the date"},
    {"fatigue_score", CATEGORY_MATCHUP, UPSTREAM_COMPOSITE, "boxscores", true, true, 0, 100,
     "100 is fresh, 0 is spent"},
    {"shot_zone_mismatch_score", CATEGORY_MATCHUP, UPSTREAM_COMPOSITE, "shots", true, false, -15, 15,
     "his zone against the opponent's defense of it; positive favours him"},
    {"pace_score", CATEGORY_MATCHUP, UPSTREAM_COMPOSITE, "boxscores", true, false, -8, 8,
     "expected pace against the league's; positive is faster"},
    {"usage_spike_score", CATEGORY_MATCHUP, UPSTREAM_COMPOSITE, "boxscores", true, false, -8, 8,
     "projected usage against recent usage; positive is more"},
    {"rest_advantage", CATEGORY_GAME_CONTEXT, UPSTREAM_CALCULATED, "boxscores", true, false, -3, 3,
     "the player's days of rest minus the opponent's, within 2"},
    {"injury_risk", CATEGORY_GAME_CONTEXT, UPSTREAM_CALCULATED, "injuries", true, false, 0, 3,
     "0 available, 1 probable, 2 questionable, 3 doubtful or out"},
    {"recent_trend", CATEGORY_GAME_CONTEXT, UPSTREAM_CALCULATED, "boxscores", true, false, -2, 2,
     "newest 3 games against the 2 before them; positive is improving"},
    {"minutes_change", CATEGORY_GAME_CONTEXT, UPSTREAM_CALCULATED, "boxscores", true, false, -2, 2,
     "minutes of the last 10 games against the season's; positive is more"},
    {"opponent_def_rating", CATEGORY_MATCHUP, UPSTREAM_TEAM_ZONE, "boxscores", true, false, 90, 130,
     "the opponent's points allowed per 100 possessions, last 15 games"},
    {"opponent_pace", CATEGORY_MATCHUP, UPSTREAM_TEAM_ZONE, "boxscores", true, false, 90, 115,
     "possessions per 48 minutes in the opponent's last 15 games"},
    {"home_away", CATEGORY_GAME_CONTEXT, UPSTREAM_CONTEXT, "schedule", true, false, 0, 1, "1 at home"},
    {"back_to_back", CATEGORY_GAME_CONTEXT, UPSTREAM_CONTEXT, "boxscores", true, false, 0, 1,
     "1 if the player played the day before"},
    {"playoff_game", CATEGORY_GAME_CONTEXT, UPSTREAM_CONTEXT, "schedule", true, false, 0, 1, "1 in the playoffs"},
    {"pct_paint", CATEGORY_GAME_CONTEXT, UPSTREAM_PLAYER_ZONE, "shots", true, false, 0, 1,
     "share of attempts in the paint"},
    {"pct_mid_range", CATEGORY_GAME_CONTEXT, UPSTREAM_PLAYER_ZONE, "shots", true, false, 0, 1,
     "share of attempts from mid range"},
    {"pct_three", CATEGORY_GAME_CONTEXT, UPSTREAM_PLAYER_ZONE, "shots", true, false, 0, 1,
     "share of attempts for three"},
    {"pct_free_throw", CATEGORY_GAME_CONTEXT, UPSTREAM_CALCULATED, "boxscores", true, false, 0, 0.5,
     "share of points from free throws over the last 10 games"},
    {"team_pace", CATEGORY_TEAM_CONTEXT, UPSTREAM_DAILY_CACHE, "boxscores", true, false, 90, 115,
     "possessions per 48 minutes in the team's last 10 games"},
    {"team_off_rating", CATEGORY_TEAM_CONTEXT, UPSTREAM_DAILY_CACHE, "boxscores", true, false, 90, 130,
     "the team's points per 100 possessions, last 10 games"},
    {"team_win_pct", CATEGORY_TEAM_CONTEXT, UPSTREAM_CALCULATED, "boxscores", true, false, 0, 1,
     "the team's share of games won this season"},
    {"vegas_points_line", CATEGORY_VEGAS, UPSTREAM_CONTEXT, "props", false, false, 0, 80,
     "the points line before tip-off"},
    {"vegas_opening_line", CATEGORY_VEGAS, UPSTREAM_CONTEXT, "props", false, false, 0, 80,
     "the first points line of the game"},
    {"vegas_line_move", CATEGORY_VEGAS, UPSTREAM_CALCULATED, "props", false, false, -15, 15,
     "the line minus the opening line"},
    {"has_vegas_line", CATEGORY_VEGAS, UPSTREAM_CALCULATED, NULL, true, false, 0, 1, "1 if there is a points line"},
    {"avg_points_vs_opponent", CATEGORY_PLAYER_HISTORY, UPSTREAM_SUMMARY, "boxscores", true, false, 0, 70,
     "mean points against this opponent this season"},
    {"games_vs_opponent", CATEGORY_PLAYER_HISTORY, UPSTREAM_SUMMARY, "boxscores", true, false, 0, 100,
     "games played against this opponent this season"},
    {"minutes_avg_last_10", CATEGORY_PLAYER_HISTORY, UPSTREAM_SUMMARY, "boxscores", true, false, 0, 48,
     "mean minutes of the last 10 played games"},
    {"ppm_avg_last_10", CATEGORY_PLAYER_HISTORY, UPSTREAM_SUMMARY, "boxscores", true, false, 0, 1.5,
     "points a minute over the last 10 played games, sum over sum"},
    {"dnp_rate", CATEGORY_PLAYER_HISTORY, UPSTREAM_CALCULATED, "boxscores", true, false, 0, 1,
     "share of the last 10 team games, box score complete, that he sat out"},
    {"pts_slope_10g", CATEGORY_PLAYER_HISTORY, UPSTREAM_CALCULATED, "boxscores", true, false, -5, 5,
     "points a game by which the last 10 games rise, least squares"},
    {"pts_vs_season_zscore", CATEGORY_PLAYER_HISTORY, UPSTREAM_CALCULATED, "boxscores", true, false, -4, 4,
     "last 5 against the season in standard deviations, within 3"},
    {"breakout_flag", CATEGORY_PLAYER_HISTORY, UPSTREAM_CALCULATED, "boxscores", true, false, 0, 1,
     "1 if the last 5 exceed the season by more than 1.5 standard deviations"},
};

const FeatureSourceSpec feature_source_table[FEATURE_SOURCE_COUNT] = {
    [FEATURE_SOURCE_PHASE4] = {"phase4", 100, "phase4", false, true},
    [FEATURE_SOURCE_PHASE3] = {"phase3", 87, "phase3", false, true},
    [FEATURE_SOURCE_CALCULATED] = {"calculated", 100, "calculated", false, true},
    [FEATURE_SOURCE_VEGAS] = {"vegas", 100, "phase4", false, true},
    [FEATURE_SOURCE_OPPONENT_HISTORY] = {"opponent_history", 90, "phase4", false, true},
    [FEATURE_SOURCE_MINUTES_PPM] = {"minutes_ppm", 95, "phase4", false, true},
    [FEATURE_SOURCE_DEFAULT] = {"default", 40, "default", true, true},
    [FEATURE_SOURCE_FALLBACK] = {"fallback", 40, "default", true, true},
    [FEATURE_SOURCE_MISSING] = {"missing", 0, "default", true, true},
    [FEATURE_SOURCE_NOT_SUBSCRIBED] = {"not_subscribed", 0, "default", true, false},
    [FEATURE_SOURCE_NO_HISTORY] = {"no_history", 0, "default", true, false},
};

bool
feature_source_parse(const char *label, FeatureSource *out)
{
    for (int s = 0; s < FEATURE_SOURCE_COUNT; s++) {
        if (strcmp(feature_source_table[s].label, label) == 0) {
            *out = (FeatureSource)s;
            return true;
        }
    }
    return false;
}
