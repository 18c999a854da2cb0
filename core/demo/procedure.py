"""The rendered procedure: its steps, and who does them how (order, lengths, omissions, looks)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

RATE = 15
"""Pictures a second."""
STEPS = (
    ("place_base", 2.8),
    ("insert_board", 3.5),
    ("drive_screws", 6.0),
    ("mount_battery", 2.8),
    ("plug_cable", 5.0),
    ("close_lid", 2.5),
    ("stick_label", 2.7),
)
"""Name and usual seconds of each step, in the usual order."""
OMISSION = 0.1
SWAP = 0.2


@dataclass(frozen=True)
class Performance:
    """One actor doing the procedure once.

    `steps` are numbers into `STEPS` in the order done, `lengths` their pictures. The rest is how it looks.
    """

    steps: tuple[int, ...]
    lengths: tuple[int, ...]
    glove: tuple[int, int, int]
    offset: tuple[float, float]
    zoom: float
    light: float
    noise: float
    sway: float
    seed: int

    def labels(self) -> list[str]:
        """The name of the step in each picture."""
        return [STEPS[s][0] for s, n in zip(self.steps, self.lengths, strict=True) for _ in range(n)]


def perform(rng: np.random.Generator) -> Performance:
    """A drawn performance of 20 to 30 seconds: most steps, nearly in the usual order."""
    kept = [s for s in range(len(STEPS)) if s in (0, 2) or rng.random() >= OMISSION]
    if rng.random() < SWAP:
        at = int(rng.integers(1, len(kept) - 2))
        kept[at], kept[at + 1] = kept[at + 1], kept[at]
    seconds = np.array([STEPS[s][1] for s in kept]) * rng.lognormal(0.0, 0.5, len(kept))
    total = float(np.clip(seconds.sum() * rng.uniform(0.85, 1.2), 20.0, 30.0))
    lengths = np.maximum(RATE, np.round(seconds / seconds.sum() * total * RATE)).astype(int)
    gloves = ((60, 90, 200), (210, 170, 140), (80, 160, 90), (150, 90, 170), (60, 60, 70))
    return Performance(
        steps=tuple(kept),
        lengths=tuple(int(n) for n in lengths),
        glove=gloves[int(rng.integers(len(gloves)))],
        offset=(float(rng.uniform(-14, 14)), float(rng.uniform(-9, 9))),
        zoom=float(rng.uniform(0.95, 1.08)),
        light=float(rng.uniform(0.88, 1.1)),
        noise=float(rng.uniform(1.5, 4.0)),
        sway=float(rng.uniform(0.6, 1.4)),
        seed=int(rng.integers(2**31)),
    )
