"""Runs of equal labels of many videos on one axis, and where the runs of two labellings overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]


@dataclass(frozen=True)
class Runs:
    """Segments of all videos, one after another; videos follow on one axis of frames.

    Args:
        starts: (S,) first frame of each run on the common axis; rising, the first is 0.
        labels: (S,) label of each run; neighbours inside a video differ.
        videos: (S,) number of the video that holds each run; never falls, and no video is empty.
        lengths: (S,) frames of each run.
    """

    starts: IntArray
    labels: IntArray
    videos: IntArray
    lengths: IntArray

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def n_videos(self) -> int:
        """Number of videos."""
        return int(self.videos[-1]) + 1

    def relabelled(self, labels: IntArray) -> Runs:
        """The same frames with other labels, one a run; equal neighbours of a video are joined."""
        first = np.append(True, (labels[1:] != labels[:-1]) | (self.videos[1:] != self.videos[:-1]))
        return Runs(
            self.starts[first],
            labels[first],
            self.videos[first],
            np.add.reduceat(self.lengths, np.flatnonzero(first)),
        )

    def of_video(self, video: int) -> slice:
        """Where the runs of one video stand."""
        first, stop = np.searchsorted(self.videos, [video, video + 1])
        return slice(int(first), int(stop))

    def part(self, where: slice) -> Runs:
        """Runs of one video alone, with frames counted from its start."""
        starts = self.starts[where]
        return Runs(starts - starts[0], self.labels[where], np.zeros(len(starts), np.int64), self.lengths[where])

    def joined(self) -> Runs:
        """All videos as if they were one: runs that meet at a border with one label become one run."""
        as_one = Runs(self.starts, self.labels, np.zeros_like(self.videos), self.lengths)
        return as_one.relabelled(self.labels)


def runs_of(videos: Sequence[IntArray]) -> Runs:
    """The runs of label arrays (T,), one a video, each at least one frame long; runs end where videos end.

    >>> runs = runs_of([np.array([4, 4, 7]), np.array([7])])
    >>> runs.starts.tolist(), runs.labels.tolist(), runs.videos.tolist()
    ([0, 2, 3], [4, 7, 7], [0, 1, 1])
    """
    labels = np.concatenate(list(videos))
    sizes = np.array([len(video) for video in videos], np.int64)
    borders = np.cumsum(sizes) - sizes
    first = np.empty(len(labels), bool)
    np.not_equal(labels[1:], labels[:-1], out=first[1:])
    first[borders] = True
    starts = np.flatnonzero(first)
    numbers = np.searchsorted(borders, starts, side="right") - 1
    return Runs(starts, labels[starts].astype(np.int64), numbers, np.diff(np.append(starts, len(labels))))


@dataclass(frozen=True)
class Overlaps:
    """Every pair of a run of one labelling and a run of another that share frames, in order of time.

    (P,) each: number of the run in the first, number of the run in the second, frames shared.
    """

    first: IntArray
    second: IntArray
    frames: IntArray


def overlaps(first: Runs, second: Runs) -> Overlaps:
    """The overlaps of two labellings of the same videos."""
    starts = np.union1d(first.starts, second.starts)
    end = int(first.starts[-1] + first.lengths[-1])
    return Overlaps(
        np.searchsorted(first.starts, starts, side="right") - 1,
        np.searchsorted(second.starts, starts, side="right") - 1,
        np.diff(np.append(starts, end)),
    )
