/*
 * workers/features/feature_inputs.c
 *    Columns, windows and games behind every feature.
 */
#include "workers/features/feature_inputs.h"

#include "tables_gen.h"

const FeatureInput feature_inputs[FEATURE_COUNT] = {
    [FEATURE_POINTS_AVG_LAST_5]
    = {.columns = {{UPSTREAM_DAILY_CACHE, "points_avg_last_5"}, {UPSTREAM_SUMMARY, "points"}},
       .windows = {{UPSTREAM_DAILY_CACHE, "window_l5"}},
       .games = GAMES_OWN,
       .game_count = 5},
    [FEATURE_POINTS_AVG_LAST_10]
    = {.columns = {{UPSTREAM_DAILY_CACHE, "points_avg_last_10"}, {UPSTREAM_SUMMARY, "points"}},
       .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}},
       .games = GAMES_OWN,
       .game_count = 10},
    [FEATURE_POINTS_AVG_SEASON]
    = {.columns = {{UPSTREAM_DAILY_CACHE, "points_avg_season"}, {UPSTREAM_DAILY_CACHE, "games_played_season"}},
       .windows = {{UPSTREAM_DAILY_CACHE, "window_season"}}},
    [FEATURE_POINTS_STD_LAST_10]
    = {.columns = {{UPSTREAM_DAILY_CACHE, "points_std_last_10"}, {UPSTREAM_SUMMARY, "points"}},
       .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}},
       .games = GAMES_OWN,
       .game_count = 10},
    [FEATURE_GAMES_IN_LAST_7_DAYS] = {.columns = {{UPSTREAM_DAILY_CACHE, "games_in_last_7_days"}},
                                      .windows = {{UPSTREAM_DAILY_CACHE, "window_7d"}}},
    [FEATURE_FATIGUE_SCORE] = {.columns = {{UPSTREAM_COMPOSITE, "fatigue_score"},
                                           {UPSTREAM_CONTEXT, "back_to_back"},
                                           {UPSTREAM_CONTEXT, "days_rest"},
                                           {UPSTREAM_CONTEXT, "games_in_last_7_days"},
                                           {UPSTREAM_CONTEXT, "minutes_in_last_7_days"},
                                           {UPSTREAM_CONTEXT, "avg_minutes_per_game_last_7"},
                                           {UPSTREAM_CONTEXT, "back_to_backs_last_14_days"},
                                           {UPSTREAM_CONTEXT, "player_age"}},
                               .windows = {{UPSTREAM_CONTEXT, "window_7d"}, {UPSTREAM_CONTEXT, "window_14d"}}},
    [FEATURE_SHOT_ZONE_MISMATCH_SCORE]
    = {.columns = {{UPSTREAM_COMPOSITE, "shot_zone_mismatch_score"},
                   {UPSTREAM_PLAYER_ZONE, "primary_scoring_zone"},
                   {UPSTREAM_PLAYER_ZONE, "paint_rate_last_10"},
                   {UPSTREAM_PLAYER_ZONE, "mid_range_rate_last_10"},
                   {UPSTREAM_PLAYER_ZONE, "three_pt_rate_last_10"},
                   {UPSTREAM_TEAM_ZONE, "paint_defense_vs_league_avg"},
                   {UPSTREAM_TEAM_ZONE, "mid_range_defense_vs_league_avg"},
                   {UPSTREAM_TEAM_ZONE, "three_pt_defense_vs_league_avg"}},
       .windows = {{UPSTREAM_PLAYER_ZONE, "window_10"}, {UPSTREAM_TEAM_ZONE, "window_15"}}},
    [FEATURE_PACE_SCORE] = {.columns = {{UPSTREAM_COMPOSITE, "pace_score"},
                                        {UPSTREAM_CONTEXT, "pace_differential"},
                                        {UPSTREAM_CONTEXT, "team_pace_last_10"},
                                        {UPSTREAM_CONTEXT, "opponent_pace_last_10"},
                                        {UPSTREAM_CONTEXT, "league_pace"}}},
    [FEATURE_USAGE_SPIKE_SCORE] = {.columns = {{UPSTREAM_COMPOSITE, "usage_spike_score"},
                                               {UPSTREAM_CONTEXT, "projected_usage_rate"},
                                               {UPSTREAM_CONTEXT, "avg_usage_rate_last_7_games"},
                                               {UPSTREAM_CONTEXT, "star_teammates_out"}}},
    [FEATURE_REST_ADVANTAGE] = {.columns = {{UPSTREAM_CONTEXT, "days_rest"}, {UPSTREAM_CONTEXT, "opponent_days_rest"}}},
    [FEATURE_INJURY_RISK] = {.columns = {{UPSTREAM_CONTEXT, "player_status"}}},
    [FEATURE_RECENT_TREND] = {.columns = {{UPSTREAM_SUMMARY, "points"}},
                              .windows = {{UPSTREAM_DAILY_CACHE, "window_l5"}},
                              .games = GAMES_OWN,
                              .game_count = 5},
    [FEATURE_MINUTES_CHANGE]
    = {.columns = {{UPSTREAM_DAILY_CACHE, "minutes_avg_last_10"},
                   {UPSTREAM_DAILY_CACHE, "minutes_avg_season"},
                   {UPSTREAM_SUMMARY, "minutes"}},
       .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}, {UPSTREAM_DAILY_CACHE, "window_season"}},
       .games = GAMES_OWN,
       .game_count = 10},
    [FEATURE_OPPONENT_DEF_RATING] = {.columns = {{UPSTREAM_TEAM_ZONE, "defensive_rating_last_15"}},
                                     .windows = {{UPSTREAM_TEAM_ZONE, "window_15"}}},
    [FEATURE_OPPONENT_PACE] = {.columns = {{UPSTREAM_TEAM_ZONE, "opponent_pace"}},
                               .windows = {{UPSTREAM_TEAM_ZONE, "window_15"}}},
    [FEATURE_HOME_AWAY] = {.columns = {{UPSTREAM_CONTEXT, "is_home"}}},
    [FEATURE_BACK_TO_BACK] = {.columns = {{UPSTREAM_CONTEXT, "back_to_back"}, {UPSTREAM_CONTEXT, "days_rest"}}},
    [FEATURE_PLAYOFF_GAME] = {.columns = {{UPSTREAM_CONTEXT, "season_phase"}}},
    [FEATURE_PCT_PAINT]
    = {.columns = {{UPSTREAM_PLAYER_ZONE, "paint_rate_last_10"}, {UPSTREAM_DAILY_CACHE, "paint_rate_last_10"}},
       .windows = {{UPSTREAM_PLAYER_ZONE, "window_10"}}},
    [FEATURE_PCT_MID_RANGE] = {.columns = {{UPSTREAM_PLAYER_ZONE, "mid_range_rate_last_10"}},
                               .windows = {{UPSTREAM_PLAYER_ZONE, "window_10"}}},
    [FEATURE_PCT_THREE]
    = {.columns = {{UPSTREAM_PLAYER_ZONE, "three_pt_rate_last_10"}, {UPSTREAM_DAILY_CACHE, "three_pt_rate_last_10"}},
       .windows = {{UPSTREAM_PLAYER_ZONE, "window_10"}}},
    [FEATURE_PCT_FREE_THROW] = {.columns = {{UPSTREAM_SUMMARY, "ft_makes"}, {UPSTREAM_SUMMARY, "points"}},
                                .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}},
                                .games = GAMES_OWN,
                                .game_count = 10},
    [FEATURE_TEAM_PACE] = {.columns = {{UPSTREAM_DAILY_CACHE, "team_pace_last_10"}},
                           .windows = {{UPSTREAM_DAILY_CACHE, "window_team_l10"}}},
    [FEATURE_TEAM_OFF_RATING] = {.columns = {{UPSTREAM_DAILY_CACHE, "team_off_rating_last_10"}},
                                 .windows = {{UPSTREAM_DAILY_CACHE, "window_team_l10"}}},
    [FEATURE_TEAM_WIN_PCT] = {.columns = {{UPSTREAM_SUMMARY, "won"}}, .games = GAMES_TEAM},
    [FEATURE_VEGAS_POINTS_LINE] = {.columns = {{UPSTREAM_CONTEXT, "current_points_line"},
                                               {UPSTREAM_CONTEXT, "line_sportsbook"},
                                               {UPSTREAM_CONTEXT, "line_book_count"},
                                               {UPSTREAM_CONTEXT, "line_stamp"}}},
    [FEATURE_VEGAS_OPENING_LINE]
    = {.columns = {{UPSTREAM_CONTEXT, "opening_points_line"}, {UPSTREAM_CONTEXT, "line_sportsbook"}}},
    [FEATURE_VEGAS_LINE_MOVE]
    = {.columns = {{UPSTREAM_CONTEXT, "current_points_line"}, {UPSTREAM_CONTEXT, "opening_points_line"}}},
    [FEATURE_HAS_VEGAS_LINE] = {.columns = {{UPSTREAM_CONTEXT, "current_points_line"}}},
    [FEATURE_AVG_POINTS_VS_OPPONENT] = {.columns = {{UPSTREAM_SUMMARY, "points"}}, .games = GAMES_MEETINGS},
    [FEATURE_GAMES_VS_OPPONENT] = {.columns = {{UPSTREAM_SUMMARY, "points"}}, .games = GAMES_MEETINGS},
    [FEATURE_MINUTES_AVG_LAST_10]
    = {.columns = {{UPSTREAM_SUMMARY, "minutes"}, {UPSTREAM_DAILY_CACHE, "minutes_avg_last_10"}},
       .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}},
       .games = GAMES_OWN,
       .game_count = 10},
    [FEATURE_PPM_AVG_LAST_10]
    = {.columns = {{UPSTREAM_SUMMARY, "points"}, {UPSTREAM_SUMMARY, "minutes"}, {UPSTREAM_DAILY_CACHE, "ppm_last_10"}},
       .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}},
       .games = GAMES_OWN,
       .game_count = 10},
    [FEATURE_DNP_RATE] = {.columns = {{UPSTREAM_SUMMARY, "minutes"}},
                          .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}},
                          .games = GAMES_OWN,
                          .game_count = 10},
    [FEATURE_PTS_SLOPE_10G] = {.columns = {{UPSTREAM_SUMMARY, "points"}},
                               .windows = {{UPSTREAM_DAILY_CACHE, "window_l10"}},
                               .games = GAMES_OWN,
                               .game_count = 10},
    [FEATURE_PTS_VS_SEASON_ZSCORE] = {.columns = {{UPSTREAM_DAILY_CACHE, "points_avg_last_5"},
                                                  {UPSTREAM_DAILY_CACHE, "points_avg_season"},
                                                  {UPSTREAM_DAILY_CACHE, "points_std_last_10"}},
                                      .windows = {{UPSTREAM_DAILY_CACHE, "window_l5"},
                                                  {UPSTREAM_DAILY_CACHE, "window_l10"},
                                                  {UPSTREAM_DAILY_CACHE, "window_season"}}},
    [FEATURE_BREAKOUT_FLAG] = {.columns = {{UPSTREAM_DAILY_CACHE, "points_avg_last_5"},
                                           {UPSTREAM_DAILY_CACHE, "points_avg_season"},
                                           {UPSTREAM_DAILY_CACHE, "points_std_last_10"}},
                               .windows = {{UPSTREAM_DAILY_CACHE, "window_l5"},
                                           {UPSTREAM_DAILY_CACHE, "window_l10"},
                                           {UPSTREAM_DAILY_CACHE, "window_season"}}},
};

const TableDesc *
feature_upstream_desc(FeatureUpstream u)
{
    static const TableDesc *const tables[UPSTREAM_COUNT] = {
        [UPSTREAM_DAILY_CACHE] = &player_cache_table, [UPSTREAM_COMPOSITE] = &player_composite_table,
        [UPSTREAM_PLAYER_ZONE] = &player_zone_table,  [UPSTREAM_TEAM_ZONE] = &team_zone_table,
        [UPSTREAM_CONTEXT] = &upcoming_player_table,  [UPSTREAM_SUMMARY] = &player_game_table,
    };

    return tables[u];
}
