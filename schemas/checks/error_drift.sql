-- says: the champion's mean error of seven days beyond that of thirty, points
-- group: reconcile
-- phase: grading
-- severity: warning
-- better: less
-- needs: grading
select avg(absolute_error) filter (where game_date > $1 - 7) - avg(absolute_error), 0.5::float8, 1::float8,
    round((avg(absolute_error) filter (where game_date > $1 - 7))::numeric, 2) || ' points'
from predictions.prediction_accuracy join predictions.champion using (system_id)
where game_date between $1 - 29 and $1 and not is_voided
having count(*) filter (where game_date > $1 - 7) >= 100 and min(game_date) <= $1 - 14
