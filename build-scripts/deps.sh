#!/bin/sh
# Makes build/deps, the third-party C sources; does nothing when it is there.
#   build/deps/cjson/         cJSON.c and cJSON.h, from Debian's source package with Debian's security patches
#   build/deps/include/cjson  -> ../cjson
#   build/deps/include/stb    -> the stb headers of libstb-dev
# Both WASM flavours and the native build compile these.  Usage: build-scripts/deps.sh
# CJSON_DIR=folder and STB_DIR=folder take other copies; apt is not asked then.  Root is not needed.
set -eu
cd "$(dirname "$0")/.."
deps=build/deps
[ -e $deps/ready ] && [ -z "${CJSON_DIR:-}${STB_DIR:-}" ] && exit 0

die() {
    echo "deps.sh: $*" >&2
    exit 1
}
stb="${STB_DIR:-/usr/include/stb}"
[ -e "$stb/stb_image.h" ] || die "$stb/stb_image.h is missing: run build-scripts/setup.sh first (package libstb-dev)."

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Downloads and unpacks the source package cjson to $work/cjson-VERSION.  apt checks signatures and hashes as
# always; lists and cache are private, so that the system's own settings need no deb-src lines and no root.
fetch_cjson() {
    command -v apt-get >/dev/null || die "there is no apt-get here: give a folder with cJSON.c as CJSON_DIR=folder."
    command -v dpkg-source >/dev/null || die "dpkg-source is missing: run build-scripts/setup.sh first (package dpkg-dev)."
    mkdir -p "$work/parts" "$work/lists/partial" "$work/cache/archives/partial"
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ -e "$file" ] && sed -n 's/^deb /deb-src /p' "$file" >"$work/parts/$(basename "$file" .list).list"
    done
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" >"$work/parts/$(basename "$file")"
    done
    chmod -R a+rX "$work" # apt fetches as another user
    private="-q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts=$work/parts"
    private="$private -o Dir::State::lists=$work/lists -o Dir::Cache=$work/cache -o APT::Sandbox::User=root"
    if ! (cd "$work" && apt-get $private update && apt-get $private source cjson) >"$work/log" 2>&1; then
        tail -n 3 "$work/log" >&2
        die "the source of cJSON could not be fetched (is there a network?); CJSON_DIR=folder takes another copy."
    fi
}

if [ -n "${CJSON_DIR:-}" ]; then
    cjson="$CJSON_DIR"
else
    echo "deps: fetching the source of cJSON"
    fetch_cjson
    cjson="$(echo "$work"/cjson-*/)"
fi
[ -e "$cjson/cJSON.c" ] && [ -e "$cjson/cJSON.h" ] || die "$cjson does not hold cJSON.c and cJSON.h."

rm -rf $deps
mkdir -p $deps/cjson $deps/include
cp -p "$cjson/cJSON.c" "$cjson/cJSON.h" $deps/cjson/
[ ! -e "$cjson/LICENSE" ] || cp "$cjson/LICENSE" $deps/cjson/
ln -s ../cjson $deps/include/cjson
ln -s "$(cd "$stb" && pwd)" $deps/include/stb
touch $deps/ready
