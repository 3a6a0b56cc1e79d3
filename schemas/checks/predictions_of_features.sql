-- says: active predictions without a feature row
-- group: lineage
-- phase: predictions
-- severity: critical
-- better: less
-- needs: predictions
select count(*)::float8, 0::float8, 0::float8, min(p.player_lookup)
from predictions.prediction p where p.game_date = $1 and p.is_active
and not exists (select 1 from features.ml_feature_store f
    where f.game_date = $1 and f.player_lookup = p.player_lookup)
