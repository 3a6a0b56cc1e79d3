-- says: percent of means of five games that the summaries of earlier dates give again, of players without a missing game
-- group: lineage
-- phase: analytics
-- severity: critical
-- better: more
-- needs: upcoming_context
select 100.0 * count(*) filter (where abs(u.points_avg_last_5 - s.mean) < 1e-9) / nullif(count(*), 0)::float8,
    95::float8, 90::float8, count(*) || ' compared'
from analytics.upcoming_player_game_context u
join lateral (select avg(points)::float8 as mean, count(*) as games from (
        select p.points from analytics.player_game_summary p
        where p.player_lookup = u.player_lookup and p.season_year = u.season_year and p.game_date < $1
        order by p.game_date desc limit 5) l) s on s.games = 5
where u.game_date = $1 and u.points_avg_last_5 is not null
