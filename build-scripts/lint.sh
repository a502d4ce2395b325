#!/bin/sh
# All checks that do not run the program: the tree, formatting, types of the page.  Usage: build-scripts/lint.sh
set -eu
cd "$(dirname "$0")/.."
for check in build-scripts/check-*.sh; do
    "$check"
done
command -v clang-format >/dev/null || { echo "lint.sh: clang-format is missing (package clang-format)." >&2; exit 1; }
clang-format --dry-run -Werror src/*/*.[ch] tests/*/*.[ch]
echo "lint: clean"
