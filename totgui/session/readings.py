"""What views read from a document: tracks through their label map, scores from the cache, colours and names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.annotation.document import Document
from core.annotation.mapped import MappedTracks
from core.annotation.segmentation import Segmentation
from core.annotation.values import TrackKind
from core.data.colours import BACKGROUND_COLOUR, UNLABELLED_COLOUR
from core.data.dataset import BACKGROUND, UNLABELLED, ActionId, RunId, VideoId
from core.data.npy import open_matrix
from core.errors import TotError
from core.review.doubt import margin

UNCERTAIN = 0.2
"""Margin of the scores below which a frame counts as uncertain."""

Scores = NDArray[np.floating[Any]]


def tracks_of(
    document: Document | None, mapped: MappedTracks, run: RunId | None, video: VideoId
) -> dict[str, Segmentation | None]:
    """Ground truth, mapped prediction of a run, and corrected track of a video, by the name of their kind."""
    if document is None:
        return {kind.value: None for kind in TrackKind}
    return {
        TrackKind.GROUND_TRUTH.value: document.ground_truth.get(video),
        TrackKind.PREDICTION.value: mapped.get(document, run, video),
        TrackKind.CORRECTED.value: document.corrected.get(video),
    }


def action_colour(document: Document | None, label: int) -> str:
    """Colour of an action, of background, or of what nobody has looked at."""
    if label == BACKGROUND:
        return BACKGROUND_COLOUR
    action = document.actions.get(ActionId(label)) if document else None
    return UNLABELLED_COLOUR if label == UNLABELLED or action is None else action.colour


def action_name(document: Document | None, label: int) -> str:
    """Name of an action, or of the two reserved labels; labels of other people may be no action of the project."""
    if label == BACKGROUND:
        return "background"
    action = document.actions.get(ActionId(label)) if document else None
    if action is not None:
        return action.name
    return "unlabelled" if document is None or label == UNLABELLED else "not in this project"


@dataclass(frozen=True, eq=False)
class VideoScores:
    """The (rows, K) matrix of a video that was `chosen`, and the (n_frames,) float32 margin between the two best
    clusters of each frame; None where the file is gone."""

    chosen: Scores | None = None
    confidence: Scores | None = None


NO_SCORES = VideoScores()


class ScoreFiles:
    """The memory-mapped matrices of predictions, opened once; threads may read at the same time."""

    def __init__(self) -> None:
        self._open: dict[Path, Scores] = {}

    def clear(self) -> None:
        self._open = {}  # another one: what a thread reads now goes with the one before

    def read(self, document: Document | None, run: RunId, video: VideoId, source: str) -> VideoScores:
        """What rows show of the scores of a video; it takes the time of the drive."""
        return VideoScores(self.get(document, run, video, source), self.confidence(document, run, video))

    def confidence(self, document: Document | None, run: RunId, video: VideoId) -> Scores | None:
        """(n_frames,) float32 margin between the two best clusters of each frame; None without scores."""
        scores = self.get(document, run, video, "posterior")
        if scores is None or scores.shape[1] < 2 or document is None:
            return None
        return margin(scores)[document.videos[video].timebase.rows()]

    def get(self, document: Document | None, run: RunId, video: VideoId, source: str) -> Scores | None:
        """(rows, K) float32 posterior, plan or prior of a video; None when it is gone, or of features that are gone."""
        prediction = document.predictions.get((run, video)) if document else None
        if document is None or prediction is None or prediction.scores is None:
            return None
        path: Path = getattr(prediction.scores, source)
        known = self._open
        if path not in known:
            try:
                known.setdefault(path, open_matrix(path))
            except (TotError, OSError):
                return None
        found = known[path]
        return found if len(found) == document.videos[video].timebase.n_rows else None


@dataclass(frozen=True)
class MatrixFiles:
    """Where the embeddings and the soft assignment of a video lie; either may be gone."""

    embedding: Path
    posterior: Path


def matrix_files(document: Document, run: RunId) -> dict[VideoId, MatrixFiles]:
    """The files of every video that a run segmented; none of them is opened."""
    found = {}
    for video in document.videos:
        prediction = document.predictions.get((run, video))
        if prediction is not None and prediction.scores is not None:
            path = prediction.scores.posterior
            beside = path.with_name(path.name.replace("-posterior", "-embedding"))
            found[video] = MatrixFiles(beside, path)
    return found


def stretches(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open stretches ``[start, stop)`` of frames that are true.

    >>> stretches(np.array([True, False, True, True]))
    [(0, 1), (2, 4)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
