#!/usr/bin/env bash
# tests/integration/dlq.sh
#    Every verb of 'tipoff dlq' beside a running pipeline, by what it changes: letters by cause, a rehearsal, a bulk
#    retry that is killed in its middle and continued, an event that is mended, one that is given up, one that is
#    taken away, and the browser. In the end every cell is the clean run's.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

FAULTS="python3 $ROOT/tests/support/faults.py"
BROWSE=$ROOT/tests/support/browse.py
DATED_DATE=2025-11-05 # a part of its props says that it is of a far date
STUCK_DATE=2025-11-12 # a part of its props cannot be stored
FAR=2087-01-01

# one_part DATE: the id of one of the props parts of the date, in the clean run.
one_part() {
    (use clean && sql "select event_id from ops.outbox where topic = 'feed.props.backfill' and key = '$1'
        order by event_id limit 1")
}

letters() {
    sql "select count(*) from ops.letter where $1"
}

letters_are() {
    same "$1" "$(letters "$2")"
}

# letter_of EVENT COLUMN
letter_of() {
    sql "select $2 from ops.letter where event_id = '$1'"
}

letter_is() {
    same "$3" "$(letter_of "$1" "$2")"
}

# ids_of COMMAND...: the numbers of the letters that it lists, sorted.
ids_of() {
    "$TIPOFF" dlq list --json "$@" | json '" ".join(str(l["id"]) for l in d["letters"])'
}

ids_where() {
    sql "select string_agg(id::text, ' ' order by id) from ops.letter where $1"
}

# claim_filter WHAT CONDITION OPTION...
claim_filter() {
    local what=$1 condition=$2 wanted
    shift 2
    wanted=$(ids_where "$condition")
    claim "$what: some letters, not all" test -n "$wanted" -a "$wanted" != "$(ids_where true)"
    claim "$what: these letters" same "$wanted" "$(ids_of "$@")"
}

# everything FILE: all that a rehearsal must leave alone.
everything() {
    local table
    must "nothing is on its way" eventually 120 is_read
    for table in ops.letter ops.letter_edit ops.letter_attempt ops.inbox ops.audit ops.cell ops.alert raw.feed_part; do
        echo "$table $(sql "select count(*), md5(string_agg(md5(t::text), '' order by md5(t::text))) from $table t")"
    done >"$1"
}

# ---- letters ----

# The bad copy stands in the outbox before collect would put the good one there, which is left out then.
send_dated() {
    (use clean && sql "select encode(payload, 'hex') from ops.outbox where event_id = '$DATED'") |
        python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$WORK/good"
    $FAULTS event dated "$WORK/good" "$WORK/dated" $FAR &&
        sql "insert into ops.outbox (topic, key, event_id, type, correlation_id, worker, payload) values
            ('feed.props.backfill', '$DATED_DATE', '$DATED', 'tipoff.FeedProps', 'a correlation', 'collect',
            decode('$(xxd -p "$WORK/dated" | tr -d '\n')', 'hex'))"
}

make_letters() {
    must "a part with a wrong date is sent" send_dated
    sql "alter table raw.feed_part add constraint no_props check (feed <> 'props')"
    must "it collects" collect
    PARTS=$(use clean && sql "select count(*) from ops.outbox where topic = 'feed.props.backfill'")
    must "every part of the props becomes a letter" eventually 60 letters_are "$PARTS" "worker = 'raw' and status = 'open'"
    say "$PARTS letters"
}

look() {
    "$TIPOFF" dlq groups --json >"$WORK/groups"
    claim "'dlq groups' counts letters by cause, the largest group first" same "[$((PARTS - 1)), 1]" \
        "$(json '[g["letters"] for g in d["groups"]]' <"$WORK/groups")"
    claim "a group shows the message of its newest letter" same True \
        "$(json '"no_props" in d["groups"][0]["message"] and "of '$FAR'" in d["groups"][1]["message"]' <"$WORK/groups")"
    GROUP=$(json 'd["groups"][0]["fingerprint"]' <"$WORK/groups")
    claim_filter "--date" "key between '2025-11-04' and '2025-11-06'" --date 2025-11-04..2025-11-06
    claim_filter "--fingerprint, by its beginning" "fingerprint = '$GROUP'" --fingerprint "${GROUP:0:6}"
    claim_filter "--code" "error_code = '23514'" --code 23514
    claim_filter "--date and --code together" "key = '$DATED_DATE' and error_code = '23514'" --date $DATED_DATE --code 23514
    claim_filter "--id" "id = (select min(id) from ops.letter)" --id "$(sql "select min(id) from ops.letter")"
    PLAYER=$(player_of "$STUCK")
    claim_filter "--player" "position(convert_to('$PLAYER', 'UTF8') in payload) > 0" --player "$PLAYER"
    claim "--topic without its lane, --worker, --phase, --class, --attempts and ages take all of them" \
        same "$(ids_where true)" "$(ids_of --topic feed.props --worker raw --phase raw --class poison --attempts 1 --newer-than 1h)"
    claim "nothing is older than an hour, or has failed fifty times" same "" "$(ids_of --older-than 1h)$(ids_of --attempts 50)"
    claim "no letter is of another phase" same "" "$(ids_of --phase predictions)"
    claim "a word that is nearly a topic is told" same 2 "$(exit_status "$TIPOFF" dlq list --topic feed.prop)"
    claim "with the topic that may be meant" grep -q "did you mean 'feed.props'" "$WORK/complained"
    claim "'dlq filter' wants a filter" same 2 "$(exit_status "$TIPOFF" dlq filter)"
    show
}

# player_of EVENT: a name that stands in the event.
player_of() {
    "$TIPOFF" dlq show "$(letter_of "$1" id)" --json | json 'd["payload"]["rows"][0]["player_name"]'
}

show() {
    local id
    id=$(letter_of "$DATED" id)
    "$TIPOFF" dlq show "$id" >"$WORK/shown"
    claim "'dlq show' has coordinates, reason, headers, attempts, schema and record" holds \
        "topic           feed.props.backfill" "offset          $(letter_of "$DATED" '"offset"')" "of $FAR" \
        "event_id        $DATED" "correlation_id  a correlation" "schema          as this build has it" \
        "attempt" "payload: FeedProps {" <"$WORK/shown"
    claim "'dlq show' says how its cell stands" holds "raw_props of $DATED_DATE is failed" \
        <<<"$(eventually 30 cell_named "$id"; "$TIPOFF" dlq show "$id")"
    claim "a number that no letter has: exit status 1" same 1 "$(exit_status "$TIPOFF" dlq show 999999)"
}

cell_named() {
    "$TIPOFF" dlq show "$1" | grep -q "its cell now"
}

# ---- retry ----

rehearse() {
    local stuck dated
    stuck=$(letter_of "$STUCK" id) dated=$(letter_of "$DATED" id)
    sql "alter table raw.feed_part drop constraint no_props, add constraint no_such_part check (event_id <> '$STUCK')"
    everything "$WORK/before"
    claim "a rehearsal in which some would fail ends with 1" same 1 "$(exit_status "$TIPOFF" dlq retry --all --dry-run --json)"
    claim "it names the two that would still fail" same "$(printf '%s\n' "$stuck" "$dated" | sort -n | xargs)" \
        "$(json '" ".join(str(i) for i in sorted(r["letter"] for r in d["rehearsal"] if r["verdict"] == "would fail"))' <"$WORK/said")"
    claim "with the error of each: one as before, one another" same "no no_such_part, yes $FAR" "$(json '", ".join(sorted(
        r["as before"] + " " + next(w for w in ("no_such_part", "'$FAR'") if w in r["message"])
        for r in d["rehearsal"] if r["verdict"] == "would fail"))' <"$WORK/said")"
    claim "and that all others would pass" same $((PARTS - 2)) "$(json 'd["would_pass"]' <"$WORK/said")"
    everything "$WORK/after"
    claim "nothing was changed by it" same_files "$WORK/before" "$WORK/after"
    claim "a rehearsal in which all would pass ends with 0" same 0 \
        "$(exit_status "$TIPOFF" dlq retry --dry-run "$(sql "select min(id) from ops.letter where id not in ($stuck, $dated)")")"
}

