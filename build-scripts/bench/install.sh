#!/bin/sh
# Installs what lad is compared with, for `make bench` alone: onnxruntime (web and node) and tfjs into build/bench/npm,
# PyTorch from Debian.  What is there already is left alone.  Usage: build-scripts/bench/install.sh
set -eu
cd "$(dirname "$0")/../.."
into=build/bench/npm
if [ ! -e "$into/node_modules/.done" ]; then
    echo "bench: installing peers into $into"
    mkdir -p "$into"
    cat >"$into/package.json" <<END
{ "private": true, "dependencies": { "onnxruntime-web": "1.30.0", "onnxruntime-node": "1.30.0",
  "@tensorflow/tfjs-core": "4.22.0", "@tensorflow/tfjs-backend-wasm": "4.22.0" } }
END
    # onnxruntime-node carries its library for processors; its install script only fetches more.
    (cd "$into" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error >&2)
    touch "$into/node_modules/.done"
fi
/usr/bin/python3 -c "import torch" 2>/dev/null || {
    root=""
    [ "$(id -u)" = 0 ] || root=sudo
    echo "bench: installing python3-torch"
    $root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=600 install -y --no-install-recommends \
        python3-torch >/dev/null || echo "bench: without PyTorch: the package could not be installed." >&2
}
