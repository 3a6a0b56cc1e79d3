#!/usr/bin/env bash
# tests/integration/kill.sh
#    kill -9 of workers, at random moments and at every failpoint: nothing is lost, nothing is done
#    twice. On Apache Kafka; the hashes are those of an undisturbed run.
#
# TIPOFF_SEED repeats a run's choices.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

POINTS=(batch_begun before_commit after_commit before_publish after_publish)
KILLS_WANTED=26
DATES_AT_ONCE=3
KILLS_OF_ONE=4 # five deaths with the same event in hand would rightly make a letter of it
SEED=${TIPOFF_SEED:-$((RANDOM * 32768 + RANDOM))}
RANDOM=$SEED
declare -A KILLED # how often each worker was

# kill_some COUNT: supervised workers chosen by chance among those that run and may die once more.
kill_some() {
    local name pid running=() i at
    for name in $WORKERS; do
        [ "${KILLED[$name]:-0}" = $KILLS_OF_ONE ] || [ -z "$(pid_of "$name")" ] || running+=("$name")
    done
    for ((i = 0; i < $1 && ${#running[@]} > 0; i++)); do
        at=$((RANDOM % ${#running[@]}))
        name=${running[$at]}
        pid=$(pid_of "$name")
        if [ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; then
            KILLED[$name]=$((${KILLED[$name]:-0} + 1))
            KILLS=$((KILLS + 1))
        fi
        running=("${running[@]:0:at}" "${running[@]:at+1}")
    done
}

# collect_anew DATE: the process that collects is killed when the first feeds have gone out; another does it.
collect_anew() {
    must "something is collected" eventually 30 sql_is t "select count(*) > 0 from ops.outbox"
    kill -9 "$STARTED" 2>/dev/null && say "collect was killed, and is run again"
    wait "$STARTED" 2>/dev/null
    hand_start "$WORK/collect.log" collect --to "$1"
}

# Kills three workers or more each time that some cells of the newest dates have ended. The feeds come a
# few dates at a time: on whatever machine, the run cannot get ahead of the kills.
disturb() {
    local dates day cells at n
    mapfile -t dates < <(find "$DATA/boxscores" -name '*.csv' -exec basename {} .csv \; | sort)
    cells=$(($(wc -l <"$WORK/clean.hashes") / ${#dates[@]})) # of one date
    KILLS=0
    for ((n = 0; n + DATES_AT_ONCE <= ${#dates[@]} && KILLS < KILLS_WANTED; n += DATES_AT_ONCE)); do
        day=${dates[n + DATES_AT_ONCE - 1]}
        hand_start "$WORK/collect.log" collect --to "$day"
        [ $n -gt 0 ] || collect_anew "$day"
        at=$((cells * n + 1 + RANDOM % (cells * DATES_AT_ONCE)))
        must "$at cells end (seed $SEED)" eventually 60 has_ended $at
        kill_some $((3 + RANDOM % 3))
        sql "select game_date || ': ' || fault from predictions.batch_fault limit 5" >>"$FAULTS"
        wait "$STARTED" || must "what was started is collected" collect --to "$day"
    done
}

# Workers of 'tipoff up' that ended, and not by a kill.
ended_otherwise() {
    grep 'event="child ended"' "$TIPOFF_RUN_DIR/logs/supervisor.log" | grep -v ' signal=9 '
}

random_kills() {
    local name
    FAULTS=$WORK/faults
    : >"$FAULTS"
    # every batch lingers where a death would hurt most
    TIPOFF_FAILPOINTS=batch_begun=delay:10,before_commit=delay:20,before_publish=delay:20 deploy chaos --kafka
    disturb
    must "the other dates are collected" collect
    must "the disturbed run ends (seed $SEED)" finish_run "$TIPOFF_RUN_DIR/hashes"
    say "seed $SEED: $KILLS kills: $(for name in "${!KILLED[@]}"; do echo "$name ${KILLED[$name]}"; done | sort | paste -sd ,)"
    claim "at least 25 workers were killed at random moments" [ "$KILLS" -ge 25 ]
    claim "random kills: no batch contradicted its requests after any kill" same "" "$(cat "$FAULTS")"
    claim_undisturbed "random kills"
    claim_no_letters "random kills"
    claim "random kills: no worker ended but by a kill" same "" "$(ended_otherwise)"
    must "it comes down" "$TIPOFF" down
}

# mortal NAME INDEX: the worker, again and again; each life ends at another failpoint, the last does not.
mortal() {
    local name=$1 life point hits status
    PID=
    trap '[ -z "$PID" ] || kill "$PID" 2>/dev/null; exit 0' TERM
    for life in 0 1 2 3 4 5; do
        point=${POINTS[$((($2 + life) % 5))]}
        hits=$((1 + (SEED + $2 * 7 + life * 3) % 2))
        if [ $life = 5 ]; then
            "$TIPOFF" worker "$name" >>"$TIPOFF_RUN_DIR/logs/$name.hand.log" 2>&1 &
        else
            TIPOFF_FAILPOINTS=$point=kill:$hits "$TIPOFF" worker "$name" >>"$TIPOFF_RUN_DIR/logs/$name.hand.log" 2>&1 &
        fi
        PID=$!
        wait "$PID" 2>/dev/null
        status=$?
        if [ $status != 137 ]; then
            echo "$name, life $life: status $status" >>"$ENDED_OTHERWISE"
            break
        fi
        echo "$point $name" >>"$TIPOFF_RUN_DIR/deaths"
    done
}

# A worker that ended of itself may be what the run waited for.
finish_mortal_run() {
    finish_run "$TIPOFF_RUN_DIR/hashes" || {
        cat "$ENDED_OTHERWISE"
        return 1
    }
}

failpoints() {
    local supervisor name index=0 point
    deploy failpoints --kafka
    ENDED_OTHERWISE=$TIPOFF_RUN_DIR/ended_otherwise
    supervisor=$(cat "$TIPOFF_RUN_DIR/supervisor.pid")
    kill "$supervisor" # the broker stays; the workers now are the script's own
    must "the supervisor stops" eventually 30 is_gone "$supervisor"
    for name in $WORKERS; do
        mortal "$name" $index 2>/dev/null &
        index=$((index + 1))
    done
    must "it collects" collect
    must "the run with failpoints ends (seed $SEED)" finish_mortal_run
    say "deaths: $(cut -d ' ' -f 1 "$TIPOFF_RUN_DIR/deaths" | sort | uniq -c | awk '{ printf "%s %s  ", $2, $1 }')"
    for point in "${POINTS[@]}"; do
        claim "at least 5 workers died at $point" [ "$(grep -c "^$point " "$TIPOFF_RUN_DIR/deaths")" -ge 5 ]
    done
    claim_undisturbed "failpoints"
    claim_no_letters "failpoints"
    claim "failpoints: no worker ended but at its failpoint" same "" "$(cat "$ENDED_OTHERWISE" 2>/dev/null)"
}

say "seed $SEED (TIPOFF_SEED=$SEED repeats it)"
WORKERS=$(worker_names)
clean_run
random_kills
failpoints
