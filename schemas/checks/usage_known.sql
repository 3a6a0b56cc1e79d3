-- says: percent of players with a usage rate, in the game that has the fewest
-- group: daily
-- phase: analytics
-- severity: warning
-- better: more
-- needs: game_summaries
select min(share), 80::float8, 50::float8, (array_agg(game_id order by share, game_id))[1]
from (select game_id, 100.0 * count(usage_rate) / count(*)::float8 as share from analytics.player_game_summary
      where game_date = $1 and minutes > 0 group by 1) x
