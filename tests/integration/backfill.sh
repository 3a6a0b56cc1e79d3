#!/usr/bin/env bash
# tests/integration/backfill.sh
#    Cells that are lost are found by name, with all that reads them, and made again to the same bytes; a
#    backfill that is killed is gone on with, one that is cancelled stops, and none runs beside another build.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

SEED=${SEED:-$(($(date +%s) % 32768))} # of the cells that are chosen; said, so that a failure can be seen again
SEASON=2025-10-21..2025-11-19

# Tables that a processor fills, beside those with a column of its name.
tables_of() {
    case $1 in
    raw_boxscores) echo raw.boxscore ;;
    raw_shots) echo raw.shot ;;
    raw_props) echo raw.prop_line ;;
    game_summaries) echo analytics.player_game_summary analytics.team_offense_game_summary \
        analytics.team_defense_game_summary ;;
    upcoming_context) echo analytics.upcoming_player_game_context analytics.upcoming_team_game_context ;;
    team_defense_zone) echo precompute.team_defense_zone_analysis ;;
    player_shot_zone) echo precompute.player_shot_zone_analysis ;;
    player_composite_factors) echo precompute.player_composite_factors ;;
    player_daily_cache) echo precompute.player_daily_cache ;;
    feature_store) echo features.ml_feature_store ;;
    predictions) echo predictions.prediction predictions.player_outcome ;;
    grading) echo predictions.prediction_accuracy predictions.system_daily_performance ;;
    esac
}

# lose_rows DATE PROCESSOR: what the cell has made goes.
lose_rows() {
    local table
    for table in $(tables_of "$2"); do
        sql "delete from $table where game_date = '$1'"
    done
    for table in analytics.unresolved_name precompute.skipped_entity predictions.published_file; do
        sql "delete from $table where game_date = '$1' and processor = '$2'"
    done
}

lose_cell() {
    lose_rows "$1" "$2"
    sql "delete from ops.cell where game_date = '$1' and processor = '$2'"
}

# random_cells COUNT CONDITION: lines "DATE PROCESSOR", other ones with another seed.
random_cells() {
    sql "select game_date || ' ' || processor from ops.cell c where $2 order by md5(game_date || processor || '$SEED')
        limit $1"
}

every_cell() {
    sql "select game_date || ' ' || processor from ops.cell order by 1"
}

# planned FILE MEMBER: "DATE PROCESSOR" of a member of the JSON in the file, sorted.
planned() {
    python3 -c 'import json, sys
for c in json.load(open(sys.argv[1]))[sys.argv[2]]: print(c["date"], c["processor"])' "$1" "$2" | sort
}

# claim_dry_run NAME CHOSEN CELLS [OPTION...]: the plan has the cells in the file CHOSEN and all that reads them.
claim_dry_run() {
    local name=$1 chosen=$2 cells=$3
    shift 3
    must "$name: a dry run" run_to "$TIPOFF_RUN_DIR/plan.json" "$TIPOFF" backfill $SEASON --dry-run --json "$@"
    claim "$name: a dry run names exactly those" same "$(sort "$chosen")" \
        "$(planned "$TIPOFF_RUN_DIR/plan.json" to_be_made_again)"
    claim "$name: and exactly what reads them" same \
        "$(python3 "$ROOT/tests/support/readers.py" "$ROOT/topics/pipeline.toml" "$cells" <"$chosen")" \
        "$(planned "$TIPOFF_RUN_DIR/plan.json" what_reads_them)"
}

# run_to FILE COMMAND...
run_to() {
    local file=$1
    shift
    "$@" >"$file"
}

# status_of WANTED COMMAND...: it ends with this status.
status_of() {
    local wanted=$1 got=0
    shift
    "$@" || got=$?
    same "$wanted" "$got"
}

