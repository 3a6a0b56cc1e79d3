-- says: requests that nobody has answered though the cell has ended
-- group: daily
-- phase: predictions
-- severity: warning
-- better: less
-- needs: predictions
select count(*)::float8, 0::float8, 0::float8, min(player_lookup)
from predictions.request where game_date = $1 and status = 'requested'
