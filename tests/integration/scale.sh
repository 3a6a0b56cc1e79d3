#!/usr/bin/env bash
# tests/integration/scale.sh
#    More processes of the same workers, joining before and during a run on Apache Kafka and leaving in
#    the middle of it: they share the partitions, and the results stay the same.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

# more NAME: one more process of the worker, started by hand.
more() {
    hand_start "$TIPOFF_RUN_DIR/logs/$1.more.log" "$TIPOFF" worker "$1"
    owners+=("$1-$STARTED")
}

# shares COUNT NAME: the worker's partitions belong to that many processes that run.
shares() {
    [ "$(sql "select count(distinct owner) from ops.consumer_offset where consumer_group = 'tipoff.$2'
        and owner in ($(live_owners "$2"))")" = "$1" ]
}

# live_owners NAME: as SQL strings.
live_owners() {
    local owner
    printf "'%s-%s'" "$1" "$(pid_of "$1")"
    for owner in "${owners[@]}"; do
        [ "${owner%-*}" != "$1" ] || is_gone "${owner##*-}" || printf ", '%s'" "$owner"
    done
}

# in_hand NAME: partitions by process, most first.
in_hand() {
    sql "select string_agg(n::text, ' ' order by n desc) from (select count(*) n from ops.consumer_offset
        where consumer_group = 'tipoff.$1' group by owner) x"
}

# moved_by NAME: how many processes have moved an offset of the group.
moved_by() {
    sql "select count(distinct owner) from ops.consumer_offset where consumer_group = 'tipoff.$1' and next_offset > 0"
}

# has_moved NAME: some event of the group is done.
has_moved() {
    [ "$(sql "select coalesce(sum(next_offset), 0) from ops.consumer_offset where consumer_group = 'tipoff.$1'")" -gt 0 ]
}

HALF=2025-11-11
owners=()
clean_run
deploy scale --kafka
more raw
more raw
more predictor
more predictor
claim "three processes share the partitions of raw" eventually 60 shares 3 raw
claim "three processes share the partitions of predictor" eventually 60 shares 3 predictor
say "raw: $(in_hand raw); predictor: $(in_hand predictor)"
must "the first dates are collected" collect --to $HALF
must "predictors have predicted" eventually 60 has_moved predictor
must "the grader has graded" eventually 60 has_moved grader
leaver=${owners[2]##*-}
kill "$leaver" # a predictor goes, and graders come, while events flow
more grader
more grader
must "the other dates are collected" collect
must "the predictor that was asked to go is gone" eventually 30 is_gone "$leaver"
must "the run ends" finish_run "$TIPOFF_RUN_DIR/hashes"
claim "two processes are left to share the partitions of predictor" eventually 30 shares 2 predictor
claim "three processes share the partitions of grader" eventually 30 shares 3 grader
claim "events of raw went through all three processes" [ "$(moved_by raw)" = 3 ]
claim_undisturbed "extra processes"
claim_no_letters "extra processes"
