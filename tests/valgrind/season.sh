#!/usr/bin/env bash
# tests/valgrind/season.sh
#    A few dates through every phase, with every process of the deployment under memcheck.

. "$(dirname "$(realpath "$0")")/../support/scenario.sh"

REAL=$TIPOFF
TIPOFF=$WORK/tipoff
REPORTS=$WORK/reports
mkdir -p "$REPORTS"
cat >"$TIPOFF" <<WRAPPER
#!/bin/sh
exec valgrind --quiet --trace-children=yes --log-file=$REPORTS/%p --leak-check=full --show-leak-kinds=definite \
    --errors-for-leak-kinds=definite --child-silent-after-fork=yes "$REAL" "\$@"
WRAPPER
chmod +x "$TIPOFF"
export TIPOFF TIPOFF_SESSION_TIMEOUT_MS=60000 # a process is some thirty times slower here

# Every report that says something.
reports() {
    find "$REPORTS" -type f -size +0 -exec tail -n 200 {} +
}

says_nothing() {
    [ -z "$(reports)" ] || {
        reports
        return 1
    }
}

make_data
deploy checked --from 2025-10-21 --to 2025-11-08
must "the feeds are collected" collect --from 2025-10-21 --to 2025-11-08
must "the run ends" timeout 2400 "$TIPOFF" report --wait
claim "every cell of every date has ended" sql_is 0 "select count(*) from ops.cell
    where in_scope and (status in ('expected', 'waiting', 'failed') or is_stale)"
claim "something was predicted and graded" sql_is t "select count(*) > 0 from predictions.prediction_accuracy"
must "the deployment comes down" "$TIPOFF" down
claim "memcheck has nothing to report of $(find "$REPORTS" -type f | wc -l) processes" says_nothing
