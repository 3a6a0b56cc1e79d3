-- What people have done by hand in the last 30 days, newest first
select to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') as at, actor, command, target, reason
from ops.audit where at > now() - interval '30 days' order by id desc
