"""How far the number of clusters that `--clusters auto` finds lies from the true one.

    python benchmarks/cluster_count.py [--part plain|tuned|held-out|none] [--seeds 3] [DATASET ...]

Plain: made-up procedures (known_structure.py) with 5, 8 and 12 steps in one order, swapped, and left out and repeated.
Tuned and held-out: 24 drawn sets each, of 4 to 12 steps (one draw of data); constants were chosen on the former. And
datasets of real videos, where the actions of the ground truth are counted. A row a data set, a number a seed.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from families import Recipe, make_one
from known_structure import EVERY_KIND, KINDS, make
from msgspec import structs

from core import api
from core.data.features import load_matrix
from core.events import ignore, never_stop
from core.tot.config import START_CLUSTERS
from core.tot.presets import preset
from core.work.counting import found_clusters


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--part", choices=("plain", "tuned", "held-out", "none"), default="plain")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("datasets", nargs="*", type=Path)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    print(f"{'data':34s} true  found, a seed each  seconds")
    errors: list[int] = []
    for recipe in drawn(chosen.part):
        made = make_one(recipe, 7 if chosen.part == "tuned" else 8)
        errors += row(recipe.name, recipe.n_actions, [made.features])
    for kind in KINDS if chosen.part == "plain" else ():
        for true in (5, 8, 12):
            made = [make(kind, seed, n_actions=true, mean_step=400 // true) for seed in range(chosen.seeds)]
            errors += row(f"{kind}, {true} steps", true, [each.features for each in made])
    for path in chosen.datasets:
        dataset = api.open_dataset(path)
        matrices = [load_matrix(video) for video in dataset.trainable]
        errors += row(path.name, len(dataset.actions), [matrices] * chosen.seeds)
    print(f"mean error {np.mean(errors):+.1f}, mean distance {np.mean(np.abs(errors)):.1f}")


def drawn(part: str) -> list[Recipe]:
    """24 recipes of every kind; features that are positive and sparse only in the part held out."""
    if part not in ("tuned", "held-out"):
        return []
    number = int(part == "held-out")
    draw = np.random.default_rng([5, number])
    looks = ("centres", "sparse" if number else "centres", "moving")
    found = []
    for n in range(24):
        kind, look, true = EVERY_KIND[n % 4], looks[n % 3], (4, 5, 6, 7, 8, 9, 10, 12)[(3 * n + number) % 8]
        videos, step, noise = int(draw.integers(6, 25)), int(draw.integers(20, 61)), round(draw.uniform(0.6, 1.4), 2)
        wide = int(draw.choice([24, 48, 128])) if look == "centres" else 256
        actor = round(draw.uniform(0.2, 0.9), 2)
        found.append(Recipe(f"{n:2d} {kind}, {look}", kind, look, videos, true, wide, step, noise, actor))
    return found


def row(name: str, true: int, sets: list[list[np.ndarray]]) -> list[int]:
    """Count each set of videos, print, and return the errors."""
    found, began = [], time.perf_counter()
    for seed, matrices in enumerate(sets):
        asked = structs.replace(preset("robust", n_clusters=START_CLUSTERS), clusters="auto", seed=10 * seed)
        config, _ = found_clusters(matrices, asked, device="cpu", report=ignore, should_stop=never_stop)
        found.append(config.n_clusters)
    each = (time.perf_counter() - began) / len(sets)
    print(f"{name:34s} {true:4d}  {', '.join(map(str, found)):18s}  {each:.1f}", flush=True)
    return [count - true for count in found]


if __name__ == "__main__":
    main()
