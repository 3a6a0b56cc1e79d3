-- says: players predicted in the game that has the fewest; two rotations are sixteen
-- group: daily
-- phase: predictions
-- severity: critical
-- better: more
-- needs: predictions
select min(n)::float8, 8::float8, 1::float8, (array_agg(game_id order by n, game_id))[1]
from (select g.game_id, count(distinct p.player_lookup) as n from raw.schedule_game g
      left join predictions.prediction p on p.game_date = $1 and p.game_id = g.game_id and p.is_active
      where g.game_date = $1 group by 1) x
