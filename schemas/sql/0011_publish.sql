-- Publishing: the state of a target is its own manifest. What the database keeps is which inputs the
-- last whole export of the deployment's folder has read.

drop view predictions.public_file;
drop table predictions.file_written;

create table predictions.export_run (
    only_one boolean primary key default true check (only_one),
    inputs bytea not null,
    exported_at timestamptz not null
);

-- What files are made of, by processor: a digest over its cells of the newest season that has any.
create view predictions.export_input as
select c.processor, sha256(string_agg(c.content_hash, ''::bytea order by c.game_date)) as digest
from ops.cell c
where c.version > 0 and (c.in_scope or c.unscheduled)
    and c.season_year = (select max(season_year) from ops.cell where processor = 'grading' and version > 0)
group by c.processor;

-- Of everything that the publisher is told of, and of the system that files show.
create view predictions.export_inputs as
select sha256(convert_to(coalesce((select system_id from predictions.champion), ''), 'UTF8')
              || coalesce(string_agg(digest, ''::bytea order by processor collate "C"), ''::bytea)) as inputs
from predictions.export_input
where processor in ('upcoming_context', 'game_summaries', 'player_daily_cache', 'player_composite_factors',
    'predictions', 'publish_picks', 'publish_results', 'grading');

-- How lopsided a system's predictions of a date are, the groups of picks, and how they came out.
create table predictions.daily_signal (
    game_date date not null,
    system_id text not null,
    total_picks integer not null,
    high_edge_picks integer not null,
    premium_picks integer not null,
    pct_over double precision not null,
    pct_under double precision not null,
    avg_confidence double precision not null,
    avg_edge double precision not null,
    skew_category text not null,
    volume_category text not null,
    daily_signal text not null,
    signal_explanation text not null,
    optimal_over_count integer not null,
    optimal_under_count integer not null,
    ultra_high_edge_count integer not null,
    anti_pattern_count integer not null,
    row_hash bytea not null,
    primary key (game_date, system_id)
);

create table predictions.subset_pick (
    game_date date not null,
    subset_id text not null,
    player_lookup text not null,
    system_id text not null,
    prediction_id text not null,
    game_id text not null,
    rank_in_subset integer not null,
    player_name text not null,
    team text not null,
    opponent text not null,
    recommendation text not null,
    predicted_points double precision not null,
    current_points_line double precision not null,
    edge double precision not null,
    confidence_score double precision not null,
    composite_score double precision not null,
    feature_quality_score double precision not null,
    daily_signal text,
    is_live boolean not null,
    row_hash bytea not null,
    primary key (game_date, subset_id, player_lookup)
);

create table predictions.subset_result (
    game_date date not null,
    subset_id text not null,
    system_id text not null,
    total_picks integer not null,
    graded_picks integer not null,
    voided_picks integer not null,
    wins integer not null,
    losses integer not null,
    pushes integer not null,
    hit_rate double precision,
    roi double precision,
    units_won double precision not null,
    avg_edge double precision,
    avg_confidence double precision,
    mae double precision,
    over_picks integer not null,
    over_wins integer not null,
    under_picks integer not null,
    under_wins integer not null,
    row_hash bytea not null,
    primary key (game_date, subset_id)
);

create table predictions.best_bet (
    game_date date not null,
    player_lookup text not null,
    system_id text not null,
    prediction_id text not null,
    rank integer not null,
    tier text not null,
    game_id text not null,
    player_name text not null,
    team text not null,
    opponent text not null,
    recommendation text not null,
    line double precision not null,
    predicted_points double precision not null,
    edge double precision not null,
    confidence_score double precision not null,
    composite_score double precision not null,
    historical_accuracy double precision,
    sample_size integer not null,
    fatigue_score integer,
    rationale text[] not null,
    is_live boolean not null,
    row_hash bytea not null,
    primary key (game_date, player_lookup)
);

-- What the groups are: written from the program's own table, so that queries can name them.
create table predictions.subset_definition (
    subset_id text primary key,
    public_id text not null unique,
    subset_name text not null,
    subset_description text not null,
    min_edge double precision not null,
    direction text check (direction in ('OVER', 'UNDER')), -- NULL: either
    skips_red_days boolean not null,
    top_n integer, -- NULL: all
    expected_hit_rate double precision not null -- percent
);
