"""What the engine needs to know of a document's videos: paths, clocks and ground truth, as plain messages."""

from __future__ import annotations

from core.annotation.document import Document
from core.requests import TrainVideo


def train_videos(document: Document) -> tuple[TrainVideo, ...]:
    """The videos with usable features, with their ground truth for live scores."""
    found = []
    for video in document.videos.values():
        if video.features is None or not video.is_trainable:
            continue
        truth = document.ground_truth.get(video.id)
        found.append(TrainVideo(
            id=video.id, features=str(video.features), transposed=video.transposed, n_dimensions=video.n_dimensions,
            n_frames=video.timebase.n_frames, n_rows=video.timebase.n_rows,
            stride_numerator=video.timebase.stride.numerator, stride_denominator=video.timebase.stride.denominator,
            rows_average=video.timebase.rows_average,
            truth_starts=truth.starts.tolist() if truth else [], truth_labels=truth.labels.tolist() if truth else [],
        ))
    return tuple(found)
