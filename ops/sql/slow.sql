-- Processors by the time that their runs of dates took
select processor, count(*) as runs,
    round(percentile_cont(0.5) within group (order by extract(epoch from finished_at - started_at) * 1000)::numeric) as p50_ms,
    round(max(extract(epoch from finished_at - started_at) * 1000)) as max_ms
from ops.run where game_date between $1::date and $2::date group by processor order by 4 desc nulls last, 1
