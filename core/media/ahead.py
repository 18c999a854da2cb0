"""Which picture to decode next while nobody waits: those that play or the next step will ask for."""

from __future__ import annotations

from .reader import FrameReader

AHEAD = 24
"""Pictures decoded ahead of play; a step forward needs one."""
BACK_FROM, BACK_TO = 0.35, 0.7
"""Going backwards, the pictures before are decoded again when fewer than the first share of the kept frames is left,
down to the second: each such run begins at a key frame, so it must be worth it."""


def next_ahead(reader: FrameReader, picture: int, direction: int) -> int | None:
    """The picture to decode now, or None where enough is at hand.

    Args:
        direction: -1, 0 or 1; 0 looks one picture forward, the most frequent step.
    """
    if direction >= 0:
        reach = min(AHEAD, reader.room // 2) if direction else 1
        later = range(picture + 1, min(reader.n_pictures, picture + 1 + reach))
        return next((p for p in later if not reader.has(p)), None)
    first = _first_at_hand(reader, picture)
    if first == 0 or picture - first > BACK_FROM * reader.room:
        return None
    return first - 1 if picture - first + 1 < BACK_TO * reader.room else None


def _first_at_hand(reader: FrameReader, picture: int) -> int:
    """The first of the pictures that are at hand without a gap up to this one."""
    while picture > 0 and reader.has(picture - 1):
        picture -= 1
    return picture
