"""Where something begins to be heard, in sound whose beginnings are known."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from core.data.onsets import onset_frames, onsets
from core.data.timebase import MediaInfo, Timebase
from core.data.waveform import NO_HIGH, NO_LOW, Waveform

N = 250


def heard(levels: dict[int, int], *, floor: int = 30, n: int = N) -> list[int]:
    """The beginnings in a video of 25 pictures a second, each as loud as stated, else `floor`."""
    high = np.full(n, floor, np.int16)
    for picture, level in levels.items():
        high[picture] = level
    info = MediaInfo(np.arange(n), Fraction(1, 25), n, Fraction(25), False, 8, 8)
    return onsets(Waveform(1, -high, high, np.zeros(n, np.uint16)), info).tolist()


def test_each_blow_is_a_beginning() -> None:
    blow = {0: 20_000, 1: 5_000, 2: 900, 3: 200}
    hit = {at + k: level for at in (40, 52, 66) for k, level in blow.items()}
    assert heard(hit) == [40, 52, 66]


def test_a_sentence_begins_once_however_its_syllables_rise_and_fall() -> None:
    spoken = {100 + k: int(200 + 4_000 * abs(np.sin(np.pi * k / 6))) for k in range(60)}
    assert heard({40: 20_000, **spoken}) == [40, 100]


def test_what_takes_two_pictures_to_rise_begins_with_the_first() -> None:
    assert heard({99: 70, 100: 150, 101: 200}) == [99]
    assert heard({100: 150, 101: 200}) == [100]


def test_what_a_codec_smears_ahead_of_a_blow_is_not_its_beginning() -> None:
    assert heard({99: 70, 100: 20_000, 101: 5_000}) == [100]


def test_what_is_first_heard_at_the_very_end_of_a_picture_begins_with_the_next() -> None:
    info = MediaInfo(np.arange(N), Fraction(1, 25), N, Fraction(25), False, 8, 8)
    for part, expected in ((0, 60), (8, 60), (13, 60), (14, 61), (15, 61)):
        high = np.full(N * 16, 30, np.int16)
        high[60 * 16 + part : 62 * 16] = 9_000
        assert onsets(Waveform(16, -high, high, np.zeros(N * 16, np.uint16)), info).tolist() == [expected]


def test_hiss_a_slow_swell_and_what_was_there_from_the_start_are_no_beginnings() -> None:
    dice = np.random.default_rng(0)
    assert heard({k: int(level) for k, level in enumerate(dice.uniform(20, 40, N))}) == []
    assert heard({k: round(30 * 1.025**k) for k in range(N)}) == []
    assert heard(dict.fromkeys(range(N), 9_000)) == []


def test_what_is_far_below_the_loudest_of_the_video_does_not_count() -> None:
    assert heard({50: 150, 100: 30_000}, floor=2) == [100]
    assert heard({50: 600, 100: 30_000}, floor=2) == [50, 100]


def test_sound_that_begins_after_a_gap_is_a_beginning_and_of_no_sound_there_is_none() -> None:
    low, high = np.full(N, NO_LOW, np.int16), np.full(N, NO_HIGH, np.int16)
    info = MediaInfo(np.arange(N), Fraction(1, 25), N, Fraction(25), False, 8, 8)
    assert onsets(Waveform(1, low, high, np.zeros(N, np.uint16)), info).tolist() == []
    low[70:], high[70:] = -9_000, 9_000
    assert onsets(Waveform(1, low, high, np.zeros(N, np.uint16)), info).tolist() == [70]


def test_a_video_of_one_picture_has_no_beginning() -> None:
    assert heard({}, n=1) == []
    assert heard({1: 9_000}, n=2) == [1]


@pytest.mark.parametrize("ratio", [Fraction(1), Fraction(2), Fraction(1, 2), Fraction(30, 29)])
def test_a_beginning_belongs_to_the_frame_that_shows_its_picture(ratio: Fraction) -> None:
    timebase = Timebase(100, Fraction(25), picture_ratio=ratio)
    frames = onset_frames(np.array([10, 40]), timebase)
    for picture, frame in zip((10, 40), frames.tolist(), strict=True):
        assert int(frame * ratio) <= picture < (frame + 1) * ratio or int(frame * ratio) == picture
    assert onset_frames(np.array([0, 10_000]), timebase).tolist() == []  # the ends are no boundaries
