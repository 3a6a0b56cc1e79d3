-- says: superseded predictions whose successor is not there
-- group: daily
-- phase: predictions
-- severity: critical
-- better: less
-- needs: predictions
select count(*)::float8, 0::float8, 0::float8, min(o.prediction_id)
from predictions.prediction o where o.game_date = $1 and o.superseded_by is not null
and not exists (select 1 from predictions.prediction n where n.game_date = $1 and n.prediction_id = o.superseded_by)
