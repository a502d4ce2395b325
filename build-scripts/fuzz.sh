#!/bin/sh
# Fuzzes a reader of outside bytes with libFuzzer under AddressSanitizer and UndefinedBehaviorSanitizer.
# Usage: build-scripts/fuzz.sh TARGET [SECONDS]    TARGET: tests/fuzz/TARGET_fuzz.c; default 60 seconds
# The corpus stays in build/fuzz/TARGET.corpus; an input that fails is written to build/fuzz/.
set -eu
cd "$(dirname "$0")/.."
target="${1:-}" seconds="${2:-60}"
[ -n "$target" ] && [ -e "tests/fuzz/${target}_fuzz.c" ] || {
    echo "fuzz.sh: choose a target with T=name:$(for f in tests/fuzz/*_fuzz.c; do basename "$f" _fuzz.c; done | tr '\n' ' ' | sed 's/^/ /; s/ $//')." >&2
    exit 2
}
command -v clang >/dev/null || { echo "fuzz.sh: clang is missing (package clang)." >&2; exit 1; }
build-scripts/deps.sh

out="build/fuzz/$target"
mkdir -p "$out.corpus"
compile() {
    clang -std=c11 -O1 -g -ffp-contract=off "$@" -Isrc -isystem build/deps/include -Wno-unused-command-line-argument \
        src/base/*.c src/image/*.c src/model/safetensors*.c src/model/half.c build/deps/cjson/cJSON.c -pthread -lm
}
if [ -e "tests/fuzz/${target}_seeds.c" ]; then
    compile "tests/fuzz/${target}_seeds.c" -o "$out.seeds"
    "$out.seeds" "$out.corpus"
fi
compile -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all "tests/fuzz/${target}_fuzz.c" -o "$out"
exec "$out" -max_total_time="$seconds" -timeout=10 -max_len=4096 -rss_limit_mb=3000 -artifact_prefix=build/fuzz/ "$out.corpus"
