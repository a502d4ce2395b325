#!/bin/sh
# Checks that each header of src/ compiles alone.  Usage: build-scripts/check-headers.sh
# Files named *_body.h, and simd.h below them, are templates: their includer says for which instruction set.
set -eu
cd "$(dirname "$0")/.."
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
failed=0
for header in src/*/*.h; do
    case "$header" in *_body.h | src/kernels/simd.h) continue ;; esac
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror -Isrc -isystem build/deps/include -fsyntax-only -x c "$header" 2>"$log" || {
        echo "$header does not compile alone:" >&2
        head -n 5 "$log" >&2
        failed=1
    }
done
exit $failed
