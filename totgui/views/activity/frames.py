"""The frames of a run in two dimensions: principal components of its embeddings, else of its scores. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.annotation.segmentation import Segmentation
from core.data.dataset import UNLABELLED, Video, VideoId
from core.data.npy import open_matrix
from core.errors import TotError

from ...session.readings import MatrixFiles

MOST = 200_000
"""Points that are shown; of more, every second, third and so on."""
SMALLEST = 1e-7
FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Cloud:
    """Points (N, 2) float32 with the number of their video in `videos`, frame and label; videos follow one another.

    `about` says what the axes are; `shares` how much of the variance each of them holds. `starts` (V + 1,) are the
    first point of each video.
    """

    points: FloatArray
    videos: tuple[VideoId, ...]
    starts: NDArray[np.int64]
    frames: NDArray[np.int64]
    labels: NDArray[np.int64]
    about: str
    shares: tuple[float, float]
    every: int = 1

    def part(self, video: VideoId) -> slice:
        """Where the points of a video stand; empty for one that has none."""
        if video not in self.videos:
            return slice(0, 0)
        number = self.videos.index(video)
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def video_of(self, point: int) -> VideoId:
        """The video of a point."""
        return self.videos[int(np.searchsorted(self.starts, point, side="right")) - 1]

    def point_at(self, video: VideoId, frame: int) -> int | None:
        """The point of a frame, the last one before it; None for a video without points."""
        part = self.part(video)
        if part.start == part.stop:
            return None
        return int(part.start) + max(0, int(np.searchsorted(self.frames[part], frame, side="right")) - 1)


def cloud_of(
    files: Mapping[VideoId, MatrixFiles], videos: Mapping[VideoId, Video], cuts: Mapping[VideoId, Segmentation]
) -> Cloud | None:
    """The cloud of every video whose matrices are there; None without any. On any thread."""
    matrices, about = _matrices(files, videos, "embedding"), "encoder output"
    if len(matrices) < len(files):  # embeddings are kept only by newer runs
        matrices, about = _matrices(files, videos, "posterior"), "scores (logarithm of the soft assignment)"
        matrices = {video: _scores(values) for video, values in matrices.items()}
    if not matrices:
        return None
    every = 1 + sum(map(len, matrices.values())) // MOST
    kept = {video: np.asarray(values[::every], np.float32) for video, values in matrices.items()}
    points, shares = principal([kept[video] for video in kept])
    frames = {v: np.searchsorted(videos[v].timebase.rows(), np.arange(len(matrices[v])))[::every] for v in kept}
    labels = [_labels(cuts.get(video), frames[video]) for video in kept]
    starts = np.cumsum([0, *map(len, kept.values())])
    return Cloud(
        points, tuple(kept), starts, np.concatenate(list(frames.values())), np.concatenate(labels), about, shares, every
    )


def _matrices(
    files: Mapping[VideoId, MatrixFiles], videos: Mapping[VideoId, Video], kind: str
) -> dict[VideoId, FloatArray]:
    """The matrices that are there and fit the features of today."""
    found = {}
    for video, places in files.items():
        try:
            matrix = open_matrix(getattr(places, kind))
        except (TotError, OSError):
            continue
        if matrix.ndim == 2 and len(matrix) and len(matrix) == videos[video].timebase.n_rows:
            found[video] = matrix
    return found


def _scores(posterior: FloatArray) -> FloatArray:
    """Logarithms without their mean over the clusters: linear in the scores that the softmax was taken of."""
    logs = np.log(np.maximum(np.asarray(posterior, np.float32), SMALLEST))
    return np.asarray(logs - logs.mean(axis=1, keepdims=True))


def _labels(cut: Segmentation | None, frames: NDArray[np.int64]) -> NDArray[np.int64]:
    if cut is None:
        return np.full(len(frames), int(UNLABELLED))
    inside = np.minimum(frames, cut.n_frames - 1)
    return np.asarray(cut.labels[np.searchsorted(cut.starts, inside, side="right") - 1], np.int64)


def principal(matrices: Sequence[FloatArray]) -> tuple[FloatArray, tuple[float, float]]:
    """(N, 2) float32 coordinates on the two axes of largest variance over all rows, and the share of each.

    The sign of an axis is fixed: its largest weight is positive, so that the same data give the same picture.
    """
    count = sum(map(len, matrices))
    mean = sum(values.sum(axis=0, dtype=np.float64) for values in matrices) / count
    centred = [values.astype(np.float64) - mean for values in matrices]
    covariance = sum(values.T @ values for values in centred) / count
    variances, axes = np.linalg.eigh(covariance)
    chosen = axes[:, ::-1][:, :2]
    if chosen.shape[1] < 2:
        chosen = np.hstack([chosen, np.zeros((len(chosen), 2 - chosen.shape[1]))])
    largest = np.abs(chosen).argmax(axis=0)
    chosen = chosen * np.where(chosen[largest, [0, 1]] < 0, -1.0, 1.0)
    total = float(variances.sum()) or 1.0
    first, second = ([*np.maximum(variances[::-1], 0.0), 0.0])[:2]
    points = np.concatenate([values @ chosen for values in centred]).astype(np.float32)
    return points, (float(first) / total, float(second) / total)
