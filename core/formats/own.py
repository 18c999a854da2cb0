"""The format that a dataset's own labels came in, for what goes back to the code that reads the dataset."""

from __future__ import annotations

from ..data.dataset import Dataset
from . import frame_text

LIKE_CTE = ("A", "C")
"""Layouts whose labels have no suffix where none are there to look at."""


def own_format(dataset: Dataset) -> str:
    """Name of the format in which the dataset's own labels are written; empty where it has none that we write.

    50 Salads, Breakfast, YouTube Instructions and Desktop Assembly come with one name a line, in files without a suffix
    (CTE, TOT, ASOT) or with ``.txt`` (MS-TCN); lists of segments (layout H) have no format of their own here.
    """
    if dataset.layout == "H":
        return ""
    suffixes = {video.ground_truth.suffix.lower() for video in dataset.videos if video.ground_truth is not None}
    if suffixes:
        return frame_text.WITH_SUFFIX.name if ".txt" in suffixes else frame_text.WITHOUT_SUFFIX.name
    if dataset.layout in LIKE_CTE:
        return frame_text.WITHOUT_SUFFIX.name
    return frame_text.WITH_SUFFIX.name if dataset.layout == "B" else ""
