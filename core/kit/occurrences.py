"""What is done in each video of a kit, and how long each action usually takes there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ..annotation.segmentation import Segmentation
from ..data.dataset import BACKGROUND, UNLABELLED, ActionId, Video, VideoId
from .source import KitOptions

FEW_VIDEOS = 3
"""Below so many videos a median is not called a standard."""


@dataclass(frozen=True)
class Occurrence:
    """One action done once in one video; `nth` counts the earlier times of the same action there."""

    action: ActionId
    start: int
    stop: int
    nth: int


@dataclass(frozen=True)
class StandardTime:
    """Median and quartiles of a step's seconds over `n` videos."""

    median: float
    q1: float
    q3: float
    n: int

    @property
    def is_standard(self) -> bool:
        return self.n >= FEW_VIDEOS


def occurrences(cut: Segmentation, video: Video, options: KitOptions) -> tuple[list[Occurrence], list[Occurrence]]:
    """(kept, dropped): what is done in one video, in order.

    Steps that are too short are dropped, then equal actions with too little between them are joined.
    """
    kept: list[Occurrence] = []
    dropped: list[Occurrence] = []
    shortest, gap = Fraction(options.min_step_s), Fraction(options.join_gap_s)
    for start, stop, label in cut.segments:
        if label == UNLABELLED or (label == BACKGROUND and not options.include_background):
            continue
        found = Occurrence(ActionId(label), start, stop, 0)
        if seconds_between(video, start, stop) < shortest:
            dropped.append(found)
        elif kept and kept[-1].action == label and seconds_between(video, kept[-1].stop, start) < gap:
            kept[-1] = Occurrence(found.action, kept[-1].start, stop, 0)
        else:
            kept.append(found)
    seen: dict[ActionId, int] = {}
    for place, found in enumerate(kept):
        nth = seen.get(found.action, 0)
        seen[found.action] = nth + 1
        kept[place] = Occurrence(found.action, found.start, found.stop, nth)
    return kept, dropped


def seconds_between(video: Video, start: int, stop: int) -> Fraction:
    """The seconds of frames ``[start, stop)``; 0 in a video without a clock."""
    first, last = video.timebase.seconds(start), video.timebase.seconds(stop)
    return Fraction(0) if first is None or last is None else last - first


def standard_times(
    timed: Mapping[VideoId, Video], found: Mapping[VideoId, list[Occurrence]]
) -> dict[tuple[ActionId, int], StandardTime]:
    """Of the n-th time of each action, over the videos that have an n-th time: the accepted ones where there are."""
    seconds: dict[tuple[ActionId, int], list[float]] = {}
    for video, done in found.items():
        for one in done:
            length = float(seconds_between(timed[video], one.start, one.stop))
            seconds.setdefault((one.action, one.nth), []).append(length)
    times = {}
    for key, values in seconds.items():
        q1, middle, q3 = (round(float(x), 3) for x in np.percentile(values, [25, 50, 75]))
        times[key] = StandardTime(middle, q1, q3, len(values))
    return times
