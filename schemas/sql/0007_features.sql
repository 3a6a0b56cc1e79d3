-- Which games a window has and which it should have, on every row that rests on one; what a feature row
-- was read from; gaps; and the views that show a feature row's quality under the names of its columns.

-- Rows that stand already were made without counting holes: their windows say 0 of 0, and they are not
-- production ready until their cells run again.

alter table analytics.upcoming_player_game_context
    alter column games_in_last_7_days drop not null,
    alter column games_in_last_14_days drop not null,
    alter column minutes_in_last_7_days drop not null,
    alter column minutes_in_last_14_days drop not null,
    alter column back_to_backs_last_14_days drop not null,
    add column window_7d_used integer not null default 0,
    add column window_7d_expected integer not null default 0,
    add column window_14d_used integer not null default 0,
    add column window_14d_expected integer not null default 0,
    add column incomplete_fields text[] not null default '{}',
    add column completeness_pct double precision not null default 0,
    add column is_production_ready boolean not null default false;

alter table analytics.upcoming_player_game_context
    alter column window_7d_used drop default,
    alter column window_7d_expected drop default,
    alter column window_14d_used drop default,
    alter column window_14d_expected drop default,
    alter column incomplete_fields drop default,
    alter column completeness_pct drop default,
    alter column is_production_ready drop default;

alter table precompute.team_defense_zone_analysis
    add column window_15_used integer not null default 0,
    add column window_15_expected integer not null default 0,
    add column window_15_zones_used integer not null default 0,
    add column missing_game_ids text[] not null default '{}',
    add column incomplete_fields text[] not null default '{}',
    add column completeness_pct double precision not null default 0,
    add column is_production_ready boolean not null default false;

alter table precompute.team_defense_zone_analysis
    alter column window_15_used drop default,
    alter column window_15_expected drop default,
    alter column window_15_zones_used drop default,
    alter column missing_game_ids drop default,
    alter column incomplete_fields drop default,
    alter column completeness_pct drop default,
    alter column is_production_ready drop default;

alter table precompute.player_shot_zone_analysis
    add column window_10_used integer not null default 0,
    add column window_10_expected integer not null default 0,
    add column window_20_used integer not null default 0,
    add column window_20_expected integer not null default 0,
    add column incomplete_fields text[] not null default '{}',
    add column completeness_pct double precision not null default 0,
    add column is_production_ready boolean not null default false;

alter table precompute.player_shot_zone_analysis
    alter column window_10_used drop default,
    alter column window_10_expected drop default,
    alter column window_20_used drop default,
    alter column window_20_expected drop default,
    alter column incomplete_fields drop default,
    alter column completeness_pct drop default,
    alter column is_production_ready drop default;

alter table precompute.player_composite_factors
    alter column fatigue_score drop not null,
    alter column fatigue_adjustment drop not null,
    add column incomplete_inputs text[] not null default '{}',
    add column completeness_pct double precision not null default 0,
    add column is_production_ready boolean not null default false;

alter table precompute.player_composite_factors
    alter column incomplete_inputs drop default,
    alter column completeness_pct drop default,
    alter column is_production_ready drop default;

alter table precompute.player_daily_cache
    alter column games_in_last_7_days drop not null,
    alter column games_in_last_14_days drop not null,
    alter column minutes_in_last_7_days drop not null,
    alter column minutes_in_last_14_days drop not null,
    alter column back_to_backs_last_14_days drop not null,
    drop column window_missing_games,
    add column window_l5_expected integer not null default 0,
    add column window_l10_expected integer not null default 0,
    add column window_season_used integer not null default 0,
    add column window_season_expected integer not null default 0,
    add column window_7d_used integer not null default 0,
    add column window_7d_expected integer not null default 0,
    add column window_team_l10_used integer not null default 0,
    add column window_team_l10_expected integer not null default 0,
    add column missing_game_ids text[] not null default '{}',
    add column incomplete_fields text[] not null default '{}',
    add column completeness_pct double precision not null default 0,
    add column is_production_ready boolean not null default false;

