"""Which pictures become rows: known answers for constant, odd and variable rates."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from core.data.timebase import MediaInfo, Timebase
from core.errors import ConfigError
from core.extract.sampling import sample


def constant(rate: Fraction, n: int, start: int = 0) -> MediaInfo:
    """A video of constant rate with times in units of one picture's 1000th part."""
    unit = 1 / rate / 1000
    pts = start + 1000 * np.arange(n, dtype=np.int64)
    return MediaInfo(pts, unit, int(pts[-1]) + 1000, rate, False, 64, 48)


@pytest.mark.parametrize(
    ("rate", "asked", "stride", "first"),
    [
        (Fraction(30), Fraction(5), Fraction(6), [0, 6, 12, 18]),
        (Fraction(30000, 1001), Fraction(5), Fraction(6), [0, 6, 12, 18]),
        (Fraction(25), Fraction(10), Fraction(5, 2), [0, 2, 5, 7]),
        (Fraction(24), Fraction(5), Fraction(24, 5), [0, 5, 10, 14]),
        (Fraction(30), Fraction(100), Fraction(1), [0, 1, 2, 3]),
        (Fraction(30), Fraction(1, 2), Fraction(60), [0, 60, 120, 180]),
    ],
)
def test_the_rows_of_a_constant_rate(rate: Fraction, asked: Fraction, stride: Fraction, first: list[int]) -> None:
    rows = sample(constant(rate, 240, start=5000), asked)
    assert rows.stride == stride and rows.rate == rate / stride and rows.is_uniform
    assert rows.pictures[:4].tolist() == first
    assert len(rows) == -(-240 // stride)
    assert rows.seconds[1] == pytest.approx(float(first[1] / rate))  # the times of the file, not row / rate


def test_rows_of_a_variable_rate_lie_at_equal_times() -> None:
    pts = np.concatenate([np.arange(0, 1000, 100), np.arange(1000, 3000, 400), [3000]])  # 10, then 2.5 a second
    info = MediaInfo(pts.astype(np.int64), Fraction(1, 1000), 3100, Fraction(5), True, 64, 48)
    rows = sample(info, Fraction(5))
    assert not rows.is_uniform
    assert rows.pictures.tolist() == [0, 2, 4, 6, 8, 10, 11, 12, 13, 14, 15]
    assert rows.seconds[:6].tolist() == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1.0])


def test_the_clock_finds_the_nearest_row_of_a_variable_rate() -> None:
    clock = Timebase(12, n_rows=4, stride=Fraction(3), row_frames=np.array([0, 2, 3, 9]))
    assert clock.rows().tolist() == [0, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3, 3]


def test_one_picture_is_one_row() -> None:
    info = MediaInfo(np.array([7]), Fraction(1, 10), 8, None, False, 64, 48)
    assert sample(info, Fraction(5)).pictures.tolist() == [0]


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-1), Fraction(10**6)])
def test_a_senseless_rate_is_refused(rate: Fraction) -> None:
    with pytest.raises(ConfigError, match="rows a second"):
        sample(constant(Fraction(30), 30), rate)
