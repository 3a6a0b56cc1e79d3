-- says: graded rows without an active prediction
-- group: lineage
-- phase: grading
-- severity: critical
-- better: less
-- needs: grading
select count(*)::float8, 0::float8, 0::float8, min(a.player_lookup)
from predictions.prediction_accuracy a where a.game_date = $1
and not exists (select 1 from predictions.prediction p where p.game_date = $1 and p.is_active
    and p.player_lookup = a.player_lookup and p.system_id = a.system_id)
