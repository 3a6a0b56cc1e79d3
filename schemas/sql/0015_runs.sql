-- Every end of a cell, whoever made it: ops.cell knows the last one alone.
create table ops.run (
    id bigint generated always as identity primary key,
    game_date date not null,
    processor text not null,
    version integer not null,
    status text not null,
    reason text,
    expected integer,
    written integer,
    rejected integer,
    lane text,
    run_id text,
    build text,
    config_hash text,
    correlation_id text,
    started_at timestamptz,
    finished_at timestamptz not null
);
create index run_of_cell on ops.run (game_date, processor, id);
create index run_by_run_id on ops.run (run_id text_pattern_ops, id);

create function ops.note_run() returns trigger language plpgsql as $$
begin
    insert into ops.run (game_date, processor, version, status, reason, expected, written, rejected, lane, run_id, build,
        config_hash, correlation_id, started_at, finished_at)
        values (new.game_date, new.processor, new.version, new.status, new.reason, new.expected, new.written,
        new.rejected, new.lane, new.run_id, new.build, new.config_hash, new.correlation_id, new.started_at,
        new.finished_at);
    return null;
end $$;
create trigger run_of_cell after update of finished_at on ops.cell for each row
    when (new.finished_at is not null and new.status not in ('expected', 'waiting')) execute function ops.note_run();
