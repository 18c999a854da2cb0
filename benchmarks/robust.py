"""The preset `robust` over the wide family of made-up data (families.py) and real datasets, beside equal split.

    python benchmarks/robust.py [--part tuned|held-out|words|none] [--seeds 1] [DATASET ...]

MoF / F1 at activity level with the true K: equal split; the most typical run of the method whose seeds agree most; what
all runs agree on; what is kept (the preset): that, or what the runs of ASOT or those with an order agree on, where it
explains videos left out clearly better. The same runs serve all.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from agreed import Labels, choices, decoded
from families import HELD_OUT, TUNED, WORDS, make_one
from known_structure import Made
from msgspec import structs

from core import api
from core.data.features import load_matrix
from core.data.labels import load_ground_truth
from core.metrics.agreement import agreement
from core.metrics.baselines import equal_split
from core.metrics.report import quick_scores
from core.tot.presets import preset, rivals_of
from core.tot.train import train_many
from core.tot.trained import Trained


def main() -> None:
    """Measure and print, a row a data set, then the means."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--part", choices=("tuned", "held-out", "words", "none"), default="tuned")
    options.add_argument("--seeds", type=int, default=1)
    options.add_argument("datasets", nargs="*", type=Path)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    recipes = {"tuned": TUNED, "held-out": HELD_OUT, "words": WORDS, "none": ()}[chosen.part]
    print("| data | equal split | most typical | all agree on | kept | seconds |\n|---|---|---|---|---|---|")
    rows = []
    for seed in range(chosen.seeds):
        rows += [row(recipe.name, make_one(recipe, seed), seed) for recipe in recipes]
        rows += [row(path.name, real(path), seed) for path in chosen.datasets]
    mean = np.mean(rows, axis=0)
    below = [sum(each[column] < each[0] for each in rows) for column in (2, 4, 6)]
    print(f"| mean of {len(rows)} | " + " | ".join(f"{mean[n]:.1f} / {mean[n + 1]:.1f}" for n in (0, 2, 4, 6)) + " | |")
    print(f"\nBelow equal split in MoF: most typical {below[0]}, all {below[1]}, kept {below[2]}")


def row(name: str, made: Made, seed: int) -> list[float]:
    """Train all methods of the preset on one data set, print and return the scores."""
    began = time.perf_counter()
    config = structs.replace(preset("robust", n_clusters=made.n_actions), seed=1000 * seed)
    runs: list[Trained] = []
    best: tuple[float, Labels] = (-1.0, [])
    for method in (config, *rivals_of(config)):
        alone = structs.replace(method, seeds=1, rival="none", ensemble="typical")
        own = train_many(made.features, [structs.replace(alone, seed=alone.seed + n) for n in range(config.seeds)])
        found = [decoded(run, made.features) for run in own]
        shares = agreement(found, made.n_actions)
        best = max(best, (float(shares.mean()), found[int(shares.argmax())]), key=lambda each: each[0])
        runs += own
    found, kept = choices(made.features, config, runs)
    equal = [equal_split(len(truth), made.n_actions) for truth in made.truths]
    scores = [*scored(made, equal), *scored(made, best[1])]
    scores += [value for each in (found[0], found[kept]) for value in scored(made, decoded(each, made.features))]
    cells = " | ".join(f"{scores[n]:.1f} / {scores[n + 1]:.1f}" for n in (0, 2, 4, 6))
    print(f"| {name} | {cells} | {time.perf_counter() - began:.0f} |", flush=True)
    return scores


def scored(made: Made, labels: Labels) -> tuple[float, float]:
    """MoF and F1 in per cent, matched over all videos."""
    truths = {str(n): truth for n, truth in enumerate(made.truths)}
    mof, f1 = quick_scores(truths, {str(n): found for n, found in enumerate(labels)}, n_clusters=made.n_actions)
    return 100 * mof, 100 * f1


def real(path: Path) -> Made:
    """A dataset on disk, its labels at its feature rows."""
    dataset = api.open_dataset(path)
    features, truths = [], []
    for video in dataset.trainable:
        features.append(load_matrix(video))
        truth = np.asarray(load_ground_truth(dataset, video))
        first = np.searchsorted(video.timebase.rows(), np.arange(len(features[-1])))
        truths.append(truth[np.minimum(first, len(truth) - 1)])
    return Made(features, truths, len(np.unique(np.concatenate(truths))))


if __name__ == "__main__":
    main()
