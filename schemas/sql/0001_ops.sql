-- Schemas, and the tables that the runtime itself needs: the grid, its history, offsets, the inbox,
-- the outbox, attempts and letters.

create schema raw;
create schema analytics;
create schema precompute;
create schema features;
create schema predictions;
create schema ops;

-- The dates that this deployment covers; cells outside it are never expected, waited for or overdue.
create table ops.deployment (
    only_one boolean primary key default true check (only_one),
    scope_from date not null,
    scope_to date not null check (scope_to >= scope_from)
);

-- A season's schedule as it stands: the version rises with every change.
create table ops.season (
    season_year integer primary key,
    version integer not null,
    content_hash bytea not null,
    opening_night date not null,
    last_date date not null,
    games integer not null
);

create table ops.cell (
    game_date date not null,
    processor text not null,
    season_year integer not null,
    in_scope boolean not null,
    unscheduled boolean not null,
    status text not null default 'expected'
        check (status in ('expected', 'waiting', 'success', 'partial', 'degraded', 'no_data', 'failed')),
    reason text,
    version integer not null default 0,
    expected integer,
    written integer,
    rejected integer,
    content_hash bytea,
    input_hash bytea,
    stale_players text[],
    stale_teams text[],
    is_stale boolean not null default false,
    schedule_version integer not null default 0,
    lane text,
    run_id text,
    started_at timestamptz,
    finished_at timestamptz,
    as_of timestamptz,
    build text,
    config_hash text,
    correlation_id text,
    deadline timestamptz,
    primary key (game_date, processor),
    check (status not in ('success', 'partial') or expected is null or expected = 0 or written > 0),
    check (status not in ('no_data', 'failed', 'degraded') or reason is not null)
);
create index cell_by_season on ops.cell (season_year, processor);

-- What each version of a cell changed; NULL keys mean every key.
create table ops.cell_change (
    game_date date not null,
    processor text not null,
    version integer not null,
    players text[],
    teams text[],
    primary key (game_date, processor, version)
);

-- The last version of an upstream cell whose changes a consumer has marked in its own cells.
create table ops.cell_applied (
    consumer text not null,
    processor text not null,
    game_date date not null,
    version integer not null,
    primary key (consumer, processor, game_date)
);

-- Rows that a cell could not use, with the reason.
create table ops.rejected_row (
    game_date date not null,
    processor text not null,
    entity text not null,
    reason text not null
);
create index rejected_row_by_cell on ops.rejected_row (game_date, processor);

create table ops.consumer_offset (
    consumer_group text not null,
    topic text not null,
    partition integer not null,
    incarnation text not null,
    next_offset bigint not null,
    owner_epoch bigint not null,
    owner text not null,
    updated_at timestamptz not null default now(),
    primary key (consumer_group, topic, partition, incarnation)
);

create table ops.inbox (
    worker text not null,
    event_id text not null,
    received_on date not null default current_date,
    primary key (worker, event_id, received_on)
) partition by range (received_on);
create table ops.inbox_rest partition of ops.inbox default;

-- A partition a month: makes those of this month and the next, and drops those of which nothing is
-- younger than the longest retention. Called by the housekeeping.
create function ops.rotate_inbox(today date, retention_days integer) returns void language plpgsql as $$
declare
    month date;
    old record;
begin
    for n in 0..1 loop
        month := date_trunc('month', today)::date + make_interval(months => n);
        execute format('create table if not exists ops.%I partition of ops.inbox for values from (%L) to (%L)',
                       'inbox_' || to_char(month, 'YYYY_MM'), month, month + interval '1 month');
    end loop;
    for old in select c.oid::regclass as name, to_date(right(c.relname, 7), 'YYYY_MM') as month
               from pg_inherits i join pg_class c on c.oid = i.inhrelid
               where i.inhparent = 'ops.inbox'::regclass and c.relname ~ '^inbox_[0-9]{4}_[0-9]{2}$' loop
        if old.month + interval '1 month' < today - retention_days then
            execute format('drop table %s', old.name);
        end if;
    end loop;
