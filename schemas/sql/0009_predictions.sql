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

-- What a prediction was made of and when, and how it ended. Rows that stand already do not know it.
alter table predictions.prediction
    add column line_source_api text,
    add column was_line_fallback boolean,
    add column line_snapshot_at timestamptz,
    add column line_minutes_before_game integer,
    add column scenario_category text,
    add column model_sha256 text,
    add column model_id text,
    add column model_file_name text,
    add column similarity_baseline double precision,
    add column similar_games_count integer,
    add column avg_similarity_score double precision,
    add column min_similarity_score double precision,
    add column contributing_systems integer,
    add column prediction_variance double precision,
    add column system_agreement_score double precision,
    add column injury_status_at_prediction text,
    add column injury_flag_at_prediction boolean,
    add column injury_checked_at timestamptz,
    add column superseded_at timestamptz,
    add column superseded_reason text,
    add column invalidation_reason text,
    add column game_start_at timestamptz,
    add column prediction_made_before_game boolean,
    add column input_set_id text,
    add column features_computed_at timestamptz,
    add column feature_data_age_hours double precision,
    add column created_at timestamptz,
    add column updated_at timestamptz;

-- Which systems did not predict, and why.
alter table predictions.request add column absent_systems text[] not null default '{}';
alter table predictions.player_outcome add column absent_systems text[] not null default '{}';
alter table predictions.player_outcome alter column absent_systems drop default;

-- Systems that fail are left alone for a while.
create table predictions.circuit_breaker (
    system_id text primary key,
    state text not null check (state in ('closed', 'open', 'half_open')),
    failures integer not null, -- in a row, while closed
    successes integer not null, -- in a row, while half open
    opened_at timestamptz,
    last_failure_at timestamptz,
    last_failure text,
    changed_at timestamptz not null,
    check (state = 'closed' or opened_at is not null)
);
-- Who closed a breaker by hand, and why.
create table predictions.circuit_breaker_reset (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    by text not null,
    system_id text not null,
    reason text not null
);
