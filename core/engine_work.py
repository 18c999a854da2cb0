"""The work of a job: train, segment and evaluate from a request, with events on the way. No project, no window."""

from __future__ import annotations

import dataclasses
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .annotation.segmentation import Segmentation
from .cache import atomic_write
from .data.dataset import BACKGROUND
from .data.features import load_matrix
from .decode.registry import check_name, decode, decode_all
from .decode.settings import DecoderSettings, with_values
from .errors import ConfigError, InputError
from .events import JobCancelled, LogLine, MatrixSnapshot, Progress, Report, ShouldStop, StopKind, TrainingMetrics
from .requests import EvaluateRequest, SegmentRequest, TrainRequest, TrainVideo
from .run_folder import write_manifest
from .tot import infer, weights
from .tot.config import TrainConfig
from .tot.train import train as fit
from .tot.trained import StepInfo, Trained

if TYPE_CHECKING:
    from .metrics.report import Report as Scores

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

METRICS_EVERY_S = 0.1
SNAPSHOT_EVERY_S = 0.5
SCORES_SHARE = 0.025
"""Live scores and matrices each may take this share of the time."""
STEP_EVERY = 10
CURVE_POINTS = 400
MAX_CELLS = 256
YTI_BACKGROUND = 0.45
"""Background quantile of the preset of YouTube Instructions."""


def config_of(request: TrainRequest) -> TrainConfig:
    """The settings of a request, checked. Raises ConfigError."""
    if isinstance(request.config, TrainConfig):
        return request.config
    try:
        return msgspec.convert(request.config, TrainConfig)
    except msgspec.ValidationError as error:
        raise ConfigError(f"A setting cannot be read: {error}.") from error


def load_matrices(videos: tuple[TrainVideo, ...], report: Report, should_stop: ShouldStop) -> list[FloatArray]:
    """One (T, D) float32 matrix a video. Raises InputError, JobCancelled."""
    matrices: list[FloatArray] = []
    for number, video in enumerate(videos):
        if should_stop() is StopKind.DISCARD:
            raise JobCancelled
        matrices.append(load_matrix(video.video))
        report(Progress(done=number + 1, total=len(videos), text="Reading features"))
    return matrices


def truth_of(video: TrainVideo) -> IntArray | None:
    """(n_frames,) ActionIds of one video, or None without ground truth."""
    if not video.truth_starts:
        return None
    return Segmentation.from_pieces(video.truth_starts, video.truth_labels, video.n_frames).to_frames()


def decoder_settings(config: TrainConfig, values: Mapping[str, str] | None = None) -> DecoderSettings:
    """What the decoders need to know of a run, with the values that a person stated. Raises ConfigError.

    The preset of YouTube Instructions comes with its background rule, because its clusters exclude background.
    """
    of_run = DecoderSettings(
        tau=config.tau,
        l2=config.normalise == "l2",
        structure=0.7 if config.preset == "breakfast" else 0.6,  # ASOT decodes with more structure than it trains
        radius=config.radius if config.method == "asot" else DecoderSettings.radius,
        background=YTI_BACKGROUND if config.preset == "yti" else 0.0,
    )
    return with_values(of_run, values or {})


def expand(video: TrainVideo, labels: IntArray) -> IntArray:
    """(n_frames,) label of each annotation frame, from one label a feature row."""
    rows = video.timebase.rows() if video.n_rows else np.arange(video.n_frames)
    return np.asarray(labels[np.minimum(rows, len(labels) - 1)], dtype=np.int64)


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


@dataclass
class _Live:
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
        for video, matrix in zip(self.videos, _rows(info.trained, self.matrices), strict=True):
            if video.id == pinned:
                for event in snapshot(info.trained, video, matrix, info.iteration):
                    self.report(event)
        taken = time.perf_counter() - now
        self.snapshot_at = now + max(SNAPSHOT_EVERY_S, taken / SCORES_SHARE)

    def _scores(self, trained: Trained) -> tuple[float | None, float | None]:
        truths, found = _predictions(trained, self.videos, self.matrices)
        if not truths:
            return None, None
        from .metrics.report import quick_scores

        mof, f1 = quick_scores(truths, found, n_clusters=self.config.n_clusters)
        return float(mof), float(f1)


def _rows(trained: Trained, matrices: list[FloatArray]) -> Iterator[infer.Rows]:
    """The rows of each video, one at a time: scaled already where the training still holds them."""
    bank = trained.bank
    return (matrix if bank is None else bank.video(number) for number, matrix in enumerate(matrices))


def _predictions(
    trained: Trained, videos: tuple[TrainVideo, ...], matrices: list[FloatArray]
) -> tuple[dict[str, IntArray], dict[str, IntArray]]:
    """Ground truth and clusters of the videos that have ground truth; all videos are decoded together."""
    truths = {video.id: truth for video in videos if (truth := truth_of(video)) is not None}
    if not truths:
        return {}, {}
    posteriors = [infer.log_posterior(trained, rows) for rows in _rows(trained, matrices)]
    labels = decode_all(trained.config.decoder, posteriors, decoder_settings(trained.config))
    found = {v.id: expand(v, rows) for v, rows in zip(videos, labels, strict=True) if v.id in truths}
    return truths, found


