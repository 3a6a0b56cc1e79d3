-- When the checks of a date were last run by the monitor, by the Clock.
create table ops.check_round (
    game_date date primary key,
    checked_at timestamptz not null
);
