-- says: hours between the features and the prediction that was made of them, at the most
-- group: daily
-- phase: predictions
-- severity: critical
-- better: less
-- needs: predictions
select max(feature_data_age_hours), 2::float8, 6::float8,
    (array_agg(player_lookup order by feature_data_age_hours desc nulls last, player_lookup))[1]
from predictions.prediction where game_date = $1 and is_active and is_live