# claim_restored NAME: everything is at rest, and as it was before anything was lost.
claim_restored() {
    must "$1: everything comes to rest" finish_run "$TIPOFF_RUN_DIR/hashes"
    claim "$1: every content hash is what it was" same_files "$WORK/before.hashes" "$TIPOFF_RUN_DIR/hashes"
    row_counts >"$TIPOFF_RUN_DIR/rows"
    claim "$1: every table has the rows that it had" same_files "$WORK/before.rows" "$TIPOFF_RUN_DIR/rows"
    claim "$1: no cell is stale" sql_is 0 "select count(*) from ops.cell where is_stale"
    must "$1: a dry run" run_to "$TIPOFF_RUN_DIR/plan.json" "$TIPOFF" backfill $SEASON --dry-run --json
    claim "$1: nothing is left to be done" same "" "$(planned "$TIPOFF_RUN_DIR/plan.json" to_be_made_again)"
}

make_data
deploy backfill
must "the season is collected" collect
must "the season ends" finish_run "$WORK/before.hashes"
row_counts >"$WORK/before.rows"
say "seed $SEED"

# ---- nothing is lost ----

: >"$WORK/none"
every_cell >"$WORK/cells"
claim_dry_run "a whole season" "$WORK/none" "$WORK/cells"

# ---- three cells with all that they have made ----

random_cells 3 "status in ('success', 'partial', 'degraded')" >"$WORK/three"
say "lost: $(paste -sd, "$WORK/three")"
while read -r date processor; do
    must "$processor of $date is lost" lose_cell "$date" "$processor"
done <"$WORK/three"
every_cell >"$WORK/cells"
claim_dry_run "three lost cells" "$WORK/three" "$WORK/cells" --only missing
claim "three lost cells: a dry run has changed nothing" same "$(cat "$WORK/cells")" "$(every_cell)"
claim "three lost cells: they are made again" "$TIPOFF" backfill $SEASON --only missing --reason "they were lost"
claim_restored "three lost cells"
claim "three lost cells: they were asked for on the backfill lane" sql_is "$(grep -cv collect_ "$WORK/three")" \
    "select count(*) from ops.outbox where topic = 'cell.request.backfill'"
claim "three lost cells: it is on record who did it, and why" sql_is "they were lost" \
    "select reason from ops.audit where command = 'backfill' and actor like '%@%'"

# ---- every kind of cell ----

sql "select distinct on (processor) game_date || ' ' || processor from ops.cell where status in ('success', 'partial',
    'degraded') order by processor, game_date desc" >"$WORK/kinds"
while read -r date processor; do
    must "$processor of $date is lost" lose_cell "$date" "$processor"
done <"$WORK/kinds"
claim "one of each kind: they are made again" "$TIPOFF" backfill $SEASON --only missing
claim_restored "one of each kind"

# ---- rows alone, of cells that say success ----

random_cells 3 "status = 'success' and written > 0 and processor not like 'collect_%'" >"$WORK/hollow"
say "hollow: $(paste -sd, "$WORK/hollow")"
while read -r date processor; do
    must "the rows of $processor of $date are lost" lose_rows "$date" "$processor"
done <"$WORK/hollow"
every_cell >"$WORK/cells"
claim_dry_run "lost rows" "$WORK/hollow" "$WORK/cells" --only missing
versions=$(sql "select sum(version) from ops.cell")
claim "lost rows: they are made again" "$TIPOFF" backfill $SEASON --only missing
claim_restored "lost rows"
claim "lost rows: what came out as it was has no new version" sql_is "$versions" "select sum(version) from ops.cell"

sql "delete from predictions.prediction where game_date = (select max(game_date) from predictions.prediction)"
claim "lost predictions: they are made again" "$TIPOFF" backfill $SEASON --only missing
claim_restored "lost predictions"

# ---- killed in the middle, and gone on with ----

# asked: requests that are out.
asked() {
    sql "select count(*) from ops.backfill_cell where backfill = (select max(id) from ops.backfill)
        and status <> 'planned'"
}

has_asked() {
    [ "$(asked)" -ge "$1" ]
}

features() {
    "$TIPOFF" backfill $SEASON --processor feature_store --only all "$@"
}

sql "delete from features.ml_feature_store"
hand_start "$TIPOFF_RUN_DIR/killed.log" "$TIPOFF" backfill $SEASON --processor feature_store --only all --rate 5
must "killed: it has begun" eventually 60 has_asked 5
claim "killed: another one of the same waits its turn" status_of 1 features
kill -9 "$STARTED"
wait "$STARTED" 2>/dev/null
before=$(asked)
claim "killed: it was in the middle" [ "$before" -lt "$(sql "select count(*) from ops.backfill_cell where backfill =
    (select max(id) from ops.backfill)")" ]
