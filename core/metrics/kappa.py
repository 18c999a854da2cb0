"""How far two people agree on the same videos: Cohen's kappa of their frames, and how close their boundaries lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .segments import Labels, cut_of, overlaps, runs_of

IntArray = NDArray[np.integer[Any]]


class Agreement(msgspec.Struct, frozen=True):
    """Agreement of two labelings of the same frames.

    `agreement` is the share of equal frames, None without any, `kappa` Cohen's: how much of what chance leaves open is
    agreed on (1: all, 0: as much as chance; None where chance leaves nothing open, as both use one label only). A
    boundary agrees where the other person has one within `tolerance_frames`, each used once; `boundary_f1` is None
    where neither set one. `median_offset_frames` is over the boundaries that agree, None without one.
    """

    frames: int
    agreement: float | None
    kappa: float | None
    boundaries: tuple[int, int]
    tolerance_frames: int
    boundary_f1: float | None
    median_offset_frames: float | None


def cohen_kappa(first: Labels, second: Labels) -> float | None:
    """Cohen's kappa of two labellings, (T,) or segments: ``(p_o - p_e) / (1 - p_e)`` (Cohen 1960); None where p_e is 1.

    >>> cohen_kappa(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]))
    1.0
    """
    table, frames = _table([(first, second)])
    return _kappa(table, frames)


def _table(pairs: Sequence[tuple[Labels, Labels]]) -> tuple[IntArray, int]:
    """(L, L) frames by the label of the first and of the second, over some videos, and all frames."""
    held = [pair for pair in pairs if cut_of(pair[0]).n_frames]
    if not held:
        return np.zeros((0, 0), np.int64), 0
    first, second = runs_of([a for a, _ in held]), runs_of([b for _, b in held])
    shared = overlaps(first, second)
    labels, codes = np.unique(np.concatenate([first.labels, second.labels]), return_inverse=True)
    one, other, n = codes[: len(first)][shared.first], codes[len(first) :][shared.second], len(labels)
    table = np.bincount(one * n + other, shared.frames, minlength=n * n).astype(np.int64).reshape(n, n)
    return table, int(shared.frames.sum())


def _kappa(table: IntArray, frames: int) -> float | None:
    shares = table / max(1, frames)
    by_chance = float(shares.sum(axis=1) @ shares.sum(axis=0))
    return None if by_chance >= 1.0 else (float(np.trace(shares)) - by_chance) / (1.0 - by_chance)


def matched_boundaries(first: IntArray, second: IntArray, tolerance: int) -> list[tuple[int, int]]:
    """Pairs of boundaries of two people that lie within `tolerance` frames, each used once, the closest pairs first."""
    low, high = np.searchsorted(second, first - tolerance), np.searchsorted(second, first + tolerance + 1)
    count = high - low
    mine = np.repeat(first, count)
    theirs = second[np.repeat(low - (np.cumsum(count) - count), count) + np.arange(count.sum())]
    order = np.lexsort((theirs, mine, np.abs(mine - theirs)))
    used_first: set[int] = set()
    used_second: set[int] = set()
    found = []
    for a, b in zip(mine[order].tolist(), theirs[order].tolist(), strict=True):
        if a not in used_first and b not in used_second:
            used_first.add(a)
            used_second.add(b)
            found.append((a, b))
    return found


def agreement_of_two(pairs: Sequence[tuple[Labels, Labels]], *, tolerance_frames: int) -> Agreement:
    """The agreement of two people over some videos.

    Args:
        pairs: the labels of the first and of the second person, (T,) or segments, of each video or stretch of one.
        tolerance_frames: how far apart two boundaries may lie and still be one.
    """
    table, frames = _table(pairs)
    counts, offsets = [0, 0], []
    for a, b in pairs:
        mine, theirs = cut_of(a).starts[1:], cut_of(b).starts[1:]
        counts[0] += len(mine)
        counts[1] += len(theirs)
        offsets += [abs(x - y) for x, y in matched_boundaries(mine, theirs, tolerance_frames)]
    return Agreement(
        frames=frames,
        agreement=int(np.trace(table)) / frames if frames else None,
        kappa=_kappa(table, frames) if frames else None,
        boundaries=(counts[0], counts[1]),
        tolerance_frames=tolerance_frames,
        boundary_f1=2 * len(offsets) / sum(counts) if sum(counts) else None,
        median_offset_frames=float(np.median(offsets)) if offsets else None,
    )
