"""Ground truth read through the merges of actions: what was imported never changes, what it means can."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import cast

import numpy as np

from ..data.dataset import UNLABELLED, Action, VideoId
from .segmentation import Segmentation


def merge_table(actions: Iterable[Action]) -> dict[int, int]:
    """What each merged action is read as, merges of merges followed to their end.

    >>> def merged(number, into): return Action(ActionId(number), "", "", True, merged_into=into)
    >>> from core.data.dataset import ActionId
    >>> merge_table([merged(0, ActionId(1)), merged(1, ActionId(2)), Action(ActionId(2), "c", "")])
    {0: 2, 1: 2}
    """
    steps = {int(a.id): int(a.merged_into) for a in actions if a.merged_into is not None}
    table = {}
    for source in steps:
        seen, end = {source}, steps[source]
        while end in steps and end not in seen:  # a circle, which no command makes, ends where it began
            seen.add(end)
            end = steps[end]
        if end != source:
            table[source] = end
    return table


def read_through(track: Segmentation, table: Mapping[int, int]) -> Segmentation:
    """The track with merged actions under the name that they have now; the track itself where it has none of them.

    The same track and table give the same value again.
    """
    known = set(track.labels.tolist())
    merged = known & table.keys()
    if not merged:
        return track
    question = ("read through", frozenset((label, table[label]) for label in merged))
    if question not in track.memo:
        names = {label: table.get(label, label) for label in known}
        track.memo[question] = track.mapped(names, default=UNLABELLED)
    return cast("Segmentation", track.memo[question])


def merged_frames(tracks: Iterable[Segmentation], table: Mapping[int, int]) -> dict[int, int]:
    """Frames of each merged action as they were imported; actions without any are left out."""
    frames: dict[int, int] = {}
    for track in tracks if table else ():
        for label, length in zip(track.labels.tolist(), (track.stops - track.starts).tolist(), strict=True):
            if label in table:
                frames[label] = frames.get(label, 0) + length
    return frames


def videos_with(tracks: Mapping[VideoId, Segmentation], labels: Collection[int]) -> frozenset[VideoId]:
    """The videos in whose track one of some labels stands."""
    return frozenset(video for video, track in tracks.items() if np.isin(track.labels, list(labels)).any())
