-- says: players who were predicted and did not play; one a game is usual
-- group: reconcile
-- phase: predictions
-- severity: warning
-- better: less
-- needs: game_summaries
select count(*)::float8, (select count(*) from raw.schedule_game where game_date = $1)::float8,
    4 * (select count(*) from raw.schedule_game where game_date = $1)::float8, min(player_lookup)
from (select distinct p.player_lookup from predictions.prediction p where p.game_date = $1 and p.is_active
      and not exists (select 1 from analytics.player_game_summary s
          where s.game_date = $1 and s.player_lookup = p.player_lookup)) x
