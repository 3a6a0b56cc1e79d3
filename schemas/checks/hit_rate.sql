-- says: percent of the champion's bets of thirty days that hit; 52.4 is what a price of -110 asks for
-- group: reconcile
-- phase: grading
-- severity: warning
-- better: more
-- needs: grading
select 100.0 * count(*) filter (where result = 'hit') / count(*)::float8, 55::float8, 52.4::float8,
    'of ' || count(*)
from predictions.prediction_accuracy join predictions.champion using (system_id)
where game_date between $1 - 29 and $1 and is_actionable and result in ('hit', 'miss') having count(*) >= 50
