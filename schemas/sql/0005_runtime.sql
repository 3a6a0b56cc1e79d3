-- Which version of every upstream cell a cell read when it last ended, so that what has changed since can
-- be told; the keys of a change stand in ops.cell_change alone.
alter table ops.cell add column inputs bytea;
alter table ops.cell drop column stale_players, drop column stale_teams;
drop table ops.cell_applied;
create index cell_stale on ops.cell (processor) where is_stale;

-- What people should look at. One is open a cause (fingerprint), however often it is said.
create table ops.alert (
    id bigint generated always as identity primary key,
    fingerprint text not null,
    kind text not null,
    severity text not null check (severity in ('info', 'warning', 'critical')),
    game_date date,
    processor text,
    subject text,
    message text not null,
    count integer not null default 1,
    first_at timestamptz not null,
    last_at timestamptz not null,
    resolved_at timestamptz
);
create unique index alert_open on ops.alert (fingerprint) where resolved_at is null;
create index alert_open_of_cell on ops.alert (game_date, processor) where resolved_at is null;

-- Figures that a cell's last run has said.
create table ops.cell_measure (
    game_date date not null,
    processor text not null,
    name text not null,
    value double precision not null,
    primary key (game_date, processor, name)
);
create index cell_measure_newest on ops.cell_measure (processor, name, game_date desc);

-- Gates that an operator has opened for a time: the newest that is neither revoked nor expired counts.
create table ops.gate_override (
    id bigint generated always as identity primary key,
    game_date date not null,
    processor text not null,
    reason text not null check (reason <> ''),
    granted_by text not null,
    granted_at timestamptz not null,
    expires_at timestamptz not null check (expires_at > granted_at),
    revoked_at timestamptz,
    revoked_by text
);
create index gate_override_of_cell on ops.gate_override (game_date, processor);
