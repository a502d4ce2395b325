#!/bin/sh
# Checks the text files of the tree: UTF-8; no tabs (but in make's files), carriage returns, trailing blanks or
# invisible characters; a final newline; at most 600 lines.  Usage: build-scripts/check-text.sh
set -eu
cd "$(dirname "$0")/.."

# Zero-width and directional characters, byte order marks, soft hyphens, odd spaces.
invisible='[\x{00A0}\x{00AD}\x{034F}\x{061C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180E}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{206F}\x{3000}\x{3164}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{FFF9}-\x{FFFB}\x{E0000}-\x{E0FFF}]'
carriage_return="$(printf '\r')"
tab="$(printf '\t')"

report() { sed "s|^|$1: |"; }

check() {
    file="$1"
    LC_ALL=C.UTF-8 grep -anxv '.*' "$file" | report "$file: not UTF-8" | head -n 3
    LC_ALL=C.UTF-8 grep -anP "$invisible" "$file" | report "$file: invisible character" | head -n 3
    grep -an "$carriage_return" "$file" | report "$file: carriage return" | head -n 3
    grep -an "[ $tab]\$" "$file" | report "$file: trailing blank" | head -n 3
    case "$file" in
    Makefile | *.mk) ;;
    *) grep -an "$tab" "$file" | report "$file: tab" | head -n 3 ;;
    esac
    [ -z "$(tail -c 1 "$file")" ] || echo "$file: no newline at the end"
    case "$file" in
    package-lock.json | tests/golden/* | models/*) ;;
    *) [ "$(wc -l <"$file")" -le 600 ] || echo "$file: more than 600 lines" ;;
    esac
}

# The files of a checkout, or of an unpacked archive; grep -I leaves binary files out.
files() {
    git ls-files 2>/dev/null || find . -path ./.git -prune -o -path ./build -prune -o -path ./node_modules -prune -o -type f -print | sed 's|^\./||'
}
problems="$(files | while IFS= read -r file; do
    [ -s "$file" ] && grep -qI '' "$file" && check "$file"
done || true)"
[ -z "$problems" ] || { echo "$problems" >&2; exit 1; }
