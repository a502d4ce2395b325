#!/bin/sh
# Checks the text files of the tree: UTF-8; no tabs (but in make's files), carriage returns, trailing blanks or
# invisible characters; a final newline; at most 600 lines.  Usage: build-scripts/check-text.sh
set -eu
cd "$(dirname "$0")/.."

# Zero-width and directional characters, byte order marks, soft hyphens, odd spaces.
invisible='[\x{00A0}\x{00AD}\x{034F}\x{061C}\x{115F}\x{1160}\x{17B4}\x{17B5}\x{180B}-\x{180E}\x{2000}-\x{200F}\x{2028}-\x{202F}\x{205F}-\x{206F}\x{3000}\x{3164}\x{FE00}-\x{FE0F}\x{FEFF}\x{FFA0}\x{FFF9}-\x{FFFB}\x{E0000}-\x{E0FFF}]'
carriage_return="$(printf '\r')"
tab="$(printf '\t')"


# The files of a checkout, or of an unpacked archive.  Each rule is one process over all files: there are hundreds.
list="$(mktemp)" problems="$(mktemp)"
trap 'rm -f "$list" "$problems"' EXIT
{ git ls-files -z 2>/dev/null || find . \( -path ./.git -o -path ./build -o -path ./node_modules \) -prune -o -type f -print0; } |
    LC_ALL=C xargs -0 grep -lIZ '' >"$list" || true # -I leaves binary files out
[ -s "$list" ] || { echo "check-text.sh: there are no files to check." >&2; exit 1; }
over() { xargs -0 "$@" <"$list"; }

rule() { # NAME GREP-ARGUMENTS...
    name="$1"
    shift
    over grep -Han "$@" 2>/dev/null | cut -c 1-160 | sed "s/^/$name: /" >>"$problems" || true
}
LC_ALL=C.UTF-8
export LC_ALL
rule "not UTF-8" -xv '.*'
rule "invisible character" -P "$invisible"
rule "carriage return" "$carriage_return"
rule "trailing blank" "[ $tab]\$"
over grep -Han "$tab" | grep -avE '^([^:]*/)?(Makefile|[^:]*\.mk):' | sed 's/^/tab: /' >>"$problems" || true
over awk '
    FNR == 1 && NR > 1 && lines > 600 && !free(last) { print "more than 600 lines: " last }
    { lines = FNR; last = FILENAME }
    function free(name) { return name ~ /(package-lock\.json$|^(\.\/)?tests\/golden\/|^(\.\/)?models\/)/ }
    END { if (lines > 600 && !free(last)) print "more than 600 lines: " last }
' >>"$problems"
over sh -c 'for file; do [ -z "$(tail -c 1 "$file")" ] || echo "no newline at the end: $file"; done' sh >>"$problems"
[ ! -s "$problems" ] || { head -n 30 "$problems" >&2; exit 1; }
