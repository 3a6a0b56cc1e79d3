-- says: mean points of players
-- group: daily
-- phase: analytics
-- severity: warning
-- better: more
-- needs: game_summaries
select avg(points)::float8, 8::float8, 5::float8, null::text from analytics.player_game_summary where game_date = $1
