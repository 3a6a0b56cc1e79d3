-- Which processes live, and whether people can be reached.

-- A process says from its working loop that it lives, by the clock of the database.
alter table ops.worker_process add column beat_at timestamptz not null default now();

-- What it works with.
alter table ops.worker_process add column config_hash text;

-- The last daily test of each sink of alerts. A day is an Eastern one.
create table ops.sink_test (
    sink text primary key,
    day date not null,
    attempts integer not null,
    tried_at timestamptz not null,
    due_at timestamptz not null, -- after a failure: when it is tried again
    last_error text              -- null: it was delivered
);
