#!/bin/sh
# Checks the JSDoc types of the page, of the tests and of the scripts for Node.js.  Usage: build-scripts/check-types.sh
set -eu
cd "$(dirname "$0")/.."
[ -x node_modules/.bin/tsc ] || { echo "check-types.sh: run build-scripts/setup.sh first." >&2; exit 1; }

# The page as the site lays it out, with the declarations of the packages in the place of their code.
types=build/types
rm -rf $types
mkdir -p $types/vendor/uplot $types/vendor/wasm-feature-detect $types/vendor/zip
cp -R web/js $types/js
cp node_modules/uplot/dist/uPlot.d.ts $types/vendor/uplot/uPlot.esm.d.ts
cp node_modules/@zip.js/zip.js/index.d.ts $types/vendor/zip/zip.min.d.ts
cp node_modules/wasm-feature-detect/dist/index.d.ts $types/vendor/wasm-feature-detect/index.d.ts

# checkJs is off: a file takes part by its first line, // @ts-check.
node_modules/.bin/tsc --noEmit --allowJs --strict --skipLibCheck --target es2022 --module esnext \
    --moduleResolution bundler --lib es2022,dom,dom.iterable --types node --typeRoots node_modules/@types \
    $types/js/*/*.js build-scripts/*.mjs build-scripts/bench/*.mjs tests/*/*.mjs >&2
