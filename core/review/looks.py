"""What the frames of a video look like in the other videos: another action than their label says?

A linear classifier of the labels of all other videos (one covariance for all actions, Fisher 1936) on the main
directions of the features. It never sees the video it judges, so a label that only this video has betrays itself
(out-of-fold labels, as in confident learning: Northcutt et al., 2021).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..annotation.segmentation import Segmentation
from ..data.dataset import VideoId

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

ROWS = 512
"""Rows of a video that are looked at, at most, evenly spread."""
DIRECTIONS = 48
"""Main directions that are kept at most."""
DIRECTION_ROWS = 4_096
"""Rows of all videos together that the directions are found on."""
CENTRED = 0.5
"""How much of a video's own mean is taken off: half of what differs between videos is person and camera."""
SHRINKAGE = 0.3
"""How far the covariance is drawn to a multiple of the identity."""
LEAST_SPREAD = 1e-6
SMOOTHED = 1 / 30
"""Neighbouring rows over this share of a video speak together."""


@dataclass(frozen=True)
class Sample:
    """Some rows of a video: the frame on which each lies, rising, and its (n, q) place in the main directions."""

    frames: IntArray
    points: NDArray[np.float32]


@dataclass(frozen=True)
class Look:
    """What the frames of a video look like in the others.

    It is constant over pieces of the video, each around a row that was looked at: `starts` (n,) are their first frames.
    `rank` (n,) is the share of the activity's frames that look less like another action than these do; `lead` how far
    the other action lies above the label, in nats (above 0: it looks more like the other); `other` (n,) is that action.
    `trust` in [0, 1] is how far looks tell the actions of this activity apart at all: 0 where a frame's own action
    looks no more like it than half of the others do, 1 where always more than any other.
    """

    starts: IntArray
    rank: NDArray[np.float32]
    lead: NDArray[np.float32]
    other: IntArray
    trust: float

    def place(self, frames: IntArray) -> IntArray:
        """The number of the piece that holds each of some frames."""
        return np.searchsorted(self.starts, frames, side="right") - 1


@dataclass(frozen=True)
class Directions:
    """The main directions of the features of an activity: (D, q), every column at one scale first."""

    mean: FloatArray
    basis: FloatArray

    @classmethod
    def of(cls, rows: FloatArray) -> Directions:
        """From (n, D) rows of all videos."""
        rows = np.asarray(rows, np.float64)
        mean, deviation = rows.mean(axis=0), rows.std(axis=0)
        scale = 1.0 / np.where(deviation > 1e-8, deviation, np.inf)
        scaled = (rows - mean) * scale
        wide = scaled.shape[1] > len(scaled)
        _, vectors = np.linalg.eigh(scaled @ scaled.T if wide else scaled.T @ scaled)
        basis = vectors[:, ::-1][:, :DIRECTIONS]
        if wide:
            basis = scaled.T @ basis
            basis /= np.maximum(np.linalg.norm(basis, axis=0), 1e-12)
        return cls(mean, scale[:, None] * basis)

    def points(self, rows: FloatArray) -> NDArray[np.float32]:
        """(n, q) of (n, D) rows of one video, less half their mean."""
        found = (np.asarray(rows, np.float64) - self.mean) @ self.basis
        return np.asarray(found - CENTRED * found.mean(axis=0), np.float32)


@dataclass(frozen=True)
class _Sums:
    """What one video adds to the means and the covariance of all: by action, and over all its labelled rows."""

    by_action: FloatArray  # (K, q)
    counts: IntArray  # (K,)
    squares: FloatArray  # (q, q)

    @classmethod
    def of(cls, sample: Sample, codes: IntArray, n_actions: int) -> _Sums:
        points = sample.points[codes >= 0].astype(np.float64)
        known = codes[codes >= 0]
        by_action = np.zeros((n_actions, sample.points.shape[1]))
        np.add.at(by_action, known, points)
        return cls(by_action, np.bincount(known, minlength=n_actions), points.T @ points)

    def __sub__(self, other: _Sums) -> _Sums:
        return _Sums(self.by_action - other.by_action, self.counts - other.counts, self.squares - other.squares)

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.by_action + other.by_action, self.counts + other.counts, self.squares + other.squares)


