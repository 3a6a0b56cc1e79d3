-- says: mean quality of the matchup features, over what could be known
-- group: features
-- phase: features
-- severity: critical
-- better: more
-- needs: feature_store
select avg(matchup_effective_pct)::float8, 70::float8, 50::float8, null::text
from features.ml_feature_store where game_date = $1 and not early_season_flag
and insufficient_data_reason is null
