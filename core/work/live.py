"""What a training says on its way: losses and scores a few times a second, matrices of a pinned video."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..decode.registry import decode
from ..events import MatrixSnapshot, Progress, Report, TrainingMetrics
from ..requests import TrainVideo
from ..tot import infer
from ..tot.config import TrainConfig
from ..tot.trained import StepInfo, Trained
from .videos import decoder_settings, predictions, rows_of, truth_of

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

METRICS_EVERY_S = 0.1
SNAPSHOT_EVERY_S = 0.5
SCORES_SHARE = 0.025
"""Live scores and matrices may each take this share of the time."""
CURVE_POINTS = 400
MAX_CELLS = 256


@dataclass
class Live:
    """Turns training steps into events: never too many, and never slower than a tenth of the training."""

    videos: tuple[TrainVideo, ...]
    matrices: list[FloatArray]
    config: TrainConfig
    report: Report
    pinned: Callable[[], str]
    began: float = field(default_factory=time.perf_counter)
    curve: list[list[float | None]] = field(default_factory=list)
    metrics_at: float = -1e9
    snapshot_at: float = 0.0
    scores_at: float = 0.0
    pinned_last: str = ""

    def __call__(self, info: StepInfo) -> None:
        """Report one step."""
        now = time.perf_counter()
        last = info.iteration == info.iterations
        every = max(1, info.iterations // CURVE_POINTS)
        on_curve = last or not self.curve or info.iteration - int(self.curve[-1][0] or 0) >= every
        mof: float | None = None
        f1: float | None = None
        due = now - self.metrics_at >= METRICS_EVERY_S
        if due and now >= self.scores_at and not last:
            mof, f1 = self._scores(info.trained)
            taken = time.perf_counter() - now
            self.scores_at = now + max(1.0, taken / SCORES_SHARE)
        if on_curve or mof is not None:
            self.curve.append([info.iteration, info.loss, info.cross_entropy, info.temporal_coherence, mof, f1])
        if last or due:
            self.metrics_at = time.perf_counter()
            self._metrics(info, mof, f1)
        self._matrices(info, now, last)

    def _metrics(self, info: StepInfo, mof: float | None, f1: float | None) -> None:
        seconds = time.perf_counter() - self.began
        speed = info.iteration / max(seconds, 1e-6)
        self.report(
            TrainingMetrics(
                iteration=info.iteration,
                iterations=info.iterations,
                loss=info.loss,
                cross_entropy=info.cross_entropy,
                temporal_coherence=info.temporal_coherence,
                mof=mof,
                f1=f1,
                seconds=seconds,
                iterations_per_second=speed,
                entropy=info.entropy,
                smallest_mass=info.smallest_mass,
                largest_mass=info.largest_mass,
            )
        )
        self.report(
            Progress(
                done=info.iteration,
                total=info.iterations,
                text="Training",
                seconds_left=(info.iterations - info.iteration) / speed,
            )
        )

    def _matrices(self, info: StepInfo, now: float, last: bool) -> None:
        pinned = self.pinned()
        if not pinned or not (last or pinned != self.pinned_last or now >= self.snapshot_at):
            return
        self.pinned_last = pinned
        for video, matrix in zip(self.videos, rows_of(info.trained, self.matrices), strict=True):
            if video.id == pinned:
                for event in snapshot(info.trained, video, matrix, info.iteration):
                    self.report(event)
        taken = time.perf_counter() - now
        self.snapshot_at = now + max(SNAPSHOT_EVERY_S, taken / SCORES_SHARE)

    def _scores(self, trained: Trained) -> tuple[float | None, float | None]:
        truths = {video.id: truth for video in self.videos if (truth := truth_of(video)) is not None}
        if not truths:
            return None, None
        from ..metrics.report import quick_scores

        found = predictions(trained, self.videos, self.matrices)
        mof, f1 = quick_scores(truths, {v: found[v] for v in truths}, n_clusters=self.config.n_clusters)
        return float(mof), float(f1)


def snapshot(trained: Trained, video: TrainVideo, matrix: infer.Rows, iteration: int) -> list[MatrixSnapshot]:
    """Posterior, plan and prior of one video, each at most 256 cells a side, with the decoded path."""
    settings = dataclasses.replace(decoder_settings(trained.config), background=0.0)  # the path is drawn over clusters
    path = decode(trained.config.decoder, infer.log_posterior(trained, matrix), settings)
    found = []
    for source, values in (
        ("posterior", infer.posterior(trained, matrix)),
        ("plan", infer.plan(trained, matrix)),
        ("prior", infer.prior(trained, len(matrix))),
    ):
        small, rows = reduce_matrix(values)
        found.append(
            MatrixSnapshot(
                video=video.id,
                source=source,
                iteration=iteration,
                n_frames=video.n_frames,
                rows=small.shape[0],
                columns=small.shape[1],
                data=small.astype("<f4").tobytes(),
                path=path[rows].astype("<u2").tobytes(),
            )
        )
    return found


def reduce_matrix(values: FloatArray) -> tuple[FloatArray, IntArray]:
    """The matrix with at most 256 cells a side, each the maximum of its block, and the middle row of each block."""
    n_rows, n_columns = values.shape
    rows = np.linspace(0, n_rows, min(n_rows, MAX_CELLS) + 1).astype(np.int64)
    columns = np.linspace(0, n_columns, min(n_columns, MAX_CELLS) + 1).astype(np.int64)
    small = np.maximum.reduceat(np.maximum.reduceat(values, rows[:-1], axis=0), columns[:-1], axis=1)
    return small, (rows[:-1] + rows[1:] - 1) // 2
