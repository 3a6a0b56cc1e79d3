# tests/support/takeover.sh
#    Who owns which partitions of a group, and how long they wait for a next owner.
#
# Sourced; needs sql, which runs a query on the deployment's database.

now_ms() {
    date +%s%3N
}

# owners_of NAME: the processes that own partitions of the worker, one a line.
owners_of() {
    sql "select distinct owner from ops.consumer_offset where consumer_group = 'tipoff.$1' order by 1"
}

# shared_by COUNT NAME: so many processes share the worker's partitions.
shared_by() {
    [ "$(owners_of "$2" | wc -l)" = "$1" ]
}

# committed NAME: events that the worker's group has committed.
committed() {
    sql "select coalesce(sum(next_offset), 0) from ops.consumer_offset where consumer_group = 'tipoff.$1'"
}

# has_committed COUNT NAME
has_committed() {
    [ "$(committed "$2")" -ge "$1" ]
}

# lag_of NAME: events on the broker that the group has not committed.
lag_of() {
    sql "select coalesce(sum(greatest(o.out - f.next_offset, 0)), 0) from ops.consumer_offset f left join lateral
        (select max(b.\"offset\") + 1 as out from ops.outbox b where b.topic = f.topic and b.partition = f.partition
        and b.incarnation = f.incarnation) o on true where consumer_group = 'tipoff.$1'"
}

lag_is_over() {
    [ "$(lag_of "$2")" -gt "$1" ]
}

has_no_lag() {
    [ "$(lag_of "$1")" = 0 ]
}

# remember_partitions OWNER: what it owns and how far it has come, for taken_over_ms.
remember_partitions() {
    sql "set client_min_messages = warning; drop table if exists public.left_behind; create table public.left_behind as select consumer_group, topic,
        partition, next_offset from ops.consumer_offset where owner = '$1'"
}

# taken_over_ms SINCE OWNER: from SINCE, in ms, to the first event of a partition left behind that another
# process has committed; nothing while there is none.
taken_over_ms() {
    sql "select (extract(epoch from min(o.updated_at)) * 1000)::bigint - $1 from ops.consumer_offset o
        join public.left_behind l using (consumer_group, topic, partition) where o.next_offset > l.next_offset
        and o.updated_at > to_timestamp($1 / 1000.0) and o.owner <> '$2' having count(*) > 0"
}

# claimed_ms SINCE OWNER: likewise to the moment when every one of its partitions belongs to another.
claimed_ms() {
    sql "select (extract(epoch from clock_timestamp()) * 1000)::bigint - $1 from ops.consumer_offset o
        join public.left_behind l using (consumer_group, topic, partition) having bool_and(o.owner <> '$2')"
}

# await_ms SECONDS COMMAND...: what the command prints, as soon as it prints something.
await_ms() {
    local deadline=$((SECONDS + $1)) out
    shift
    until out=$("$@") && [ -n "$out" ]; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.02
    done
    printf '%s\n' "$out"
}
