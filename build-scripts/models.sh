#!/bin/sh
# Rebuilds everything in models/ from seeds: scenes, teachers, detectors, their figures, the bundled test subset.
#
# Usage: build-scripts/models.sh [STAGE...]      stages: data teacher train subset eval manifest cards (default: all)
#        build-scripts/models.sh results         measures what is shipped again and rewrites the manifest's figures,
#                                                models/README.md and the table in README.md
#        REPORT_SEEDS="1 2" build-scripts/models.sh results    other scenes, for trying: prints the table, changes nothing
# What is there already is not made again, and a training run that was stopped goes on from its checkpoint.
# Intermediate files lie in build/models.  A training takes 10 to 18 minutes where three share two busy cores.
#
# Seeds: the detectors learn and calibrate on scenes of TRAIN_SEED; the figures come from test scenes of
# REPORT_SEEDS and the bundled subset from SUBSET_SEED, none of which was looked at while tuning.
set -eu
cd "$(dirname "$0")/.."
CATEGORIES="pushpins juice_bottle breakfast_box screw_bag splicing_connectors"
TRAIN_SEED=101 SUBSET_SEED=301
seeds=${REPORT_SEEDS:-201 202 203}
images=${REPORT_IMAGES:-60} # of each test class and seed
TEACHER="--size xs --seed 1"
AE_TEACHER="--size xs --recipe random --seed 1"
PICTURES=2000 # for training
TRAIN="--fused --rate 1e-3 --warmup 200 --hard-quantile 0.9 --map-distance novelty --map-norm position --map-smoothing 1 --border 1 --combine max --global-weight 1 --seed 1"
work=build/models
lad=${LAD:-build/lad}
mkdir -p "$work" models

# How long a category's detectors learn, and how many of these steps are the autoencoder's alone: that of the pushpins learns
# the box first and the pins only then.
steps_of() {
    case $1 in
    pushpins) echo "--ae-first 4000 --ae-freeze --steps 5000" ;;
    *) echo "--ae-first 2000 --ae-freeze --steps 3000" ;;
    esac
}

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
        $lad render --category "$category" --out "$work/train" --seed $TRAIN_SEED --test 0 \
            --train $PICTURES --validation 200
        for seed in $seeds; do
            $lad render --category "$category" --out "$work/report-$seed-$images" --seed "$seed" --train 0 \
                --validation 0 --test "$images"
            # The naive methods beside the detectors learn from the same pictures.
            ln -sfn "../../train/$category/train" "$work/report-$seed-$images/$category/train"
        done
    done
}

teacher() {
    make_file models/teacher-xs.safetensors $lad pretrain $TEACHER --out models/teacher-xs.safetensors --resume
    make_file "$work/ae-teacher-xs.safetensors" $lad pretrain $AE_TEACHER --out "$work/ae-teacher-xs.safetensors"
}

# Two categories side by side, each on one thread: the bytes do not depend on it, and two cores are used best that way.
train() {
    for category in $CATEGORIES; do
        train_category "$category" &
        [ -z "${other:-}" ] || wait "$other"
        other=$!
    done
    wait "$other"
}

train_category() {
    for variant in margin plain; do
        form=none
        [ $variant = margin ] && form=novel-local
        target="models/$1-$variant.safetensors"
        make_file "$target" $lad train --data "$work/train/$1" --teacher models/teacher-xs.safetensors \
            --ae-teacher "$work/ae-teacher-xs.safetensors" --margin-form $form $(steps_of "$1") $TRAIN --out "$target" \
            --log "$work/$1-$variant.jsonl" --threads 1 --resume
    done
}

# evaluate REPORT MODEL IMAGES OPTION...: unless REPORT is there, of this very model and so many images of each class.
evaluate() {
    report="$1" model="$2" count="$3"
    shift 3
    if [ -e "$report" ]; then
        hash="$(sha256sum <"$model" | cut -c 1-64)"
        grep -q "\"$hash\"" "$report" && grep -Eq "\"good\":[[:space:]]*$count," "$report" || rm "$report"
    fi
    make_file "$report" $lad eval --model "$model" --report "$report" "$@"
}

eval_all() {
    for category in $CATEGORIES; do
        for variant in margin plain; do
            naive=""
            [ $variant = plain ] && naive=--naive # once: they know no model
            for seed in $seeds; do
                evaluate "$work/$category-$variant-$seed.json" "models/$category-$variant.safetensors" "$images" \
                    --data "$work/report-$seed-$images/$category" --spro --kinds $naive
            done
        done
        [ -n "${REPORT_SEEDS:-}" ] && continue
        evaluate "$work/$category-margin-subset.json" "models/$category-margin.safetensors" 20 \
            --data "models/subset/$category"
    done
}

subset() {
    for category in $CATEGORIES; do
        $lad render --category "$category" --out models/subset --seed $SUBSET_SEED --train 0 --validation 0 \
            --test 20 --format jpg
    done
}

manifest() {
    CATEGORIES="$CATEGORIES" node build-scripts/manifest.mjs "$work" models $seeds
}

cards() {
    node build-scripts/cards.mjs models
}

results() {
    data
    eval_all
    if [ -n "${REPORT_SEEDS:-}" ]; then
        node build-scripts/results.mjs "$work" $seeds
        return
    fi
    manifest
    cards
    node build-scripts/results.mjs --write README.md "$work" $seeds
}

[ -x $lad ] || make native
for stage in ${*:-data teacher train subset eval manifest cards}; do
    case $stage in
    eval) eval_all ;;
    data | teacher | train | subset | manifest | cards | results) $stage ;;
    *)
        echo "models.sh: there is no stage '$stage'." >&2
        exit 2
        ;;
    esac
done
