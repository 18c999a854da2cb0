"""Made-up videos whose structure is known: one order, swapped steps, or steps left out and repeated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

KINDS = ("ordered", "swapped", "omitted and repeated")
EVERY_KIND = (*KINDS, "permuted")


@dataclass(frozen=True)
class Made:
    """Features (T, D) and true actions (T,) of every video."""

    features: list[np.ndarray]
    truths: list[np.ndarray]
    n_actions: int


def make(
    kind: str,
    seed: int,
    *,
    n_videos: int = 20,
    n_actions: int = 8,
    n_dimensions: int = 48,
    mean_step: int = 60,
    noise: float = 1.0,
    actor: float = 0.6,
) -> Made:
    """Videos of one procedure.

    Each action has a centre; actions come in look-alike pairs. A frame is its action's centre, the actor's and
    camera's own offset, a slow drift inside the step and noise that is correlated over time. Step lengths are
    log-normal per action and per video.

    Args:
        kind: ``ordered``; ``swapped`` exchanges neighbouring steps with probability 0.3; ``omitted and repeated``
            leaves each step out with probability 0.15 and repeats one with 0.15; ``permuted`` has any order.
        noise: standard deviation of a frame's noise, where centres lie about ``sqrt(2 D)`` apart times 0.35.
        actor: standard deviation of the offset of a video.
    """
    draw = np.random.default_rng([seed, EVERY_KIND.index(kind)])
    centres = draw.normal(size=(n_actions, n_dimensions)) * 0.35
    centres[1::2] = 0.5 * centres[1::2] + 0.5 * centres[0 : 2 * (n_actions // 2) : 2]  # look-alike neighbours
    lengths = draw.lognormal(np.log(mean_step), 0.6, size=n_actions)
    features, truths = [], []
    for _ in range(n_videos):
        steps = _steps(kind, n_actions, draw)
        speed = draw.lognormal(0, 0.25)
        counts = np.maximum(5, [lengths[a] * speed * draw.lognormal(0, 0.35) for a in steps]).astype(int)
        truth = np.repeat(steps, counts)
        drift = np.concatenate([np.linspace(-1, 1, c) for c in counts])[:, None] * draw.normal(size=n_dimensions) * 0.15
        offset = draw.normal(size=n_dimensions) * 0.35 * actor
        features.append((centres[truth] + offset + drift + _slow(len(truth), n_dimensions, draw) * noise).astype("f4"))
        truths.append(truth)
    return Made(features, truths, n_actions)


def _steps(kind: str, n_actions: int, draw: np.random.Generator) -> np.ndarray:
    steps = list(range(n_actions))
    if kind == "swapped":
        for place in range(n_actions - 1):
            if draw.random() < 0.3:
                steps[place], steps[place + 1] = steps[place + 1], steps[place]
    elif kind == "omitted and repeated":
        steps = [s for s in steps if draw.random() > 0.15] or steps
        for s in list(steps):
            if draw.random() < 0.15:
                steps.insert(int(draw.integers(0, len(steps) + 1)), s)
    elif kind == "permuted":
        steps = draw.permutation(n_actions).tolist()
    return np.array(steps)


def _slow(n_frames: int, n_dimensions: int, draw: np.random.Generator, keep: float = 0.7) -> np.ndarray:
    """(T, D) noise of unit variance whose neighbours correlate by `keep`."""
    noise = draw.normal(size=(n_frames, n_dimensions))
    for t in range(1, n_frames):
        noise[t] = keep * noise[t - 1] + np.sqrt(1 - keep**2) * noise[t]
    return noise
