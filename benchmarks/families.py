"""A wide family of made-up procedures, to judge settings on: many widths, lengths, K, noises and looks, two parts.

`TUNED` is what settings may be chosen on; `HELD_OUT` differs in kind as well as in numbers (features that are positive
and sparse as those of image networks are, steps that change while they last, any order at all), and is only looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from known_structure import Made, make


@dataclass(frozen=True)
class Recipe:
    """One data set: structure, looks and numbers of `make_one`."""

    name: str
    kind: str = "ordered"
    look: str = "centres"
    n_videos: int = 16
    n_actions: int = 8
    n_dimensions: int = 48
    mean_step: int = 50
    noise: float = 1.5
    actor: float = 0.6


SWAPPED, OMITTED, PERMUTED = "swapped", "omitted and repeated", "permuted"
TUNED = (
    Recipe("ordered"),
    Recipe("ordered, quiet", noise=0.8),
    Recipe("ordered, loud", noise=2.5),
    Recipe("ordered, 4 steps", n_actions=4, mean_step=90),
    Recipe("ordered, 14 steps", n_actions=14, mean_step=30),
    Recipe("ordered, 6 videos", n_videos=6),
    Recipe("swapped", kind=SWAPPED),
    Recipe("swapped, loud", kind=SWAPPED, noise=2.2),
    Recipe("swapped, 256 wide", kind=SWAPPED, n_dimensions=256, noise=2.5),
    Recipe("omitted", kind=OMITTED),
    Recipe("omitted, quiet, 12 steps", kind=OMITTED, noise=1.0, n_actions=12, mean_step=35),
    Recipe("omitted, 16 wide", kind=OMITTED, n_dimensions=16, noise=0.9),
)
HELD_OUT = (
    Recipe("ordered, sparse, 512 wide", look="sparse", n_dimensions=512, noise=1.5),
    Recipe("ordered, moving", look="moving", noise=1.2),
    Recipe("ordered, loud, 10 steps", noise=3.0, n_actions=10, n_videos=24, mean_step=40),
    Recipe("swapped, sparse", kind=SWAPPED, look="sparse", n_dimensions=256, n_actions=6),
    Recipe("swapped, moving", kind=SWAPPED, look="moving", n_actions=10, mean_step=35),
    Recipe("omitted, sparse", kind=OMITTED, look="sparse", n_dimensions=512, noise=2.0),
    Recipe("omitted, short", kind=OMITTED, mean_step=20, n_videos=30),
    Recipe("permuted", kind=PERMUTED, noise=1.2),
    Recipe("permuted, sparse, 5 steps", kind=PERMUTED, look="sparse", n_dimensions=256, n_actions=5, mean_step=70),
)
WORDS = (
    Recipe("ordered, words, 4 steps", look="words", n_actions=4, n_dimensions=400, n_videos=24),
    Recipe("swapped, words", kind=SWAPPED, look="words", n_actions=7, n_dimensions=1500),
    Recipe("omitted, words, 14 steps", kind=OMITTED, look="words", n_actions=14, n_dimensions=1000, n_videos=8),
    Recipe("permuted, words", kind=PERMUTED, look="words", n_actions=7, n_dimensions=400),
)
"""Counts of words: what the choice between methods that need an order and those that do not matters most for."""
LEARNING = (
    Recipe("ordered, 5 steps", n_videos=16, n_actions=5, mean_step=80, noise=2.2),
    Recipe("ordered, sparse, 11 steps", look="sparse", n_dimensions=512, n_actions=11, n_videos=18, mean_step=40),
    Recipe("ordered, many cameras", n_videos=20, mean_step=45, actor=2.5),
    Recipe("swapped, moving, 10 steps", kind=SWAPPED, look="moving", n_actions=10, n_videos=24, mean_step=35),
    Recipe("swapped, words, 7 steps", kind=SWAPPED, look="words", n_actions=7, n_dimensions=800, n_videos=18),
    Recipe("swapped, many cameras", kind=SWAPPED, n_videos=16, n_actions=6, mean_step=60, actor=2.5),
    Recipe("omitted, loud, 12 steps", kind=OMITTED, n_actions=12, n_videos=20, mean_step=40, noise=2.2),
    Recipe(
        "omitted, sparse, 6 steps", kind=OMITTED, look="sparse", n_dimensions=256, n_actions=6, n_videos=28, noise=2.0
    ),
    Recipe("permuted, 6 steps", kind=PERMUTED, n_actions=6, n_videos=16, noise=1.2),
    Recipe("permuted, words, 5 steps", kind=PERMUTED, look="words", n_actions=5, n_dimensions=400, n_videos=20),
    Recipe("ordered, four looks", look="turned", n_videos=16),
    Recipe("omitted, four looks, 7 steps", kind=OMITTED, look="turned", n_actions=7, n_videos=20),
    Recipe("swapped, each its own look", kind=SWAPPED, look="own", n_actions=7, n_videos=18),
    Recipe("permuted, each its own look", kind=PERMUTED, look="own", n_actions=5, n_videos=16),
)
"""What learning from corrections is checked on, and was never chosen on: other numbers, looks, cameras and any order.
Drawn with seeds of its own (`learning_from_corrections.py`)."""

CHOOSING = (
    Recipe("permuted, words, 6 steps", PERMUTED, "words", n_videos=14, n_actions=6, n_dimensions=300, mean_step=45),
    Recipe("swapped, own look, 6 steps", SWAPPED, "own", n_videos=14, n_actions=6, mean_step=45),
    Recipe("omitted, four looks, 8 steps", OMITTED, "turned", n_videos=14, mean_step=40),
    Recipe("ordered, cameras, 7 steps", n_videos=14, n_actions=7, mean_step=40, actor=2.2),
    Recipe("omitted, loud, 10 steps", OMITTED, n_videos=15, n_actions=10, mean_step=35, noise=2.0),
    Recipe("swapped, moving, 8 steps", SWAPPED, "moving", n_videos=15, mean_step=40),
    Recipe("permuted, 5 steps", PERMUTED, n_videos=14, n_actions=5, mean_step=55, noise=1.4),
    Recipe("ordered, sparse, 8 steps", look="sparse", n_videos=14, n_dimensions=256, mean_step=40),
    Recipe("swapped, words, 8 steps", SWAPPED, "words", n_videos=14, n_dimensions=400, mean_step=40),
    Recipe("swapped, cameras, 7 steps", SWAPPED, n_videos=14, n_actions=7, mean_step=40, actor=2.2),
)
"""What the weight of one corrected video beside `robust` was chosen on: kinds as in `LEARNING`, other numbers."""


def make_one(recipe: Recipe, seed: int) -> Made:
    """The videos of a recipe."""
    made = make(
        recipe.kind,
        seed,
        n_videos=recipe.n_videos,
        n_actions=recipe.n_actions,
        n_dimensions=recipe.n_dimensions if recipe.look == "centres" else 32,
        mean_step=recipe.mean_step,
        noise=recipe.noise,
        actor=recipe.actor,
    )
    if recipe.look == "centres":
        return made
    draw = np.random.default_rng([seed, 77])
    if recipe.look == "words":
        features = _words(made, recipe, draw)
    elif recipe.look in ("turned", "own"):
        features = _turned(made, draw, *((4, 16) if recipe.look == "turned" else (recipe.n_videos, 0)))
    else:
        features = _sparse(made, recipe, draw) if recipe.look == "sparse" else _moving(made, draw)
    return Made(features, made.truths, made.n_actions)


def _sparse(made: Made, recipe: Recipe, draw: np.random.Generator) -> list[np.ndarray]:
    """Positive, sparse, of very unequal columns: a random layer with a ReLU over the plain features."""
    layer = draw.normal(size=(32, recipe.n_dimensions)) * draw.lognormal(0, 0.8, size=recipe.n_dimensions) / 32**0.5
    threshold = draw.normal(0.3, 0.5, size=recipe.n_dimensions)
    return [np.maximum(video @ layer - threshold, 0).astype("f4") for video in made.features]


def _moving(made: Made, draw: np.random.Generator) -> list[np.ndarray]:
    """Each step walks along a curve of its own while it lasts, so that its end looks unlike its beginning."""
    sines = draw.normal(size=(made.n_actions, 2, 32)) * 0.3
    found = []
    for video, truth in zip(made.features, made.truths, strict=True):
        borders = np.flatnonzero(np.diff(truth)) + 1
        phase = np.concatenate([np.linspace(0, 1, len(part)) for part in np.split(truth, borders)])[:, None]
        walk = np.sin(np.pi * phase) * sines[truth, 0] + np.cos(np.pi * phase) * sines[truth, 1]
        found.append((video + walk).astype("f4"))
    return found


def _turned(made: Made, draw: np.random.Generator, n_looks: int, kept: int) -> list[np.ndarray]:
    """Cameras that turn all columns but some in a way of their own: what one shows says little of another."""
    width = 32 - kept
    turns = [np.linalg.qr(draw.normal(size=(width, width)))[0] for _ in range(n_looks)]
    found = []
    for number, video in enumerate(made.features):
        turned = video[:, kept:] @ turns[number % n_looks]
        found.append(np.concatenate([video[:, :kept], turned], axis=1).astype("f4"))
    return found


def _words(made: Made, recipe: Recipe, draw: np.random.Generator) -> list[np.ndarray]:
    """Counts of words, most of them zero: each step and each video has a mix of its own, steps come in like pairs."""
    steps = draw.dirichlet(np.full(recipe.n_dimensions, 0.05), size=made.n_actions)
    steps[1::2] = (steps[1::2] + steps[0 : 2 * (made.n_actions // 2) : 2]) / 2
    everywhere = draw.dirichlet(np.full(recipe.n_dimensions, 0.3))
    found = []
    for truth in made.truths:
        own = draw.dirichlet(np.full(recipe.n_dimensions, 0.1))
        mix = 0.3 * steps[truth] + 0.1 * own + 0.6 * everywhere
        found.append(draw.poisson(40 / (0.5 + recipe.noise / 2) * mix).astype("f4"))
    return found
