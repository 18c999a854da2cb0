"""Videos as a job sees them: features, ground truth, and labels decoded and laid on the annotation grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..data.features import load_matrix
from ..decode.registry import decode_all
from ..decode.settings import DecoderSettings, with_values
from ..errors import InputError
from ..events import JobCancelled, Progress, Report, ShouldStop, StopKind
from ..requests import TrainVideo
from ..tot import infer
from ..tot.config import TrainConfig
from ..tot.trained import Trained

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

PIECE = 16_384
YTI_BACKGROUND = 0.45
"""Background quantile of the preset of YouTube Instructions."""


def load_matrices(videos: tuple[TrainVideo, ...], report: Report, should_stop: ShouldStop) -> list[FloatArray]:
    """One (T, D) float32 matrix a video. Raises InputError, which names video and row; JobCancelled."""
    matrices: list[FloatArray] = []
    for number, video in enumerate(videos):
        if should_stop() is StopKind.DISCARD:
            raise JobCancelled
        matrices.append(_checked(load_matrix(video.video), video))
        report(Progress(done=number + 1, total=len(videos), text="Reading features"))
    return matrices


def _checked(matrix: FloatArray, video: TrainVideo) -> FloatArray:
    """The matrix; raises InputError where it is not what the project took in, or holds what is no number."""
    columns, rows = matrix.shape[1], len(matrix)
    if (video.n_dimensions and columns != video.n_dimensions) or rows < video.n_rows:
        what = f"{rows:,} rows of {columns} columns; the project knows {video.n_rows:,} of {video.n_dimensions}."
        raise InputError(video.features, what, hint="Put the old file back, or make a new project.")
    for start in range(0, rows, PIECE):
        piece = matrix[start : start + PIECE]
        if not np.isfinite(piece).all():
            row, column = np.argwhere(~np.isfinite(piece))[0]
            kind = "NaN" if np.isnan(piece[row, column]) else "Inf"
            what = f"video {video.id} holds {kind}, which is no number."
            raise InputError(video.features, what, f"row {start + row}", "Extract again, or leave the video out.")
    return matrix


def truth_of(video: TrainVideo) -> IntArray | None:
    """(n_frames,) ActionIds of one video, or None without ground truth."""
    if not video.truth_starts:
        return None
    return Segmentation.from_pieces(video.truth_starts, video.truth_labels, video.n_frames).to_frames()


def decoder_settings(config: TrainConfig, values: Mapping[str, str] | None = None) -> DecoderSettings:
    """What the decoders need to know of a run, with the values that a person stated. Raises ConfigError.

    The preset of YouTube Instructions comes with its background rule, because its clusters exclude background; ASOT
    never predicts background.
    """
    of_run = DecoderSettings(
        tau=config.tau,
        l2=config.normalise == "l2",
        structure=0.7 if config.preset == "breakfast" else 0.6,  # ASOT decodes with more structure than it trains
        radius=config.radius if config.method == "asot" else DecoderSettings.radius,
        background=YTI_BACKGROUND if config.preset == "yti" and config.method != "asot" else 0.0,
    )
    return with_values(of_run, values or {})


def expand(video: TrainVideo, labels: IntArray) -> IntArray:
    """(n_frames,) label of each annotation frame, from one label a feature row."""
    rows = video.timebase.rows() if video.n_rows else np.arange(video.n_frames)
    return np.asarray(labels[np.minimum(rows, len(labels) - 1)], dtype=np.int64)


def rows_of(trained: Trained, matrices: list[FloatArray]) -> Iterator[infer.Rows]:
    """The rows of each video, one at a time: scaled already where the training still holds them."""
    bank = trained.bank
    return (matrix if bank is None else bank.video(number) for number, matrix in enumerate(matrices))


def predictions(trained: Trained, videos: Sequence[TrainVideo], matrices: list[FloatArray]) -> dict[str, IntArray]:
    """Cluster of each annotation frame of every video, by the run's own decoder; all are decoded together."""
    return expanded(videos, row_labels(trained, matrices))


def row_labels(trained: Trained, matrices: list[FloatArray]) -> Sequence[IntArray]:
    """(T,) cluster of each feature row of every video, by the run's own decoder."""
    posteriors = [infer.log_posterior(trained, rows) for rows in rows_of(trained, matrices)]
    return decode_all(trained.config.decoder, posteriors, decoder_settings(trained.config))


def expanded(videos: Sequence[TrainVideo], labels: Sequence[IntArray]) -> dict[str, IntArray]:
    """(n_frames,) labels of each video by its id, from one a feature row."""
    return {video.id: expand(video, rows) for video, rows in zip(videos, labels, strict=True)}
