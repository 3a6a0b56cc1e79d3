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
