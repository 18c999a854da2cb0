"""How often each action occurs and for how long, in the labels that stand for each video. No Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.annotation.values import Target
from core.data.dataset import RunId, VideoId

KINDS = ("corrected", "prediction", "ground truth")


@dataclass(frozen=True)
class Labelled:
    """One video's labels: the track, how its numbers become actions (None where they are), frames a second, kind."""

    track: Segmentation
    table: Mapping[int, Target] | None
    rate: Fraction | None
    kind: str


@dataclass(frozen=True)
class Uses:
    """Segments and seconds by action; `seconds` is empty where a rate is unknown. `kinds` counts the videos a kind."""

    segments: Mapping[int, int] = field(default_factory=dict)
    seconds: Mapping[int, float] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)

    def source(self) -> str:
        """What was counted: ``Corrected of 3 videos, prediction of 17``."""
        found = [(kind, self.kinds[kind]) for kind in KINDS if self.kinds.get(kind)]
        if not found:
            return "No labels yet"
        parts = [f"{kind} of {count} video{'' if count == 1 else 's'}" for kind, count in found]
        return ", ".join(parts)[0].upper() + ", ".join(parts)[1:]


def labelled(document: Document, run: RunId | None, videos: Mapping[VideoId, object]) -> list[Labelled]:
    """What stands for each video: corrected labels, else the run's prediction, else ground truth."""
    found = []
    table = document.label_maps[run].table() if run is not None and run in document.label_maps else None
    for video in videos:
        rate = document.videos[video].timebase.rate
        prediction = document.predictions.get((run, video)) if run is not None else None
        if (corrected := document.corrected.get(video)) is not None:
            found.append(Labelled(corrected, None, rate, KINDS[0]))
        elif prediction is not None:
            found.append(Labelled(prediction.segmentation, table, rate, KINDS[1]))
        elif (truth := document.ground_truth.get(video)) is not None:
            found.append(Labelled(truth, None, rate, KINDS[2]))
    return found


def uses(videos: list[Labelled]) -> Uses:
    """Count them. Neighbours that a label map brings to one action are one segment."""
    segments: dict[int, int] = {}
    seconds: dict[int, float] = {}
    kinds: dict[str, int] = {}
    for one in videos:
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
        clusters, lengths = one.track.labels, one.track.stops - one.track.starts
        labels = clusters
        if one.table is not None:
            labels = np.array([one.table.get(c, c) for c in clusters.tolist()], np.int64)
        first = np.append(True, labels[1:] != labels[:-1])
        names, places = np.unique(labels, return_inverse=True)
        counts, frames = np.bincount(places, first), np.bincount(places, lengths)
        for name, count, length in zip(names.tolist(), counts.tolist(), frames.tolist(), strict=True):
            segments[name] = segments.get(name, 0) + int(count)
            if one.rate:
                seconds[name] = seconds.get(name, 0.0) + float(length / one.rate)
    known = all(one.rate for one in videos)
    return Uses(segments, seconds if known else {}, kinds)
