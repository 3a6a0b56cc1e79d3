#!/usr/bin/env bash
# tests/integration/batch_orders.sh
#    A live date through a whole deployment: batches that stand while nobody answers, what operators do
#    about them, a line that moves, a game that is put off. What is said of a batch never contradicts its
#    requests, and the hashes of what was disturbed are those of a run that was not.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

LIVE=2025-11-19 # the last date of the data; its games begin at 19:00 Eastern or later
PAST=2025-11-12

batch() {
    "$TIPOFF" batch "$@"
}

# state_is STATE DATE
state_is() {
    sql_is "$1" "select state from predictions.batch where game_date = '$2'"
}

cell_is() {
    sql_is "$1" "select status from ops.cell where processor = 'predictions' and game_date = '$2'"
}

all_ended() {
    sql_is 0 "select count(*) from ops.cell where (status in ('expected', 'waiting') or is_stale) and not unscheduled
        and processor in ('upcoming_context', 'feature_store', 'predictions', 'publish_picks')"
}

# move_line PLAYER_NAME: his lines of the live date are two points higher everywhere.
move_line() {
    python3 - "$DATA/props/$LIVE.csv" "$1" <<'PY'
import csv, sys
path, name = sys.argv[1:]
rows = list(csv.reader(open(path, encoding="utf-8")))
player, line = rows[0].index("player"), rows[0].index("line")
for row in rows[1:]:
    if row[player] == name:
        row[line] = str(float(row[line]) + 2)
with open(path, "w", encoding="utf-8", newline="") as f:
    csv.writer(f, lineterminator="\n").writerows(rows)
PY
}

# put_off GAME_ID: the schedule has the game three days later.
put_off() {
    python3 - "$DATA/schedule.csv" "$1" <<'PY'
import csv, datetime, sys
path, (day, away, home) = sys.argv[1], sys.argv[2].split("_")
rows = list(csv.DictReader(open(path, encoding="utf-8")))
for row in rows:
    if row["GAME_DATE"].replace("-", "") == day and row["AWAY_TEAM"] == away and row["HOME_TEAM"] == home:
        later = datetime.date.fromisoformat(row["GAME_DATE"]) + datetime.timedelta(days=3)
        row["GAME_DATE"] = later.isoformat()
        row["GAME_ID"] = row["GAME_ID"].replace(day, later.strftime("%Y%m%d"))
        if row.get("TIP_OFF_UTC"):
            tip = datetime.datetime.fromisoformat(row["TIP_OFF_UTC"].replace("Z", "+00:00"))
            row["TIP_OFF_UTC"] = (tip + datetime.timedelta(days=3)).isoformat().replace("+00:00", "Z")
with open(path, "w", encoding="utf-8", newline="") as f:
    out = csv.DictWriter(f, rows[0].keys(), lineterminator="\n")
    out.writeheader()
    out.writerows(rows)
PY
}

make_data
rm "$DATA/boxscores/$LIVE.csv" "$DATA/shots/$LIVE.csv"
export TIPOFF_NOW=${LIVE}T17:00:00Z
deploy orders

# ---- nobody answers ----

must "the predictor is paused" "$TIPOFF" pause predictor --reason "models are being mended"
must "the feeds are collected" collect
must "the live date is asked for" eventually 240 state_is running $LIVE
claim "'batch list' shows what is open" holds $LIVE running FIRST < <(batch list $LIVE --open)
claim "'batch list --json' does" holds '"state":"running"' '"batch":"'$LIVE':b1"' < <(batch list --json)
claim "'batch show' tells requests and what has become of the batch" holds requested asked coordinator < <(batch show $LIVE)
claim "'why' names what the date waits for" holds "requests to end" < <("$TIPOFF" why $LIVE)
claim_no_batch_fault "with open batches"
claim "a reset without a reason is refused" same 2 "$(exit_status batch reset $LIVE)"
claim "a mode that there is not is refused" same 2 "$(exit_status "$TIPOFF" predict $LIVE --mode LATE)"
claim "a mode for past dates is refused on a live one" same 1 "$(exit_status "$TIPOFF" predict $LIVE --mode BACKFILL)"
claim "a mode for live dates is refused on a past one" same 1 "$(exit_status "$TIPOFF" predict $PAST --mode RETRY)"
claim "a date that is not there is refused" same 1 "$(exit_status "$TIPOFF" predict 2031-01-01)"
claim "nothing of that is kept" sql_is 0 "select count(*) from predictions.batch_order"
must "open requests are asked for once more" batch sweep $LIVE
claim "the batch is redriven" eventually 30 state_is redriven $LIVE
must "it is closed" batch reset $LIVE --reason "tip-off is near"
claim "the date is closed without answers" eventually 30 state_is reset $LIVE
claim "its cell is partial, and published from" eventually 30 cell_is partial $LIVE
claim "what was open has expired, with the operator's reason" sql_is 0 "select count(*) from predictions.request
    where game_date = '$LIVE' and status = 'expired' and reason <> 'reset: tip-off is near'"
