#!/usr/bin/env bash
# tests/integration/faults.sh
#    Every fault that a file or an event can have: what is said of it, what becomes of it, that nothing
#    else changes, and that the hashes are the clean run's once it is mended.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

export TIPOFF_FEEDS=shots,props,injuries,game_lines # every feed has faults of its own
FAULTS="python3 $ROOT/tests/support/faults.py"
SPOILT=$WORK/spoilt
TABLE=$WORK/faults.tsv # name, feed, date, outcome, rejected rows, message
HEARD=$WORK/heard      # what collect said
FAR=2087-01-01

# leave_out_parts: parts that no manifest lists any more stay stored, and are no result.
leave_out_parts() {
    sed -i '/^raw.feed_part /d' "$WORK/clean.rows"
    eval "rows_of_everything() $(declare -f row_counts | tail -n +2)"
    row_counts() {
        rows_of_everything | sed '/^raw.feed_part /d'
    }
}

# hash_of FILE DATE PROCESSOR
hash_of() {
    awk -v d="$2" -v p="$3" '$1 == d && $2 == p { print $3 }' "$1"
}

cell_is() {
    sql_is "$1" "select status || ' ' || rejected from ops.cell where game_date = '$2' and processor = '$3'"
}

no_worker_restarted() {
    same "$PIDS" "$(worker_pids)"
}

worker_pids() {
    local name
    for name in $(worker_names); do
        echo "$name $(pid_of "$name")"
    done
}

# ---- files ----

# claim_file NAME FEED DATE OUTCOME REJECTED MESSAGE
claim_file() {
    local name=$1 feed=$2 date=$3 outcome=$4 rejected=$5 message=$6 what
    what="$name ($feed)"
    [ -z "$message" ] || claim "$what: collect says so, with the place" grep -qF -- "$message" "$HEARD"
    case $outcome in
    refused)
        claim "$what: the file is refused, and its cell failed" cell_is "failed 0" "$date" "collect_$feed"
        claim "$what: that is an open alert" sql_is 1 "select count(*) from ops.alert where resolved_at is null
            and kind = 'cell_failed' and game_date = '$date' and processor = 'collect_$feed'"
        claim "$what: the raw cell has no data, for that reason" sql_is t "select status = 'no_data' and position(
            $(quoted "$message") in reason) > 0 from ops.cell where game_date = '$date' and processor = 'raw_$feed'"
        claim "$what: 'why' names the file and what mends it" holds "$message" "first broken link: collect_" "mend the file" \
            <<<"$("$TIPOFF" why "$date")"
        ;;
    rejected)
        claim "$what: the collect cell is partial and counts $rejected" cell_is "partial $rejected" "$date" "collect_$feed"
        claim "$what: the raw cell is partial and counts $rejected" cell_is "partial $rejected" "$date" "raw_$feed"
        claim "$what: the rejected row is kept as it stood" sql_is t "select bool_and(length(row_bytes) > 10) from
            ops.rejected_row where game_date = '$date' and processor = 'collect_$feed'"
        claim "$what: 'why' lists it" grep -qF -- "${message%%: *}" <<<"$("$TIPOFF" why "$date")"
        ;;
    *)
        claim "$what: the cell is whole" cell_is "success 0" "$date" "raw_$feed"
        claim "$what: its hash is the clean run's" same "$(hash_of "$WORK/clean.hashes" "$date" "raw_$feed")" \
            "$(hash_of "$TIPOFF_RUN_DIR/hashes.spoilt" "$date" "raw_$feed")"
        ;;
    esac
}

quoted() {
    printf "'%s'" "${1//\'/\'\'}"
}

bad_cells() {
    awk -F '\t' '$4 == "refused" || $4 == "rejected" { print $3 "/collect_" $2 }' "$TABLE"
}

