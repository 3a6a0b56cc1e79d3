-- Cells that are made again because somebody asked, and which build each worker process is of.

-- asked: what the command was asked for, by which the same command finds an unfinished one.
create table ops.backfill (
    id bigint generated always as identity primary key,
    created_at timestamptz not null default now(),
    created_by text not null,
    reason text,
    asked text not null,
    date_from date not null,
    date_to date not null,
    status text not null default 'running' check (status in ('running', 'done', 'cancelled')),
    finished_at timestamptz
);
create unique index backfill_running on ops.backfill (asked) where status = 'running';

-- n is the order in which they are asked for. held: asked for, and its gate is shut; it goes on when that opens.
create table ops.backfill_cell (
    backfill bigint not null references ops.backfill on delete cascade,
    n integer not null,
    game_date date not null,
    processor text not null,
    why text not null,
    status text not null default 'planned'
        check (status in ('planned', 'requested', 'held', 'done', 'failed', 'cancelled')),
    reason text,
    hash_before bytea,
    hash_after bytea,
    requested_at timestamptz,
    finished_at timestamptz,
    primary key (backfill, n)
);
create index backfill_cell_planned on ops.backfill_cell (backfill, n) where status = 'planned';
create index backfill_cell_under_way on ops.backfill_cell (game_date, processor) where status in ('requested', 'held');

-- The end of a cell is the end of its request, in one transaction, whoever made it and whatever woke it.
create function ops.note_backfilled_cell() returns trigger language plpgsql as $$
begin
    update ops.backfill_cell set status = case new.status when 'failed' then 'failed' else 'done' end,
        reason = case new.status when 'failed' then new.reason end, finished_at = now(), hash_after = new.content_hash
        where game_date = new.game_date and processor = new.processor and status in ('requested', 'held');
    if found then
        perform pg_notify('tipoff_backfill', '');
    end if;
    return null;
end $$;
create trigger backfilled_cell after update of finished_at on ops.cell for each row
    when (not new.is_stale and new.status not in ('expected', 'waiting')) execute function ops.note_backfilled_cell();

-- One row a process: alive while a connection of that name is.
create table ops.worker_process (
    owner text primary key,
    worker text not null,
    build text not null,
    started_at timestamptz not null default now()
);
