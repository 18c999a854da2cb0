"""Which pictures of a video become rows of features: chosen by presentation time, never by number / rate."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data.rates import pictures_a_row
from ..data.timebase import MediaInfo
from ..errors import ConfigError

IntArray = NDArray[np.integer[Any]]
MAX_RATE = 1000


@dataclass(frozen=True, eq=False)
class Rows:
    """The pictures that are described, one a row.

    `pictures` (T,) int64 increase strictly; `seconds` (T,) float64 are their times after the first picture.
    `rate` is rows a second (None for a single picture). `stride` is pictures per row, exact where `is_uniform`,
    else the mean: in a video of variable frame rate equal times are unequal numbers of pictures.
    """

    pictures: IntArray
    seconds: NDArray[np.float64]
    rate: Fraction | None
    stride: Fraction
    is_uniform: bool

    def __len__(self) -> int:
        return len(self.pictures)


def sample(info: MediaInfo, rate: Fraction) -> Rows:
    """The rows of a video at `rate` rows a second, or at the rate of the video where that is lower.

    Row k is the picture nearest to ``k / rate`` seconds after the first; pictures are never described twice.
    Raises ConfigError: the rate is not positive or absurdly high.
    """
    if not 0 < rate <= MAX_RATE:
        raise ConfigError(f"{float(rate):g} rows a second; wanted more than 0, at most {MAX_RATE:,}.")
    pts = np.asarray(info.pts, dtype=np.int64)
    if info.rate is None or len(pts) < 2:
        return _rows(info, pts, np.arange(len(pts)), None, Fraction(1), is_uniform=True)
    if not info.is_variable:
        stride = pictures_a_row(info.rate, rate)
        rate = info.rate / stride
    step = 1 / rate / info.unit  # in units of the presentation times
    n_rows = -(-(info.end - int(pts[0])) * step.denominator // step.numerator)
    wanted = int(pts[0]) + np.arange(n_rows, dtype=np.float64) * float(step)
    chosen = np.unique(_nearest(pts, wanted))
    if info.is_variable:
        return _rows(info, pts, chosen, rate, Fraction(len(pts), len(chosen)), is_uniform=False)
    return _rows(info, pts, chosen, rate, stride, is_uniform=True)


def _rows(
    info: MediaInfo, pts: IntArray, chosen: IntArray, rate: Fraction | None, stride: Fraction, *, is_uniform: bool
) -> Rows:
    seconds = (pts[chosen] - pts[0]) * float(info.unit)
    return Rows(chosen.astype(np.int64), seconds, rate, stride, is_uniform)


def _nearest(pts: IntArray, wanted: NDArray[np.float64]) -> IntArray:
    """The number of the picture nearest to each time; of two as near the earlier."""
    right = np.clip(np.searchsorted(pts, wanted), 1, len(pts) - 1)
    left = right - 1
    return np.where(wanted - pts[left] <= pts[right] - wanted, left, right)
