-- says: percent of players with a line in the context who have it in their features
-- group: features
-- phase: features
-- severity: warning
-- better: more
-- needs: feature_store
select 100.0 * count(*) filter (where f.has_vegas_line) / nullif(count(*), 0)::float8, 98::float8, 90::float8,
    count(*) || ' with a line'
from analytics.upcoming_player_game_context u join features.ml_feature_store f using (game_date, player_lookup)
where u.game_date = $1 and u.has_prop_line and not f.early_season_flag
