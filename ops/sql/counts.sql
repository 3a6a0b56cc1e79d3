-- Cells of dates by processor: how many, how they ended, how many rows
select processor, count(*) as cells, count(*) filter (where status = 'success') as success,
    count(*) filter (where status = 'failed') as failed,
    count(*) filter (where status in ('expected', 'waiting')) as open, sum(written) as rows
from ops.cell where game_date between $1::date and $2::date and (in_scope or unscheduled)
group by processor order by min(coalesce(finished_at, now())), processor
