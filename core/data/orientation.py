"""Which axis of the feature files is time: decided over a whole dataset at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from .dataset import Choice
from .items import Item, Told
from .rates import stride

Orientation = Literal["td", "dt", "each"]
"""(T, D), (D, T), or each file by the axis that has the width of the others."""
USUAL = frozenset({64, 128, 256, 384, 512, 768, 1024, 1280, 1536, 2048, 3000, 4096})
SHAPES = {"td": "(T, D)", "dt": "(D, T)"}
_SHARE = 0.9
"""Files that have to agree before the others count as odd ones."""


def orient(items: Sequence[Item], stated: Orientation | None, habit: Literal["td", "dt"], told: Told) -> None:
    """Set `turned` of every item with features; an open question, or another width, keeps it out of training."""
    having = [i for i in items if i.features is not None and i.shape is not None]
    if not having:
        return
    if stated is not None and stated != "each":
        turned, is_certain, reason = stated == "dt", True, f"{SHAPES[stated]}, as stated"
    else:
        turned, is_certain, reason = _decide(having, habit)
    told.findings.append(f"Orientation: {reason}.")
    way = "dt" if turned else "td"
    width = Counter(i.shape[0 if turned else 1] for i in having if i.shape).most_common(1)[0][0]
    looking_turned = 0
    for item in having:
        item.turned, item.is_good = turned, item.is_good and is_certain
        if item.n_columns == width:
            continue
        if item.n_rows == width and stated == "each":
            item.turned = not turned
            told.say("note", item.features or item.id, f"{item.shape}: read turned, as stated.", video=item.id)
        else:
            looking_turned += item.n_rows == width
            _say_width(item, width, len(having), told)
    if not is_certain:
        told.say("proposed", told.root, f"orientation: {reason}.", hint=f"Confirm {SHAPES[way]}, or choose the other.")
    if not is_certain or stated is not None or looking_turned:
        options = ("td", "dt", "each") if looking_turned or stated == "each" else ("td", "dt")
        found = f"Features are {reason}."
        if looking_turned:
            found += f" {looking_turned} of {len(having)} files look turned; each reads those by their width."
        is_open = not is_certain or looking_turned > 0
        told.choices.append(Choice("orientation", found, options, stated or way, is_open))


def _decide(having: Sequence[Item], habit: Literal["td", "dt"]) -> tuple[bool, bool, str]:
    """(turned, certain, reason), from what the extractor wrote or from shapes and lengths."""
    shapes = [i.shape for i in having if i.shape is not None]
    written = [(i.shape, i.extraction.n_dimensions) for i in having if i.extraction and i.extraction.n_dimensions]
    if len(written) == len(having):
        fits = [all(s is not None and s[axis] == d for s, d in written) for axis in (0, 1)]
        if fits[0] != fits[1]:
            return fits[0], True, f"{SHAPES['dt' if fits[0] else 'td']}: features.json says {written[0][1]} dimensions"
    return orientation(shapes, [i.n_frames or None for i in having], habit)


def orientation(shapes: Sequence[tuple[int, int]], lengths: Sequence[int | None], habit: str) -> tuple[bool, bool, str]:
    """(turned, certain, reason): whether files hold (D, T). `lengths` are the labels or pictures of each."""
    rows, columns = Counter(s[0] for s in shapes), Counter(s[1] for s in shapes)
    n = len(shapes)
    if n > 1 and columns.most_common(1)[0][1] >= _SHARE * n and len(rows) > 1:
        if rows.most_common(1)[0][1] < _SHARE * n:
            return False, True, f"(T, D): all files have {columns.most_common(1)[0][0]} columns"
    elif n > 1 and rows.most_common(1)[0][1] >= _SHARE * n and len(columns) > 1:
        return True, True, f"(D, T): all files have {rows.most_common(1)[0][0]} rows"
    known = [(s, t) for s, t in zip(shapes, lengths, strict=True) if t]
    if known:
        exact = [all(s[axis] == t for s, t in known) for axis in (0, 1)]
        if exact[0] != exact[1]:
            return exact[1], True, _shown(exact[1], "the time axis agrees with the labels")
        fits = [stride([(s[axis], t) for s, t in known])[0] is not None for axis in (0, 1)]
        if len(known) > 1 and fits[0] != fits[1]:
            return fits[1], True, _shown(fits[1], "the time axis agrees with the labels at one ratio")
    usual = [all(s[axis] in USUAL for s in shapes) for axis in (0, 1)]
    if usual[0] != usual[1]:
        return usual[0], False, _shown(usual[0], "the other axis has a usual number of dimensions")
    return habit == "dt", False, _shown(habit == "dt", "the habit of this layout")


def _shown(turned: bool, reason: str) -> str:
    return f"{SHAPES['dt' if turned else 'td']}: {reason}"


def _say_width(item: Item, width: int, n: int, told: Told) -> None:
    """The row of a file whose width is not that of the others."""
    assert item.features is not None and item.shape is not None
    item.is_good, item.has_odd_width = False, True
    if item.n_rows == width:
        others = f"({width}, T)" if item.turned else f"(T, {width})"
        way = "(D, T)" if item.turned else "(T, D)"
        turned = f"{way} = {item.shape[::-1]}"
        what = f"{item.shape} looks turned; the others are {others}."
        hint = f"Confirm to read it as {turned}, or save it like the others."
        told.say("proposed", item.features, what, hint=hint, video=item.id)
    else:
        what = f"{item.n_columns:,} columns; the other {n - 1} files have {width:,}."
        told.say("error", item.features, what, hint="Was it made by another extractor?", video=item.id)
