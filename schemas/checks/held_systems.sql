-- says: prediction systems that their circuit breaker held back for some player
-- group: daily
-- phase: predictions
-- severity: critical
-- better: less
-- needs: predictions
select count(distinct absent)::float8, 0::float8, 0::float8,
    string_agg(distinct split_part(absent, ':', 1), ', ') || ' for ' || count(distinct player_lookup) || ' players'
from predictions.player_outcome, unnest(absent_systems) absent
where game_date = $1 and absent like '%: circuit\_breaker\_open'
