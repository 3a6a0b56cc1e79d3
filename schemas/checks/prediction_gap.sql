-- says: games without a prediction, from six hours before the first tip-off on (a fault from three hours before it on)
-- group: daily
-- phase: predictions
-- severity: critical
-- better: less
select count(*) filter (where not is_predicted)::float8, 0::float8,
    case when $2 < min(starts) - interval '3 hours' then count(*) else 0 end::float8,
    string_agg(game_id, ', ' order by game_id) filter (where not is_predicted)
from (select g.game_id, coalesce(g.tip_off, (g.game_date + time '19:00') at time zone 'America/New_York') as starts,
          exists (select 1 from predictions.prediction p where p.game_date = $1 and p.game_id = g.game_id and p.is_active)
              as is_predicted
      from raw.schedule_game g where g.game_date = $1) x
where exists (select 1 from ops.cell where game_date = $1 and processor = 'predictions' and in_scope
              and status <> 'no_data')
having $2 >= min(starts) - interval '6 hours'