alter table precompute.player_daily_cache
    alter column window_l5_expected drop default,
    alter column window_l10_expected drop default,
    alter column window_season_used drop default,
    alter column window_season_expected drop default,
    alter column window_7d_used drop default,
    alter column window_7d_expected drop default,
    alter column window_team_l10_used drop default,
    alter column window_team_l10_expected drop default,
    alter column missing_game_ids drop default,
    alter column incomplete_fields drop default,
    alter column completeness_pct drop default,
    alter column is_production_ready drop default;

alter table features.ml_feature_store
    add column feature_sample_size integer[] not null default array_fill(null::integer, array[37]),
    add column out_of_range_indices integer[] not null default '{}',
    add column incomplete_indices integer[] not null default '{}',
    add column worst_category text not null default '',
    add column worst_category_pct double precision not null default 0,
    add column cache_miss_fallback_used boolean not null default false,
    add column input_set_id text,
    add column computed_at timestamptz;

update features.ml_feature_store f set worst_category = w.category, worst_category_pct = w.pct
    from (select game_date, player_lookup, c.category, c.pct, row_number() over (partition by game_date, player_lookup
            order by c.pct, c.n) as rank
        from features.ml_feature_store s, lateral (values ('matchup', coalesce(s.matchup_effective_pct, 0), 1),
            ('player_history', coalesce(s.player_history_effective_pct, 0), 2),
            ('team_context', s.team_context_quality_pct, 3), ('vegas', s.vegas_quality_pct, 4),
            ('game_context', coalesce(s.game_context_effective_pct, 0), 5)) c (category, pct, n)) w
    where w.rank = 1 and (f.game_date, f.player_lookup) = (w.game_date, w.player_lookup);

alter table features.ml_feature_store
    alter column feature_sample_size drop default,
    alter column out_of_range_indices drop default,
    alter column incomplete_indices drop default,
    alter column worst_category drop default,
    alter column worst_category_pct drop default,
    alter column cache_miss_fallback_used drop default;

-- What rows were read from: upstream cells, each with processor, game_date, version, content_hash and
-- finished_at. The id is the hash of cells, so that a set stands once however often it is read.
create table features.input_set (
    input_set_id text primary key,
    game_date date not null,
    cells jsonb not null
);

-- What keeps a player of a date from a full row. reason and subject: window_hole, a game id;
-- insufficient_data, stale_data and missing_phase4, a processor; processing_error, the feature store.
create table features.feature_store_gaps (
    game_date date not null,
    player_lookup text not null,
    reason text not null
        check (reason in ('window_hole', 'insufficient_data', 'stale_data', 'missing_phase4', 'processing_error')),
    subject text not null,
    reason_detail text,
    game_id text not null,
    team text not null,
    opponent text not null,
    season_year integer not null,
    detected_at timestamptz not null,
    detected_by text not null,
    resolved_at timestamptz,
    resolved_by text,
    primary key (game_date, player_lookup, reason, subject),
    check ((resolved_at is null) = (resolved_by is null))
);
create index feature_store_gaps_open on features.feature_store_gaps (game_date) where resolved_at is null;

create function features.feature_names() returns text[] language sql immutable parallel safe as
$$ select array['points_avg_last_5', 'points_avg_last_10', 'points_avg_season', 'points_std_last_10',
    'games_in_last_7_days', 'fatigue_score', 'shot_zone_mismatch_score', 'pace_score', 'usage_spike_score',
    'rest_advantage', 'injury_risk', 'recent_trend', 'minutes_change', 'opponent_def_rating', 'opponent_pace',
    'home_away', 'back_to_back', 'playoff_game', 'pct_paint', 'pct_mid_range', 'pct_three', 'pct_free_throw',
    'team_pace', 'team_off_rating', 'team_win_pct', 'vegas_points_line', 'vegas_opening_line', 'vegas_line_move',
    'has_vegas_line', 'avg_points_vs_opponent', 'games_vs_opponent', 'minutes_avg_last_10', 'ppm_avg_last_10',
    'dnp_rate', 'pts_slope_10g', 'pts_vs_season_zscore', 'breakout_flag'] $$;

