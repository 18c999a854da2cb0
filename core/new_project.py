"""A new project from a dataset: what its label files say becomes the ground truth."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .annotation.segmentation import Segmentation
from .data.dataset import Dataset, Video, VideoId
from .data.labels import load_ground_truth
from .errors import TotError
from .events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from .project import Project


def create(
    path: Path,
    dataset: Dataset,
    *,
    unreadable: Callable[[TotError], None] | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> Project:
    """A project file, open, that refers to a scanned dataset and holds its ground truth; the caller closes it.

    `unreadable` is told of label files that cannot be read, and their videos go without; where nobody is to be told,
    the first of them raises. The file is written at the end, in one piece.

    Raises:
        InputError: a label file cannot be read.   StoreError: the file exists, or cannot be written.
        JobCancelled: it was to stop; nothing is written.
    """
    truth: dict[VideoId, Segmentation] = {}
    for number, video in enumerate(dataset.videos):
        if should_stop() is not None:
            raise JobCancelled
        report(Progress(done=number, total=len(dataset.videos), text="Reading labels"))
        try:
            labels = ground_truth_of(dataset, video)
        except TotError as error:
            if unreadable is None:
                raise
            unreadable(error)
            continue
        if labels is not None:
            truth[video.id] = labels
    return Project.create(path, dataset, ground_truth=truth)


def ground_truth_of(dataset: Dataset, video: Video) -> Segmentation | None:
    """What the label file of a video says, in the dataset's actions; None without one. Raises InputError."""
    return None if video.ground_truth is None else Segmentation.from_frames(load_ground_truth(dataset, video))
