-- says: teams that the schedule has twice on the date
-- group: daily
-- phase: raw
-- severity: critical
-- better: less
select count(*)::float8, 0::float8, 0::float8, string_agg(team, ', ' order by team)
from (select team from (select home_team as team from raw.schedule_game where game_date = $1
      union all select away_team from raw.schedule_game where game_date = $1) t group by 1 having count(*) > 1) x
