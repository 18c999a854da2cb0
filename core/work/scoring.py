"""The work of an evaluation: scores of predictions against ground truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..requests import EvaluateRequest
from .videos import truth_of

if TYPE_CHECKING:
    from ..metrics.report import Report as Scores

IntArray = NDArray[np.integer[Any]]


def evaluate(request: EvaluateRequest) -> Scores:
    """Scores of the predictions of those videos that have ground truth."""
    from ..metrics.report import evaluate as score

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
