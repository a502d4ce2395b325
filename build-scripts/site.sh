#!/bin/sh
# Assembles the static site build/site/ from web/, build/wasm/, models/ and three npm packages; build/lad computes the
# numbers that the page compares its own with.
# It works from any sub-path of any static host.  Usage: build-scripts/site.sh [models folder, default models]
set -eu
cd "$(dirname "$0")/.."
models="${1:-models}"
site=build/site
for part in build/lad build/wasm/lad-simd.wasm node_modules/@zip.js/zip.js \
    node_modules/uplot node_modules/wasm-feature-detect; do
    [ -e "$part" ] || { echo "site.sh: $part is missing: run 'make native wasm', which builds it." >&2; exit 1; }
done

new=build/site.new # assembled aside, so that a server never sees half a site
rm -rf "$new"
mkdir -p "$new/vendor/uplot" "$new/vendor/wasm-feature-detect" "$new/vendor/zip" "$new/wasm" "$new/models"
cp -R web/. "$new/"
cp node_modules/uplot/dist/uPlot.esm.js node_modules/uplot/dist/uPlot.min.css node_modules/uplot/LICENSE "$new/vendor/uplot/"
cp node_modules/wasm-feature-detect/dist/esm/index.js node_modules/wasm-feature-detect/LICENSE \
    "$new/vendor/wasm-feature-detect/"
cp node_modules/@zip.js/zip.js/index-native.min.js "$new/vendor/zip/zip.min.js"
cp node_modules/@zip.js/zip.js/LICENSE "$new/vendor/zip/"
cp build/wasm/*.mjs build/wasm/*.wasm build/wasm/*.js "$new/wasm/"
[ -d "$models" ] && cp -R "$models/." "$new/models/"
node build-scripts/site-index.mjs "$new/models"
node build-scripts/site-preload.mjs "$new"
node build-scripts/golden.mjs build/lad "$new"
# What the service worker keeps for reading without a network; models and pictures join as they are used.
(cd "$new" && find * -type f ! -path 'models/*' ! -name sw.js ! -name files.txt -exec sha256sum {} + |
    LC_ALL=C sort -k 2 >files.txt)
# Smaller copies for servers that send them (serve.mjs does).  Not of models: unpacking takes longer than a local network.
find "$new" -type f \( -name '*.wasm' -o -name '*.mjs' -o -name '*.js' -o -name '*.css' -o -name index.json -o -name golden.json \) \
    -size +1k -exec gzip -9kn {} +
rm -rf "$site"
mv "$new" "$site"
echo "site: $(du -sh "$site" | cut -f1) in $site"
