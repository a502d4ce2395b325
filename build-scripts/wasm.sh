#!/bin/sh
# Builds the WASM flavours of the core into build/wasm/; does nothing when they are up to date.
# Usage: build-scripts/wasm.sh [make options or targets, e.g. -j2 clean]
set -eu
cd "$(dirname "$0")/.."
command -v emcc >/dev/null || { echo "wasm.sh: emcc is missing: run build-scripts/setup.sh first." >&2; exit 1; }
# Debian's emcc finds its own Node modules (acorn) only with this.
NODE_PATH="${NODE_PATH:+$NODE_PATH:}/usr/share/nodejs"
export NODE_PATH
exec make --no-print-directory -f build-scripts/wasm.mk "$@"
