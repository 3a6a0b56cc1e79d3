-- says: percent of means of five games in the feature store that are those of the daily cache they name
-- group: lineage
-- phase: features
-- severity: critical
-- better: more
-- needs: feature_store
select 100.0 * count(*) filter (where f.feature_values[1] = c.points_avg_last_5) / nullif(count(*), 0)::float8,
    100::float8, 95::float8, count(*) || ' compared'
from features.ml_feature_store f join precompute.player_daily_cache c using (game_date, player_lookup)
where f.game_date = $1 and not f.cache_miss_fallback_used and f.feature_source[1] = 'phase4'
and c.points_avg_last_5 is not null
