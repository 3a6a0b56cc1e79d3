-- says: cells of the date that have not ended past their deadline
-- group: daily
-- phase: all
-- severity: critical
-- better: less
select count(*)::float8, 0::float8, 0::float8, string_agg(processor, ', ' order by processor)
from ops.cell where game_date = $1 and in_scope and status in ('expected', 'waiting') and deadline < $2
