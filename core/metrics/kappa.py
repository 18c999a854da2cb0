"""How far two people agree on the same videos: Cohen's kappa of their frames, and how close their boundaries lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]


class Agreement(msgspec.Struct, frozen=True):
    """Agreement of two labelings of the same frames.

    `agreement` is the share of equal frames, `kappa` Cohen's: how much of what chance leaves open is agreed on (1: all,
    0: as much as chance; None where chance leaves nothing open, as both use one label only). A boundary agrees where
    the other person has one within `tolerance_frames`, each used once; `boundary_f1` is None where neither set one.
    `median_offset_frames` is over the boundaries that agree, None without one.
    """

    frames: int
    agreement: float
    kappa: float | None
    boundaries: tuple[int, int]
    tolerance_frames: int
    boundary_f1: float | None
    median_offset_frames: float | None


def cohen_kappa(first: IntArray, second: IntArray) -> float | None:
    """Cohen's kappa of two (T,) label arrays: ``(p_o - p_e) / (1 - p_e)`` (Cohen 1960); None where p_e is 1.

    >>> cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    1.0
    """
    labels, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    one, other = codes[: len(first)], codes[len(first) :]
    n = len(labels)
    table = np.bincount(one * n + other, minlength=n * n).reshape(n, n) / max(1, len(first))
    by_chance = float(table.sum(axis=1) @ table.sum(axis=0))
    return None if by_chance >= 1.0 else (float(np.trace(table)) - by_chance) / (1.0 - by_chance)


def matched_boundaries(first: IntArray, second: IntArray, tolerance: int) -> list[tuple[int, int]]:
    """Pairs of boundaries of two people that lie within `tolerance` frames, each used once, the closest pairs first."""
    pairs = [(abs(int(a) - int(b)), int(a), int(b)) for a in first for b in _near(second, int(a), tolerance)]
    used_first: set[int] = set()
    used_second: set[int] = set()
    found = []
    for _, a, b in sorted(pairs):
        if a not in used_first and b not in used_second:
            used_first.add(a)
            used_second.add(b)
            found.append((a, b))
    return found


def _near(boundaries: IntArray, frame: int, tolerance: int) -> IntArray:
    """The rising boundaries that lie at most `tolerance` from a frame."""
    first, last = np.searchsorted(boundaries, [frame - tolerance, frame + tolerance + 1])
    return boundaries[first:last]


def agreement_of_two(pairs: Sequence[tuple[IntArray, IntArray]], *, tolerance_frames: int) -> Agreement:
    """The agreement of two people over some videos.

    Args:
        pairs: for each video the (T,) labels of the first and of the second person.
        tolerance_frames: how far apart two boundaries may lie and still be one.
    """
    first = np.concatenate([a for a, _ in pairs]) if pairs else np.empty(0, np.int64)
    second = np.concatenate([b for _, b in pairs]) if pairs else np.empty(0, np.int64)
    counts, offsets = [0, 0], []
    for a, b in pairs:
        mine, theirs = np.flatnonzero(np.diff(a)) + 1, np.flatnonzero(np.diff(b)) + 1
        counts[0] += len(mine)
        counts[1] += len(theirs)
        offsets += [abs(x - y) for x, y in matched_boundaries(mine, theirs, tolerance_frames)]
    return Agreement(
        frames=len(first),
        agreement=float(np.mean(first == second)) if len(first) else 0.0,
        kappa=cohen_kappa(first, second) if len(first) else None,
        boundaries=(counts[0], counts[1]),
        tolerance_frames=tolerance_frames,
        boundary_f1=2 * len(offsets) / sum(counts) if sum(counts) else None,
        median_offset_frames=float(np.median(offsets)) if offsets else None,
    )
