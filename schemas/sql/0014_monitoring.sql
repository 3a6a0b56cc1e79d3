-- Somebody has seen an alert; it stays open, and nobody is told again.
alter table ops.alert add column acked_at timestamptz, add column acked_by text, add column ack_reason text,
    add check ((acked_at is null) = (acked_by is null));

-- What is said of an alert, to which sink: once that it is open, once that nobody has seen it, once that it is
-- over. A row is due at a time; one that could not be sent is due again later.
create table ops.alert_message (
    alert bigint not null references ops.alert on delete cascade,
    sink text not null,
    stage text not null check (stage in ('open', 'escalated', 'resolved')),
    due_at timestamptz not null,
    attempts integer not null default 0,
    last_error text,
    sent_at timestamptz,
    dropped_at timestamptz, -- it was over before anybody was told, or the sink is no more
    primary key (alert, sink, stage),
    check (sent_at is null or dropped_at is null)
);
create index alert_message_due on ops.alert_message (due_at) where sent_at is null and dropped_at is null;
