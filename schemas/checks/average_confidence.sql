-- says: mean confidence of active predictions, 0 to 100
-- group: daily
-- phase: predictions
-- severity: warning
-- better: more
-- needs: predictions
select avg(confidence_score), 40::float8, 20::float8, null::text from predictions.prediction where game_date = $1 and is_active
