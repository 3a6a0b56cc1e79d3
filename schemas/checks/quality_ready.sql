-- says: percent of rows that are ready to be predicted
-- group: features
-- phase: features
-- severity: warning
-- better: more
-- needs: feature_store
select 100.0 * count(*) filter (where is_quality_ready) / nullif(count(*), 0)::float8, 80::float8, 60::float8,
    count(*) filter (where is_quality_ready) || ' of ' || count(*)
from features.ml_feature_store where game_date = $1 and not early_season_flag
and insufficient_data_reason is null
