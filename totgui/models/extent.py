"""How much of a video some frames are, and what is selected in it, in words."""

from __future__ import annotations

from collections.abc import Iterable

from core.data.timebase import Timebase


def extent(timebase: Timebase, spans: Iterable[tuple[int, int]]) -> str:
    """The frames of some spans ``[start, stop)``, and the seconds where times are known.

    >>> from fractions import Fraction
    >>> extent(Timebase(100, Fraction(10)), [(0, 10), (20, 25)])
    '15 frames, 1.50 s'
    >>> extent(Timebase(100), [(4, 5)])
    '1 frame'
    """
    spans = list(spans)
    frames = sum(stop - start for start, stop in spans)
    text = f"{frames:,} frame{'' if frames == 1 else 's'}"
    ends = [(timebase.seconds(start), timebase.seconds(stop)) for start, stop in spans]
    known = [float(stop - start) for start, stop in ends if start is not None and stop is not None]
    return f"{text}, {sum(known):.2f} s" if known and len(known) == len(ends) else text