retry_killed() {
    local sent status
    claim "all letters are meant only where that is said" same 2 "$(exit_status "$TIPOFF" dlq retry)"
    status=$(TIPOFF_FAILPOINTS=retry_committed=kill:3 exit_status "$TIPOFF" dlq retry --all --rate 50/s --reason "the disk is whole again")
    claim "a bulk retry is killed in its middle" same 137 "$status"
    sent=$(sql "select count(*) from ops.audit where command = 'dlq retry'")
    claim "some letters were sent, and others were not" test "$sent" -gt 0 -a "$sent" -lt "$PARTS"
    say "$sent of $PARTS were sent"
    claim "the same command again goes on" "$TIPOFF" dlq retry --all --rate 500/s --reason "the disk is whole again"
    claim "the events of every key went out in the order in which they had come" in_order
    claim "no letter was passed over" sql_is "$PARTS" \
        "select count(distinct target) from ops.audit where command = 'dlq retry' and reason = 'the disk is whole again'"
    must "all but the two that cannot be processed close" eventually 60 letters_are $((PARTS - 2)) "status = 'closed'"
    claim "each of these events is stored once" sql_is $((PARTS - 2)) "select count(*) from raw.feed_part where feed = 'props'"
    claim "no letter that closed had failed again" letters_are 0 "status = 'closed' and attempts <> 1"
    claim "the one that came back as it went is parked" eventually 30 letter_is "$DATED" "status || ': ' || status_reason" \
        "parked: came back as it went"
    claim "the one that came back with another cause is open" eventually 30 letter_is "$STUCK" "status || ' ' || attempts" "open 2"
    claim "both attempts of it are on record" sql_is "no_props no_such_part" "select string_agg(substring(message from 'no_[a-z_]+'), ' '
        order by attempt) from ops.letter_attempt where letter = $(letter_of "$STUCK" id)"
}

