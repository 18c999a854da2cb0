"""How rows, labels and pictures relate, and which axis is time: decided over a whole dataset at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

USUAL = frozenset({64, 128, 256, 384, 512, 768, 1024, 1280, 1536, 2048, 3000, 4096})


def orientation(shapes: Sequence[tuple[int, int]], lengths: Sequence[int | None], habit: str) -> tuple[bool, bool, str]:
    """(turned, certain, reason): whether files hold (D, T). `lengths` are the labels or pictures of each."""
    rows, columns = Counter(s[0] for s in shapes), Counter(s[1] for s in shapes)
    n = len(shapes)
    if n > 1 and columns.most_common(1)[0][1] >= 0.9 * n and len(rows) > 1:
        if rows.most_common(1)[0][1] < 0.9 * n:
            return False, True, f"(T, D): all files have {columns.most_common(1)[0][0]} columns"
    elif n > 1 and rows.most_common(1)[0][1] >= 0.9 * n and len(columns) > 1:
        return True, True, f"(D, T): all files have {rows.most_common(1)[0][0]} rows"
    known = [(s, t) for s, t in zip(shapes, lengths, strict=True) if t]
    if known:
        fits = [stride([(s[axis], t) for s, t in known])[0] is not None for axis in (0, 1)]
        exact = [all(s[axis] == t for s, t in known) for axis in (0, 1)]
        if exact[0] != exact[1]:
            return exact[1], True, "the time axis agrees with the labels"
        if len(known) > 1 and fits[0] != fits[1]:
            return fits[1], True, "the time axis agrees with the labels at one ratio"
    usual = [all(s[axis] in USUAL for s in shapes) for axis in (0, 1)]
    if usual[0] != usual[1]:
        return usual[0], False, "one axis has a usual number of dimensions"
    return habit == "dt", False, f"the habit of this layout is ({'D, T' if habit == 'dt' else 'T, D'})"


def stride(pairs: Sequence[tuple[int, int]]) -> tuple[Fraction | None, bool, str]:
    """(frames per row, certain, reason) from (rows, frames) of all videos; None where nothing fits."""
    scores: dict[int, int] = {}
    for s in range(1, max((t // max(1, f) for f, t in pairs), default=1) + 2):
        scores[s] = sum(fits(f, t, s) for f, t in pairs)
    good = [s for s, count in scores.items() if count >= 0.9 * len(pairs)]
    if not good:
        good = [s for s in scores if sum(abs(f * s - t) <= 0.01 * t for f, t in pairs) >= 0.9 * len(pairs)]
    if good:
        best = min(good, key=lambda s: sum(abs(f - t / s) for f, t in pairs))
        return Fraction(best), len(pairs) > 1 or best == 1, f"one row for {best} frame(s)"
    ratios = [Fraction(t, f) for f, t in pairs]
    if max(ratios) - min(ratios) <= Fraction(1, 100) * min(ratios):
        middle = sorted(ratios)[len(ratios) // 2]
        return middle, False, f"one row for {float(middle):.3f} frames (not whole)"
    top = sorted(scores.items(), key=lambda item: -item[1])[:2]
    return None, False, "rows per label: " + ", ".join(f"{s} fits {n} videos" for s, n in top) + "."


def fits(rows: int, frames: int, s: int) -> bool:
    """Whether a whole stride explains the rows of one video, give or take one."""
    return frames // s - 1 <= rows <= -(-frames // s) + 1


def granularity_names(variants: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Names of the mapping variants that hold the same names as the plain one, which is `mid`."""
    plain = variants.get("")
    if plain is None:
        return []
    same = [k for k, table in variants.items() if k and set(table) == set(plain)]
    return ["mid", *same] if same else []
