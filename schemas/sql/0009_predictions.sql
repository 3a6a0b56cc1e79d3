-- What each player scored in his past games that were like the one to come.
create table features.player_similarity (
    game_date date not null,
    player_lookup text not null,
    baseline double precision,
    games integer not null,
    avg_score double precision,
    min_score double precision,
    points_std double precision,
    opponent_tier text,
    trend text,
    days_rest integer,
    window_used integer not null,
    window_expected integer not null,
    reason text,
    row_hash bytea not null,
    primary key (game_date, player_lookup)
);
