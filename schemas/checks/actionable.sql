-- says: predictions that are worth a bet
-- group: daily
-- phase: predictions
-- severity: warning
-- better: more
-- needs: predictions
select count(*) filter (where is_actionable)::float8, 1::float8, 0::float8, 'of ' || count(*) || ' with a line'
from predictions.prediction where game_date = $1 and is_active and has_prop_line having count(*) > 0