# Of every event the second copy in the log is the retry's; those of a key must follow one another as the first did.
# The one that went through the outbox by hand may have been swept twice.
in_order() {
    kcat -C -q -e -b "$(brokers)" -t feed.props.backfill -f '%p %o %k %h\n' | python3 -c '
import re, sys
copies, keys = {}, {}
for partition, offset, key, headers in sorted((int(p), int(o), k, h) for p, o, k, h in (l.split(" ", 3) for l in sys.stdin)):
    event = re.search("ce_id=([^,\n]*)", headers).group(1)
    if event == sys.argv[2]:
        continue
    copies.setdefault(event, []).append(offset)
    keys.setdefault(key, set()).add(event)
twice = sum(len(c) > 1 for c in copies.values())
astray = [k for k, events in keys.items()
          if (s := [copies[e][1] for e in sorted(events, key=lambda e: copies[e][0]) if len(copies[e]) > 1]) != sorted(s)]
print(f"{twice} events were sent again, {len(keys)} keys, out of order: {astray}")
sys.exit(bool(astray) or twice < int(sys.argv[1]))' $((PARTS - 1)) "$DATED"
}

parked() {
    local id
    id=$(letter_of "$STUCK" id)
    claim "what comes back once more is parked too" "$TIPOFF" dlq retry "$id"
    claim "it is" eventually 30 letter_is "$STUCK" "status || ' ' || attempts" "parked 3"
    claim "a retry of all leaves parked letters alone" same "0 letters sent again; 'tipoff dlq list' shows what still fails" \
        "$("$TIPOFF" dlq retry --all)"
    claim "'dlq list' without a word shows open letters alone" same "" "$(ids_of)"
    claim "'status' counts them as parked" same "[['raw', 'poison, parked', 2]]" \
        "$("$TIPOFF" status --json | json '[[l["worker"], l["class"], l["open"]] for l in d["letters"]]')"
    claim "--status parked shows them" same "$(ids_where "status = 'parked'")" "$(ids_of --status parked)"
}

# ---- the browser ----

# Down to the second group, into its letter, and back up; then a rehearsal and a retry of the letter that is shown.
browse() {
    local id before place=DOWN retries
    id=$(letter_of "$DATED" id)
    retries="select count(*) from ops.audit where command = 'dlq retry' and target = 'letter $id'"
    before=$(sql "$retries")
    [ "$id" -lt "$(letter_of "$STUCK" id)" ] || place=g # of two groups of one letter the newer one comes first
    claim "the browser walks from causes to letters to one letter, rehearses it and sends it again" \
        python3 "$BROWSE" "$TIPOFF" dlq --status parked -- \
        expect "dead letters by cause: 2" send R expect "no_such_part.*$FAR|$FAR.*no_such_part" send $place send ENTER send R \
        expect "letters of one cause: 1.* $id " send ENTER send R expect "letter $id .*$DATED" \
        send t expect "would fail.*press Enter" send ENTER send R expect "one letter" \
        send r expect "1 letters sent again.*press Enter" send ENTER send ESC send R expect "letters of one cause" \
        send ESC send R expect "dead letters by cause" send q end
    claim "the retry of the browser is on record, the rehearsal is not" sql_is $((before + 1)) "$retries"
    claim "and it came back once more" eventually 30 letter_is "$DATED" status parked
}

