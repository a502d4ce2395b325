#!/bin/sh
# Checks that a folder of src/ includes only lower layers, that third-party headers stay behind their one door,
# and that nothing below the command line prints or exits.  Usage: build-scripts/check-layers.sh
set -eu
cd "$(dirname "$0")/.."

# Layers have a rank, lowest first; folders of one rank do not know each other.
problems="$(awk '
    BEGIN {
        rank["base"] = 0
        rank["kernels"] = rank["image"] = rank["scene"] = rank["eval"] = 1
        rank["nn"] = rank["data"] = 2
        rank["model"] = 3
        rank["score"] = 4
        rank["train"] = 5
        rank["api"] = 6
        rank["cli"] = rank["wasm"] = 7
    }
    FNR == 1 { split(FILENAME, path, "/"); folder = path[2] }
    FNR == 1 && !(folder in rank) { print FILENAME ": the folder " folder " has no layer" }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
        split($0, quoted, "\"")
        split(quoted[2], target, "/")
        if (!(target[1] in rank)) {
            print FILENAME ":" FNR ": includes \"" quoted[2] "\", which does not begin with a folder of src/"
        } else if (target[1] != folder && rank[target[1]] >= rank[folder]) {
            print FILENAME ":" FNR ": " folder " must not include " quoted[2] ", which is not in a lower layer"
        }
    }
    /^[ \t]*#[ \t]*include[ \t]*<(cjson|stb)/ {
        if (/<cjson/ && FILENAME != "src/base/json.c") print FILENAME ":" FNR ": only base/json.c uses cJSON"
        if (/<stb/ && folder != "image") print FILENAME ":" FNR ": only image/ uses stb"
    }
    folder != "cli" && /(^|[^a-z_])(printf|puts|putchar|perror|exit|_exit|abort) *\(/ {
        print FILENAME ":" FNR ": only cli/ prints or exits"
    }
    folder != "cli" && /(stdout|stderr)/ { print FILENAME ":" FNR ": only cli/ prints" }
' src/*/*.[ch])"
[ -z "$problems" ] || { echo "$problems" >&2; exit 1; }
