-- says: distance of the champion's mean error from zero, points
-- group: daily
-- phase: grading
-- severity: warning
-- better: less
-- needs: grading
select abs(avg(a.signed_error)), 3::float8, 5::float8, 'over ' || count(*) || ' predictions'
from predictions.prediction_accuracy a join predictions.champion c using (system_id)
where a.game_date = $1 and not a.is_voided having count(*) >= 20
