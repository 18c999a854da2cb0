"""The work of a segmenting job: labels and matrices of every video, with the weights of a run."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..cache import atomic_write
from ..data.dataset import BACKGROUND
from ..data.features import load_matrix
from ..decode.registry import check_name, decode_all
from ..events import JobCancelled, LogLine, Progress, Report, ShouldStop
from ..requests import SegmentRequest
from ..tot import infer, weights
from .videos import decoder_settings, expand

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]


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
            ("embedding", infer.embeddings(trained, matrix)),
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
