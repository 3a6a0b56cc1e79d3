-- says: percent of the rows of 14 days that lack required values and count as fit for training
-- group: features
-- phase: features
-- severity: warning
-- better: less
-- needs: feature_store
select 100.0 * count(*) filter (where is_training_ready and required_default_count > 0) / nullif(count(*), 0)::float8,
    0::float8, 5::float8, count(*) || ' rows'
from features.ml_feature_store where game_date between $1 - 13 and $1
