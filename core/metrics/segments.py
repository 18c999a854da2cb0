"""Runs of equal labels of many videos on one axis, and where the runs of two labellings overlap.

What has a million frames and a hundred segments is counted on the segments: nothing here grows with the frames of cuts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.integer[Any]]


class Cut(Protocol):
    """A labelling of one video by its segments: neighbours differ, the first of the rising `starts` is 0."""

    @property
    def starts(self) -> IntArray: ...

    @property
    def labels(self) -> IntArray: ...

    @property
    def n_frames(self) -> int: ...


@dataclass(frozen=True)
class Pieces:
    """The plainest `Cut`: (S,) starts and labels, and T."""

    starts: IntArray
    labels: IntArray
    n_frames: int


Labels: TypeAlias = "IntArray | Cut"
"""How one video is labelled: an array (T,) of a label a frame, or segments. Both count the same."""


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


def cut_of(labels: Labels) -> Cut:
    """The segments of a labelling; what has segments already is left as it is.

    >>> cut_of(np.array([4, 4, 7]))
    Pieces(starts=array([0, 2]), labels=array([4, 7]), n_frames=3)
    """
    if not isinstance(labels, np.ndarray):
        return labels
    first = np.empty(len(labels), bool)
    first[:1] = True
    np.not_equal(labels[1:], labels[:-1], out=first[1:])
    starts = np.flatnonzero(first)
    return Pieces(starts, labels[starts].astype(np.int64), len(labels))


def runs_of(videos: Sequence[Labels]) -> Runs:
    """The runs of label arrays (T,) or of cuts, one a video, each at least one frame long; runs end where videos end.

    >>> runs = runs_of([np.array([4, 4, 7]), np.array([7])])
    >>> runs.starts.tolist(), runs.labels.tolist(), runs.videos.tolist()
    ([0, 2, 3], [4, 7, 7], [0, 1, 1])
    """
    cuts = [cut_of(video) for video in videos]
    sizes = np.array([cut.n_frames for cut in cuts], np.int64)
    numbers = np.repeat(np.arange(len(cuts)), [len(cut.starts) for cut in cuts])
    starts = np.concatenate([cut.starts for cut in cuts]) + (np.cumsum(sizes) - sizes)[numbers]
    labels = np.concatenate([cut.labels for cut in cuts])
    return Runs(starts, labels, numbers, np.diff(np.append(starts, sizes.sum())))


def rising_union(*parts: IntArray) -> IntArray:
    """The different numbers of some rising arrays, rising. A merge: far cheaper here than `np.unique`, which hashes.

    >>> rising_union(np.array([0, 3, 9]), np.array([0, 4])).tolist()
    [0, 3, 4, 9]
    """
    every = np.sort(np.concatenate(parts), kind="stable")
    first = np.empty(len(every), bool)
    first[:1] = True
    np.not_equal(every[1:], every[:-1], out=first[1:])
    return every[first]


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
    starts = rising_union(first.starts, second.starts)
    end = int(first.starts[-1] + first.lengths[-1])
    return Overlaps(
        np.searchsorted(first.starts, starts, side="right") - 1,
        np.searchsorted(second.starts, starts, side="right") - 1,
        np.diff(np.append(starts, end)),
    )
