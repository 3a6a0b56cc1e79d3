-- says: gaps of the date that no rule explains and nothing has closed; one in ten rows is a fault
-- group: features
-- phase: features
-- severity: warning
-- better: less
-- needs: feature_store
select count(*)::float8, 0::float8,
    greatest(5, 0.1 * (select count(*) from features.ml_feature_store where game_date = $1))::float8, min(player_lookup)
from features.feature_store_gaps where game_date = $1 and resolved_at is null and reason not in ('insufficient_data', 'stale_data')
