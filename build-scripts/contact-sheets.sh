#!/bin/bash
# Renders the contact sheets of src/scene/README.md: for each category (or those named) 25 normal scenes, and each kind
# of anomaly once.
set -euo pipefail
cd "$(dirname "$0")/.."
categories=("$@")
[ $# -gt 0 ] || mapfile -t categories < <(build/lad render --list | sed -n 's/^\([a-z_]*\) (.*/\1/p')
for category in "${categories[@]}"; do
    for what in good kinds; do
        build/lad render --category "$category" --seed 1 --sheet "$what" --out "src/doc/images/scenes-$category-$what.jpg"
    done
done
