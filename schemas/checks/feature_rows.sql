-- says: feature rows; the floor is 50 or 90 percent of what is expected, if that is less
-- group: features
-- phase: features
-- severity: critical
-- better: more
-- needs: feature_store
select (select count(*) from features.ml_feature_store where game_date = $1)::float8, expected::float8,
    least(50, 0.9 * expected)::float8, expected || ' expected'
from ops.cell where game_date = $1 and processor = 'feature_store'
