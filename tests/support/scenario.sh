# tests/support/scenario.sh
#    What the scripts of tests/integration share: claims, waiting, and deployments of their own.
#
# Sourced by a script that ops/test runs (TIPOFF, TIPOFF_RUN_DIR and DATABASE_URL are set). Every
# deployment gets a run folder and a database of its own, and a broker of its own: a fresh database
# reads its topics from the start, so two of them cannot share one.

set -u -o pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
WORK=$(realpath -m "$TIPOFF_RUN_DIR")
BASE_URL=$DATABASE_URL
DATA=$WORK/data
export TIPOFF_SESSION_TIMEOUT_MS=3100 # dead members are missed soon
unset KAFKA_BROKERS TIPOFF_CONFIG TIPOFF_FAILPOINTS TIPOFF_NOW TIPOFF_PUBLIC_DIR
DEPLOYMENTS=() KAFKAS=() # run folders
mkdir -p "$WORK"

# ---- claims ----

say() {
    printf '# %s\n' "$*"
}

# claim TEXT COMMAND...: the claim holds when the command succeeds; its output is shown when not.
claim() {
    local text=$1 out
    shift
    if out=$("$@" 2>&1); then
        printf 'ok - %s\n' "$text"
    else
        [ -z "$out" ] || sed 's/^/#   /' <<<"$out" | head -n 40
        printf 'not ok - %s\n' "$text"
    fi
}

# A claim that the rest of the script stands on.
must() {
    local text=$1 out
    shift
    if ! out=$("$@" 2>&1); then
        sed 's/^/#   /' <<<"$out" | tail -n 40
        printf 'not ok - %s\n' "$text"
        exit 1
    fi
}

# exit_status COMMAND...: prints it; what the command says is left in said and complained of the work folder.
exit_status() {
    "$@" >"$WORK/said" 2>"$WORK/complained"
    echo $?
}

# json EXPRESSION: of d, the document on standard input, by Python.
json() {
    python3 -c 'import json, sys
d = json.load(sys.stdin)
print(eval(sys.argv[1]))' "$1"
}

# same WANTED GOT: two texts are equal.
same() {
    [ "$1" = "$2" ] || {
        printf 'wanted: %s\ngot:    %s\n' "$1" "$2"
        return 1
    }
}

same_files() {
    local lines
    [ -s "$1" ] || {
        echo "$1 is empty"
        return 1
    }
    cmp -s "$1" "$2" || {
        lines=$(diff "$1" "$2" | grep -c '^[<>]')
        echo "$lines lines differ:"
        diff "$1" "$2" | head -n 12
        return 1
    }
}

# holds TEXT...: the text on standard input has each of these words.
holds() {
    local text word missing=0
    text=$(cat)
    for word in "$@"; do
        grep -qF -- "$word" <<<"$text" || {
            echo "lacks: $word"
            missing=1
        }
    done
    [ $missing = 0 ] || printf '%s\n' "$text"
    return $missing
}

# eventually SECONDS COMMAND...: until it succeeds; false when the time is up.
eventually() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        [ $SECONDS -lt $deadline ] || return 1
        sleep 0.05
    done
}

# ---- deployments ----

# use NAME: what follows concerns the deployment of that name.
use() {
    export TIPOFF_RUN_DIR=$WORK/$1
    DATABASE_URL=$(sed -E "s#^([a-z]+://[^/?]*/)([^?]*)#\1\2_$1#" <<<"$BASE_URL")
    export DATABASE_URL
}

# database NAME: an empty database for the deployment.
database() {
    use "$1"
    psql -X -q "$BASE_URL" -v ON_ERROR_STOP=1 -c "create database \"$(sed -E 's#^[a-z]+://[^/?]*/([^?]*).*#\1#' <<<"$DATABASE_URL")\""
}

# deploy NAME [OPTION...]: a deployment with all its workers, made the present one.
deploy() {
    local name=$1
    shift
    must "database $name" database "$name"
    use "$name"
    mkdir -p "$TIPOFF_RUN_DIR"
    DEPLOYMENTS+=("$TIPOFF_RUN_DIR")
    must "deployment $name comes up" "$TIPOFF" up "$@"
}

sql() {
    psql -X -q -A -t -v ON_ERROR_STOP=1 "$DATABASE_URL" -c "$1"
}

# sql_is WANTED QUERY
sql_is() {
    same "$1" "$(sql "$2")"
}

brokers() {
    sed -n 's/^kafka.brokers = //p' "$TIPOFF_RUN_DIR/tipoff.conf"
}

collect() {
    "$TIPOFF" collect --data "$DATA" "$@"
}

# Nothing is on its way to any worker.
is_read() {
    "$TIPOFF" status | grep -qF "every topic has been read to its end"
}

# finish_run FILE: waits for every cell, and writes their hashes.
finish_run() {
    timeout 150 "$TIPOFF" report --wait >"$TIPOFF_RUN_DIR/report.txt" && "$TIPOFF" report --hashes "$1"
}

