#!/usr/bin/env bash
# tests/integration/publish.sh
#    The public folder: whoever follows its manifest never sees a mixture, whatever dies while it is written;
#    what is there is kept when there is nothing newer; what has not changed is not written again. Every file
#    is as its JSON Schema says, and the season's outcomes and records are those of the box scores. The same in
#    a bucket, which checks every signature. Where the recorded season is at hand, its files too.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

HALF=2025-11-12 # the first export of the crash test ends here
LAST=2025-11-19
RECORDED=${TIPOFF_SHARED:-}/data/nba-2024-25
PYTHON=python3 # that knows jsonschema: Debian's package is that of /usr/bin/python3
$PYTHON -c 'import jsonschema' 2>/dev/null || PYTHON=/usr/bin/python3

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

# ---- what is in the files ----

PUBLIC=$TIPOFF_RUN_DIR/public
check_files() {
    "$PYTHON" "$ROOT/tests/support/check_public.py" "$1"
}
check_season() {
    python3 "$ROOT/tests/independent/season_file.py" --data "$DATA" --public "$1"
}
# is_seen CHECK PATH SED: the check complains of a folder in which sed has changed a file.
is_seen() {
    rm -rf "$WORK/changed"
    cp -r "$PUBLIC" "$WORK/changed" || return
    rm "$WORK/changed/$2" && sed "$3" "$PUBLIC/$2" >"$WORK/changed/$2" || return # a link of its own
    ! cmp -s "$PUBLIC/$2" "$WORK/changed/$2" || return
    ! $1 "$WORK/changed" >/dev/null 2>&1
}

claim "every file is as its schema says, and there is one of each" check_files "$PUBLIC"
say "$(check_files "$PUBLIC")"
claim "a member that no schema knows is seen" is_seen check_files status.json '0,/"updated_at"/s//"updated"/'
claim "a text in place of a number is seen" is_seen check_files results/latest.json '0,/"graded": \([0-9]*\)/s//"graded": "\1"/'
claim "outcomes and records of the season are those of the box scores" check_season "$PUBLIC"
say "$(check_season "$PUBLIC" | paste -sd ';')"
claim "another outcome is seen" is_seen check_season subsets/season.json '0,/"hit"/s//"miss"/'
claim "another record is seen" is_seen check_season picks/$LAST.json '0,/"wins": [0-9]*/s//"wins": 77/'
claim "groups are rows as they are in files" same \
    "$(sql "select count(*) from predictions.subset_pick where game_date = '$LAST'")" \
    "$(python3 -c 'import json, sys; print(sum(len(g["picks"]) for g in json.load(open(sys.argv[1]))["groups"]))' "$PUBLIC/picks/$LAST.json")"
claim "the season's record of all picks is the sum of its results" same \
    "$(sql "select sum(wins), sum(losses) from predictions.subset_result where subset_id = 'all_picks'")" \
    "$(python3 -c 'import json, sys; r = json.load(open(sys.argv[1]))["groups"][7]["record"]["season"]; print(r["wins"], r["losses"], sep="|")' "$PUBLIC/subsets/season.json")"
claim "every group of the files has its definition" sql_is 0 "select count(*) from predictions.subset_pick p
    where not exists (select 1 from predictions.subset_definition d where d.subset_id = p.subset_id)"
claim "signals are of every system" sql_is 0 "select count(*) from (select distinct game_date, system_id
    from predictions.prediction where is_active group by 1, 2 having count(*) filter (where current_points_line
    is not null) >= 10) p full join predictions.daily_signal s using (game_date, system_id)
    where p.system_id is null or s.system_id is null"
claim "tonight is the newest date" grep -q "\"game_date\": \"$LAST\"" "$PUBLIC/tonight/all-players.json"

# ---- a bucket ----

BUCKET=$WORK/bucket
export AWS_ACCESS_KEY_ID=testkey AWS_SECRET_ACCESS_KEY=test/secret+1 AWS_REGION=us-test-1
mkdir -p "$BUCKET"
hand_start "$WORK/bucket.log" python3 "$ROOT/tests/support/bucket.py" "$BUCKET" "$WORK/port" \
    $AWS_ACCESS_KEY_ID $AWS_SECRET_ACCESS_KEY $AWS_REGION
