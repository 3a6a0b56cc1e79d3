-- says: feature rows of players whom the context does not have
-- group: lineage
-- phase: features
-- severity: critical
-- better: less
-- needs: feature_store
select count(*)::float8, 0::float8, 0::float8, min(f.player_lookup)
from features.ml_feature_store f where f.game_date = $1
and not exists (select 1 from analytics.upcoming_player_game_context u
    where u.game_date = $1 and u.player_lookup = f.player_lookup)
