-- says: mean minutes of players
-- group: daily
-- phase: analytics
-- severity: warning
-- better: more
-- needs: game_summaries
select avg(minutes), 15::float8, 10::float8, null::text from analytics.player_game_summary where game_date = $1
