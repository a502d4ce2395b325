"""The networks and losses of src/doc/METHOD.md written a second time, in PyTorch: the reference of tests/reference/check.py
and, for its networks, the peer of build-scripts/bench/peer_torch.py."""
import json
import struct

import numpy as np
import torch
import torch.nn.functional as F

MEAN, STD = torch.tensor((0.485, 0.456, 0.406)), torch.tensor((0.229, 0.224, 0.225))
SIZES = (3, 8, 15, 32, 63, 127)  # of the decoder's enlargements


def read_safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    tensors = {}
    for name, entry in header.items():
        start, end = (8 + length + offset for offset in entry["data_offsets"])
        values = np.frombuffer(data[start:end], {"F32": "<f4", "F16": "<f2"}[entry["dtype"]])
        tensors[name] = torch.from_numpy(values.astype(np.float32).reshape(entry["shape"]))
    return tensors


def parameters_of(tensors, prefix):
    """The tensors of one network, without the prefix; leaves that take gradients."""
    return {name[len(prefix) + 1 :]: value.clone().requires_grad_()
            for name, value in tensors.items() if name.startswith(prefix + ".")}


def normalise(rgb):
    """bytes [n, h, w, 3] -> floats [n, 3, h, w]"""
    return ((torch.from_numpy(rgb).float() / 255 - MEAN) / STD).permute(0, 3, 1, 2).contiguous()


def conv(w, name, x, stride=1, pad=0):
    return F.conv2d(x, w[name + ".weight"], w[name + ".bias"], stride, pad)


def pdn(w, x):
    """Teacher or student, of sizes xs and s (four convolutions) or m (six)."""
    x = F.avg_pool2d(F.relu(conv(w, "conv1", x)), 2)
    x = F.avg_pool2d(F.relu(conv(w, "conv2", x)), 2)
    last = 6 if "conv6.weight" in w else 4
    for i in range(3, last):
        x = F.relu(conv(w, f"conv{i}", x))
    return conv(w, f"conv{last}", x)


def masked(masks):
    """Dropout by given masks: six of [1, 64, h, w] with 0 or 1."""
    return lambda i, x: x * masks[i] / 0.8


def autoencoder(w, x, dropout=None):
    """dropout(i, x): what is left of the output x of layer i of the paper's decoder, or None without."""
    for i in range(1, 6):
        x = F.relu(conv(w, f"encoder.enconv{i}", x, 2, 1))
    x = conv(w, "encoder.enconv6", x)
    if "decoder.dense.weight" in w:  # size xs
        x = F.relu(conv(w, "decoder.dense", x)).reshape(-1, 14, 14, 32).permute(0, 3, 1, 2)
        for i, size in enumerate((28, 56)):
            x = F.relu(conv(w, f"decoder.deconv{i + 1}", F.interpolate(x, (size, size), mode="bilinear"), 1, 1))
        return conv(w, "decoder.deconv3", x, 1, 1)
    for i, size in enumerate(SIZES):
        x = F.relu(conv(w, f"decoder.deconv{i + 1}", F.interpolate(x, (size, size), mode="bilinear"), 1, 2))
        if dropout is not None:
            x = dropout(i, x)
    x = F.relu(conv(w, "decoder.deconv7", F.interpolate(x, (56, 56), mode="bilinear"), 1, 1))
    return conv(w, "decoder.deconv8", x, 1, 1)


class Target:
    """A frozen network, normalised per channel."""

    def __init__(self, tensors):
        self.w = {name: value.detach() for name, value in parameters_of(tensors, "teacher").items()}
        self.mean, self.std = tensors["mean_std.mean"], tensors["mean_std.std"]

    @torch.no_grad()
    def __call__(self, x):
        return (pdn(self.w, x) - self.mean) / self.std


def distance(a, b):
    """[56, 56]: mean over channels"""
    return (a - b).square().mean(1)[0]


def hard_loss(t, s1, quantile):
    d = (t - s1).square()
    return d[d >= torch.from_numpy(np.asarray(np.quantile(d.detach().numpy(), quantile), np.float32))].mean()


def weighted_mean(weights, values):
    total = weights.sum()
    return (weights * values).sum() / total if total > 0 else values.sum() * 0


class Margin:
    """The forms of METHOD.md, in distances P (T, A), Q (A, S2), R (T, S2), and U (T, S1), which takes P's place."""

    def __init__(self, form, margin, quantile=0.9, decay=0.99):
        self.form, self.margin, self.quantile, self.decay = form, margin, quantile, decay
        self.tau = self.mean_q = None

    def track(self, old, new):
        return new if old is None else self.decay * old + (1 - self.decay) * new

    def clean(self, p, q):
        if self.form in ("dfsc", "dfsc-stae"):
            self.tau = self.track(self.tau, np.quantile(p.detach().numpy(), self.quantile))
            distinctive = p.detach() > self.tau
        if q is not None:
            self.mean_q = self.track(self.mean_q, float(q.detach().double().mean()))
        scale = 0.5 if self.form in ("dfsc-synthetic", "novel") else 1.0
        if self.form == "floor":
            p = (p - self.margin).clamp(min=0)
        if self.form == "dfsc":
            p = torch.where(distinctive, (p - self.margin).abs(), p)
        if self.form == "dfsc-stae":
            q = torch.where(distinctive, (q - self.margin).abs(), q)
        return {"ae": scale * p.mean()} | ({"stae": scale * q.mean()} if q is not None else {})

    def composite(self, pasted, untouched, p, q, r):
        if self.form == "novel-local":
            return {"faithful": weighted_mean(untouched, p), "hinge": weighted_mean(pasted, (self.margin - p).clamp(min=0))}
        if self.form == "dfsc-synthetic":
            terms = {"ae": weighted_mean(untouched, p), "hinge": weighted_mean(pasted, (self.margin - p).clamp(min=0))}
            if q is not None:
                terms["stae"] = weighted_mean(untouched, q)
        else:
            m = self.margin * self.mean_q
            terms = {"ae": p.mean(), "stae": weighted_mean(untouched, q), "faithful": weighted_mean(pasted, r),
                     "hinge": weighted_mean(pasted, (m - q).clamp(min=0))}
        return {name: 0.5 * value for name, value in terms.items()}


