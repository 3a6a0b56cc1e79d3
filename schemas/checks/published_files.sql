-- says: files of the date that were published
-- group: daily
-- phase: publish
-- severity: critical
-- better: more
-- needs: publish_picks
select count(*)::float8, 1::float8, 1::float8, null::text from predictions.published_file where game_date = $1
