#!/usr/bin/env python3
"""Compares the C core with the same method written in PyTorch (networks.py).  Run by `make reference`.

Usage: check.py maps MODEL FOLDER       forward maps of a model file, of what `dump maps` wrote
       check.py losses FOLDER           the loss curve of `dump steps`, from the same weights, pictures and masks
       check.py auroc FOLDER STEPS SEED...   trains on what `dump pictures` and `dump penalty` wrote, with its own
                                        initial weights and order; prints the AUROC of the raw maps
Ends with 1 where a difference is larger than allowed.  THREADS=2 in the environment.  Debian: python3-torch."""
import json
import os
import sys

import numpy as np
import torch

import networks as nets

SIDE = 256
MAPS_ALLOWED = 1e-4
# Rounding grows tenfold every dozen steps, since Adam divides small gradients by their own size: our AVX-512 and AVX2
# kernels differ by 1e-5 at step 25, 4e-4 at step 47 and 3e-3 at step 90.  So only the first steps can be held to 1e-3.
EARLY_STEPS, EARLY_ALLOWED, LATE_ALLOWED = 25, 1e-3, 1e-2


def pictures(path, side=SIDE):
    return np.fromfile(path, "u1").reshape(-1, side, side, 3)


def detector(path):
    tensors = nets.read_safetensors(path)
    networks = [{name: value.detach() for name, value in nets.parameters_of(tensors, prefix).items()}
                for prefix in ("student", "ae")]
    metric = None
    if "metric.st" in tensors:
        metric = {part: [torch.as_tensor(tensors[f"metric.{part}{end}"]) for end in ("", "_bias")] for part in ("st", "ae")}
    return nets.Target(tensors), *networks, metric


def check_maps(model, folder):
    rgb, wanted = pictures(f"{folder}/maps.rgb"), np.fromfile(f"{folder}/maps.f32", "<f4").reshape(-1, 2, 56, 56)
    (*networks, metric), worst = detector(model), [0.0, 0.0]
    assert len(rgb) == len(wanted) > 0
    for picture, maps in zip(rgb, wanted):
        got = nets.raw_maps(*networks, nets.normalise(picture[None]), metric)
        for k in range(2):
            off = np.abs(got[k].numpy() - maps[k]).max() / np.abs(maps[k]).max()
            worst[k] = max(worst[k], float(off))
    print(f"maps of {len(rgb)} pictures, {model}: off by at most {worst[0]:.1e} (st) and {worst[1]:.1e} (stae) of "
          f"their largest value, allowed {MAPS_ALLOWED:.0e}")
    return max(worst) <= MAPS_ALLOWED


def read_record(file, o):
    take = lambda count, kind: np.fromfile(file, kind, count)
    images = [take(SIDE * SIDE * 3, "u1").reshape(1, SIDE, SIDE, 3) for _ in range(3)]
    px = o["penalty_px"]
    images.append(take(px * px * 3, "u1").reshape(1, px, px, 3))
    batch = dict(zip(("clean", "jitter", "composite", "penalty"), map(nets.normalise, images)))
    batch["pasted"], batch["untouched"] = (torch.from_numpy(take(56 * 56, "<f4").reshape(56, 56)) for _ in range(2))
    batch["masks"] = []
    for _ in range(2 if o["composites"] else 1):
        masks = []
        for size in nets.SIZES if o["dropout_layers"] else ():
            side = size + 1  # a 4x4 convolution with padding 2
            bits = np.unpackbits(take(side * side * 8, "u1"), bitorder="little")
            masks.append(torch.from_numpy(bits.reshape(1, side, side, 64).astype(np.float32)).permute(0, 3, 1, 2).contiguous())
        batch["masks"].append(masks)
    return batch


def check_losses(folder):
    with open(f"{folder}/steps.json", encoding="utf8") as file:
        o = json.load(file)
    start = nets.read_safetensors(f"{folder}/start.safetensors")
    target = nets.Target(start)
    ae_target = nets.Target(nets.read_safetensors(f"{folder}/ae-target.safetensors")) if o["ae_teacher"] else target
    trainer = nets.Trainer(target, ae_target, nets.parameters_of(start, "student"), nets.parameters_of(start, "ae"), o)
    early, late, at = 0.0, 0.0, ""
    with open(f"{folder}/steps.bin", "rb") as file:
        for i, wanted in enumerate(o["losses"]):
            got = trainer.step(read_record(file, o))
            got["total"] = sum(got.values())
            for name, value in wanted.items():
                off = abs(got.get(name, 0.0) - value) / wanted["total"]
                if off > max(early, late):
                    at = f"{name} of step {i + 1}"
                if i < EARLY_STEPS:
                    early = max(early, off)
                else:
                    late = max(late, off)
        assert not file.read(1), f"{folder}/steps.bin is longer than it should be"
    first, last = o["losses"][0]["total"], o["losses"][-1]["total"]
    kind = "the shipped step" if o["fused"] else "the paper's step"
    print(f"losses of {len(o['losses'])} steps, {o['form']}, {kind} ({first:.3f} to {last:.3f}): any term off by at most "
          f"{early:.1e} of the total in the first {EARLY_STEPS} steps (allowed {EARLY_ALLOWED:.0e}), {late:.1e} later "
          f"(allowed {LATE_ALLOWED:.0e}); most: {at}")
    return early <= EARLY_ALLOWED and late <= LATE_ALLOWED


