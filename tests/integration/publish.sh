#!/usr/bin/env bash
# tests/integration/publish.sh
#    The public folder: whoever follows its manifest never sees a mixture, whatever dies while it is written;
#    what is there is kept when there is nothing newer; what has not changed is not written again.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

HALF=2025-11-12 # the first export of the crash test ends here
LAST=2025-11-19

# A reader of FOLDER from now on, until stop_reader.
start_reader() {
    rm -f "$WORK/reader.stop" "$WORK/reader.log"
    hand_start "$WORK/reader.log" python3 "$ROOT/tests/support/follow_manifest.py" "$1" "$WORK/reader.stop"
    READER=$STARTED
}

# Not within a claim, which is a process of its own. The reader's status is in $READER_STATUS.
stop_reader() {
    touch "$WORK/reader.stop"
    wait "$READER"
    READER_STATUS=$?
    say "reader: $(cat "$WORK/reader.log")"
}

# Whether the folder in use shows another manifest than SEEN.
has_new_manifest() {
    [ -s "$TIPOFF_RUN_DIR/public/manifest.json" ] && [ "$(sha256sum <"$TIPOFF_RUN_DIR/public/manifest.json")" != "$SEEN" ]
}

# collect_and_kill DATE: kill -9 of the publisher when it has written something of the dates to DATE.
collect_and_kill() {
    local pid
    SEEN=$(sha256sum 2>/dev/null <"$TIPOFF_RUN_DIR/public/manifest.json")
    collect --to "$1" && eventually 60 has_new_manifest || return 1
    pid=$(pid_of publisher)
    kill -9 "$pid" && eventually 30 another_publisher "$pid"
}

another_publisher() {
    local pid
    pid=$(pid_of publisher)
    [ -n "$pid" ] && [ "$pid" != "$1" ]
}

# export_dies POINT HITS FOLDER: an export ends at the failpoint; the manifest stays as it was.
export_dies() {
    local before after status=0
    before=$(sha256sum <"$3/manifest.json")
    TIPOFF_FAILPOINTS=$1=kill:$2 "$TIPOFF" export --dir "$3" >/dev/null 2>&1 || status=$?
    after=$(sha256sum <"$3/manifest.json")
    same 137 $status && { [ "$1" = export_after_manifest ] || same "$before" "$after"; }
}

# finish_dates DATE: every cell of the dates to DATE has ended, and the folder has followed.
finish_dates() {
    eventually 120 sql_is 0 "select count(*) from ops.cell where game_date <= '$1'
        and (status in ('expected', 'waiting') or is_stale)" \
        && eventually 30 test -e "$TIPOFF_RUN_DIR/public/results/$1.json"
}

# written_by [OPTION...]: how many files an export says that it has written.
written_by() {
    "$TIPOFF" export "$@" --json | grep -o '"written":[0-9]*' | cut -d : -f 2
}

# One reader, one round.
follows() {
    touch "$WORK/once.stop"
    python3 "$ROOT/tests/support/follow_manifest.py" "$1" "$WORK/once.stop"
}

# entry FOLDER PATH MEMBER: of the manifest; nothing where there is none.
entry() {
    python3 -c 'import json, sys; print(json.load(open(sys.argv[1] + "/manifest.json"))["files"].get(sys.argv[2], {}).get(sys.argv[3], ""))' "$@"
}

# ---- a run, with a reader and with kills ----

make_data
deploy publish
must "its folder can be followed" mkdir -p "$TIPOFF_RUN_DIR/public"
start_reader "$TIPOFF_RUN_DIR/public"
for day in 2025-11-06 2025-11-09 $HALF; do
    claim "the publisher is killed when it has written dates to $day" collect_and_kill $day
done
must "half of it is published" finish_dates $HALF
OUT=$WORK/out
must "half of it is exported to a folder" "$TIPOFF" export --dir "$OUT"
must "the rest is collected" collect
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
stop_reader
claim "no reader of the folder ever saw a mixture" same 0 $READER_STATUS
claim "the folder is what its manifest says" "$TIPOFF" export check
claim "the last results are there" test -e "$TIPOFF_RUN_DIR/public/results/$LAST.json"
claim "what has not changed is not written again" same 0 "$(written_by)"

# ---- an export dies ----

start_reader "$OUT"
for point in export_file_written:1 export_file_written:7 export_before_manifest:1; do
    claim "an export that dies at $point leaves the manifest" export_dies "${point%:*}" "${point#*:}" "$OUT"
    claim "after $point the manifest holds" follows "$OUT"
done
claim "one that dies when the manifest is swapped has exported" export_dies export_after_manifest 1 "$OUT"
claim "the next one has nothing left to write" same 0 "$(written_by --dir "$OUT")"
stop_reader
claim "no reader of it ever saw a mixture" same 0 $READER_STATUS
claim "the folder is what its manifest says after all" "$TIPOFF" export check --dir "$OUT"

# ---- what is lost, and what is not there any more ----

PICKS=picks/$LAST.json
lose() {
    rm "$OUT/$PICKS" && same 1 "$(written_by --dir "$OUT")" && test -s "$OUT/$PICKS"
}
claim "a file that was removed by hand comes back, alone" lose
sql "delete from predictions.published_file where path = '$PICKS'"
claim "a file that nothing is found for is not written" same 0 "$(written_by --dir "$OUT")"
claim "it stays" test -s "$OUT/$PICKS"
claim "the manifest says why there is nothing newer" same "publish_picks success; publish_results success" \
    "$(entry "$OUT" "$PICKS" stale_reason)"
claim "and everything else is good" same 1 "$(grep -c '"stale_reason"' "$OUT/manifest.json")"
sql "delete from raw.schedule_game where game_date = '$LAST'"
must "an export after the date lost its games" "$TIPOFF" export --dir "$OUT"
claim "a file of a date without games goes" test ! -e "$OUT/$PICKS"
claim "the manifest does not name it" same "" "$(entry "$OUT" "$PICKS" sha256)"
claim "what has gone from the manifest stays for those who hold an older one" grep -q '"since"' "$OUT/manifest.json"