spoilt_files() {
    local name feed date outcome rejected message status
    must "files are spoilt" $FAULTS files "$DATA" "$SPOILT" "$TABLE"
    cp "$SPOILT/props/$(ls "$DATA/props" | head -n 1)" "$SPOILT/props/$FAR.csv"
    : >"$SPOILT/shots/notes.txt"
    "$TIPOFF" collect --data "$SPOILT" >"$HEARD" 2>&1
    status=$?
    claim "collect goes on to the end and exits 1, for files were refused" same 1 $status
    claim "it says how many files were refused" \
        grep -qx "$(awk -F '\t' '$4 == "refused"' "$TABLE" | wc -l) files refused: mend them and collect again" "$HEARD"
    claim "it says how many rows were rejected" \
        grep -q " $(awk -F '\t' '{ n += $5 } END { print n }' "$TABLE") rows rejected" "$HEARD"
    claim "a file of a date that is no date of the season is named as not read" grep -q "^unread: props/$FAR.csv" "$HEARD"
    claim "a file whose name is no date is named as not read" grep -q "^unread: shots/notes.txt" "$HEARD"
    claim "the run goes on around the faults to its end" finish_run "$TIPOFF_RUN_DIR/hashes.spoilt"
    while IFS=$'\t' read -r name feed date outcome rejected message; do
        claim_file "$name" "$feed" "$date" "$outcome" "$rejected" "$message"
    done <"$TABLE"
    claim "'report' shows rejected rows by processor" holds "rejected rows and files" collect_boxscores \
        <"$TIPOFF_RUN_DIR/report.txt"
    "$TIPOFF" graph --json >"$WORK/graph.json"
    # shellcheck disable=SC2046
    claim "the hash of every cell that reads no fault is the clean run's" \
        $FAULTS reach "$WORK/graph.json" "$WORK/clean.hashes" "$TIPOFF_RUN_DIR/hashes.spoilt" $(bad_cells)
}

# ---- events ----

# good_event TOPIC DATE FILE: the clean run's first event of the date.
good_event() {
    (use clean && sql "select encode(payload, 'hex') from ops.outbox where topic = '$1' and key = '$2'
        order by event_id limit 1") | python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$3"
}

# send KIND TOPIC PARTITION [DATE]: an event made of a good one, under the id fault-KIND-TOPIC.
send() {
    local kind=$1 topic=$2.backfill file=$WORK/$1-$2
    good_event "$topic" "$GOOD_DATE" "$WORK/good" && [ -s "$WORK/good" ] &&
        $FAULTS event "$kind" "$WORK/good" "$file" "${4:-$FAR}" &&
        kcat -P -b "$(brokers)" -t "$topic" -p "$3" -X message.max.bytes=9000000 -z zstd -k "$GOOD_DATE" \
            -H "ce_id=fault-$kind-$2" "$file"
}

# letters_of KIND TOPIC
letters_of() {
    sql "select count(*) from ops.letter where event_id = 'fault-$1-$2'"
}

has_letters_of() {
    [ "$(letters_of "$1" "$2")" = "$3" ]
}

# is_at FILE TOPIC PARTITION OFFSET: those bytes stand there.
is_at() {
    kcat -C -q -b "$(brokers)" -t "$2" -p "$3" -o "$4" -c 1 -D '' -X fetch.message.max.bytes=9000000 >"$WORK/seen" &&
        cmp "$1" "$WORK/seen"
}

# claim_event WHAT KIND TOPIC PARTITION LETTERS MESSAGE [DATE]
claim_event() {
    local what=$1 kind=$2 topic=$3 partition=$4 letters=$5 message=$6 where
    must "$what is sent" send "$kind" "$topic" "$partition" "${7:-}"
    claim "$what: one letter for each of the $letters that it concerns" eventually 30 has_letters_of "$kind" "$topic" "$letters"
    claim "$what: the letter says why" sql_is t "select bool_and(error_class = 'poison' and position($(quoted "$message")
        in message) > 0) from ops.letter where event_id = 'fault-$kind-$topic'"
    where=$(sql "select distinct topic || ' ' || partition || ' ' || \"offset\" from ops.letter where event_id = 'fault-$kind-$topic'")
    claim "$what: its topic, partition and offset are where the event stands" is_at "$WORK/$kind-$topic" $where
    claim "$what: its bytes are kept" sql_is "$(sha256sum <"$WORK/$kind-$topic" | cut -d ' ' -f 1)" \
        "select distinct encode(sha256(payload), 'hex') from ops.letter where event_id = 'fault-$kind-$topic'"
    claim "$what: the log names them too" grep -rqE "topic=${where%% *} partition=$partition offset=${where##* } event_id=fault-$kind" \
        "$TIPOFF_RUN_DIR/logs"
}

