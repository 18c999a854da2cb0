"""What an edit or an arrival changed, so that each view can decide what to repaint."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto

from ..data.dataset import RunId, VideoId


class What(Flag):
    NOTHING = 0
    SEGMENTATION = auto()
    LABEL_MAP = auto()
    ACTIONS = auto()
    REVIEW = auto()
    PREDICTION = auto()
    RUNS = auto()
    DATASET = auto()
    KIT_TEXT = auto()
    COMMENTS = auto()
    ALL = SEGMENTATION | LABEL_MAP | ACTIONS | REVIEW | PREDICTION | RUNS | DATASET | KIT_TEXT | COMMENTS


@dataclass(frozen=True)
class Changes:
    """Kinds of values that changed, and the videos and runs they belong to."""

    what: What
    videos: frozenset[VideoId] = frozenset()
    runs: frozenset[RunId] = frozenset()

    def __or__(self, other: Changes) -> Changes:
        """What both changed."""
        return Changes(self.what | other.what, self.videos | other.videos, self.runs | other.runs)
