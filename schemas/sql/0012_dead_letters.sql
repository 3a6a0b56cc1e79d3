-- What people have done by hand, with every command that changes something.
create table ops.audit (
    id bigint generated always as identity primary key,
    at timestamptz not null default now(),
    actor text not null,
    command text not null check (command <> ''),
    target text not null,
    reason text,
    details jsonb
);
create index audit_of_target on ops.audit (target, id);

-- A letter is open, or somebody has decided upon it: parked is kept as it is, skipped is given up, closed
-- has succeeded.
alter table ops.letter drop constraint letter_status_check;
alter table ops.letter add constraint letter_status_check check (status in ('open', 'parked', 'skipped', 'closed')),
    add column status_reason text, -- of a parked and a skipped one
    add column sent_at timestamptz, -- since then its event is on its way again; NULL: it is not
    add check (status not in ('parked', 'skipped') or status_reason is not null);
-- Groups are counted from the index alone.
create index letter_group on ops.letter (status, fingerprint)
    include (id, worker, topic, processor, game_date, attempts, first_at, last_at);

-- Every time that an event could not be processed.
create table ops.letter_attempt (
    letter bigint not null references ops.letter on delete cascade,
    attempt integer not null,
    at timestamptz not null default now(),
    incarnation text not null,
    partition integer not null,
    "offset" bigint not null,
    error_class text not null,
    error_code text not null,
    message text not null,
    fingerprint text not null,
    build text not null,
    primary key (letter, attempt)
);
insert into ops.letter_attempt select id, attempts, last_at, incarnation, partition, "offset", error_class, error_code,
    message, fingerprint, build from ops.letter;

-- Events that people have mended, whoever has a letter of them: a retry sends what the newest edit made. The
-- bytes that came stay in the first one.
create table ops.letter_edit (
    id bigint generated always as identity primary key,
    topic text not null,
    event_id text not null,
    letter bigint not null, -- that was open before whoever did it
    at timestamptz not null default now(),
    actor text not null,
    reason text,
    before bytea not null,
    after bytea not null
);
create index letter_edit_of_event on ops.letter_edit (topic, event_id, id);
