-- says: players in the thinnest box score; a team lists eight at the least
-- group: reconcile
-- phase: raw
-- severity: warning
-- better: more
-- needs: raw_boxscores
select min(n)::float8, 16::float8, 10::float8, (array_agg(game_id order by n, game_id))[1]
from (select game_id, count(*) as n from raw.boxscore where game_date = $1 and is_scheduled group by 1) x
