-- says: percent of active predictions that are graded or void
-- group: daily
-- phase: grading
-- severity: critical
-- better: more
-- needs: grading
select 100.0 * (select count(*) from predictions.prediction_accuracy where game_date = $1)
    / nullif(count(*), 0)::float8, 100::float8, 80::float8, count(*) || ' predictions'
from predictions.prediction where game_date = $1 and is_active