def train(
    request: TrainRequest,
    *,
    device: str,
    report: Report,
    should_stop: ShouldStop,
    pinned: Callable[[], str] | None = None,
) -> dict[str, Any]:
    """What a training made: path of the weights, settings, losses, curve, and scores where truth is known.

    Raises:
        ConfigError, InputError, JobError; JobCancelled when it was discarded.
    """
    config = config_of(request)
    check_name(config.decoder)
    if not request.videos:
        raise InputError(request.out, "no video has usable features.", hint="Extract features first.")
    matrices = load_matrices(request.videos, report, should_stop)
    live = _Live(request.videos, matrices, config, report, pinned or (lambda: request.pinned))
    trained = fit(matrices, config, device=device, should_stop=should_stop, on_step=live, step_every=STEP_EVERY)
    if should_stop() is StopKind.DISCARD:
        raise JobCancelled
    path = Path(request.out) / "weights.safetensors"
    weights.save(trained, path)
    truths, found = _predictions(trained, request.videos, matrices)
    label_map, metrics = _matched(truths, found, config.n_clusters)
    if metrics is not None and live.curve:
        live.curve[-1][4:6] = [metrics["mof"], metrics["f1"]]
    if trained.warning:
        report(LogLine(text=trained.warning, level="warning"))
    report(LogLine(text=f"{trained.iterations} iterations in {trained.seconds:.1f} s on {device}"))
    result = {
        "weights": str(path),
        "config": msgspec.to_builtins(config),
        "device": device,
        "iterations": trained.iterations,
        "seconds": trained.seconds,
        "losses": dict(trained.losses),
        "curve": live.curve,
        "stopped_early": trained.stopped_early,
        "label_map": label_map,
        "metrics": metrics,
    }
    write_manifest(result)
    return result


def _matched(
    truths: Mapping[str, IntArray], found: Mapping[str, IntArray], n_clusters: int
) -> tuple[dict[int, int], dict[str, float] | None]:
    if not truths:
        return {}, None
    from .metrics.matching import match
    from .metrics.report import quick_scores

    names = list(truths)
    predictions, known = [found[n] for n in names], [truths[n] for n in names]
    table = {int(c): int(a) for c, a in match(predictions, known, n_clusters).items()}
    mof, f1 = quick_scores(truths, found, n_clusters=n_clusters)
    return table, {"mof": float(mof), "f1": float(f1)}


def segment(request: SegmentRequest, *, device: str, report: Report, should_stop: ShouldStop) -> dict[str, Any]:
    """Starts and labels of every video on its annotation grid, and the paths of its matrices.

    Raises:
        ConfigError, InputError; JobCancelled when it was stopped.
    """
    check_name(request.decoder)
    trained = weights.load(Path(request.weights), device=device)
    settings = decoder_settings(trained.config, request.settings)
    folder = Path(request.out)
    paths: list[dict[str, str]] = []
    posteriors: list[FloatArray] = []
    for number, video in enumerate(request.videos):
        if should_stop() is not None:
            raise JobCancelled
        matrix = load_matrix(video.video)
        posteriors.append(infer.log_posterior(trained, matrix))
        matrices = (
            ("posterior", np.exp(posteriors[-1])),
            ("plan", infer.plan(trained, matrix)),
            ("prior", infer.prior(trained, len(matrix))),
        )
        paths.append({name: _write_matrix(folder / f"{number:04d}-{name}.npy", values) for name, values in matrices})
        report(Progress(done=number + 1, total=len(request.videos), text="Segmenting"))
    found: dict[str, Any] = {}
    labels = decode_all(request.decoder, posteriors, settings)
    for video, rows, files in zip(request.videos, labels, paths, strict=True):
        cut = Segmentation.from_frames(expand(video, rows))
        found[video.id] = {"starts": cut.starts.tolist(), "labels": cut.labels.tolist(), **files}
    _say_exceptions(request.decoder, posteriors, labels, report)
    return {"videos": found, "run": request.run, "decoder": request.decoder}


def _say_exceptions(decoder: str, posteriors: Sequence[FloatArray], labels: Sequence[IntArray], report: Report) -> None:
    """Log lines about what a decoder did that its name does not say."""
    short = sum(len(p) < p.shape[1] for p in posteriors) if decoder == "fixed-order" else 0
    if short:
        text = f"{short} videos have fewer feature rows than clusters: steps were skipped there."
        report(LogLine(text=text, level="warning"))
    rows = sum(map(len, labels))
    background = sum(int(np.count_nonzero(row == BACKGROUND)) for row in labels)
    if background:
        text = f"{background / rows:.1%} of the feature rows belong to no cluster: background."
        report(LogLine(text=text, level="warning"))


def _write_matrix(path: Path, values: FloatArray) -> str:
    stream = io.BytesIO()
    np.save(stream, np.ascontiguousarray(values, dtype=np.float32), allow_pickle=False)
    atomic_write(path, stream.getvalue())
    return str(path)


def evaluate(request: EvaluateRequest) -> Scores:
    """Scores of the predictions of those videos that have ground truth."""
    from .metrics.report import evaluate as score

    truths: dict[str, IntArray] = {}
    predictions: dict[str, IntArray] = {}
    for video in request.videos:
        truth = truth_of(video)
        if truth is not None and video.id in request.predictions:
            starts, labels = request.predictions[video.id]
            truths[video.id] = truth
            predictions[video.id] = Segmentation.from_pieces(starts, labels, video.n_frames).to_frames()
    return score(
        truths,
        predictions,
        actions=request.actions,
        n_clusters=request.n_clusters,
        label_map=request.label_map,
        level=request.level,
    )
