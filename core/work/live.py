"""What a training says on its way: losses and scores a few times a second, matrices of a pinned video."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..decode.registry import decode
from ..events import MatrixSnapshot, Progress, Report, SeedMetrics, TrainingMetrics
from ..requests import TrainVideo
from ..tot import infer
from ..tot.config import TrainConfig
from ..tot.devices import memory_used
from ..tot.trained import Losses, StepInfo, Trained
from .judging import Judge
from .videos import decoder_settings, predictions, rows_of

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
    """Turns training steps into events: never too many, and never slower than a tenth of the training.

    `before` and `after` are the iterations of other methods that the same job trains; `begun` is the iteration that
    a training goes on from. `curves` holds the rows of each run that is trained side by side.
    """

    videos: tuple[TrainVideo, ...]
    matrices: list[FloatArray]
    config: TrainConfig
    report: Report
    pinned: Callable[[], str]
    judge: Judge
    device: str = "cpu"
    before: int = 0
    after: int = 0
    begun: int = 0
    text: str = "Training"
    began: float = field(default_factory=time.perf_counter)
    curves: list[list[list[float | None]]] = field(default_factory=list)
    metrics_at: float = -1e9
    snapshot_at: float = 0.0
    scores_at: float = 0.0
    pinned_last: str = ""

    def __call__(self, info: StepInfo) -> None:
        """Report one step."""
        now = time.perf_counter()
        last = info.iteration == info.iterations
        every = max(1, info.iterations // CURVE_POINTS)
        runs = info.runs or (Losses(info.loss, info.cross_entropy, info.temporal_coherence),)
        if not self.curves:
            self.began = now if self.begun or self.before else self.began
            self.curves = [[] for _ in runs]
        known = self.curves[0]
        on_curve = last or not known or info.iteration - int(known[-1][0] or 0) >= every
        scores: list[tuple[float | None, float | None]] = [(None, None)] * len(runs)
        due = now - self.metrics_at >= METRICS_EVERY_S
        if due and now >= self.scores_at and not last:
            scores = [self._scores(info.trained if info.of is None else info.of(run)) for run in range(len(runs))]
            taken = time.perf_counter() - now
            self.scores_at = now + max(1.0, taken / SCORES_SHARE)
        if on_curve or scores[0][0] is not None:
            for curve, losses, score in zip(self.curves, runs, scores, strict=True):
                curve.append([info.iteration, *losses, *score])
        if last or due:
            self.metrics_at = time.perf_counter()
            self._metrics(info, runs, scores)
        self._matrices(info, now, last)

    def _metrics(
        self, info: StepInfo, runs: Sequence[Losses], scores: Sequence[tuple[float | None, float | None]]
    ) -> None:
        seconds = time.perf_counter() - self.began
        speed = max(1, info.iteration - self.begun) / max(seconds, 1e-6)
        (mof, f1), seed = scores[0], self.config.seed
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
                method=self.config.method,
                runs=tuple(
                    SeedMetrics(seed=seed + number, mof=of, f1=f, **losses._asdict())
                    for number, (losses, (of, f)) in enumerate(zip(runs, scores, strict=True))
                ),
                masses=info.masses,
                memory=memory_used(self.device),
            )
        )
        whole = self.before + info.iterations + self.after
        done = self.before + info.iteration
        self.report(Progress(done=done, total=whole, text=self.text, seconds_left=(whole - done) / speed))

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
        if not self.judge.truths:
            return None, None
        scores = self.judge.scores(predictions(trained, self.videos, self.matrices), self.config.n_clusters)
        return (None, None) if scores is None else (scores["mof"], scores["f1"])


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
