"""How loud each stretch of a video is, from parts with known samples."""

from __future__ import annotations

import numpy as np
import pytest

from core.data.waveform import FULL, NO_HIGH, NO_LOW, Waveform, decibels


def a_waveform(lows: list[int], highs: list[int], rms: list[int] | None = None, *, per_picture: int = 4) -> Waveform:
    return Waveform(
        per_picture, np.array(lows, np.int16), np.array(highs, np.int16), np.array(rms or [0] * len(lows), np.uint16)
    )


@pytest.fixture
def clicked() -> Waveform:
    """Ten pictures of four parts, silent but for one sample in the third part of the seventh."""
    highs = [0] * 40
    highs[6 * 4 + 2] = 9000
    return a_waveform([0] * 40, highs)


def test_a_stretch_is_as_loud_as_its_loudest_part(clicked: Waveform) -> None:
    assert clicked.between(np.arange(11.0)).peak.tolist() == [0] * 6 + [9000] + [0] * 3
    assert clicked.between(np.array([0.0, 6.5, 10.0])).peak.tolist() == [0, 9000]
    assert clicked.top == 9000


def test_a_part_of_a_picture_can_be_asked_for(clicked: Waveform) -> None:
    quarters = clicked.between(6 + np.arange(5) / 4)
    assert quarters.peak.tolist() == [0, 0, 9000, 0]
    eighths = clicked.between(6 + np.arange(9) / 8)
    assert eighths.peak.tolist() == [0, 0, 0, 0, 9000, 9000, 0, 0]


def test_before_and_behind_the_video_there_is_nothing(clicked: Waveform) -> None:
    found = clicked.between(np.array([-2.0, -1.0, 0.0, 1.0, 9.0, 10.0, 11.0, 12.0]))
    assert found.is_there.tolist() == [False, False, True, True, True, False, False]
    assert found.peak[-1] == 0


def test_a_gap_is_nothing_and_silence_is_a_sound() -> None:
    lows, highs = [NO_LOW] * 4 + [0] * 4, [NO_HIGH] * 4 + [0] * 4
    found = a_waveform(lows, highs).between(np.array([0.0, 1.0, 2.0]))
    assert found.is_there.tolist() == [False, True]
    assert a_waveform([NO_LOW] * 4, [NO_HIGH] * 4).is_empty
    assert not a_waveform(lows, highs).is_empty


def test_the_rms_of_a_stretch_is_that_of_its_parts_without_gaps() -> None:
    made = a_waveform([-5, -5, NO_LOW, -5], [5, 5, NO_HIGH, 5], [300, 400, 0, 500], per_picture=1)
    found = made.between(np.array([0.0, 2.0, 4.0]))
    assert found.rms.tolist() == pytest.approx([np.sqrt((300**2 + 400**2) / 2), 500.0])


def test_the_most_negative_sample_is_the_loudest() -> None:
    assert a_waveform([-FULL], [0], per_picture=1).top == FULL


def test_levels_are_in_decibels_below_full_scale() -> None:
    assert decibels(FULL) == 0.0
    assert decibels(FULL / 10) == pytest.approx(-20.0)
    assert decibels(0) is None
