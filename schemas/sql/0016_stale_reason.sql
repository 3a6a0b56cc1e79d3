-- Why a cell is to be made again stands apart from why it ended as it did: whoever needs the cell reads the
-- latter, and would take the former for it.

alter table ops.cell add column stale_reason text;
update ops.cell set stale_reason = reason where is_stale and version > 0;
alter table ops.cell add constraint stale_reason_of_stale check (is_stale or stale_reason is null);