create function features.canonical_source(label text) returns text language sql immutable parallel safe as
$$ select case label when 'phase4' then 'phase4' when 'phase3' then 'phase3' when 'calculated' then 'calculated' when
    'vegas' then 'phase4' when 'opponent_history' then 'phase4' when 'minutes_ppm' then 'phase4' when
    'phase4_incomplete' then 'phase4' when 'calculated_incomplete' then 'calculated' when 'unknown' then 'unknown'
    else 'default' end $$;

-- Who produces the features of a category.
create function features.producers_of(category text) returns text language sql immutable parallel safe as
$$ select case category when 'matchup' then 'player_composite_factors, team_defense_zone' when 'player_history' then
    'player_daily_cache, game_summaries, feature_store' when 'team_context' then 'player_daily_cache, feature_store'
    when 'vegas' then 'upcoming_context, feature_store' when 'game_context' then
    'feature_store, upcoming_context, player_shot_zone' end $$;

-- When the newest cell of each processor in an input set ended; 'calculated' is the newest of all.
create function features.finish_times(cells jsonb) returns table (processor text, finished_at timestamptz)
language sql stable parallel safe as
$$ select coalesce(c->>'processor', 'calculated'), max((c->>'finished_at')::timestamptz)
    from jsonb_array_elements(cells) c group by grouping sets ((c->>'processor'), ())
    having max((c->>'finished_at')::timestamptz) is not null $$;

-- When the oldest cell of a date in an input set ended.
create function features.oldest_finish(cells jsonb, game_date date) returns timestamptz
language sql stable parallel safe as
$$ select min((c->>'finished_at')::timestamptz) from jsonb_array_elements(cells) c
    where (c->>'game_date')::date = game_date $$;

