#!/usr/bin/env bash
# tests/integration/box_score.sh
#    What an operator does on a bad night: a box score comes broken. It is a letter, 'why' leads to it, it is mended and
#    sent again, the date completes, and nothing is made again but what reads it.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

DATE=2025-11-12
FAR=2087-01-01
TOPIC=feed.boxscores.backfill

# Its part that the clean run sent says another date; it stands in the outbox before collect would put the good one there.
break_box_score() {
    (use clean && sql "select encode(payload, 'hex') from ops.outbox where event_id = '$PART'") |
        python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' >"$WORK/good"
    python3 "$ROOT/tests/support/faults.py" event dated "$WORK/good" "$WORK/bad_part" $FAR &&
        sql "insert into ops.outbox (topic, key, event_id, type, correlation_id, worker, payload) values ('$TOPIC',
            '$DATE', '$PART', 'tipoff.FeedBoxscores', 'a correlation', 'collect',
            decode('$(xxd -p "$WORK/bad_part" | tr -d '\n')', 'hex'))"
}

letter() {
    sql "select $1 from ops.letter where event_id = '$PART'"
}

letter_is() {
    same "$1" "$(letter status)"
}

# What had ended before, and has another version now, on dates that the condition holds for.
made_again() {
    sql "select coalesce(string_agg(distinct c.processor, ', ' order by c.processor), 'none') from ops.cell c
        join was w using (game_date, processor) where w.version > 0 and c.version > w.version and ($1)"
}

clean_run
PART=$(use clean && sql "select event_id from ops.outbox where topic = '$TOPIC' and key = '$DATE' order by 1 limit 1")
deploy broken
must "a box score is broken" break_box_score
must "everything else comes" collect
claim "the box score is a letter" eventually 60 letter_is open
must "what can be done without it is done" eventually 120 is_read

ID=$(letter id)
claim "the letter is found by its date" same "[$ID]" "$("$TIPOFF" dlq list --date $DATE --json | json '[l["id"] for l in d["letters"]]')"
claim "it says why, and shows the record" holds "a part of $FAR, more than two years ahead of today" "FeedBoxscores" \
    "$DATE" < <("$TIPOFF" dlq show "$ID")
claim "'why' names the first broken link and the letter" holds "first broken link: raw_boxscores" "tipoff dlq" < <("$TIPOFF" why $DATE)
claim "'stuck' has it" holds "raw_boxscores" < <("$TIPOFF" stuck)
claim "no prediction of the date is graded by guess" sql_is "void" "select distinct result from predictions.prediction_accuracy
    where game_date = '$DATE'"
claim "nor is a result published" sql_is "no_data nothing_graded" "select status || ' ' || reason from ops.cell
    where game_date = '$DATE' and processor = 'publish_results'"
sql "create table was as select game_date, processor, version from ops.cell"

must "it is mended" "$TIPOFF" dlq edit "$ID" --patch "game_date=\"$DATE\"" --reason "the source had the date wrong"
claim "a rehearsal says that it would do" same 0 "$(exit_status "$TIPOFF" dlq retry "$ID" --dry-run)"
must "it is sent again" "$TIPOFF" dlq retry "$ID" --reason "mended"
claim "the letter closes" eventually 60 letter_is closed
must "the date completes, and all that stand on it" finish_run "$TIPOFF_RUN_DIR/hashes"
claim_undisturbed "mended box score"

claim "of earlier dates nothing is made again" same none "$(made_again "c.game_date < '$DATE'")"
claim "of what does not read box scores neither" same none "$(made_again "c.processor like 'collect%'
    or c.processor in ('raw_props', 'raw_shots')")"
claim "of other dates no box score and no summary is" same none "$(made_again "c.game_date <> '$DATE'
    and c.processor in ('raw_boxscores', 'game_summaries')")"
claim "of its own date the box scores are there" sql_is success "select status from ops.cell where game_date = '$DATE'
    and processor = 'raw_boxscores'"
claim "its predictions are graded" test "$(sql "select count(*) from predictions.prediction_accuracy
    where game_date = '$DATE' and result in ('hit', 'miss')")" -gt 0
claim "who did it, and why, is on record" sql_is "dlq edit: the source had the date wrong
dlq retry: mended" "select command || ': ' || reason from ops.audit where target = 'letter $ID' order by id"
must "the deployment comes down" "$TIPOFF" down
