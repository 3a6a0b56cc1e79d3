-- says: teams whose points differ between box score and summaries
-- group: reconcile
-- phase: analytics
-- severity: critical
-- better: less
-- needs: game_summaries
select count(*)::float8, 0::float8, 0::float8, string_agg(coalesce(b.team, s.team), ', ' order by coalesce(b.team, s.team))
from (select game_id, team, sum(points) as points from raw.boxscore where game_date = $1 and is_scheduled
      group by 1, 2) b
full join (select game_id, team, sum(points) as points from analytics.player_game_summary where game_date = $1
      group by 1, 2) s using (game_id, team)
where b.points is distinct from s.points
