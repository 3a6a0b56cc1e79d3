-- says: scheduled games without a box score
-- group: reconcile
-- phase: raw
-- severity: critical
-- better: less
-- needs: raw_boxscores
select count(*) filter (where b.game_id is null)::float8, 0::float8, 0::float8,
    string_agg(g.game_id, ', ' order by g.game_id) filter (where b.game_id is null)
from raw.schedule_game g
left join (select distinct game_id from raw.boxscore where game_date = $1) b using (game_id)
where g.game_date = $1
