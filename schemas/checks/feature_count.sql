-- says: rows that have not 37 values, qualities and sources
-- group: features
-- phase: features
-- severity: critical
-- better: less
-- needs: feature_store
select count(*)::float8, 0::float8, 0::float8, min(player_lookup)
from features.ml_feature_store where game_date = $1
and (cardinality(feature_values) <> 37 or cardinality(feature_quality) <> 37 or cardinality(feature_source) <> 37)
