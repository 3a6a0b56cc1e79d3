-- says: mean quality of the player history, over what could be known
-- group: features
-- phase: features
-- severity: warning
-- better: more
-- needs: feature_store
select avg(player_history_effective_pct)::float8, 80::float8, 60::float8, null::text
from features.ml_feature_store where game_date = $1 and not early_season_flag
and insufficient_data_reason is null