class Trainer:
    """student, ae: parameters; settings: those of steps.json."""

    def __init__(self, target, ae_target, student, ae, settings):
        self.target, self.ae_target, self.student, self.ae, self.o = target, ae_target, student, ae, settings
        self.margin = Margin(settings["form"], settings["margin"], settings["margin_quantile"], settings["decay"])
        self.adams = [torch.optim.Adam(list(w.values()), lr=1.0, weight_decay=settings["weight_decay"])
                      for w in (ae, student)]
        self.done, self.counts = 0, [0, 0]

    def losses(self, b):
        """b: pictures clean, jitter, composite, penalty; weights pasted, untouched; masks, one set a pass of the
        autoencoder.  Returns the terms by name."""
        o, alone = self.o, self.done < self.o["ae_first"]
        frozen = o["ae_freeze"] and not alone
        novel, local, terms = o["form"] == "novel", o["form"] == "novel-local", []
        # What the autoencoder learns alone of composites: nothing where they are for the student.
        composites = o["composites"] and not (alone and (local or novel and o["ae_freeze"]))
        goal = self.ae_target(b["jitter"])
        a = autoencoder(self.ae, b["jitter"], masked(b["masks"][0]))
        a = a.detach() if frozen else a
        c = goal.shape[1]
        if not alone:
            s = pdn(self.student, b["jitter"])
            if o["fused"]:
                terms.append({"hard": hard_loss(self.target(b["jitter"]), s[:, :c], o["hard_quantile"])})
            else:
                terms.append({"hard": hard_loss(self.target(b["clean"]), pdn(self.student, b["clean"])[:, :c], o["hard_quantile"])})
            terms.append({"penalty": pdn(self.student, b["penalty"])[:, :c].square().mean()})
        p, q = distance(goal, a), None if alone else distance(a, s[:, c:])
        # While it trains alone, the autoencoder knows the margin only through composites.
        terms.append({"ae": p.mean() * (0.5 if composites else 1)} if alone else self.margin.clean(p, q))
        if composites and local:
            u = distance(self.target(b["composite"]), pdn(self.student, b["composite"])[:, :c])
            terms.append(self.margin.composite(b["pasted"], b["untouched"], u, None, None))
        elif composites:
            seen = self.ae_target(b["composite"])
            a = autoencoder(self.ae, b["composite"], masked(b["masks"][1]))
            a = a.detach() if frozen else a
            p = distance(goal if novel else seen, a)
            if alone and novel:
                terms.append({"ae": 0.5 * p.mean()})
            else:
                s2 = None if alone else pdn(self.student, b["composite"])[:, c:]
                q, r = (None, None) if alone else (distance(a, s2), distance(seen, s2))
                terms.append(self.margin.composite(b["pasted"], b["untouched"], p, q, r))
        sums = {}
        for name, value in (item for term in terms for item in term.items()):
            sums[name] = sums.get(name, 0) + value
        return sums

    def step(self, batch):
        terms = self.losses(batch)
        rate = self.o["rate"] * (0.1 if self.done >= self.o["steps"] - self.o["steps"] // 20 else 1)
        alone = self.done < self.o["ae_first"]
        for adam in self.adams:
            adam.zero_grad(set_to_none=True)
        sum(terms.values()).backward()
        self.done += 1
        for i, adam in enumerate(self.adams):  # the autoencoder's, the student's
            if alone if i else not alone and self.o["ae_freeze"]:
                continue
            self.counts[i] += 1
            adam.param_groups[0]["lr"] = rate * min(1.0, self.counts[i] / max(1, self.o["warmup"]))
            adam.step()
        return {name: float(value.detach()) for name, value in terms.items()}


def measured(a, b, rows, bias):
    """The map of a metric: mean over its rows of (row . difference + bias)^2."""
    along = torch.einsum("kc,nchw->nkhw", rows, a - b) + bias[None, :, None, None]
    return (along**2).mean(1)[0]


@torch.no_grad()
def raw_maps(target, student, ae, x, metric=None):
    s, t = pdn(student, x), target(x)
    a, c = autoencoder(ae, x), t.shape[1]
    if metric:
        return measured(t, s[:, :c], *metric["st"]), measured(a, s[:, c:], *metric["ae"])
    return distance(t, s[:, :c]), distance(a, s[:, c:])
