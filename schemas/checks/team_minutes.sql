-- says: minutes of the team that played the fewest; a whole game has 240
-- group: reconcile
-- phase: raw
-- severity: critical
-- better: more
-- needs: raw_boxscores
select min(minutes), 238::float8, 200::float8, (array_agg(game_id || ' ' || team order by minutes, game_id, team))[1]
from (select game_id, team, sum(minutes) as minutes from raw.boxscore where game_date = $1 and is_scheduled
      group by 1, 2) x