create view features.ml_feature_store_v2 as
select
    f.player_lookup,
    f.game_date,
    f.player_name,
    f.game_id,
    f.team,
    f.opponent,
    f.opponent as opponent_team_abbr,
    f.is_home,
    f.days_rest,
    f.season_year,
    f.feature_values as features,
    features.feature_names() as feature_names,
    cardinality(f.feature_values) as feature_count,
    f.feature_version,
    f.feature_quality_score,
    f.effective_quality_score,
    f.worst_category,
    f.worst_category_pct,
    f.primary_data_source as data_source,
    f.early_season_flag,
    f.insufficient_data_reason,
    f.is_production_ready,
    f.matchup_effective_pct,
    f.player_history_effective_pct,
    f.game_context_effective_pct,
    f.feature_quality,
    f.feature_source,
    f.feature_sample_size,
    f.out_of_range_indices,
    f.incomplete_indices,
    f.input_set_id,
    f.as_of,
    f.computed_at,
    f.quality_tier,
    f.quality_alert_level,
    f.quality_alerts,
    f.default_feature_count,
    f.phase4_feature_count,
    f.phase3_feature_count,
    f.calculated_feature_count,
    f.is_training_ready,
    f.training_quality_feature_count,
    f.matchup_quality_pct,
    f.player_history_quality_pct,
    f.team_context_quality_pct,
    f.vegas_quality_pct,
    f.game_context_quality_pct,
    f.matchup_default_count,
    f.player_history_default_count,
    f.team_context_default_count,
    f.vegas_default_count,
    f.game_context_default_count,
    f.has_composite_factors,
    f.has_opponent_defense,
    f.has_vegas_line,
    f.critical_features_training_quality,
    f.critical_feature_count,
    f.optional_feature_count,
    f.matchup_quality_tier,
    f.game_context_quality_tier,
    f.feature_quality[1]::double precision as feature_0_quality,
    f.feature_quality[2]::double precision as feature_1_quality,
    f.feature_quality[3]::double precision as feature_2_quality,
    f.feature_quality[4]::double precision as feature_3_quality,
    f.feature_quality[5]::double precision as feature_4_quality,
    f.feature_quality[6]::double precision as feature_5_quality,
    f.feature_quality[7]::double precision as feature_6_quality,
    f.feature_quality[8]::double precision as feature_7_quality,
    f.feature_quality[9]::double precision as feature_8_quality,
    f.feature_quality[10]::double precision as feature_9_quality,
    f.feature_quality[11]::double precision as feature_10_quality,
    f.feature_quality[12]::double precision as feature_11_quality,
    f.feature_quality[13]::double precision as feature_12_quality,
    f.feature_quality[14]::double precision as feature_13_quality,
    f.feature_quality[15]::double precision as feature_14_quality,
    f.feature_quality[16]::double precision as feature_15_quality,
    f.feature_quality[17]::double precision as feature_16_quality,
    f.feature_quality[18]::double precision as feature_17_quality,
    f.feature_quality[19]::double precision as feature_18_quality,
    f.feature_quality[20]::double precision as feature_19_quality,
    f.feature_quality[21]::double precision as feature_20_quality,
    f.feature_quality[22]::double precision as feature_21_quality,
    f.feature_quality[23]::double precision as feature_22_quality,
    f.feature_quality[24]::double precision as feature_23_quality,
    f.feature_quality[25]::double precision as feature_24_quality,
    f.feature_quality[26]::double precision as feature_25_quality,
    f.feature_quality[27]::double precision as feature_26_quality,
    f.feature_quality[28]::double precision as feature_27_quality,
    f.feature_quality[29]::double precision as feature_28_quality,
    f.feature_quality[30]::double precision as feature_29_quality,
    f.feature_quality[31]::double precision as feature_30_quality,
    f.feature_quality[32]::double precision as feature_31_quality,
    f.feature_quality[33]::double precision as feature_32_quality,
    f.feature_quality[34]::double precision as feature_33_quality,
    f.feature_quality[35]::double precision as feature_34_quality,
    f.feature_quality[36]::double precision as feature_35_quality,
    f.feature_quality[37]::double precision as feature_36_quality,
    features.canonical_source(f.feature_source[1]) as feature_0_source,
    features.canonical_source(f.feature_source[2]) as feature_1_source,
    features.canonical_source(f.feature_source[3]) as feature_2_source,
    features.canonical_source(f.feature_source[4]) as feature_3_source,
    features.canonical_source(f.feature_source[5]) as feature_4_source,
    features.canonical_source(f.feature_source[6]) as feature_5_source,
    features.canonical_source(f.feature_source[7]) as feature_6_source,
    features.canonical_source(f.feature_source[8]) as feature_7_source,
    features.canonical_source(f.feature_source[9]) as feature_8_source,
    features.canonical_source(f.feature_source[10]) as feature_9_source,
    features.canonical_source(f.feature_source[11]) as feature_10_source,
    features.canonical_source(f.feature_source[12]) as feature_11_source,
    features.canonical_source(f.feature_source[13]) as feature_12_source,
    features.canonical_source(f.feature_source[14]) as feature_13_source,
    features.canonical_source(f.feature_source[15]) as feature_14_source,
    features.canonical_source(f.feature_source[16]) as feature_15_source,
    features.canonical_source(f.feature_source[17]) as feature_16_source,
    features.canonical_source(f.feature_source[18]) as feature_17_source,
    features.canonical_source(f.feature_source[19]) as feature_18_source,
    features.canonical_source(f.feature_source[20]) as feature_19_source,
    features.canonical_source(f.feature_source[21]) as feature_20_source,
    features.canonical_source(f.feature_source[22]) as feature_21_source,
    features.canonical_source(f.feature_source[23]) as feature_22_source,
    features.canonical_source(f.feature_source[24]) as feature_23_source,
    features.canonical_source(f.feature_source[25]) as feature_24_source,
    features.canonical_source(f.feature_source[26]) as feature_25_source,
    features.canonical_source(f.feature_source[27]) as feature_26_source,
    features.canonical_source(f.feature_source[28]) as feature_27_source,
    features.canonical_source(f.feature_source[29]) as feature_28_source,
    features.canonical_source(f.feature_source[30]) as feature_29_source,
    features.canonical_source(f.feature_source[31]) as feature_30_source,
    features.canonical_source(f.feature_source[32]) as feature_31_source,
    features.canonical_source(f.feature_source[33]) as feature_32_source,
    features.canonical_source(f.feature_source[34]) as feature_33_source,
    features.canonical_source(f.feature_source[35]) as feature_34_source,
    features.canonical_source(f.feature_source[36]) as feature_35_source,
    features.canonical_source(f.feature_source[37]) as feature_36_source,
    (select coalesce(json_object_agg(i, case when e = 'not_subscribed' then 'feed_not_subscribed' when i = any
        (f.incomplete_indices) then 'window_incomplete' else case when i in (5, 6, 7, 8) then
        'composite_factors_missing' when i in (13, 14) then 'opponent_defense_missing' when i in (18, 19, 20) then
        'shot_zone_data_missing' when i in (25, 26, 27) then 'vegas_line_unavailable' when i in (29, 30) then
        'no_opponent_history' when i in (31, 32) then 'minutes_ppm_unavailable' else 'data_unavailable' end end order
        by i), '{}'::json)::text from (select n - 1 as i, e from unnest(f.feature_source) with ordinality u(e, n)) x
        where e = any (array['default', 'fallback', 'missing', 'not_subscribed', 'no_history'])) as
        feature_fallback_reasons_json,
    (select coalesce(json_object_agg(i, e order by i), '{}'::json)::text from (select n - 1 as i, e from
        unnest(f.feature_sample_size) with ordinality u(e, n)) x where e is not null) as feature_sample_sizes_json,
    '{"0": {"min": 0, "max": 70}, "1": {"min": 0, "max": 70}, "2": {"min": 0, "max": 70}, '
        '"3": {"min": 0, "max": 30}, "4": {"min": 0, "max": 4}, "5": {"min": 0, "max": 100}, '
        '"6": {"min": -15, "max": 15}, "7": {"min": -8, "max": 8}, "8": {"min": -8, "max": 8}, '
        '"9": {"min": -3, "max": 3}, "10": {"min": 0, "max": 3}, "11": {"min": -2, "max": 2}, '
        '"12": {"min": -2, "max": 2}, "13": {"min": 90, "max": 130}, "14": {"min": 90, "max": 115}, '
        '"15": {"min": 0, "max": 1}, "16": {"min": 0, "max": 1}, "17": {"min": 0, "max": 1}, '
        '"18": {"min": 0, "max": 1}, "19": {"min": 0, "max": 1}, "20": {"min": 0, "max": 1}, '
        '"21": {"min": 0, "max": 0.5}, "22": {"min": 90, "max": 115}, "23": {"min": 90, "max": 130}, '
        '"24": {"min": 0, "max": 1}, "25": {"min": 0, "max": 80}, "26": {"min": 0, "max": 80}, '
        '"27": {"min": -15, "max": 15}, "28": {"min": 0, "max": 1}, "29": {"min": 0, "max": 70}, '
        '"30": {"min": 0, "max": 100}, "31": {"min": 0, "max": 48}, "32": {"min": 0, "max": 1.5}, '
        '"33": {"min": 0, "max": 1}, "34": {"min": -5, "max": 5}, "35": {"min": -4, "max": 4}, '
        '"36": {"min": 0, "max": 1}}' as feature_expected_values_json,
    (select coalesce(json_object_agg(i, i <> all (f.out_of_range_indices) order by i), '{}'::json)::text from (select
        n - 1 as i, e from unnest(f.feature_values) with ordinality u(e, n)) x where e is not null) as
        feature_value_ranges_valid_json,
    '{"0": "player_daily_cache", "1": "player_daily_cache", "2": "player_daily_cache", '
        '"3": "player_daily_cache", "4": "player_daily_cache", "5": "player_composite_factors", '
        '"6": "player_composite_factors", "7": "player_composite_factors", "8": "player_composite_factors", '
        '"9": "calculated", "10": "calculated", "11": "calculated", '
        '"12": "calculated", "13": "team_defense_zone_analysis", "14": "team_defense_zone_analysis", '
        '"15": "upcoming_player_game_context", "16": "upcoming_player_game_context", "17": "upcoming_player_game_context", '
        '"18": "player_shot_zone_analysis", "19": "player_shot_zone_analysis", "20": "player_shot_zone_analysis", '
        '"21": "calculated", "22": "team_offense_game_summary", "23": "team_offense_game_summary", '
        '"24": "calculated", "25": "odds_api", "26": "odds_api", '
        '"27": "calculated", "28": "calculated", "29": "player_game_summary", '
        '"30": "player_game_summary", "31": "player_daily_cache", "32": "player_daily_cache", '
        '"33": "calculated", "34": "calculated", "35": "calculated", '
        '"36": "calculated"}' as feature_upstream_tables_json,
    (select coalesce(json_object_agg(i, t.finished_at order by i), '{}'::json)::text from generate_series(0, 36) i
        join features.finish_times(s.cells) t on t.processor = case when i in (0, 1, 2, 3, 4, 22, 23) then
        'player_daily_cache' when i in (5, 6, 7, 8) then 'player_composite_factors' when i in (13, 14) then
        'team_defense_zone' when i in (15, 16, 17, 25, 26) then 'upcoming_context' when i in (18, 19, 20) then
        'player_shot_zone' when i in (29, 30, 31, 32) then 'game_summaries' else 'calculated' end) as
        feature_last_updated_json,
    f.feature_version as feature_schema_version,
    (select coalesce(array_agg(name order by n), '{}') from unnest(f.feature_values, features.feature_names()) with
        ordinality u(e, name, n) where e is not null) as available_feature_names,
    array['v2_14features'] as breakout_model_compatible,
    false as breakout_v3_features_available,
    (select string_agg(p, ',' order by n) from unnest(array['player_daily_cache', 'player_composite_factors',
        'player_shot_zone', 'team_defense_zone', 'upcoming_context']) with ordinality u(p, n) where p <> all
        (f.missing_processors)) as upstream_processors_ran,
    array_to_string(f.missing_processors, ',') as missing_processors,
    (extract(epoch from now() - f.computed_at) / 3600)::double precision as feature_store_age_hours,
    (extract(epoch from f.computed_at - features.oldest_finish(s.cells, f.game_date)) / 3600)::double precision as
        upstream_data_freshness_hours,
    f.computed_at as quality_computed_at,
    'v1_hybrid_20260205' as quality_schema_version,
    (select coalesce(json_object_agg(i, e order by i), '{}'::json)::text from (select n - 1 as i, e from
        unnest(f.feature_source) with ordinality u(e, n)) x where true) as feature_sources,
    f.primary_data_source,
    case when coalesce(f.matchup_effective_pct, 0) < 50 then 'MATCHUP_UNAVAILABLE' else 'COMPLETE' end as
        matchup_data_status,
    f.is_quality_ready,
    f.default_feature_indices,
    f.required_default_count,
    f.cache_miss_fallback_used,
    f.vegas_line_source