spoilt_events() {
    GOOD_DATE=$(use clean && sql "select min(game_date) + 9 from ops.cell")
    local season nowhere
    season=$(sql "select season_year from ops.season")
    nowhere=$season-07-04 # long before the first game
    sql "select game_date, processor, status, version from ops.cell order by 1, 2" >"$WORK/cells.before"
    claim_event "a truncated event" truncated feed.shots 2 1 "at byte"
    claim_event "an event of an unknown schema" unknown feed.boxscores 3 1 "unknown schema"
    claim_event "a truncated event of injuries" truncated feed.injuries 2 1 "at byte"
    claim_event "a truncated event of game lines" truncated feed.game_lines 2 1 "at byte"
    claim_event "an event of another framing" magic feed.shots 4 1 "begins with c4 01 instead of c3 01"
    claim_event "a negative length" negative feed.props 5 1 "FeedProps.event_id at byte 0: a negative length"
    claim_event "an event of 5 MB" huge feed.manifest 1 1 "5000000 bytes left over"
    claim_event "a completion of a cell that does not exist" dated raw.completed 1 "$(needers_of raw_boxscores)" "of $nowhere, a cell that does not exist" \
        "$nowhere"
    claim_event "a completion of a far date" dated analytics.completed 2 "$(needers_of game_summaries)" \
        "of $FAR, a cell that does not exist"
    claim_event "a part of a far date" dated feed.props 6 1 "a part of $FAR, more than two years ahead of today"
    claim_event "a manifest of a far date" dated feed.manifest 2 1 "a manifest of $FAR, more than two years ahead of today"
    sql "select game_date, processor, status, version from ops.cell order by 1, 2" >"$WORK/cells.after"
    claim "no cell changed for them" same_files "$WORK/cells.before" "$WORK/cells.after"
    claim "no worker was restarted for them" no_worker_restarted
    claim "every letter was announced, the large one without its payload" eventually 30 sql_is 0 \
        "select count(*) from ops.outbox where type = 'tipoff.Letter' and (incarnation is null or length(payload) > 600000)"
}

# needers_of PROCESSOR: how many workers have a processor that needs it.
needers_of() {
    "$TIPOFF" graph --json | python3 -c 'import json, re, sys
print(len({row["worker"] for row in json.load(sys.stdin)["graph"] if sys.argv[1] in re.split("[ ,<]+", row["needs"])}))' "$1"
}

attempted_again() {
    sql_is 0 "select count(*) from ops.letter where status <> 'parked' or attempts <> 2"
}

# ---- mended ----

mended() {
    claim "the whole files are collected, and the exit status is 0" collect
    claim "the letters are sent again" "$TIPOFF" dlq retry --all
    claim "what nobody can read comes back, with one attempt more, and is parked" eventually 60 attempted_again
    must "the mended run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim_undisturbed "mended files"
    claim "no rejected row of a file is left" sql_is 0 "select count(*) from ops.rejected_row where processor like 'collect%'"
    claim "no worker was restarted" no_worker_restarted
}