# ---- edit ----

# days DATE: since 1970, as a record has it.
days() {
    echo $(($(date -u -d "$1" +%s) / 86400))
}

edit() {
    local id was
    id=$(letter_of "$DATED" id) was=$(letter_of "$DATED" "encode(sha256(payload), 'hex')")
    everything "$WORK/before"
    claim "a place that the record does not have is refused" same 1 "$(exit_status "$TIPOFF" dlq edit "$id" --patch 'game_day=1')"
    claim "with its name" grep -q "FeedProps.game_day: record tipoff.FeedProps has no such field" "$WORK/complained"
    claim "a value of another type is refused" same 1 "$(exit_status "$TIPOFF" dlq edit "$id" --patch 'game_date="soon"')"
    claim "with its place and the type that is wanted" grep -q 'FeedProps.game_date: "soon" is no int (date)' "$WORK/complained"
    claim "a rehearsed edit says what would be" holds game_date <<<"$("$TIPOFF" dlq edit "$id" --patch "game_date=\"$DATED_DATE\"" --dry-run)"
    claim "an editor may do it, too" env EDITOR="sed -i s/$(days $FAR)/$(days $DATED_DATE)/" python3 "$BROWSE" \
        "$TIPOFF" dlq edit "$id" --dry-run -- expect "game_date $(days $FAR) $(days $DATED_DATE).*a whole record" end
    claim "what it leaves broken is told, and can be left so" env EDITOR="sed -i s/$(days $FAR)/true/" python3 "$BROWSE" \
        "$TIPOFF" dlq edit "$id" -- expect "FeedProps.game_date: true is no int.*Edit again" send "n\n"
    everything "$WORK/after"
    claim "all of that changed nothing" same_files "$WORK/before" "$WORK/after"
    claim "the right date is taken" "$TIPOFF" dlq edit "$id" --patch "game_date=\"$DATED_DATE\"" --reason "typed wrongly"
    claim "the bytes that came are kept beside it" sql_is "$was" "select encode(sha256(before), 'hex') from ops.letter_edit"
    claim "'dlq show' says that the mended record will be sent" holds "a retry sends the edited record" "typed wrongly" \
        <<<"$("$TIPOFF" dlq show "$id")"
    claim "a rehearsal sends it, too" same 0 "$(exit_status "$TIPOFF" dlq retry --dry-run "$id")"
    must "it is sent" "$TIPOFF" dlq retry "$id"
    claim "its letter closes" eventually 30 letter_is "$DATED" status closed
    claim "the mended event has the original's id and the good one's bytes" sql_is \
        "$(use clean && sql "select encode(sha256(payload), 'hex') from ops.outbox where event_id = '$DATED'")" \
        "select encode(sha256(payload), 'hex') from raw.feed_part where event_id = '$DATED'"
    claim "a closed letter is edited no more" same 1 "$(exit_status "$TIPOFF" dlq edit "$id" --patch 'game_date=1')"
}

# ---- skip, park, purge ----

cell_says() {
    sql "select reason from ops.cell where game_date = '$STUCK_DATE' and processor = 'raw_props'" | holds "$@"
}

open_alerts_of() {
    sql "select count(*) from ops.alert where kind = 'letter' and subject = '$1' and resolved_at is null"
}

