#!/usr/bin/env bash
# tests/integration/gate.sh
#    A gate that a failed cell holds: who is told of it, and an operator who opens it by hand, for a time and
#    with a reason, which is shown wherever the date is. The worker is told at once.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

DATE=2025-11-12
HELD=feature_store

# cell COLUMN: of the held cell.
cell() {
    sql "select $1 from ops.cell where game_date = '$DATE' and processor = '$HELD'"
}

cell_is() {
    same "$2" "$(cell "$1")"
}

gate() {
    "$TIPOFF" gate "$@"
}

# shows STATE: of the override for a moment.
shows() {
    gate show "$DATE" $HELD | grep -q "$1 .*for a moment"
}

# The daily cache of the date cannot be written, until the rule is gone again.
break_cache() {
    sql "alter table precompute.player_daily_cache add constraint broken check (game_date <> '$DATE')"
}

# opened_ms: from the grant to the line in which the worker says that the cell has ended.
opened_ms() {
    local said
    said=$(sed -n "s/^time=\([^ ]*\) .*event=\"cell ended\" game_date=$DATE processor=$HELD status=degraded.*/\1/p" \
        "$TIPOFF_RUN_DIR/logs/feature-store.log" | head -n 1)
    sql "select (extract(epoch from '$said'::timestamptz - max(granted_at)) * 1000)::integer from ops.gate_override"
}

make_data
deploy gate
break_cache
must "the feeds are collected" collect
must "the cache of the date fails" eventually 120 sql_is failed \
    "select status from ops.cell where game_date = '$DATE' and processor = 'player_daily_cache'"
must "its features wait" eventually 60 cell_is status waiting

# ---- who is told ----

claim "the failure is a critical alert" sql_is 1 "select count(*) from ops.alert where resolved_at is null
    and kind = 'cell_failed' and severity = 'critical' and game_date = '$DATE' and processor = 'player_daily_cache'"
claim "the gate that it holds is an alert" eventually 30 sql_is 1 "select count(*) from ops.alert where resolved_at
    is null and kind = 'gate_held' and game_date = '$DATE' and processor = '$HELD'"
claim "'alerts' lists them, with the letter" holds cell_failed gate_held letter "$DATE" player_daily_cache \
    < <("$TIPOFF" alerts)
claim "'alerts --json' does" holds '"kind":"gate_held"' '"severity":"critical"' < <("$TIPOFF" alerts --json)
claim "'status' counts them, and names critical ones" holds "open alerts" "critical  " \
    < <("$TIPOFF" status)
claim "'status --json' does" holds '"newest_critical":[{' '"critical":' < <("$TIPOFF" status --json)
claim "'why' shows those of the date" holds "alerts" "cell_failed" "gate_held" < <("$TIPOFF" why "$DATE")
claim "'why' of another date does not" same 0 "$("$TIPOFF" why 2025-10-21 | grep -c gate_held)"
claim "'gate show' says which gate is shut, and why" holds "$HELD" shut "needs player_daily_cache of $DATE" \
    < <(gate show "$DATE")
claim "'gate show' of one processor lists its needs with rows and bounds" holds player_daily_cache failed 50 \
    < <(gate show "$DATE" "$HELD")

# ---- an override ----

claim "without a reason it is refused" same 2 "$(exit_status gate override "$DATE" $HELD --expires 1h)"
claim "without an end it is refused" same 2 "$(exit_status gate override "$DATE" $HELD --reason why)"
claim "with an end that is no duration it is refused" same 2 \
    "$(exit_status gate override "$DATE" $HELD --reason why --expires soon)"
claim "of what is no processor it is refused" same 2 \
    "$(exit_status gate override "$DATE" nonsense --reason why --expires 1h)"
claim "of a date that is not there it is refused" same 1 \
    "$(exit_status gate override 2031-01-01 $HELD --reason why --expires 1h)"
claim "nothing of that is kept" sql_is 0 "select count(*) from ops.gate_override"
gate override "$DATE" $HELD --reason "the cache cannot be had" --expires 90m --by ann >"$WORK/said"
claim "an override says until when" holds "$HELD" "$DATE" "UTC" <"$WORK/said"
claim "the cell runs" eventually 30 cell_is status degraded
say "it ran $(opened_ms) ms after the grant"
claim "degraded: its reason names the override, who and why" same t "$(cell "reason like
    'overridden by ann (the cache cannot be had): without player_daily_cache of $DATE%'")"
claim "the alert of the gate has ended, that of the cell has not" sql_is "cell_failed" "select string_agg(kind, ' ')
    from ops.alert where resolved_at is null and kind in ('gate_held', 'cell_failed') and game_date = '$DATE'"
claim "what was made without it has an alert of its own" sql_is player_daily_cache "select subject from ops.alert where
    resolved_at is null and kind = 'upstream_missing' and game_date = '$DATE'"
claim "'status' shows it" holds "GATES OPENED BY HAND" "$HELD" ann "the cache cannot be had" < <("$TIPOFF" status)
claim "'status --json' does" holds '"gate_overrides":[{' "the cache cannot be had" < <("$TIPOFF" status --json)
claim "'why' shows it" holds "gates opened by hand" "in force" "the cache cannot be had" < <("$TIPOFF" why "$DATE")
claim "'gate show' shows it" holds "open by hand" "in force" ann < <(gate show "$DATE" $HELD)
must "the run ends around it" eventually 120 sql_is 0 "select count(*) from ops.cell where status in ('expected', 'waiting')"

# ---- taken back, and over ----

claim "an override is taken back" holds "on its own again" < <(gate revoke "$DATE" $HELD)
claim "a second time there is none" same 1 "$(exit_status gate revoke "$DATE" $HELD)"
claim "'gate show' says so" holds revoked shut < <(gate show "$DATE" $HELD)
claim "'status' shows it no more" same 0 "$("$TIPOFF" status | grep -c 'BY HAND')"
claim "what was made stands" cell_is status degraded
gate override "$DATE" $HELD --reason "for a moment" --expires 1s >/dev/null
claim "an override ends by itself" eventually 10 shows expired
claim "'status' shows nothing in force" same 0 "$("$TIPOFF" status | grep -c 'BY HAND')"

# ---- mended ----

sql "alter table precompute.player_daily_cache drop constraint broken"
must "the letter is sent again" "$TIPOFF" dlq retry --all
must "the run ends" eventually 120 sql_is 0 "select count(*) from ops.cell where status = 'failed' or is_stale
    or status in ('expected', 'waiting')"
claim "with the cache the features are whole" eventually 30 cell_is status success
claim "no alert of it is open" sql_is 0 "select count(*) from ops.alert where resolved_at is null
    and kind in ('gate_held', 'cell_failed', 'letter', 'upstream_missing')"
claim "'alerts --all' still lists them" holds cell_failed gate_held letter < <("$TIPOFF" alerts --all)
must "everything has ended" finish_run "$TIPOFF_RUN_DIR/hashes"
clean_run
claim "the hashes are those of a run in which nothing failed" same_files "$WORK/clean.hashes" "$WORK/gate/hashes"