must "the bucket is there" eventually 20 test -s "$WORK/port"
ENDPOINT=http://127.0.0.1:$(cat "$WORK/port")
to_bucket() {
    "$TIPOFF" export --dir s3://public/v1 --endpoint "$ENDPOINT" "$@"
}
# asked METHOD STATUS: how often that was answered.
asked() {
    grep -c "^$1 .* $2\$" "$BUCKET/requests.log"
}
ends() {
    local wanted=$1 status=0
    shift
    "$@" >"$WORK/ends.log" 2>&1 || status=$?
    same "$wanted" "$status"
}
claim "everything is put into the bucket" to_bucket
claim "every request was believed" same "0" "$(asked '[A-Z]*' 403)"
claim "it holds the files of the folder" same "$(cd "$PUBLIC" && find . -name '*.json' ! -path './objects/*' | wc -l)" \
    "$(cd "$BUCKET/public/v1" && find . -name '*.json' ! -path './objects/*' | wc -l)"
claim "they are what its manifest says" "$TIPOFF" export check --dir "s3://public/v1?endpoint=$ENDPOINT"
claim "they are as their schemas say" check_files "$BUCKET/public/v1"
PUT=$(asked PUT 200)
claim "what has not changed is not sent again" to_bucket
claim "not even the manifest" same "$PUT" "$(asked PUT 200)"
claim "another secret is not believed" ends 2 env AWS_SECRET_ACCESS_KEY=another "$TIPOFF" export --dir s3://public/v1 \
    --endpoint "$ENDPOINT"
claim "and it says so" grep -q SignatureDoesNotMatch "$WORK/ends.log"
echo 3 >"$BUCKET/fail"
claim "a bucket that fails three times is asked again" to_bucket
echo 99 >"$BUCKET/fail"
claim "one that does not come back is given up" ends 1 to_bucket
rm "$BUCKET/fail"
claim "no secret is in what is said" same 0 "$(grep -c "$AWS_SECRET_ACCESS_KEY" "$WORK/ends.log")"

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
claim "where nothing is found for a file, only the status is written" same 1 "$(written_by --dir "$OUT")"
claim "the file stays" test -s "$OUT/$PICKS"
claim "the status names it" grep -q "\"path\": \"$PICKS\"" "$OUT/status.json"
claim "the manifest says why there is nothing newer" same "publish_picks success; publish_results success" \
    "$(entry "$OUT" "$PICKS" stale_reason)"
claim "and everything else is good" same 1 "$(grep -c '"stale_reason"' "$OUT/manifest.json")"
sql "delete from raw.schedule_game where game_date = '$LAST'"
must "an export after the date lost its games" "$TIPOFF" export --dir "$OUT"
claim "a file of a date without games goes" test ! -e "$OUT/$PICKS"
claim "the manifest does not name it" same "" "$(entry "$OUT" "$PICKS" sha256)"
claim "what has gone from the manifest stays for those who hold an older one" grep -q '"since"' "$OUT/manifest.json"

# ---- the recorded season ----

if [ -f "$RECORDED/schedule.csv" ]; then
    must "it comes down" "$TIPOFF" down
    DATA=$RECORDED
    deploy recorded --from 2024-10-22 --to 2024-12-31
    must "the recorded season is collected" collect --from 2024-10-22 --to 2024-12-31
    must "it ends" timeout 600 "$TIPOFF" report --wait
    PUBLIC=$TIPOFF_RUN_DIR/public
    claim "every file of the recorded season is as its schema says" check_files "$PUBLIC"
    say "$(check_files "$PUBLIC")"
    claim "its outcomes and records are those of the box scores" check_season "$PUBLIC"
    say "$(check_season "$PUBLIC" | paste -sd ';')"
else
    say "skipped: no recorded season in TIPOFF_SHARED"
fi
