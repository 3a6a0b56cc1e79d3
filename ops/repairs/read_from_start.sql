-- repairs: a worker whose offsets lie outside the log, after the broker lost part of it: it reads what is left from its start, and what it has handled is recognised
-- takes: worker
-- refuse: it is running, and would write its offsets again: end it first
select owner from ops.worker_process where worker = $1 and beat_at > now() - interval '15 minutes'
-- find
select topic, partition, next_offset, updated_at from ops.consumer_offset where consumer_group = 'tipoff.' || $1
order by topic, partition
-- mend
delete from ops.consumer_offset o using found f where o.consumer_group = 'tipoff.' || $1 and o.topic = f.topic
and o.partition = f.partition