skip() {
    local id
    id=$(letter_of "$STUCK" id)
    claim "the cell that it holds up says so" eventually 30 cell_says "letter $id"
    claim "as long as the cell has failed the letter is not mended" same "" "$(ids_of --mended --status parked)"
    sql "update ops.cell set status = 'success' where game_date = '$STUCK_DATE' and processor = 'raw_props'"
    claim "were it well, it would be" same "$id" "$(ids_of --mended --status parked)"
    sql "update ops.cell set is_stale = true where game_date = '$STUCK_DATE' and processor = 'raw_props'"
    claim "but not while the cell is to be made again" same "" "$(ids_of --mended --status parked)"
    sql "update ops.cell set status = 'failed', is_stale = false where game_date = '$STUCK_DATE' and processor = 'raw_props'"
    claim "nothing is given up without a reason" same 2 "$(exit_status "$TIPOFF" dlq skip "$id")"
    everything "$WORK/before"
    claim "a rehearsal says what it would be" holds "1 letters would be skipped" <<<"$("$TIPOFF" dlq skip "$id" --dry-run)"
    everything "$WORK/after"
    claim "and changes nothing" same_files "$WORK/before" "$WORK/after"
    claim "with a reason it is" "$TIPOFF" dlq skip "$id" --reason "no such part"
    claim "the letter is skipped" letter_is "$STUCK" "status || ': ' || status_reason" "skipped: no such part"
    claim "its cell is told" cell_says "letter $id" "given up: no such part"
    claim "its alerts have ended" same 0 "$(open_alerts_of "$id")"
    claim "the record has who, what and why" sql_is "letter $id|no such part|$STUCK" \
        "select target, reason, details->>'event_id' from ops.audit where command = 'dlq skip'"
    sql "alter table raw.feed_part drop constraint no_such_part"
    must "one can still change one's mind" "$TIPOFF" dlq retry "$id"
    claim "then it closes" eventually 30 letter_is "$STUCK" status closed
}

garbage() {
    head -c 300 /dev/urandom >"$WORK/garbage"
    kcat -P -b "$(brokers)" -t feed.boxscores.backfill -p 3 -H ce_id=garbage "$WORK/garbage"
}

park_and_purge() {
    local id
    must "garbage is sent" garbage
    must "it becomes a letter" eventually 30 letters_are 1 "event_id = 'garbage'"
    id=$(letter_of garbage id)
    claim "'dlq park' keeps it" "$TIPOFF" dlq park "$id" --reason "ask the source"
    claim "with its reason" letter_is garbage "status || ': ' || status_reason" "parked: ask the source"
    claim "what cannot be read is not patched" same 1 "$(exit_status "$TIPOFF" dlq edit "$id" --patch 'game_date=1')"
    claim "and says what can be done" grep -q "give a whole FeedBoxscores with --from FILE" "$WORK/complained"
    claim "'dlq purge' asks, and without a terminal there is nobody to ask" same 2 "$(exit_status "$TIPOFF" dlq purge "$id" --reason noise </dev/null)"
    claim "so the letter is still there" letter_is garbage status parked
    claim "another number than theirs takes nothing away" python3 "$BROWSE" "$TIPOFF" dlq purge "$id" --reason noise -- \
        expect "1 letters will be gone for good" send "2\n" expect "nothing was purged"
    claim "so it is still there" letter_is garbage status parked
    claim "their number does" python3 "$BROWSE" "$TIPOFF" dlq purge "$id" --reason noise -- \
        expect "1 letters will be gone for good" send "1\n" expect "1 letters purged" end
    claim "it is gone" letters_are 0 "event_id = 'garbage'"
    claim "--yes asks nobody" same 0 "$(exit_status "$TIPOFF" dlq purge "$(letter_of "$DATED" id)" --reason old --yes </dev/null)"
    claim "the edits of its event went with it" sql_is 0 "select count(*) from ops.letter_edit"
    claim "its coordinates are on record" sql_is "feed.boxscores.backfill 3 $(sha256sum <"$WORK/garbage" | cut -d ' ' -f 1)" \
        "select details->>'topic' || ' ' || (details->>'partition') || ' ' || (details->>'sha256') from ops.audit where command = 'dlq purge' and target = 'letter $id'"
    claim "'dlq audit' shows what was done with it" same "dlq park, dlq purge" \
        "$("$TIPOFF" dlq audit "$id" --json 2>/dev/null | json '", ".join(a["command"] for a in d["audit"])')"
    claim "'dlq audit' shows every deed" same "$(sql "select count(*) from ops.audit where command like 'dlq %'")" \
        "$("$TIPOFF" dlq audit --json | json 'len(d["audit"])')"
}

clean_run
DATED=$(one_part $DATED_DATE) STUCK=$(one_part $STUCK_DATE)
deploy dlq
make_letters
look
rehearse
retry_killed
parked
browse
edit
skip
park_and_purge
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
claim_undisturbed "after all that"