def jitter(rng, rgb):
    """Brightness, contrast or saturation by a factor in 0.8 .. 1.2, one of them (Batzner et al., Algorithm 1)."""
    x, factor = rgb.astype(np.float32), rng.uniform(0.8, 1.2)
    grey = x @ np.float32([0.299, 0.587, 0.114])
    towards = (0.0, grey.mean(), grey[..., None])[rng.integers(3)]
    return np.clip(np.rint(towards + factor * (x - towards)), 0, 255).astype(np.uint8)


def fresh(shapes, generator):
    """PyTorch's default for convolutions."""
    made = {}
    for name, value in shapes.items():
        weight = shapes[name.rsplit(".", 1)[0] + ".weight"]
        bound = 1 / np.sqrt(weight[0].numel())
        made[name] = ((torch.rand(value.shape, generator=generator) * 2 - 1) * bound).requires_grad_()
    return made


def auroc(good, bad):
    difference = np.asarray(bad)[:, None] - np.asarray(good)[None]
    return float(((difference > 0) + 0.5 * (difference == 0)).mean())


def score_all(networks, folder, border=4):
    """Quantiles from validation pictures, then the maximum of the mean map of each test picture."""
    maps = lambda rgb: np.stack([torch.stack(nets.raw_maps(*networks, nets.normalise(x[None]))).numpy() for x in rgb])
    normal = maps(pictures(f"{folder}/validation.rgb"))
    low, high = (np.quantile(normal, q, axis=(0, 2, 3))[:, None, None] for q in (0.9, 0.995))
    scaled = 0.1 * (maps(pictures(f"{folder}/test.rgb")) - low) / (high - low)
    return scaled.mean(1)[:, border:-border, border:-border].max((1, 2))


def train_once(folder, steps, seed, start):
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    rgb, penalty = pictures(f"{folder}/train.rgb"), pictures(f"{folder}/penalty.rgb", 128)
    o = {"form": "none", "margin": 0.0, "margin_quantile": 0.9, "decay": 0.99, "steps": steps, "ae_first": 0, "ae_freeze": False, "fused": False,
         "rate": 1e-4, "warmup": 0, "weight_decay": 1e-5, "hard_quantile": 0.999, "composites": False}
    target = nets.Target(start)
    student, ae = (fresh(nets.parameters_of(start, prefix), generator) for prefix in ("student", "ae"))
    trainer = nets.Trainer(target, target, student, ae, o)
    for step in range(steps):
        if step % len(rgb) == 0:
            order = rng.permutation(len(rgb))
        clean = rgb[order[step % len(rgb)]]
        masks = [(torch.rand((1, 64, s + 1, s + 1), generator=generator) >= 0.2).float() for s in nets.SIZES]
        trainer.step({"clean": nets.normalise(clean[None]), "jitter": nets.normalise(jitter(rng, clean)[None]),
                      "penalty": nets.normalise(penalty[step % len(penalty)][None]), "masks": [masks]})
    with torch.no_grad():
        return score_all((target, student, ae), folder)


def run_auroc(folder, steps, seeds):
    """One line of JSON a seed: the AUROCs."""
    with open(f"{folder}/test.json", encoding="utf8") as file:
        labels = np.array(json.load(file)["labels"])
    start = nets.read_safetensors(f"{folder}/start.safetensors")
    for seed in seeds:
        scores = train_once(folder, int(steps), int(seed), start)
        figures = [auroc(scores[labels == 0], scores[labels == k]) for k in (1, 2)]
        print(json.dumps({"seed": int(seed), "logical": figures[0], "structural": figures[1]}), flush=True)
    return True


def main():
    torch.set_num_threads(int(os.environ.get("THREADS", "2")))
    command, *arguments = sys.argv[1:] or [""]
    commands = {"maps": check_maps, "losses": check_losses, "auroc": lambda folder, steps, *seeds: run_auroc(folder, steps, seeds)}
    if command not in commands:
        sys.exit(__doc__)
    sys.exit(0 if commands[command](*arguments) else 1)


main()
