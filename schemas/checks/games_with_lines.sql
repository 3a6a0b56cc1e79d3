-- says: percent of games with a line of some bookmaker
-- group: daily
-- phase: raw
-- severity: warning
-- better: more
-- needs: raw_props
select 100.0 * count(p.game_id) / nullif(count(*), 0)::float8, 90::float8, 50::float8,
    string_agg(g.game_id, ', ' order by g.game_id) filter (where p.game_id is null)
from raw.schedule_game g
left join (select distinct game_id from raw.prop_line where game_date = $1) p using (game_id)
where g.game_date = $1
