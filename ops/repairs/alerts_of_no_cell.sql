-- repairs: open alerts of dates that the schedule has no more: nothing will ever run that could end them
-- takes: nothing
-- find
select a.id, a.kind, a.game_date, a.processor, a.subject, a.first_at from ops.alert a
where a.resolved_at is null and a.game_date is not null and not exists (
    select 1 from ops.cell c where c.game_date = a.game_date and c.processor = a.processor and (c.in_scope or c.unscheduled))
order by a.id
-- mend
update ops.alert a set resolved_at = now() from found f where a.id = f.id
