"""PyTorch as a peer: orders on standard input, answers of one line of JSON on standard output.

Usage: peer_torch.py infer THREADS MODEL RGB     orders "run N", "maps"
       peer_torch.py train THREADS TEACHER MODEL DUMP  orders "run N" (the usual step), "cached N" (the teacher's
       features of the unchanged picture are given), "losses" (of the first step without dropout, from the files in DUMP)
"""
import json
import struct
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
SIZES = (3, 8, 15, 32, 63, 127)


def read_tensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        tensors[name] = torch.from_numpy(np.frombuffer(data[start:end], "<f4").reshape(entry["shape"]).copy())
    return tensors


class Network:
    """Weights by layer name; which layers there are is in the functions below."""

    def __init__(self, tensors, prefix, names):
        self.layers = {n: [tensors[f"{prefix}.{n}.{part}"] for part in ("weight", "bias")] for n in names}

    def parameters(self):
        return [p for layer in self.layers.values() for p in layer]

    def conv(self, name, x, stride=1, pad=0):
        weight, bias = self.layers[name]
        return F.conv2d(x, weight, bias, stride, pad)


PDN = ["conv1", "conv2", "conv3", "conv4"]


def ae_layers(tensors):
    decoder = ["dense", "deconv1", "deconv2", "deconv3"] if "ae.decoder.dense.weight" in tensors else [f"deconv{i}" for i in range(1, 9)]
    return [f"encoder.enconv{i}" for i in range(1, 7)] + [f"decoder.{name}" for name in decoder]


def pdn(net, x):
    x = F.avg_pool2d(F.relu(net.conv("conv1", x)), 2)
    x = F.avg_pool2d(F.relu(net.conv("conv2", x)), 2)
    return net.conv("conv4", F.relu(net.conv("conv3", x)))


def autoencoder(net, x, dropout):
    for i in range(1, 6):
        x = F.relu(net.conv(f"encoder.enconv{i}", x, 2, 1))
    x = net.conv("encoder.enconv6", x)
    if "decoder.dense" in net.layers:
        x = F.relu(net.conv("decoder.dense", x)).reshape(-1, 14, 14, 32).permute(0, 3, 1, 2)
        for i, size in enumerate((28, 56)):
            x = F.relu(net.conv(f"decoder.deconv{i + 1}", F.interpolate(x, (size, size), mode="bilinear"), 1, 1))
        return net.conv("decoder.deconv3", x, 1, 1)
    for i, size in enumerate(SIZES):
        x = F.interpolate(x, (size, size), mode="bilinear")
        x = F.dropout(F.relu(net.conv(f"decoder.deconv{i + 1}", x, 1, 2)), 0.2, dropout)
    x = F.interpolate(x, (56, 56), mode="bilinear")
    return net.conv("decoder.deconv8", F.relu(net.conv("decoder.deconv7", x, 1, 1)), 1, 1)


class Detector:
    def __init__(self, model, rgb):
        tensors = read_tensors(model)
        self.teacher, self.student = Network(tensors, "teacher", PDN), Network(tensors, "student", PDN)
        self.ae = Network(tensors, "ae", ae_layers(tensors))
        pixels = torch.from_numpy(np.fromfile(rgb, "u1", 3 * 256 * 256).reshape(256, 256, 3).copy())
        x = (pixels.float() / 255 - torch.tensor(MEAN)) / torch.tensor(STD)
        self.x = x.permute(2, 0, 1)[None].contiguous()

    @torch.inference_mode()
    def maps(self):
        s, c = pdn(self.student, self.x), self.teacher.layers["conv4"][1].numel()
        st = (pdn(self.teacher, self.x) - s[:, :c]).square().mean(1)
        return st, (autoencoder(self.ae, self.x, False) - s[:, c:]).square().mean(1)

    def obey(self, verb, times):
        if verb == "run":
            return {"ms": [clock(self.maps) for _ in range(times)]}
        st, stae = self.maps()
        return {"st": st.flatten().tolist(), "stae": stae.flatten().tolist()}


class Trainer:
    """The step of Batzner et al., Algorithm 1, as the public implementations of EfficientAD do it."""

    def __init__(self, teacher, model, folder):
        self.teacher = Network(read_tensors(teacher), "teacher", PDN)
        start, shapes = read_tensors(f"{folder}/start.safetensors"), read_tensors(model)
        self.student = self.unpack(start["student.values"], shapes, "student", PDN)
        self.ae = self.unpack(start["ae.values"], shapes, "ae", ae_layers(shapes))
        picture = lambda name: torch.from_numpy(
            np.fromfile(f"{folder}/{name}.f32", "<f4").reshape(1, 256, 256, 3)).permute(0, 3, 1, 2).contiguous()
        self.clean, self.jitter, self.penalty = picture("clean"), picture("jitter"), picture("penalty")
        self.mean, self.std = (torch.from_numpy(np.fromfile(f"{folder}/{n}.f32", "<f4")).view(1, -1, 1, 1)
                               for n in ("mean", "std"))
        parameters = self.student.parameters() + self.ae.parameters()
        self.adam = torch.optim.Adam(parameters, lr=1e-4, weight_decay=1e-5)
        self.cached = self.target(self.clean)

    @staticmethod
    def unpack(values, shapes, prefix, names):
        """A network's parameters lie in one block, layer by layer, weight before bias."""
        network, at = Network(shapes, prefix, names), 0
        for layer in network.layers.values():
            for i, shape in enumerate([p.shape for p in layer]):
                layer[i] = values.flatten()[at : at + shape.numel()].reshape(shape).clone().requires_grad_()
                at += shape.numel()
        assert at == values.numel()
        return network

    @torch.inference_mode(False)
    def target(self, x):
        with torch.no_grad():
            return (pdn(self.teacher, x) - self.mean) / self.std

    def losses(self, cached, dropout):
        c = self.mean.numel()
        t = self.cached if cached else self.target(self.clean)
        d = (t - pdn(self.student, self.clean)[:, :c]).square()
        hard = d[d >= torch.quantile(d, 0.999)].mean()
        penalty = pdn(self.student, self.penalty)[:, :c].square().mean()
        t, a, s = self.target(self.jitter), autoencoder(self.ae, self.jitter, dropout), pdn(self.student, self.jitter)
        return hard, penalty, (t - a).square().mean(), (a - s[:, c:]).square().mean()

    def step(self, cached):
        total = sum(self.losses(cached, True))
        self.adam.zero_grad()
        total.backward()
        self.adam.step()

    def obey(self, verb, times):
        if verb == "losses":
            names = ("hard", "penalty", "ae", "stae")
            with torch.no_grad():
                return dict(zip(names, (float(loss) for loss in self.losses(False, False))))
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
