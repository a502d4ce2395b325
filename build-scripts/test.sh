#!/bin/sh
# Runs tests and ends with one line that counts them: "N passed, N failed".  Fails if one failed or none ran.
#
# Usage: build-scripts/test.sh [--unit] C-TEST-PROGRAM...
#   --unit   only the C programs; without it also the checks of the tree and the tests for Node.js
# Everything reports in TAP (testanything.org), which both cmocka and node --test speak.
set -u
cd "$(dirname "$0")/.."
unit_only=false
[ "${1:-}" = --unit ] && unit_only=true && shift
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

# count NAME EXIT-STATUS SECONDS: adds what $work/log reports.  node --test sums up its nested tests itself.
count() {
    if grep -q '^# pass ' "$work/log"; then
        ok=$(sed -n 's/^# pass //p' "$work/log")
        bad=$(($(sed -n 's/^# fail //p' "$work/log") + $(sed -n 's/^# cancelled //p' "$work/log")))
        skip=$(sed -n 's/^# skipped //p' "$work/log")
    else
        skip=$(grep -ciE '^(not )?ok .*# skip' "$work/log") # cmocka writes "not ok 3 # SKIP"
        ok=$(grep -E '^ok ' "$work/log" | grep -civ '# skip')
        bad=$(grep -E '^not ok ' "$work/log" | grep -civ '# skip')
    fi
    # A crash, a leak found at exit, or a program without tests is a failure too.
    problem=""
    if [ "$2" != 0 ] && [ "$bad" = 0 ]; then problem="exit status $2"; fi
    if [ $((ok + bad + skip)) = 0 ]; then problem="no test ran, exit status $2"; fi
    [ -z "$problem" ] || bad=$((bad + 1))
    passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
    if [ "$bad" = 0 ]; then
        printf '  ok    %-40s %4d passed %4d s\n' "$1" "$ok" "$3"
    else
        printf '  FAIL  %-40s %4d passed, %d failed %s\n' "$1" "$ok" "$bad" "$problem"
        sed 's/^/        | /' "$work/log"
    fi
}

# run NAME COMMAND...: runs one program that writes TAP.
run() {
    name="$1"
    shift
    begin=$(date +%s)
    "$@" >"$work/log" 2>&1
    status=$?
    count "$name" "$status" $(($(date +%s) - begin))
}

# A check has one result: its exit status.
as_tap() {
    if "$@"; then echo "ok 1 - $*"; else echo "not ok 1 - $*"; return 1; fi
}

CMOCKA_MESSAGE_OUTPUT=TAP
export CMOCKA_MESSAGE_OUTPUT
for program in "$@"; do
    run "$(basename "$program" _test)" "$program"
done

if ! $unit_only; then
    for check in build-scripts/check-*.sh; do
        run "$(basename "$check" .sh)" as_tap "$check"
    done
    # One file at a time: they share two processors, and one browser.
    for file in tests/cli/*.test.mjs tests/scripts/*.test.mjs tests/wasm/*.test.mjs tests/web/*.test.mjs tests/browser/*.test.mjs; do
        [ -e "$file" ] && run "${file#tests/}" node --test --test-reporter=tap "$file"
    done
fi

[ "$skipped" = 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
