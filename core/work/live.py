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
from .pace import Pace
from .videos import decoder_settings, predictions

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

METRICS_EVERY_S = 0.1
SCORES_SHARE, MATRICES_SHARE = 0.025, 0.008
"""Live scores and matrices may take these shares of the time: with the events themselves under 4 %."""
CURVE_POINTS = 400
MAX_CELLS = 256


@dataclass
class Live:
    """Turns training steps into events: never too many, and at the price of 4 % of the training.

    Losses are told ten times a second. Scores need every video decoded: what that costs is measured on one video at the
    first step, and the first scores wait until the training is long enough for them. The scores of the end are those
    of the job's answer, so they are not made here as well.

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
    clock: Callable[[], float] = time.perf_counter
    began: float = field(init=False)
    counted_from: int = 0
    """The iteration at which `began`: the speed is that of the iterations since."""
    curves: list[list[list[float | None]]] = field(default_factory=list)
    metrics_at: float = -1e9
    pinned_last: str = ""
    pictured_at: float = -1e9
    scoring: Pace = field(default_factory=lambda: Pace(SCORES_SHARE, METRICS_EVERY_S))
    picturing: Pace = field(default_factory=lambda: Pace(MATRICES_SHARE, METRICS_EVERY_S))

    def __post_init__(self) -> None:
        self.began = self.clock()

    def __call__(self, info: StepInfo) -> None:
        """Report one step."""
        now = self.clock()
        last = info.iteration == info.iterations
        every = max(1, info.iterations // CURVE_POINTS)
        runs = info.runs or (Losses(info.loss, info.cross_entropy, info.temporal_coherence),)
        if not self.curves:
            if self.begun or self.before:
                self.began, self.counted_from = now, info.iteration
            self.curves = [[] for _ in runs]
            if self.judge.truths and not last:
                self.scoring.expect(len(runs) * self._cost(info.trained), self.began)
        known = self.curves[0]
        on_curve = last or not known or info.iteration - int(known[-1][0] or 0) >= every
        scores: list[tuple[float | None, float | None]] = [(None, None)] * len(runs)
        due = now - self.metrics_at >= METRICS_EVERY_S
        if due and self.judge.truths and self.scoring.due(now) and not last:
            scores = [self._scores(info.trained if info.of is None else info.of(run)) for run in range(len(runs))]
            self.scoring.took(now, self.clock())
        if on_curve or scores[0][0] is not None:
            for curve, losses, score in zip(self.curves, runs, scores, strict=True):
                curve.append([info.iteration, *losses, *score])
        if last or due:
            self.metrics_at = self.clock()
            self._metrics(info, runs, scores)
        self._matrices(info, last)

    def _metrics(
        self, info: StepInfo, runs: Sequence[Losses], scores: Sequence[tuple[float | None, float | None]]
    ) -> None:
        seconds = self.clock() - self.began
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
        counted = info.iteration - self.counted_from
        left = (whole - done) * seconds / counted if counted else (0.0 if done == whole else None)
        self.report(Progress(done=done, total=whole, text=self.text, seconds_left=left))

    def _matrices(self, info: StepInfo, last: bool) -> None:
        """Matrices of the pinned video: at once when another one was pinned and at the end, else when they are due."""
        pinned, now = self.pinned(), self.clock()
        changed = pinned != self.pinned_last and now >= self.pictured_at + METRICS_EVERY_S
        if not pinned or not (last or changed or self.picturing.due(now)):
            return
        self.pinned_last, self.pictured_at = pinned, now
        for number, video in enumerate(self.videos):
            if video.id == pinned:
                for event in snapshot(info.trained, video, self._rows(info.trained, number), info.iteration):
                    self.report(event)
        self.picturing.took(now, self.clock())

    def _rows(self, trained: Trained, number: int) -> infer.Rows:
        return self.matrices[number] if trained.bank is None else trained.bank.video(number)

    def _cost(self, trained: Trained) -> float:
        """Seconds that scoring all videos will take: those of one, measured twice, as its first time loads code."""
        number, video = next((n, video) for n, video in enumerate(self.videos) if video.id in self.judge.truths)
        one = dataclasses.replace(self.judge, truths={video.id: self.judge.truths[video.id]})
        # Without the rows that the training holds: those are found by their number.
        trained = dataclasses.replace(trained, bank=None)
        for _ in range(2):
            began = self.clock()
            one.scores(predictions(trained, [video], [self.matrices[number]]), self.config.n_clusters)
            taken = self.clock() - began
        return taken * sum(map(len, self.matrices)) / max(len(self.matrices[number]), 1)

    def _scores(self, trained: Trained) -> tuple[float | None, float | None]:
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
