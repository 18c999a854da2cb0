"""The training step beside a plain eager step with automatic differentiation, and beside its bare matrix products.

    python benchmarks/training_step.py [--threads N]

Prints milliseconds a step (the fastest of several rounds, taken in turns) and the ratios within this run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from core.tot.bank import FeatureBank
from core.tot.config import TrainConfig
from core.tot.network import Network, Shape
from core.tot.prior import log_prior
from core.tot.sampling import Sampler
from core.tot.scaling import fit_scaling
from core.tot.step import Stepper

ROUNDS = 7
SIZES = ((64, 30, 12, 50, 2000), (512, 30, 23, 20, 1500), (3000, 200, 11, 6, 1000))


def main() -> None:
    """Measure every size with TOT and TOT+TCL."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--threads", type=int, default=2)
    torch.set_num_threads(options.parse_args().threads)
    print(f"{torch.get_num_threads()} threads, batch 512 of 2 videos")
    print("method   D     d    K  | plain   ours   bare products | plain/ours  ours/bare")
    for method in ("tot", "tot+tcl"):
        for dimensions, embedding, clusters, n_videos, length in SIZES:
            config = TrainConfig(method=method, n_clusters=clusters, embedding=embedding)
            draw = np.random.default_rng(0)
            videos = [draw.normal(size=(length, dimensions)).astype(np.float32) for _ in range(n_videos)]
            steps = {"plain": plain(videos, config), "ours": ours(videos, config), "bare": bare(dimensions, config)}
            took = measure(steps, 20 if dimensions > 1000 else 100)
            print(
                f"{method:8s} {dimensions:<5d} {embedding:<4d} {clusters:<3d}| {took['plain']:5.2f}  "
                f"{took['ours']:5.2f}   {took['bare']:5.2f} ms        | {took['plain'] / took['ours']:5.2f}       "
                f"{took['ours'] / took['bare']:5.2f}"
            )


def measure(steps: dict[str, Callable[[], None]], repeats: int) -> dict[str, float]:
    """Milliseconds a call: the fastest round of each, rounds in turns so that all meet the same machine."""
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            began = time.perf_counter()
            for _ in range(repeats):
                step()
            best[name] = min(best[name], (time.perf_counter() - began) / repeats * 1e3)
    return best


def ours(videos: list[np.ndarray], config: TrainConfig) -> Callable[[], None]:
    """The step of this project, sampling and gathering included."""
    bank = FeatureBank(videos, fit_scaling(videos, "none"), "cpu")
    network = Network(Shape.of(config, bank.n_columns))
    sampler = Sampler(bank.lengths, config, [0])
    network.draw(sampler.generators)
    stepper = Stepper(network, [config], bank)
    return lambda: (stepper(sampler.next(), frozen=False), None)[1]


def plain(videos: list[np.ndarray], config: TrainConfig) -> Callable[[], None]:
    """The same mathematics as one writes it first: modules, automatic differentiation, Adam, one draw a step."""
    features = [torch.from_numpy(v) for v in videos]
    width = config.embedding
    encoder = nn.Sequential(
        nn.Linear(features[0].shape[1], 2 * width), nn.Sigmoid(), nn.Linear(2 * width, width), nn.Sigmoid()
    )
    prototypes = nn.Linear(width, config.n_clusters, bias=False)
    optimiser = torch.optim.Adam([*encoder.parameters(), *prototypes.parameters()], lr=1e-3, weight_decay=1e-4)
    block = torch.from_numpy(log_prior(256, config.n_clusters, sigma=config.sigma)).float().repeat(2, 1)
    draw = np.random.default_rng(0)

    def rows(length: int) -> torch.Tensor:
        return torch.from_numpy(((np.arange(256) + draw.random(256)) * length / 256).astype(np.int64))

    def step() -> None:
        chosen = [features[i] for i in draw.choice(len(features), 2, replace=False)]
        index = [rows(len(video)) for video in chosen]
        embeddings = encoder(torch.cat([video[i] for video, i in zip(chosen, index, strict=True)]))
        scores = prototypes(embeddings)
        with torch.no_grad():
            kernel, f = scores / config.rho + block, 0.0
            for _ in range(3):
                g = -torch.logsumexp(kernel + f, dim=0, keepdim=True)
                f = -torch.logsumexp(kernel + g, dim=1, keepdim=True)
            plan = torch.softmax(kernel + g, dim=1)
        loss = -(plan * functional.log_softmax(scores / config.tau, dim=1)).sum(dim=1).mean()
        if config.uses_tcl:
            near = [
                (i + torch.randint(-30, 31, i.shape)).clamp(0, len(v) - 1) for v, i in zip(chosen, index, strict=True)
            ]
            pairs = encoder(torch.cat([video[i] for video, i in zip(chosen, near, strict=True)]))
            for a, p in zip(embeddings.split(256), pairs.split(256), strict=True):
                loss = loss + functional.cross_entropy(a @ p.T / config.kappa, torch.arange(256)) / 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def bare(dimensions: int, config: TrainConfig) -> Callable[[], None]:
    """Only the matrix products that a step cannot do without: forward, and backward to every weight."""
    rows = 1024 if config.uses_tcl else 512
    d = config.embedding
    x, w1, w2 = torch.randn(rows, dimensions), torch.randn(dimensions, 2 * d), torch.randn(2 * d, d)
    h, z, c, s = torch.randn(rows, 2 * d), torch.randn(rows, d), torch.randn(config.n_clusters, d), torch.randn(512, 1)
    s = torch.randn(512, config.n_clusters)
    pairs = torch.randn(2, 256, 256)
    out = {n: torch.empty(1) for n in range(8)}

    def step() -> None:
        out[0], out[1], out[2] = x @ w1, h @ w2, z[:512] @ c.T
        out[3], out[4] = s.T @ z[:512], s @ c
        out[5], out[6], out[7] = h.T @ z, z @ w2.T, x.T @ h
        if config.uses_tcl:
            half = z[:512].view(2, 256, d)
            torch.bmm(half, half.transpose(1, 2))
            torch.bmm(pairs, half)
            torch.bmm(pairs.transpose(1, 2), half)

    return step


if __name__ == "__main__":
    main()
