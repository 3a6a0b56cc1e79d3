-- Which feeds the deployment subscribes to; NULL: those that topics/feeds.toml says.
alter table ops.deployment add column feeds text[];

-- Injury reports and the lines of games.
create table raw.injury_report (
    game_date date not null,
    team text not null,
    player_name text not null,
    report_no integer not null,
    game_id text not null,
    is_scheduled boolean not null,
    status text not null,
    reason text,
    report_time timestamptz not null,
    row_hash bytea not null,
    primary key (game_date, team, player_name, report_no)
);
alter table raw.injury_report
    add check (status in ('out', 'doubtful', 'questionable', 'probable', 'available'));

create table raw.game_line (
    game_date date not null,
    game_id text not null,
    row_no integer not null,
    is_scheduled boolean not null,
    bookmaker text not null,
    market text not null,
    outcome text not null,
    point double precision,
    price integer,
    snapshot_time timestamptz not null,
    commence_time timestamptz,
    row_hash bytea not null,
    primary key (game_date, game_id, row_no)
);

alter table raw.prop_line add column posted_at timestamptz;

alter table analytics.upcoming_player_game_context add column report_stamp timestamptz;

alter table analytics.upcoming_team_game_context
    add column games_in_last_14_days integer,
    add column game_number_in_season integer,
    add column win_streak integer,
    add column loss_streak integer,
    add column last_game_margin integer,
    add column game_spread double precision,
    add column game_total double precision,
    add column opening_spread double precision,
    add column opening_total double precision,
    add column spread_move double precision,
    add column total_move double precision,
    add column odds_bookmaker text,
    add column odds_stamp timestamptz,
    add column players_out integer,
    add column players_questionable integer;

-- Shots by the source's own zones, beside those by distance.
alter table analytics.player_game_summary
    add column area_paint_attempts integer,
    add column area_paint_makes integer,
    add column area_mid_attempts integer,
    add column area_mid_makes integer,
    add column area_three_attempts integer,
    add column area_three_makes integer;

alter table analytics.team_offense_game_summary
    add column points_in_paint integer,
    add column area_paint_attempts integer,
    add column area_paint_makes integer,
    add column area_mid_attempts integer,
    add column area_mid_makes integer,
    add column area_three_attempts integer,
    add column area_three_makes integer;

alter table analytics.team_defense_game_summary
    add column area_paint_attempts integer,
    add column area_paint_makes integer,
    add column area_mid_attempts integer,
    add column area_mid_makes integer,
    add column area_three_attempts integer,
    add column area_three_makes integer;

-- What no game can be. A value that is NULL is not judged.
alter table analytics.player_game_summary
    add constraint player_counts check (least(points, fg_makes, three_makes, ft_makes, offensive_rebounds,
        defensive_rebounds, assists, steals, blocks, turnovers, personal_fouls, paint_makes, mid_makes,
        three_makes_shots, area_paint_makes, area_mid_makes, area_three_makes) >= 0),
    add constraint player_threes check (three_makes <= fg_makes and three_attempts <= fg_attempts),
    add constraint player_zones check (paint_makes <= paint_attempts and mid_makes <= mid_attempts
        and three_makes_shots <= three_attempts_shots),
    add constraint player_areas check (area_paint_makes <= area_paint_attempts and area_mid_makes <= area_mid_attempts
        and area_three_makes <= area_three_attempts);

alter table analytics.team_offense_game_summary
    add constraint offense_counts check (least(opponent_points, fg_makes, three_makes, ft_makes, offensive_rebounds,
        defensive_rebounds, turnovers, overtime_periods, paint_makes, mid_makes, points_in_paint, area_paint_makes,
        area_mid_makes, area_three_makes) >= 0),
    add constraint offense_makes check (fg_makes <= fg_attempts and three_makes <= three_attempts
        and ft_makes <= ft_attempts),
    add constraint offense_zones check (paint_makes <= paint_attempts and mid_makes <= mid_attempts),
    add constraint offense_areas check (area_paint_makes <= area_paint_attempts and area_mid_makes <= area_mid_attempts
        and area_three_makes <= area_three_attempts),
    add constraint offense_minutes check (not is_complete or minutes >= 200),
    add constraint offense_pace check (pace > 0);

alter table analytics.team_defense_game_summary
    add constraint defense_counts check (least(blocks, steals, turnovers_forced, paint_makes, mid_makes, three_makes,
        area_paint_makes, area_mid_makes, area_three_makes) >= 0),
    add constraint defense_points check (points_allowed > 0),
    add constraint defense_zones check (paint_makes <= paint_attempts and mid_makes <= mid_attempts
        and three_makes <= three_attempts),
    add constraint defense_areas check (area_paint_makes <= area_paint_attempts and area_mid_makes <= area_mid_attempts
        and area_three_makes <= area_three_attempts),
    add constraint defense_pace check (opponent_pace > 0);