# What was collected is not lost to a file that goes wrong or goes away later.
spoilt_later() {
    local date versions="select sum(version) from ops.cell"
    date=$(sql "select max(game_date) from ops.cell where processor = 'collect_props' and status = 'success'")
    rm -rf "$SPOILT" && cp -r "$DATA" "$SPOILT"
    sed -i '1s/line/lime/' "$SPOILT/props/$date.csv"
    rm "$SPOILT/boxscores/$date.csv"
    versions=$(sql "$versions")
    claim "a good file that goes wrong later is refused" same 1 "$(exit_status "$TIPOFF" collect --data "$SPOILT")"
    claim "the cells of the wrong file and of one that is gone stay as they were" sql_is "$versions" \
        "select sum(version) from ops.cell"
    claim "'why' says that the file was refused" holds "props/$date.csv line 1: no column line" <<<"$("$TIPOFF" why "$date")"
    claim "collecting the whole files again sends nothing" holds " 0 feeds sent" <<<"$(collect)"
    claim "and nothing is refused any more" sql_is 0 "select count(*) from ops.rejected_row where processor like 'collect%'"
}

# ---- the schedule, on a real broker ----

spoilt_schedule() {
    local said
    said=$($FAULTS schedule "$DATA" "$SPOILT") || must "the schedule is spoilt" false
    eval "$said"
    "$TIPOFF" collect --data "$SPOILT" >"$HEARD" 2>&1
    claim "a schedule with bad rows is taken without them: exit status 0" same 0 $?
    claim "a team that nobody knows is named with line and column" \
        grep -qx "rejected: schedule.csv line $BROKEN_LINE HOME_TEAM: not a team: 'Harlem Globetrotters'" "$HEARD"
    claim "a game that is listed again with another id is named" \
        grep -q "^rejected: schedule.csv line $OTHERWISE_LINE GAME_ID: these teams meet on that date in line " "$HEARD"
    claim "a game in the far future is named" \
        grep -q "^rejected: schedule.csv line $FUTURE_LINE GAME_DATE: another season than " "$HEARD"
    claim "three rows of the schedule are rejected, and kept" sql_is 3 \
        "select count(*) from ops.rejected_row where processor = 'schedule' and length(row_bytes) > 10"
    claim "a game under the wrong date: the box scores say that the schedule lacks it, and where it has it" \
        grep -qE "^unscheduled: boxscores/$MOVED.csv: game .* is not in schedule.csv; it has these teams on $GOAL" "$HEARD"
    claim "and that there is no row of the game that it lists" grep -q "^missing: boxscores/$GOAL.csv: no row of game" "$HEARD"
    must "the run with the spoilt schedule ends" finish_run "$TIPOFF_RUN_DIR/hashes.spoilt"
    claim "dates before the first wrong one are the clean run's" same \
        "$(awk -v d="$MOVED" '$1 < d' "$WORK/clean.hashes" | sha256sum)" \
        "$(awk -v d="$MOVED" '$1 < d' "$TIPOFF_RUN_DIR/hashes.spoilt" | sha256sum)"
}

# Larger than the broker takes: it must be the broker that says so, and nobody else may notice.
too_large_for_the_broker() {
    claim "an event of 5 MB that the broker does not take is refused with its reason" \
        holds "Message size too large" <<<"$(send incompressible feed.manifest 1 2>&1)"
    claim_event "an event of 5 MB that the broker does take" huge feed.manifest 1 1 "5000000 bytes left over"
}

mended_schedule() {
    claim "the whole schedule is collected" collect
    must "the run with the mended schedule ends" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim_undisturbed "mended schedule"
    claim "no rejected row of the schedule is left" sql_is 0 "select count(*) from ops.rejected_row where processor = 'schedule'"
    claim "no worker of that deployment was restarted" no_worker_restarted
}

clean_run
leave_out_parts
deploy faults
PIDS=$(worker_pids)
spoilt_files
spoilt_events
mended
spoilt_later
must "it comes down" "$TIPOFF" down
deploy schedule --kafka
PIDS=$(worker_pids)
spoilt_schedule
too_large_for_the_broker
mended_schedule
