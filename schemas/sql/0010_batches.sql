-- When a cell is to be looked at though nothing has come; whoever takes such a row owns it for a while.
create table ops.cell_due (
    game_date date not null,
    processor text not null,
    due_at timestamptz not null,
    leased_by text,
    leased_until timestamptz,
    primary key (game_date, processor),
    check ((leased_by is null) = (leased_until is null))
);
create index cell_due_next on ops.cell_due (processor, due_at);

-- A request may end without an answer.
alter table predictions.request drop constraint request_status_check, drop constraint request_check;
alter table predictions.request
    add check (status in ('requested', 'predicted', 'skipped', 'failed', 'expired')),
    add check (status not in ('skipped', 'failed', 'expired') or reason is not null),
    add check ((status = 'requested') = (closed_at is null));

-- Each asking of a date. How its requests stand is said by predictions.request alone.
create table predictions.batch_run (
    batch_id text primary key,
    game_date date not null,
    seq integer not null,
    input_hash bytea not null, -- of the cells that it was asked from
    run_mode text not null,
    gate_mode text not null,   -- whose quality threshold holds for the date
    reason text,               -- an operator's
    asked_by text not null,
    state text not null
        check (state in ('running', 'redriven', 'complete', 'partial', 'timed_out', 'reset', 'replaced')),
    is_current boolean not null,
    expected integer not null check (expected >= 0),                   -- players of the date
    asked integer not null check (asked between 0 and expected),       -- of them, this time; the others keep what they have
    eligible integer not null check (eligible <= expected),            -- of them, by the rules
    good_quality integer not null check (good_quality <= eligible),
    without_features integer not null check (without_features <= eligible),
    lined_skipped integer not null check (lined_skipped <= eligible),  -- have a line, and the gate held them back
    line_expected integer not null check (line_expected <= eligible),
    line_missing integer not null check (line_missing <= line_expected),
    started_at timestamptz not null,
    redriven_at timestamptz,
    closed_at timestamptz,
    unique (game_date, seq),
    check ((state in ('running', 'redriven')) = (closed_at is null)),
    check (is_current or closed_at is not null)
);
create unique index batch_run_current on predictions.batch_run (game_date) where is_current;
create unique index batch_run_open on predictions.batch_run (game_date) where closed_at is null;

-- What has become of batches, and who did it.
create table predictions.batch_event (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    game_date date not null,
    batch_id text not null,
    event text not null, -- asked, adopted, voided, invalidated, or one of the table of moves
    state text not null, -- that it led to
    players integer not null,
    by text not null,
    reason text
);
create index batch_event_of_date on predictions.batch_event (game_date, id);

-- What operators want of a date; taken when its gate is open.
create table predictions.batch_order (
    id bigint generated always as identity primary key,
    game_date date not null,
    action text not null check (action in ('predict', 'sweep', 'reset')),
    run_mode text check (run_mode in
        ('FIRST', 'RETRY', 'FINAL_RETRY', 'LAST_CALL', 'BACKFILL', 'LINE_CHECK', 'REGENERATE')),
    reason text,
    ordered_by text not null,
    ordered_at timestamptz not null,
    taken_at timestamptz,
    check ((action = 'predict') = (run_mode is not null)),
    check (action <> 'reset' or reason is not null)
);
create index batch_order_open on predictions.batch_order (game_date, id) where taken_at is null;

-- The batch of every date, with how its requests stand.
create view predictions.batch as
select b.game_date, b.batch_id, b.run_mode, b.state, b.asked_by, b.reason, b.expected, b.asked,
    count(*) filter (where r.status = 'predicted')::integer as predicted,
    count(*) filter (where r.status = 'skipped')::integer as skipped,
    count(*) filter (where r.status = 'failed')::integer as failed,
    count(*) filter (where r.status = 'expired')::integer as expired,
    count(*) filter (where r.status = 'requested')::integer as open,
    b.started_at, b.redriven_at, b.closed_at,
    greatest(b.started_at, b.redriven_at, max(r.closed_at) filter (where r.batch_id = b.batch_id)) as progress_at,
    d.due_at
from predictions.batch_run b
left join predictions.request r using (game_date)
left join ops.cell_due d on d.game_date = b.game_date and d.processor = 'predictions'
where b.is_current
group by b.batch_id, d.due_at;

-- When and why a prediction has gone out of use.
alter table predictions.prediction
    add column if not exists superseded_at timestamptz,
    add column if not exists superseded_reason text,
    add column if not exists invalidation_reason text;

-- What can never be: one row a batch or request that contradicts another.
create view predictions.batch_fault as
select game_date, 'expected ' || expected || ', predicted ' || predicted || ', skipped ' || skipped || ', failed '
    || failed || ', expired ' || expired || ', open ' || open as fault
from predictions.batch where expected <> predicted + skipped + failed + expired + open
union all
select game_date, state || ' with ' || open || ' open' from predictions.batch where closed_at is not null and open > 0
union all
select b.game_date, 'open, and its cell is ' || c.status from predictions.batch b
join ops.cell c on c.game_date = b.game_date and c.processor = 'predictions'
where b.open > 0 and c.status in ('success', 'partial', 'degraded', 'no_data')
union all
select r.game_date, r.player_lookup || ' is asked for without a batch' from predictions.request r
where r.status = 'requested' and not exists (select 1 from predictions.batch_run b
    where b.batch_id = r.batch_id and b.is_current)
union all
select r.game_date, r.player_lookup || ' belongs to a batch of another day' from predictions.request r
where not exists (select 1 from predictions.batch_run b where b.batch_id = r.batch_id and b.game_date = r.game_date)
union all
select game_date, prediction_id || ' is in use and withdrawn' from predictions.prediction
where is_active and (superseded_at is not null or invalidation_reason is not null);

-- What a grade says beside its result.
alter table predictions.prediction_accuracy
    add column confidence_decile integer,
    add column line_source text,
    add column pre_game_injury_status text,
    add column filter_reason text,
    add column model_version text,
    add column graded_at timestamptz;
