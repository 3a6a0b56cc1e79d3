-- repairs: transactions of that age that no worker holds which beats: what is newer is not published again while they stand
-- takes: age
-- find
select a.pid, a.usename as role, a.application_name as program, a.state,
    extract(epoch from clock_timestamp() - a.xact_start)::integer as seconds, left(a.query, 60) as query
from pg_stat_activity a left join ops.worker_process w on w.owner = a.application_name
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start < clock_timestamp() - $1::interval
and (w.owner is null or w.beat_at < now() - interval '15 minutes') order by a.xact_start
-- mend
select pg_terminate_backend(pid, 5000) from found
