-- says: percent of the players of the box scores who have a summary
-- group: daily
-- phase: analytics
-- severity: critical
-- better: more
-- needs: game_summaries
select 100.0 * (select count(*) from analytics.player_game_summary where game_date = $1)
    / nullif(count(*), 0)::float8, 95::float8, 80::float8, count(*) || ' in box scores'
from raw.boxscore where game_date = $1 and is_scheduled and minutes > 0