# make_data: the feeds of a small league in $DATA, unless there are some: eight teams, 30 dates from
# 2025-10-21 to 2025-11-19, slates of one game to three, sources that spell names
# differently, and players who have lines and do not play.
make_data() {
    [ -d "$DATA" ] || must "data is made" "$TIPOFF" simulate --season 2025-26 --seed 7 --teams 8 --dates 30 --out "$DATA"
}

# A run that nothing disturbs, with its hashes in $WORK/clean.hashes and its rows in clean.rows.
clean_run() {
    make_data
    deploy clean
    must "the clean run collects" collect
    must "the clean run ends" finish_run "$WORK/clean.hashes"
    row_counts >"$WORK/clean.rows"
    must "the clean run comes down" "$TIPOFF" down
}

# Rows of every table that holds results. Of predictions the active ones, of gaps the open ones: what stood
# there on the way is no result. Input sets and batches are as many as the runs that made a date's rows.
row_counts() {
    local table
    for table in $(sql "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in
            ('raw', 'analytics', 'precompute', 'features', 'predictions') order by 1"); do
        case $table in
        predictions.prediction) echo "$table $(sql "select count(*) from $table where is_active")" ;;
        features.feature_store_gaps) echo "$table $(sql "select count(*) from $table where resolved_at is null")" ;;
        features.input_set | predictions.batch_run | predictions.batch_event) ;;
        *) echo "$table $(sql "select count(*) from $table")" ;;
        esac
    done
}

# What must hold after any disturbance of the deployment in use.
claim_undisturbed() {
    local what=$1
    row_counts >"$TIPOFF_RUN_DIR/rows"
    claim "$what: the hash of every cell is the clean run's" same_files "$WORK/clean.hashes" "$TIPOFF_RUN_DIR/hashes"
    claim "$what: every table has as many rows as in the clean run" same_files "$WORK/clean.rows" "$TIPOFF_RUN_DIR/rows"
    claim "$what: every cell of every date has ended and none is stale" sql_is 0 "select count(*) from ops.cell
        where status in ('expected', 'waiting', 'failed') or is_stale"
    claim "$what: every published pick has one graded row" sql_is 0 "select count(*) from predictions.prediction p
        join ops.cell c on c.game_date = p.game_date and c.processor = 'grading' and c.status <> 'no_data'
        where p.is_active and (select count(*) from predictions.prediction_accuracy a where a.game_date = p.game_date
        and a.player_lookup = p.player_lookup and a.system_id = p.system_id) <> 1"
    claim "$what: no graded row is without its prediction" sql_is 0 "select count(*) from predictions.prediction_accuracy a
        where not exists (select 1 from predictions.prediction p where p.is_active and p.game_date = a.game_date
        and p.player_lookup = a.player_lookup and p.system_id = a.system_id)"
    claim "$what: every announced version of a cell was announced once" sql_is 0 "select count(*) from (select 1
        from ops.outbox where type = 'tipoff.Completion' group by event_id having count(*) <> 1) x"
    claim "$what: every batch has ended by answers" sql_is 0 "select count(*) from predictions.batch
        where state <> 'complete' or open + failed + expired > 0"
    claim_no_batch_fault "$what"
    # A worker may have a repetition in hand that the sweep sent when everything was done.
    claim "$what: no attempt stays open" eventually 60 sql_is 0 "select count(*) from ops.attempt"
}

# expected = predicted + skipped + failed + expired + open of every batch, and what else can never be.
claim_no_batch_fault() {
    claim "$1: no batch contradicts its requests" sql_is "" "select game_date || ': ' || fault
        from predictions.batch_fault limit 5"
}

claim_no_letters() {
    claim "$1: no event became a letter" sql_is 0 "select count(*) from ops.letter"
}

worker_names() {
    "$TIPOFF" worker list --json | grep -o '"worker":"[^"]*"' | cut -d '"' -f 4
}

# pid_of NAME: of a supervised worker (or broker) that runs now; nothing when it does not.
pid_of() {
    local pid
    pid=$(cat "$TIPOFF_RUN_DIR/pids/$1.pid" 2>/dev/null) || return 0
    [ -z "$pid" ] || ! kill -0 "$pid" 2>/dev/null || echo "$pid"
}

is_gone() {
    ! kill -0 "$1" 2>/dev/null
}

# hand_start LOG COMMAND...: a process of the script's own, ended with it; its pid is in $STARTED.
hand_start() {
    local log=$1
    shift
    "$@" >>"$log" 2>&1 </dev/null &
    STARTED=$!
}

# Cells that have ended so far.
ended_cells() {
    sql "select count(*) from ops.cell where status not in ('expected', 'waiting')"
}

has_ended() {
    [ "$(ended_cells)" -ge "$1" ]
}

clean_up() {
    local status=$? pid dir
    trap - EXIT
    for pid in $(jobs -rp); do
        kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
    done
    for dir in "${DEPLOYMENTS[@]+"${DEPLOYMENTS[@]}"}"; do
        TIPOFF_RUN_DIR=$dir "$TIPOFF" down >/dev/null 2>&1 || say "cannot bring down $dir"
    done
    for dir in "${KAFKAS[@]+"${KAFKAS[@]}"}"; do
        TIPOFF_RUN_DIR=$dir "$ROOT/ops/kafka" stop >/dev/null 2>&1
    done
    exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM
