-- says: percent of the players with a line who have shot zones; what to expect grows with the days of the season
-- group: features
-- phase: precompute
-- severity: warning
-- better: more
-- needs: player_shot_zone
select 100.0 * count(z.player_lookup) / nullif(count(*), 0)::float8,
    case when day <= 6 then 0 when day <= 14 then 30 when day <= 21 then 60 else 90 end::float8,
    case when day <= 14 then 0 when day <= 21 then 30 else 60 end::float8, 'day ' || day || ' of the season'
from analytics.upcoming_player_game_context u
cross join lateral (select $1 - min(g.game_date) + 1 as day from raw.schedule_game g
                    where g.season_year = u.season_year) season
left join precompute.player_shot_zone_analysis z
    on z.game_date = $1 and z.player_lookup = u.player_lookup and z.total_shots_last_10 > 0
where u.game_date = $1 and u.has_prop_line group by day
