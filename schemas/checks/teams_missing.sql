-- says: teams that play, have played before in the season, and have no player in the context
-- group: daily
-- phase: analytics
-- severity: critical
-- better: less
-- needs: upcoming_context
select count(*)::float8, 0::float8, 2::float8, string_agg(t.team, ', ' order by t.team)
from (select home_team as team from raw.schedule_game where game_date = $1
      union select away_team from raw.schedule_game where game_date = $1) t
where not exists (select 1 from analytics.upcoming_player_game_context u where u.game_date = $1 and u.team = t.team)
and exists (select 1 from analytics.player_game_summary s where s.team = t.team and s.game_date < $1
    and s.season_year = (select season_year from ops.cell where game_date = $1 limit 1))
