#!/usr/bin/env bash
# tests/integration/independent.sh
#    The pipeline's feature rows against those that tests/independent/ computes from the feeds alone: of a
#    small simulated league with every feed, of one that was damaged (tests/support/spoil.py) with fewer
#    feeds, and of the recorded season where it is at hand.
#
# TIPOFF_SEED is the seed of both leagues and of the damage.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

INDEPENDENT=$ROOT/tests/independent
RECORDED=${TIPOFF_SHARED:-}/data/nba-2024-25
SEED=${TIPOFF_SEED:-11}
STILL_S=900 # nothing here takes longer

# feature_rows: a JSON line a feature row of the deployment in use, with what is said of games alike.
feature_rows() {
    sql "select json_build_object('game_date', game_date, 'player_lookup', player_lookup, 'values',
        feature_values || array[s.baseline, s.games, s.avg_score, s.min_score, s.points_std], 'sources',
        feature_source || array_fill(case when s.games is not null then coalesce(s.reason, 'similarity') end, array[5]))
        from features.ml_feature_store left join features.player_similarity s using (game_date, player_lookup)"
}

# compare_features NAME [OPTION...]: both accounts of the deployment NAME over $DATA.
compare_features() {
    local dir=$WORK/$1 feeds
    shift
    feeds=$(sql "select array_to_string(feeds, ',') from ops.deployment")
    feature_rows >"$dir/pipeline.jsonl" || return
    python3 "$INDEPENDENT/features.py" --data "$DATA" --subscribed "$feeds" "$@" >"$dir/independent.jsonl" || return
    python3 "$INDEPENDENT/compare.py" "$dir/independent.jsonl" "$dir/pipeline.jsonl"
}

# run_season NAME FEEDS [OPTION...]: collects $DATA in a deployment of its own. A refused file is an outcome too.
run_season() {
    local name=$1 feeds=$2
    shift 2
    deploy "$name" --feeds-subscribed "$feeds" "$@"
    "$TIPOFF" collect --data "$DATA" "$@" >"$TIPOFF_RUN_DIR/collected.txt" 2>&1 \
        || say "$name: $(tail -n 1 "$TIPOFF_RUN_DIR/collected.txt")"
    must "$name: every cell ends" timeout $STILL_S "$TIPOFF" report --wait
}

# compared NAME WHAT [OPTION...]
compared() {
    local name=$1 what=$2 dir=$WORK/$1
    shift 2
    claim "$what: every feature of every row is the independent one" compare_features "$name" "$@"
    say "$what: $(python3 "$INDEPENDENT/compare.py" "$dir/independent.jsonl" "$dir/pipeline.jsonl" | tail -n 1)"
}

# is_refused NAME SED: the comparer sees rows that sed has changed.
is_refused() {
    sed -E "$2" "$WORK/$1/pipeline.jsonl" >"$WORK/$1/changed.jsonl"
    ! cmp -s "$WORK/$1/pipeline.jsonl" "$WORK/$1/changed.jsonl" || return
    ! python3 "$INDEPENDENT/compare.py" "$WORK/$1/independent.jsonl" "$WORK/$1/changed.jsonl" >/dev/null
}

must "a league is made" "$TIPOFF" simulate --season 2025-26 --seed "$SEED" --teams 8 --dates 60 --out "$WORK/league"
DATA=$WORK/league
run_season league schedule,boxscores,shots,props,injuries,game_lines
compared league "a simulated league"
claim "a value that differs is seen" is_refused league '1s/"values" : \[[^,]*,/"values" : [0.5,/'
claim "a source that differs is seen" is_refused league '1s/"missing"/"phase4"/'
claim "a row that is missing is seen" is_refused league 1d

cp -r "$WORK/league" "$WORK/spoiled"
DATA=$WORK/spoiled
must "the league is damaged" python3 "$ROOT/tests/support/spoil.py" "$DATA" "$SEED"
run_season spoiled schedule,boxscores,shots,props,injuries
compared spoiled "a damaged league"

if [ -f "$RECORDED/schedule.csv" ]; then
    DATA=$RECORDED
    run_season recorded schedule,boxscores,shots,props --from 2024-10-22 --to 2024-12-31
    compared recorded "the recorded season" --to 2024-12-31
else
    say "skipped: no recorded season in TIPOFF_SHARED"
fi
