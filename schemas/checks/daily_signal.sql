-- says: systems with a signal of the date
-- group: daily
-- phase: publish
-- severity: warning
-- better: more
-- needs: publish_picks
select count(*)::float8, 1::float8, 1::float8, null::text from predictions.daily_signal where game_date = $1
