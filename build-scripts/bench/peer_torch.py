"""PyTorch as a peer: orders on standard input, answers of one line of JSON on standard output.

Usage: peer_torch.py infer THREADS MODEL RGB     orders "run N", "maps"
       peer_torch.py train THREADS TEACHER MODEL DUMP  orders "run N" (the usual step), "cached N" (the teacher's
       features of the unchanged picture are given), "losses" (of the first step without dropout, from the files in DUMP)
"""
import json
import pathlib
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "reference"))
import networks as nets


class Detector:
    """Of a model whose teacher needs no normalising, as those of the benchmark."""

    def __init__(self, model, rgb):
        tensors = nets.read_safetensors(model)
        self.teacher, self.student, self.ae = (nets.parameters_of(tensors, name) for name in ("teacher", "student", "ae"))
        self.x = nets.normalise(np.fromfile(rgb, "u1", 3 * 256 * 256).reshape(1, 256, 256, 3))

    @torch.inference_mode()
    def maps(self):
        return nets.raw_maps(lambda x: nets.pdn(self.teacher, x), self.student, self.ae, self.x)

    def obey(self, verb, times):
        if verb == "run":
            return {"ms": [clock(self.maps) for _ in range(times)]}
        st, stae = self.maps()
        return {"st": st.flatten().tolist(), "stae": stae.flatten().tolist()}


class Trainer:
    """The step of Batzner et al., Algorithm 1, as the public implementations of EfficientAD do it."""

    def __init__(self, teacher, model, folder):
        frozen, shapes = nets.read_safetensors(teacher), nets.read_safetensors(model)
        start = nets.read_safetensors(f"{folder}/start.safetensors")
        read = lambda name: torch.from_numpy(np.fromfile(f"{folder}/{name}.f32", "<f4"))
        statistics = {f"mean_std.{name}": read(name).view(1, -1, 1, 1) for name in ("mean", "std")}
        self.target = nets.Target(frozen | statistics)
        self.student, self.ae = (self.unpack(start[f"{name}.values"], nets.parameters_of(shapes, name)) for name in ("student", "ae"))
        self.clean, self.jitter, self.penalty = (
            read(name).view(1, 256, 256, 3).permute(0, 3, 1, 2).contiguous() for name in ("clean", "jitter", "penalty"))
        self.adam = torch.optim.Adam([*self.student.values(), *self.ae.values()], lr=1e-4, weight_decay=1e-5)
        self.cached = self.target(self.clean)

    @staticmethod
    def unpack(values, shapes):
        """A network's parameters lie in one block, layer by layer, weight before bias, as in the model file."""
        parts = values.flatten().split([shape.numel() for shape in shapes.values()])
        return {name: part.view(shape.shape).clone().requires_grad_() for (name, shape), part in zip(shapes.items(), parts)}

    def losses(self, cached, dropout):
        c = self.target.mean.numel()
        t = self.cached if cached else self.target(self.clean)
        d = (t - nets.pdn(self.student, self.clean)[:, :c]).square()
        hard = d[d >= torch.quantile(d, 0.999)].mean()
        penalty = nets.pdn(self.student, self.penalty)[:, :c].square().mean()
        t, s = self.target(self.jitter), nets.pdn(self.student, self.jitter)
        a = nets.autoencoder(self.ae, self.jitter, dropout)
        return hard, penalty, (t - a).square().mean(), (a - s[:, c:]).square().mean()

    def step(self, cached):
        total = sum(self.losses(cached, lambda i, x: F.dropout(x, 0.2)))
        self.adam.zero_grad()
        total.backward()
        self.adam.step()

    def obey(self, verb, times):
        if verb == "losses":
            names = ("hard", "penalty", "ae", "stae")
            with torch.no_grad():
                return dict(zip(names, (float(loss) for loss in self.losses(False, None))))
        return {"ms": [clock(lambda: self.step(verb == "cached")) for _ in range(times)]}


def clock(work):
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def main():
    mode, threads, *files = sys.argv[1:]
    torch.set_num_threads(int(threads))
    peer = Detector(*files) if mode == "infer" else Trainer(*files)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        verb, times = (line.split() + ["0"])[:2]
        print(json.dumps(peer.obey(verb, int(times))), flush=True)


main()
