-- says: players of ten minutes or more with a usage rate above 50 percent
-- group: reconcile
-- phase: analytics
-- severity: warning
-- better: less
-- needs: game_summaries
select count(*)::float8, 0::float8, 5::float8, string_agg(player_lookup, ', ' order by player_lookup)
from analytics.player_game_summary where game_date = $1 and minutes >= 10 and usage_rate > 50