claim "the audit names who and why" holds dropped "tip-off is near" "$(id -un)" < <(batch show $LIVE)
claim "it is an alert" holds batch_incomplete < <("$TIPOFF" alerts)
claim "a reset of what is closed has nothing to do" same 1 "$(exit_status batch reset $LIVE --reason again)"
claim_no_batch_fault "after a reset"

# ---- they answer late ----

must "the predictor goes on" "$TIPOFF" resume predictor
must "every date ends" eventually 240 all_ended
claim "late answers are taken" eventually 60 sql_is 0 "select count(*) from predictions.request where status = 'expired'"
claim "and the date is whole" eventually 60 cell_is success $LIVE
claim "but the batch stays closed" state_is reset $LIVE
claim "the alert is over" eventually 30 sql_is 0 "select count(*) from ops.alert where resolved_at is null
    and kind = 'batch_incomplete'"
claim_no_batch_fault "after late answers"

# ---- a line moves ----

NAME=$(sql "select player_name from predictions.prediction p where game_date = '$LIVE' and is_active and has_prop_line
    and exists (select 1 from raw.prop_line l where l.game_date = p.game_date and l.player_name = p.player_name)
    order by player_lookup limit 1")
LOOKUP=$(sql "select distinct player_lookup from predictions.prediction where game_date = '$LIVE' and player_name = '$NAME'")
others() {
    sql "select md5(string_agg(prediction_id || xmin || ctid, ',' order by prediction_id)) from predictions.prediction
        where game_date = '$LIVE' and player_lookup <> '$LOOKUP'"
}
BEFORE=$(others)
move_line "$NAME"
must "the moved line is collected" collect
claim "he is asked again as a line check" eventually 60 sql_is "LINE_CHECK 1 complete" "select run_mode || ' ' || asked
    || ' ' || state from predictions.batch where game_date = '$LIVE'"
claim "his predictions are superseded at the new line" sql_is t "select bool_and(n.current_points_line =
    o.current_points_line + 2 and o.superseded_reason = 'LINE_CHECK' and not o.is_active and n.is_active)
    from predictions.prediction o join predictions.prediction n on n.prediction_id = o.superseded_by
    and n.game_date = o.game_date where o.game_date = '$LIVE' and o.player_lookup = '$LOOKUP'"
claim "nobody else's are touched" same "$BEFORE" "$(others)"
claim "the picks are published anew" eventually 60 all_ended

# ---- a game is put off ----

GAME=$(sql "select min(game_id) from predictions.prediction where game_date = '$LIVE' and is_active")
GAMES=$(sql "select count(*) from raw.schedule_game where game_date = '$LIVE'")
put_off "$GAME"
must "the schedule is collected" collect
claim "its predictions are invalid" eventually 60 sql_is t "select bool_and(not is_active and invalidation_reason =
    'game_postponed') from predictions.prediction where game_date = '$LIVE' and game_id = '$GAME'
    and superseded_by is null"
claim "nobody is asked for it" sql_is 0 "select count(*) from predictions.request where game_id = '$GAME'"
say "$GAMES games on $LIVE, $GAME put off"
claim_no_batch_fault "after a postponement"

# ---- asking past dates again ----

PREDICTED=$(sql "select count(*) || ' ' || max(version) from predictions.prediction where game_date = '$PAST'")
HASH=$(sql "select encode(content_hash, 'hex') from ops.cell where processor = 'predictions' and game_date = '$PAST'")
must "past dates are asked for again" "$TIPOFF" predict $PAST..$PAST --reason "to see"
claim "it is another batch, complete" eventually 60 sql_is "complete to see" "select state || ' ' || reason
    from predictions.batch where game_date = '$PAST' and asked = expected"
claim "nothing new came of it" same "$PREDICTED $HASH" "$(sql "select count(*) || ' ' || max(version) from
    predictions.prediction where game_date = '$PAST'") $(sql "select encode(content_hash, 'hex') from ops.cell
    where processor = 'predictions' and game_date = '$PAST'")"
claim_no_batch_fault "in the end"
claim_no_letters "in the end"
