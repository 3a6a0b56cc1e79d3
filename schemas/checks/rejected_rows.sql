-- says: rows of the date that could not be used
-- group: daily
-- phase: raw
-- severity: warning
-- better: less
select count(*)::float8, 0::float8, greatest(20, 2 * (select count(*) from raw.schedule_game where game_date = $1))::float8,
    min(processor || ': ' || reason)
from ops.rejected_row where game_date = $1