from features.ml_feature_store f left join features.input_set s using (input_set_id);

create view features.v_feature_quality_unpivot as
select f.player_lookup, f.game_date, (n - 1)::integer as feature_index, name as feature_name,
    quality::double precision as quality, features.canonical_source(label) as source
from features.ml_feature_store f,
    unnest(f.feature_quality, f.feature_source, features.feature_names()) with ordinality u(quality, label, name, n);

create view features.v_ml_feature_store_recent as
select * from features.ml_feature_store_v2 where game_date > current_date - 30;

create view features.v_ml_feature_store_high_quality as
select * from features.ml_feature_store_v2 where feature_quality_score >= 85 and not early_season_flag;

-- Rows that lack a value which a prediction needs, or rest on a window with holes.
create view features.v_incomplete_features as
select f.player_lookup, f.game_date, f.game_id, f.team, f.opponent, f.required_default_count, f.worst_category,
    f.worst_category_pct, f.missing_processors,
    (select coalesce(array_agg(name || ':' || label order by n), '{}')
        from unnest(f.feature_source, features.feature_names()) with ordinality u(label, name, n)
        where label like '%\_incomplete' or features.canonical_source(label) = 'default') as incomplete_features
from features.ml_feature_store f
where not f.early_season_flag and (f.required_default_count > 0 or cardinality(f.incomplete_indices) > 0);

create view features.v_historical_completeness_daily as
select game_date, count(*) as rows, count(*) filter (where is_production_ready) as production_ready,
    count(*) filter (where cardinality(incomplete_indices) > 0) as with_incomplete_windows,
    round(avg(cardinality(incomplete_indices)), 2) as avg_incomplete_features
from features.ml_feature_store where not early_season_flag group by game_date;
