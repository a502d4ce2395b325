#!/bin/sh
# Checks that each header of src/ compiles alone.  Usage: build-scripts/check-headers.sh
set -eu
cd "$(dirname "$0")/.."
failed=0
for header in src/*/*.h; do
    "${CC:-cc}" -std=c11 -Wall -Wextra -Werror -Isrc -isystem build/deps/include -fsyntax-only -x c "$header" || {
        echo "$header does not compile alone" >&2
        failed=1
    }
done
exit $failed
