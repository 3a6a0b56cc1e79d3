-- says: distance of the lines of fourteen days from what was scored, points in the mean
-- group: reconcile
-- phase: grading
-- severity: warning
-- better: less
-- needs: grading
select abs(avg(line_value - actual_points)), 1::float8, 2::float8, 'over ' || count(*) || ' lines'
from (select distinct on (game_date, player_lookup) line_value, actual_points from predictions.prediction_accuracy
      where game_date between $1 - 13 and $1 and not is_voided and line_value is not null and actual_points is not null
      order by game_date, player_lookup, system_id) l
having count(*) >= 100
