#!/bin/sh
# Installs what the project needs from Debian's packages and from npm; does nothing when all is there.
#
# Usage: build-scripts/setup.sh [build|test]
#   build  compiler, emscripten, Node.js, third-party sources, npm packages: enough for make run (default)
#   test   the same, the C test library and a browser: enough for make test
set -eu
cd "$(dirname "$0")/.."
level="${1:-build}"
case "$level" in build | test) ;; *) echo "setup.sh: unknown level '$level'; it is build or test." >&2; exit 2 ;; esac

die() {
    echo "setup.sh: $*" >&2
    exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# ---- packages: each is asked for only when the thing it brings is missing ----
missing=""
need() { missing="$missing $1"; }
have "${CC:-cc}" || need gcc
[ -e /usr/include/stdio.h ] || need libc6-dev
have make || need make
[ -e /usr/include/stb/stb_image.h ] || [ -n "${STB_DIR:-}" ] || need libstb-dev
have dpkg-source || [ -n "${CJSON_DIR:-}" ] || need dpkg-dev
have emcc || need emscripten
[ -e /usr/share/nodejs/acorn ] || need node-acorn # emcc's optimiser needs it, and only recommends it
have node || need nodejs
have npm || need npm
if [ "$level" = test ]; then
    [ -e /usr/include/cmocka.h ] || need libcmocka-dev
    have chromium || need chromium
    have fc-list && [ -n "$(fc-list)" ] || need "fonts-dejavu-core fontconfig"
fi

if [ -n "$missing" ]; then
    command="apt-get install -y --no-install-recommends$missing"
    have apt-get || die "please install these by hand, there is no apt-get here:$missing."
    root=""
    if [ "$(id -u)" != 0 ]; then
        have sudo || die "only root may install packages; please run as root: $command"
        root="sudo"
    fi
    echo "setup: installing$missing (this takes a while)"
    log="$(mktemp)"
    # An unrelated source that is broken makes update fail; what matters is whether install succeeds.
    $root apt-get update >"$log" 2>&1 || true
    if ! $root env DEBIAN_FRONTEND=noninteractive $command >>"$log" 2>&1; then
        tail -n 3 "$log" >&2
        rm -f "$log"
        die "the packages could not be installed (is there a network?); to try by hand: $command"
    fi
    rm -f "$log"
fi

[ "$(node -p 'process.versions.node.split(".")[0] >= 18')" = true ] ||
    die "node $(node -v) is too old; version 18 or newer is needed."

# ---- third-party sources and npm packages ----
build-scripts/deps.sh

stamp=node_modules/.lad-lock # a copy of the lock file that node_modules was made from
if ! cmp -s package-lock.json "$stamp"; then
    echo "setup: installing npm packages"
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 ||
        die "the npm packages could not be installed (is there a network?); to try by hand: npm ci --ignore-scripts"
    cp package-lock.json "$stamp"
fi
