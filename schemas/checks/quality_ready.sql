-- says: percent of rows that are ready to be predicted, of players with a line where there are lines
-- group: features
-- phase: features
-- severity: warning
-- better: more
-- needs: feature_store
select 100.0 * count(*) filter (where is_quality_ready) / nullif(count(*), 0)::float8, 80::float8, 60::float8,
    count(*) filter (where is_quality_ready) || ' of ' || count(*)
from (select *, bool_or(has_vegas_line) over () as are_lines_known from features.ml_feature_store where game_date = $1
      and not early_season_flag and insufficient_data_reason is null) f
where has_vegas_line or not are_lines_known