must "killed: its connection is gone" eventually 30 sql_is 0 "select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'tipoff-backfill'"
claim "killed: the same command goes on with it" features
claim "killed: it is the same backfill" sql_is 1 "select count(*) from ops.backfill where asked like '%feature_store%'"
claim "killed: every cell was asked for once" sql_is 0 "select count(*) from (select 1 from ops.outbox
    where topic = 'cell.request.backfill' group by event_id having count(*) > 1) x"
claim_restored "killed"

# ---- cancelled ----

hand_start "$TIPOFF_RUN_DIR/cancelled.log" "$TIPOFF" backfill $SEASON --phase precompute --only all --rate 5
must "cancelled: it has begun" eventually 60 has_asked 3
id=$(sql "select max(id) from ops.backfill")
claim "cancelled: 'status' shows it" holds running < <("$TIPOFF" backfill status)
claim "cancelled: it is told" "$TIPOFF" backfill cancel "$id" --reason "enough"
claim "cancelled: its process ends" eventually 20 is_gone "$STARTED"
claim "cancelled: it cannot be gone on with" status_of 1 "$TIPOFF" backfill resume "$id"
claim "cancelled: 'list' shows it" holds cancelled < <("$TIPOFF" backfill list)
claim_restored "cancelled"

# ---- failed and held ----

sql "update ops.cell set status = 'failed', reason = 'made so' where processor = 'grading' and game_date = '2025-11-10'"
claim "failed: it is made again" "$TIPOFF" backfill 2025-11-10 --only failed
sql "delete from raw.feed_manifest where feed = 'props' and game_date = '2025-11-12'"
sql "delete from ops.cell where processor = 'collect_props' and game_date = '2025-11-12'"
claim "a feed that is lost: it says what is to be done, with status 1" holds 'tipoff collect --data DIR' \
    < <("$TIPOFF" backfill 2025-11-12 --only missing 2>&1)
must "a feed that is lost: it is collected again" collect
claim_restored "failed and held"

# ---- by one word ----

# made_again_since STAMP PROCESSOR: cells of it that have ended since then, of the dates of the claims below.
made_again_since() {
    sql "select count(*) from ops.cell where processor = '$2' and finished_at > '$1'
        and game_date between '2025-11-10' and '2025-11-12'"
}

now=$(sql "select clock_timestamp()")
claim "run: a processor is made again over dates" "$TIPOFF" run player_daily_cache 2025-11-10..2025-11-12
claim "run: each of its cells was" same 3 "$(made_again_since "$now" player_daily_cache)"
claim "run: a phase is, too, and says what first" holds team_defense_zone player_daily_cache \
    < <("$TIPOFF" run precompute 2025-11-10 --dry-run)
claim "run: what is neither is refused" status_of 2 "$TIPOFF" run nonsense 2025-11-10
claim "grade: dates are graded again" "$TIPOFF" grade 2025-11-10..2025-11-12
claim "grade: each was" same 3 "$(made_again_since "$now" grading)"
claim_restored "by one word"

# ---- another build ----

sql "update ops.worker_process set build = 'another' where worker = 'grader'"
claim "another build: it is refused with status 2" status_of 2 "$TIPOFF" backfill 2025-11-10 --only all
claim "another build: the refusal names the process" holds grader another < <("$TIPOFF" backfill 2025-11-10 --only all 2>&1)
claim "another build: a dry run looks all the same" "$TIPOFF" backfill 2025-11-10 --only all --dry-run
claim "another build: it goes on when it is told to" "$TIPOFF" backfill 2025-11-10 --only all --any-build
claim_restored "another build"
claim_no_letters "backfills"

# ---- words ----

claim "a phase that is none is refused with what may be meant" holds "did you mean 'precompute'" \
    < <("$TIPOFF" backfill $SEASON --phase precomput 2>&1)
claim "so is a word of --only" holds "missin" < <("$TIPOFF" backfill $SEASON --only missin 2>&1)
