"""Predictions in actions: a run's segmentation of a video through its label map, kept while neither changes."""

from __future__ import annotations

from ..data.dataset import UNLABELLED, RunId, VideoId
from .document import Document
from .segmentation import TAKEN, Segmentation
from .values import LabelMap, Prediction

KEPT = 256


def through(prediction: Prediction, label_map: LabelMap) -> Segmentation:
    """The segments of a prediction in actions; a cluster without a target is unlabelled."""
    return prediction.segmentation.mapped(label_map.table(), default=UNLABELLED, flags=TAKEN)


class MappedTracks:
    """Predictions in actions, the `kept` newest of them. For one thread."""

    def __init__(self, kept: int = KEPT) -> None:
        self._known: dict[tuple[RunId, VideoId], tuple[Prediction, LabelMap, Segmentation]] = {}
        self._kept = kept

    def clear(self) -> None:
        """Forget every track."""
        self._known.clear()

    def get(self, document: Document, run: RunId | None, video: VideoId) -> Segmentation | None:
        """A run's segmentation of a video in actions; the same value while prediction and map are the same."""
        if run is None:
            return None
        prediction, label_map = document.predictions.get((run, video)), document.label_maps.get(run)
        if prediction is None or label_map is None:
            return None
        known = self._known.get((run, video))
        if known is not None and known[0] is prediction and known[1] is label_map:
            return known[2]
        while len(self._known) >= self._kept:
            del self._known[next(iter(self._known))]
        track = through(prediction, label_map)
        self._known[run, video] = (prediction, label_map, track)
        return track
