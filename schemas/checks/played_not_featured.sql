-- says: players who played, not for the first time in the season, and had no feature row; one a game is usual
-- group: reconcile
-- phase: features
-- severity: warning
-- better: less
-- needs: game_summaries
select count(*)::float8, (select count(*) from raw.schedule_game where game_date = $1)::float8,
    3 * (select count(*) from raw.schedule_game where game_date = $1)::float8, min(s.player_lookup)
from analytics.player_game_summary s where s.game_date = $1
and exists (select 1 from analytics.player_game_summary e where e.player_lookup = s.player_lookup
    and e.season_year = s.season_year and e.game_date < $1)
and not exists (select 1 from features.ml_feature_store f
    where f.game_date = $1 and f.player_lookup = s.player_lookup)
