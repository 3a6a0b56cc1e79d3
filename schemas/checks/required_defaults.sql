-- says: mean number of required values that are missing
-- group: features
-- phase: features
-- severity: warning
-- better: less
-- needs: feature_store
select avg(required_default_count)::float8, 2::float8, 5::float8, null::text
from features.ml_feature_store where game_date = $1 and not early_season_flag
and insufficient_data_reason is null
