#!/usr/bin/env bash
# tests/support/must_fail.sh
#    Runs a test program built from a weakened source; passes when the one claim fails that has to see it.
#
# usage: must_fail.sh PROGRAM CLAIM

name=$(basename "$1")
out=$(CMOCKA_MESSAGE_OUTPUT=TAP "$1" "$2" 2>&1)
status=$?
echo "1..1"
if [ $status = 1 ] && grep -qE "^not ok [0-9]+ - $2\$" <<<"$out"; then
    echo "ok 1 - $name is caught: $2"
else
    sed 's/^/# /' <<<"$out" | tail -n 30
    echo "not ok 1 - $name (status $status) is not caught by $2"
    exit 1
fi
