-- What stood in the source, cut to a bound, where a rejected row was read from a file. The schedule's
-- rows have no cell: they stand under processor 'schedule' at the season's first date.
alter table ops.rejected_row add column row_bytes bytea;
