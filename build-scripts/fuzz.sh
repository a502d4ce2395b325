#!/bin/sh
# Fuzzes one target with clang's libFuzzer under AddressSanitizer.  Usage: build-scripts/fuzz.sh TARGET SECONDS
# tests/fuzz/TARGET_fuzz.c is the target; tests/fuzz/TARGET_seeds.c, if there, writes the files to start from.
# What was found before stays in build/fuzz/corpus/TARGET; an input that fails is left in build/fuzz.
set -eu
cd "$(dirname "$0")/.."
target="$1" seconds="$2" out=build/fuzz
[ -f "tests/fuzz/${target}_fuzz.c" ] || { echo "fuzz.sh: there is no tests/fuzz/${target}_fuzz.c." >&2; exit 2; }
command -v clang >/dev/null || { echo "fuzz.sh: clang is missing (package clang)." >&2; exit 1; }

make --no-print-directory CC=clang OUT=$out CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address" $out/liblad.a
clang -std=c11 -O1 -g -Isrc -fsanitize=fuzzer,address -pthread -o "$out/$target" "tests/fuzz/${target}_fuzz.c" $out/liblad.a -lm
mkdir -p "$out/corpus/$target"
if [ -f "tests/fuzz/${target}_seeds.c" ]; then
    clang -std=c11 -o "$out/${target}_seeds" "tests/fuzz/${target}_seeds.c"
    "$out/${target}_seeds" "$out/corpus/$target"
fi
"$out/$target" -max_total_time="$seconds" -rss_limit_mb=3000 -timeout=10 -max_len=4096 -artifact_prefix=$out/ \
    "$out/corpus/$target"
