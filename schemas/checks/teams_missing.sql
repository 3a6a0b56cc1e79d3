-- says: teams that play and have no player in the context
-- group: daily
-- phase: analytics
-- severity: critical
-- better: less
-- needs: upcoming_context
select count(*)::float8, 0::float8, 2::float8, string_agg(t.team, ', ' order by t.team)
from (select home_team as team from raw.schedule_game where game_date = $1
      union select away_team from raw.schedule_game where game_date = $1) t
where not exists (select 1 from analytics.upcoming_player_game_context u where u.game_date = $1 and u.team = t.team)
