-- Publishing: the state of a target is its own manifest. What the database keeps is which inputs the
-- last whole export of the deployment's folder has read.

drop view predictions.public_file;
drop table predictions.file_written;

create table predictions.export_run (
    only_one boolean primary key default true check (only_one),
    inputs bytea not null,
    exported_at timestamptz not null
);

-- What files are made of, by processor: a digest over its cells of the newest season that has any.
create view predictions.export_input as
select c.processor, sha256(string_agg(c.content_hash, ''::bytea order by c.game_date)) as digest
from ops.cell c
where c.version > 0 and (c.in_scope or c.unscheduled)
    and c.season_year = (select max(season_year) from ops.cell where processor = 'grading' and version > 0)
group by c.processor;

-- Of everything at once, and of the system that files show.
create view predictions.export_inputs as
select sha256(convert_to(coalesce((select system_id from predictions.champion), ''), 'UTF8')
              || coalesce(string_agg(digest, ''::bytea order by processor collate "C"), ''::bytea)) as inputs
from predictions.export_input;