end $$;
select ops.rotate_inbox(current_date, 60);

create table ops.outbox (
    id bigint generated always as identity primary key,
    tx xid8 not null default pg_current_xact_id(),
    topic text not null,
    key text not null,
    event_id text not null,
    type text not null,
    payload bytea not null,
    correlation_id text,
    worker text not null,
    created_at timestamptz not null default now(),
    incarnation text,
    partition integer,
    "offset" bigint
);
alter table ops.outbox alter column payload set storage external;
create index outbox_unconfirmed on ops.outbox (created_at) where incarnation is null;
create unique index outbox_event on ops.outbox (topic, event_id);

create table ops.attempt (
    consumer_group text not null,
    topic text not null,
    partition integer not null,
    owner_epoch bigint not null,
    first_offset bigint not null,
    last_offset bigint not null,
    deaths integer not null default 0, -- of processes that had this event alone in hand
    is_alone boolean not null default false,
    opened_at timestamptz not null default now(),
    primary key (consumer_group, topic, partition)
);

create table ops.letter (
    id bigint generated always as identity primary key,
    worker text not null,
    event_id text not null,
    incarnation text not null,
    topic text not null,
    partition integer not null,
    "offset" bigint not null,
    stamp timestamptz,
    key text,
    type text,
    payload bytea not null,
    correlation_id text,
    game_date date,
    processor text,
    error_class text not null,
    error_code text not null,
    message text not null,
    fingerprint text not null,
    attempts integer not null default 1,
    status text not null default 'open' check (status in ('open', 'closed')),
    build text not null,
    first_at timestamptz not null default now(),
    last_at timestamptz not null default now(),
    closed_at timestamptz,
    unique (worker, event_id)
);

-- What collect has published of a feed's day, and what raw has stored of it.
create table raw.feed_manifest (
    feed text not null,
    game_date date not null,
    manifest_version bigint not null,
    payload bytea not null,
    primary key (feed, game_date)
);
create table raw.feed_part (
    feed text not null,
    game_date date not null,
    event_id text not null,
    payload bytea not null,
    primary key (feed, game_date, event_id)
);
alter table raw.feed_part alter column payload set storage external;

-- One row per (date, player) that the coordinator decided upon; a request ends exactly once.
create table predictions.request (
    game_date date not null,
    player_lookup text not null,
    game_id text not null,
    request_version integer not null,
    batch_id text not null,
    run_mode text not null,
    status text not null check (status in ('requested', 'predicted', 'skipped', 'failed')),
    reason text,
    outcome_hash text,
    systems integer,
    created_at timestamptz not null default now(),
    closed_at timestamptz,
    primary key (game_date, player_lookup),
    check (status not in ('skipped', 'failed') or reason is not null)
);
create index request_open on predictions.request (game_date) where status = 'requested';

-- The system that signals, subsets, records and public files read.
create table predictions.champion (
    only_one boolean primary key default true check (only_one),
    system_id text not null
);
insert into predictions.champion (system_id) values ('moving_average_baseline');

-- The broker logs whose offsets we accept.
create table ops.incarnation (
    id text primary key,
    adopted_at timestamptz not null default now()
);

-- What operators have paused: a worker, a topic with both its lanes, or one lane of it ("NAME.backfill").
create table ops.pause (
    target text primary key,
    reason text,
    paused_by text not null,
    paused_at timestamptz not null default now()
);

-- Cells that have not ended past their deadline: those of the current slate (a post_game cell's deadline
-- is on the next day), and any whose deadline has passed since this deployment first met its broker. The
-- deadlines of older dates were over before anybody could have kept them.
create function ops.overdue_cells(at timestamptz, today date) returns setof ops.cell language sql stable as $$
    select * from ops.cell where in_scope and not unscheduled and status in ('expected', 'waiting') and deadline < at
        and (game_date >= today - 1 or deadline > (select min(adopted_at) from ops.incarnation))
$$;

-- What was last written into the public folder; size 0: there was nothing to say.
create table predictions.file_written (
    path text primary key,
    content_hash bytea not null,
    size bigint not null,
    written_at timestamptz not null
);
