#!/bin/sh
# Rebuilds everything in models/ from seeds: scenes, teachers, detectors, their figures, the bundled test subset.
#
# Usage: build-scripts/models.sh [STAGE...]      stages: data teacher train subset eval manifest (default: all)
# What is there already is not made again, and a training run that was stopped goes on from its checkpoint.
# Intermediate files lie in build/models.  One run takes about 40 minutes on two cores.
#
# Seeds: the detectors learn and calibrate on scenes of TRAIN_SEED; the figures come from test scenes of
# REPORT_SEEDS and the bundled subset from SUBSET_SEED, none of which was looked at while tuning.
set -eu
cd "$(dirname "$0")/.."
CATEGORIES="pushpins juice_bottle"
TRAIN_SEED=101 REPORT_SEEDS="201 202 203" SUBSET_SEED=301
TEACHER="--size xs --seed 1"
AE_TEACHER="--size xs --recipe random --seed 1"
TRAIN="--fused --ae-first 800 --steps 2300 --rate 7e-4 --warmup 200 --hard-quantile 0.9 --global-head --seed 1"
work=build/models
lad=${LAD:-build/lad}
mkdir -p "$work" models

# make TARGET COMMAND...: runs the command unless its target is there.
make_file() {
    target="$1"
    shift
    [ -e "$target" ] && return 0
    echo "$*"
    "$@"
}

data() {
    for category in $CATEGORIES; do
        $lad render --category "$category" --out "$work/train" --seed $TRAIN_SEED --test 0
        for seed in $REPORT_SEEDS; do
            $lad render --category "$category" --out "$work/report-$seed" --seed "$seed" --train 0 --validation 0
        done
    done
}

teacher() {
    make_file models/teacher-xs.safetensors $lad pretrain $TEACHER --out models/teacher-xs.safetensors --resume
    make_file "$work/ae-teacher-xs.safetensors" $lad pretrain $AE_TEACHER --out "$work/ae-teacher-xs.safetensors"
}

# The categories side by side, each on one thread: the bytes do not depend on it, and two cores are used best that way.
train() {
    for category in $CATEGORIES; do
        train_category "$category" &
        jobs="${jobs:-} $!"
    done
    for job in $jobs; do wait "$job"; done
}

train_category() {
    for variant in margin plain; do
        form=none
        [ $variant = margin ] && form=novel
        target="models/$1-$variant.safetensors"
        make_file "$target" $lad train --data "$work/train/$1" --teacher models/teacher-xs.safetensors \
            --ae-teacher "$work/ae-teacher-xs.safetensors" --margin-form $form $TRAIN --out "$target" \
            --log "$work/$1-$variant.jsonl" --threads 1 --resume
    done
}

eval_all() {
    for category in $CATEGORIES; do
        for variant in margin plain; do
            for seed in $REPORT_SEEDS; do
                report="$work/$category-$variant-$seed.json"
                make_file "$report" $lad eval --model "models/$category-$variant.safetensors" \
                    --data "$work/report-$seed/$category" --spro --report "$report"
            done
        done
        make_file "$work/$category-margin-subset.json" $lad eval --model "models/$category-margin.safetensors" \
            --data "models/subset/$category" --report "$work/$category-margin-subset.json"
    done
}

subset() {
    for category in $CATEGORIES; do
        $lad render --category "$category" --out models/subset --seed $SUBSET_SEED --train 0 --validation 0 \
            --test 20 --format jpg
    done
}

manifest() {
    node build-scripts/manifest.mjs "$work" models
}

[ -x $lad ] || make native
for stage in ${*:-data teacher train subset eval manifest}; do
    case $stage in
    eval) eval_all ;;
    data | teacher | train | subset | manifest) $stage ;;
    *)
        echo "models.sh: there is no stage '$stage'." >&2
        exit 2
        ;;
    esac
done
