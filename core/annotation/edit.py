"""An edit: immutable values swapped all at once, and its inverse."""

from __future__ import annotations

from dataclasses import dataclass

from ..data.dataset import VideoId
from .values import CommentKey, Key, ReviewKey, TrackKey, Value


@dataclass(frozen=True)
class Swap:
    """One value exchanged for another; None stands for "not there"."""

    key: Key
    before: Value | None
    after: Value | None


@dataclass(frozen=True)
class Edit:
    """One gesture of a person: all swaps or none. Edits with one `group` are undone together."""

    text: str
    swaps: tuple[Swap, ...]
    group: int | None = None

    def inverse(self) -> Edit:
        """The edit that takes this one back."""
        swaps = tuple(Swap(s.key, s.after, s.before) for s in reversed(self.swaps))
        return Edit(self.text, swaps, self.group)

    @property
    def is_bulk(self) -> bool:
        """Whether it changes the tracks of several videos at once."""
        return sum(isinstance(swap.key, TrackKey) for swap in self.swaps) > 1

    @property
    def videos(self) -> frozenset[VideoId]:
        """The videos whose track, review or comments it touches."""
        return frozenset(s.key.video for s in self.swaps if isinstance(s.key, TrackKey | ReviewKey | CommentKey))
