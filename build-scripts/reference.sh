#!/bin/sh
# Compares the core with the same method written in PyTorch (tests/reference): maps, losses, and with "auroc" also what
# short trainings of both reach.
#
# Usage: build-scripts/reference.sh [auroc [STEPS [SEEDS]]]        defaults 400 and 3; about a second a step and seed
#        STEPS_COMPARED=100 CATEGORY=pushpins
# Needs Debian's python3-torch, which it installs when root; nothing else of the project does.  Scenes of seed 1, which
# is for tuning.
set -eu
cd "$(dirname "$0")/.."
work=build/reference
dump=build/native/tests/reference/dump
lad=${LAD:-build/lad}
category=${CATEGORY:-pushpins}
compared=${STEPS_COMPARED:-100}
teacher=models/teacher-xs.safetensors
python=/usr/bin/python3

$python -c "import torch" 2>/dev/null || {
    echo "reference: installing python3-torch"
    apt-get install -y --no-install-recommends python3-torch >/dev/null ||
        { echo "reference.sh: please install Debian's python3-torch." >&2; exit 1; }
}
mkdir -p "$work"
$lad render --quiet --category "$category" --out "$work" --seed 1 --train 24 --validation 12 --test 12
[ -e "$work/ae-teacher.safetensors" ] ||
    $lad pretrain --size xs --recipe random --seed 1 --out "$work/ae-teacher.safetensors" --quiet

failed=0
check() { $python tests/reference/check.py "$@" || failed=1; }

for model in models/"$category"-margin.safetensors models/"$category"-plain.safetensors; do
    [ -e "$model" ] || continue
    $dump maps "$model" "$work/$category" 6 "$work/maps"
    check maps "$model" "$work/maps"
done
# FORM AE-TEACHER: the paper's step, then the step and the rates of the shipped models.
for case in "none -" "dfsc -" "dfsc-synthetic $work/ae-teacher.safetensors" "novel $work/ae-teacher.safetensors" \
    "novel-local $work/ae-teacher.safetensors"; do
    form="${case% *}" ae_teacher="${case#* }"
    steps=$compared
    # The whole curve for plain and for what is shipped; the other forms differ from them by few lines.
    case $form in dfsc* | novel) steps=$(((compared + 3) / 4)) ;; esac
    $dump steps "$work/$category" "$teacher" "$ae_teacher" "$form" "$steps" "$work/steps-$form"
    check losses "$work/steps-$form"
    rm "$work/steps-$form/steps.bin"
done

if [ "${1:-}" = auroc ]; then
    node tests/reference/auroc.mjs "$category" "${2:-400}" "${3:-3}" || failed=1
fi
exit $failed
