"""Ground truth as segments or as columns instead of one label a frame, spread over the frames.

Three kinds, told apart by the first line (layout H of docs/datasets.md):
``START,END,NAME[,ID]`` (50 Salads), ``START-END NAME`` (YouTube Instructions, Breakfast), both inclusive and
counted from 1, or from 0 where the first segment starts at 0; and one row of 0 and 1 a frame, whose last
column is background (YouTube Instructions).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError

MAX_FRAMES = 10_000_000
_COMMAS = re.compile(r"\s*(\d{1,12})\s*,\s*(\d{1,12})\s*,\s*([^,]+?)\s*(?:,\s*-?\d+\s*)?")
_DASH = re.compile(r"(\d{1,12})\s*-\s*(\d{1,12})\s+(.+)")
_COLUMNS = re.compile(r"[01](?:[\s,]+[01])+")
GAP = ""
"""The label of a frame that no segment covers."""


def spread(lines: Sequence[str], path: Path) -> tuple[list[str], str] | None:
    """(label of each frame, what was found in words), or None where the first line is no segment and no row.

    Raises InputError: lines overlap, go backwards, or are of another kind than the first.
    """
    first = lines[0] if lines else ""
    if _COLUMNS.fullmatch(first):
        return _columns(lines, path)
    for pattern, wanted in ((_COMMAS, "START,END,NAME,ID"), (_DASH, "START-END NAME")):
        if pattern.fullmatch(first):
            return _segments(lines, path, pattern, wanted)
    return None


def _segments(lines: Sequence[str], path: Path, pattern: re.Pattern[str], wanted: str) -> tuple[list[str], str]:
    names: list[str] = []
    origin, n_gaps, before = 1, 0, 0
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        found = pattern.fullmatch(line)
        if found is None:
            raise InputError(path, f'"{line[:60]}"; wanted "{wanted}" like the lines above.', f"line {number}")
        start, end, name = int(found[1]), int(found[2]), found[3]
        if not names:
            origin = min(start, 1)
        if end < start:
            raise InputError(path, f"ends at {end}, before it starts at {start}.", f"line {number}")
        if end - origin >= MAX_FRAMES:
            raise InputError(path, f"ends at {end:,}; at most {MAX_FRAMES:,} frames are read.", f"line {number}")
        gap = start - origin - len(names)
        if gap < 0:
            what = f"starts at {start}, line {before} ends at {len(names) + origin - 1}."
            raise InputError(path, what, f"line {number}", "Correct one of the two.")
        n_gaps += gap > 0
        names += [GAP] * gap + [name] * (end - start + 1)
        before = number
    gaps = f", {n_gaps} gaps are unlabelled" if n_gaps else ""
    return names, f"segments counted from {origin}{gaps}"


def _columns(lines: Sequence[str], path: Path) -> tuple[list[str], str]:
    """Column numbers as labels, `-1` for the last; a row of zeros is a gap."""
    width = len(re.split(r"[\s,]+", lines[0]))
    names: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if line in names:
            continue
        values = re.split(r"[\s,]+", line)
        if len(values) != width or not set(values) <= {"0", "1"}:
            raise InputError(path, f'"{line[:60]}"; wanted {width} numbers, each 0 or 1.', f"line {number}")
        if values.count("1") > 1:
            raise InputError(path, f"{values.count('1')} columns are 1; wanted one.", f"line {number}")
        column = values.index("1") if "1" in values else -1
        names[line] = GAP if column < 0 else "-1" if column == width - 1 else str(column)
    return [names[line] for line in lines], f"{width} columns of 0 and 1, the last is background"
