-- says: cells of the date that are to be made again
-- group: lineage
-- phase: all
-- severity: warning
-- better: less
select count(*)::float8, 0::float8, 10::float8, string_agg(processor, ', ' order by processor)
from ops.cell where game_date = $1 and in_scope and is_stale