def looks(tracks: Mapping[VideoId, Segmentation], samples: Mapping[VideoId, Sample]) -> dict[VideoId, Look]:
    """The look of every video that has a sample; nothing with fewer than three videos or two actions."""
    videos = [video for video in tracks if video in samples]
    actions = sorted({int(label) for video in videos for label in tracks[video].labels if label >= 0})
    if len(videos) < 3 or len(actions) < 2:
        return {}
    codes = {v: _codes(tracks[v], samples[v], actions) for v in videos}
    sums = {v: _Sums.of(samples[v], codes[v], len(actions)) for v in videos}
    total = sums[videos[0]]
    for video in videos[1:]:
        total = total + sums[video]
    leads = {v: _leads(samples[v], codes[v], total - sums[v]) for v in videos}
    rising = np.sort(np.concatenate([lead for lead, _, _ in leads.values()]))
    above = np.concatenate([leads[v][2] for v in videos])
    trust = max(0.0, 2.0 * float(above.mean()) - 1.0) if len(above) else 0.0
    found = {}
    for video in videos:
        lead, other, _ = leads[video]
        rank = (np.searchsorted(rising, lead, "left") + np.searchsorted(rising, lead, "right")) / (2 * len(rising))
        starts = _nearest(samples[video].frames)
        actions_there = np.array(actions)[other]
        found[video] = Look(starts, rank.astype(np.float32), lead.astype(np.float32), actions_there, trust)
    return found


def _codes(track: Segmentation, sample: Sample, actions: Sequence[int]) -> IntArray:
    """(n,) number of the action of each row of a sample; -1 where it has none."""
    labels = track.labels[np.searchsorted(track.starts, sample.frames, side="right") - 1]
    return np.where(labels >= 0, np.searchsorted(actions, labels), -1)


def _leads(sample: Sample, codes: IntArray, others: _Sums) -> tuple[FloatArray, IntArray, FloatArray]:
    """How far the likeliest other action lies above the label of each row, smoothed, and which it is.

    The third array has the share of the other actions that the label lies above, for every row that is judged. Rows
    without a label, or with one that no other video has, say nothing: 0.
    """
    n, counts = int(others.counts.sum()), others.counts
    shown = counts > 0
    if not n or shown.sum() < 2:
        return np.zeros(len(codes)), np.zeros(len(codes), np.int64), np.empty(0)
    means = others.by_action / np.maximum(counts, 1)[:, None]
    spread = (others.squares - (means * counts[:, None]).T @ means) / n
    level = max(float(np.trace(spread)) / len(spread), LEAST_SPREAD)
    spread = (1 - SHRINKAGE) * spread + SHRINKAGE * level * np.eye(len(spread))
    weight = np.linalg.solve(spread, means.T)
    scores = sample.points @ weight - 0.5 * np.einsum("kd,dk->k", means, weight)
    scores[:, ~shown] = -np.inf
    rows = np.arange(len(codes))
    judged = (codes >= 0) & shown[np.maximum(codes, 0)]
    own = np.where(judged, scores[rows, np.maximum(codes, 0)], 0.0)
    rivals = scores.copy()
    rivals[rows[judged], codes[judged]] = -np.inf
    other = rivals.argmax(axis=1)
    lead = np.where(judged, rivals[rows, other] - own, 0.0)
    below = (rivals[judged] < own[judged, None])[:, shown].sum(axis=1) - 1
    return _smooth(lead), other, below / (shown.sum() - 1)


def _smooth(values: FloatArray) -> FloatArray:
    half = max(1, round(len(values) * SMOOTHED / 2))
    padded = np.pad(values, half, mode="edge")
    total = np.concatenate([[0.0], np.cumsum(padded)])
    return np.asarray((total[2 * half + 1 :] - total[: -2 * half - 1]) / (2 * half + 1))


def _nearest(frames: IntArray) -> IntArray:
    """(n,) the first frame to which each sampled row lies nearest."""
    return np.append(0, (frames[1:] + frames[:-1] + 1) // 2)
