"""How rows, labels and pictures relate, decided over a whole dataset at once."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

SHARE = 0.9
"""Videos that have to agree on one ratio."""
NEAR = Fraction(1, 100)
"""Lengths that differ by less than this are one length, cut at the end."""

WHOLE_WITHIN = Fraction(2, 100)
"""A stride so near to a whole number of pictures becomes that number: 5 rows of 29.97 pictures a second are 1 of 6."""


def pictures_a_row(rate: Fraction, asked: Fraction) -> Fraction:
    """Pictures for each row where `asked` rows a second are wanted of `rate` pictures a second; at least one.

    >>> pictures_a_row(Fraction(30000, 1001), Fraction(5))
    Fraction(6, 1)
    """
    stride = max(Fraction(1), rate / asked)
    whole = Fraction(round(stride))
    return whole if abs(stride - whole) <= WHOLE_WITHIN * stride else stride


def frames(count: Fraction | int) -> str:
    """So many frames, in words.

    >>> frames(1), frames(3)
    ('1 frame', '3 frames')
    """
    return f"{count} frame{'' if count == 1 else 's'}"


def stride(pairs: Sequence[tuple[int, int]]) -> tuple[Fraction | None, bool, str]:
    """(frames per row, certain, reason) from (rows, frames) of all videos; None where nothing fits."""
    scores: dict[int, int] = {}
    for s in range(1, max((t // max(1, f) for f, t in pairs), default=1) + 2):
        scores[s] = sum(fits(f, t, s) for f, t in pairs)
    good = [s for s, count in scores.items() if count >= SHARE * len(pairs)]
    if not good:
        good = [s for s in scores if sum(abs(f * s - t) <= NEAR * t for f, t in pairs) >= SHARE * len(pairs)]
    if good:
        best = min(good, key=lambda s: sum(abs(f - t / s) for f, t in pairs))
        return Fraction(best), len(pairs) > 1 or best == 1, f"one row for {frames(best)}"
    ratios = [Fraction(t, f) for f, t in pairs]
    if max(ratios) - min(ratios) <= NEAR * min(ratios):
        middle = sorted(ratios)[len(ratios) // 2]
        return middle, False, f"one row for {float(middle):.3f} frames (not whole)"
    top = sorted((item for item in scores.items() if item[1]), key=lambda item: -item[1])[:2]
    if not top:
        low, high = float(min(ratios)), float(max(ratios))
        return None, False, f"rows per label: no whole stride fits; the ratios go from {low:.2f} to {high:.2f}."
    return None, False, "rows per label: " + ", ".join(f"{s} fits {n} videos" for s, n in top) + "."


def fits(rows: int, frames: int, s: int) -> bool:
    """Whether a whole stride explains the rows of one video, give or take one."""
    return frames // s - 1 <= rows <= -(-frames // s) + 1
