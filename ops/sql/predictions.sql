-- Active predictions of dates by system, and how many were graded right
select p.system_id, count(*) as predictions, count(*) filter (where p.recommendation in ('OVER', 'UNDER')) as picks,
    count(a.*) as graded, round(avg(a.absolute_error)::numeric, 2) as mean_error
from predictions.prediction p left join predictions.prediction_accuracy a on a.game_date = p.game_date
    and a.player_lookup = p.player_lookup and a.system_id = p.system_id
where p.is_active and p.game_date between $1::date and $2::date group by p.system_id order by p.system_id
