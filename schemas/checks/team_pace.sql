-- says: teams whose pace is not between 80 and 120
-- group: daily
-- phase: analytics
-- severity: warning
-- better: less
-- needs: game_summaries
select count(*)::float8, 0::float8, 2::float8, string_agg(team, ', ' order by team)
from analytics.team_offense_game_summary where game_date = $1 and pace not between 80 and 120
