"""The sound of a video by its time: a click stands where it was put, whichever way reading came there."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numbered_clips import make_clip
from sounding_clips import CLICKS, SECONDS, SOUNDS, make_sounding
from video_mutants import damaged

from core.errors import MediaError
from core.media.audio import RATE, AudioReader
from core.media.index import probe

UNIT_OF_MATROSKA_MS = 1.0
TOLERANCE_MS = 1.0


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


def opened(path: Path) -> AudioReader:
    """A reader whose time 0 is that of the first picture."""
    info = probe(path)
    return AudioReader(path, zero=int(info.pts[0]) * info.unit)


def click_in(samples: np.ndarray) -> float:
    """Where the middle of the energy lies, in samples; nan in silence."""
    energy = samples[:, 0].astype(np.float64) ** 2
    return float((np.arange(len(energy)) * energy).sum() / energy.sum()) if energy.sum() else float("nan")


def heard(name: str) -> list[Fraction]:
    """The clicks that the sound of a kind holds."""
    return [at for at in CLICKS if at > SOUNDS[name].late_s]


@pytest.mark.parametrize("name", SOUNDS)
def test_a_click_stands_where_it_was_put_after_any_jump(tmp_path: Path, name: str) -> None:
    path = make_sounding(tmp_path / name, name)
    tolerance = TOLERANCE_MS + (UNIT_OF_MATROSKA_MS if path.suffix in (".mkv", ".webm") else 0.0)
    dice, half = random.Random(1), Fraction(1, 20)
    with opened(path) as reader:
        for at in dice.sample(heard(name), len(heard(name))) * 2:
            before = half + Fraction(dice.randrange(-400, 400), 10_000)
            found = reader.between(at - before, at + half)
            assert abs(click_in(found) - float(before * RATE)) / RATE * 1000 <= tolerance, float(at)


@pytest.mark.parametrize("name", SOUNDS)
def test_spans_read_one_after_the_other_are_the_whole_without_a_seam(tmp_path: Path, name: str) -> None:
    path = make_sounding(tmp_path / name, name)
    with opened(path) as reader:
        whole = reader.samples(-RATE, (SECONDS + 2) * RATE)
    assert np.abs(whole[:RATE]).max() < 200  # before the first picture: at most what the codec smears there
    edges = sorted({-RATE, (SECONDS + 1) * RATE, *random.Random(2).sample(range(-RATE, SECONDS * RATE), 80)})
    with opened(path) as reader:
        parts = [reader.samples(a, b - a) for a, b in pairwise(edges)]
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize(("name", "off"), [("pcm", 1), ("mp3", 40), ("aac", 40), ("aac_transport", 40)])
def test_what_is_read_after_a_jump_is_what_is_read_in_order(tmp_path: Path, name: str, off: float) -> None:
    """`off`: of 32,767, on average. A jump begins at a whole sample of 48 kHz; AAC fills weak bands with noise."""
    path = make_sounding(tmp_path / name, name)
    with opened(path) as reader:
        whole = reader.samples(0, SECONDS * RATE).astype(int)
    dice = random.Random(3)
    with opened(path) as reader:
        for _ in range(30):
            first = dice.randrange(0, SECONDS * RATE - 4800)
            found = reader.samples(first, 4800).astype(int)
            assert np.abs(found - whole[first : first + 4800]).mean() <= off, first


def test_outside_of_the_sound_there_is_silence(tmp_path: Path) -> None:
    with opened(make_sounding(tmp_path / "late", "begins_later")) as reader:
        assert not reader.between(Fraction(0), Fraction(19, 10)).any()
        assert reader.between(Fraction(2), Fraction(4)).any()
        assert not reader.between(Fraction(SECONDS + 1), Fraction(SECONDS + 2)).any()
        assert not reader.between(Fraction(-3), Fraction(-1)).any()
        assert reader.between(Fraction(2), Fraction(4)).any()
        assert reader.between(Fraction(1), Fraction(1)).shape == (0, 2)


def test_a_video_without_sound_says_so(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"old\.avi has no sound"):
        AudioReader(make_clip(tmp_path / "old.avi"))
    with pytest.raises(MediaError, match="no such file"):
        AudioReader(tmp_path / "gone.mp4")


@pytest.mark.parametrize("rate", [1, 400, 1_000_000])
def test_an_absurd_rate_is_refused_before_anything_is_made_of_it(tmp_path: Path, rate: int) -> None:
    path = make_sounding(tmp_path / "pcm", "pcm")
    data = path.read_bytes()
    stated = (1).to_bytes(2, "little") * 2 + SOUNDS["pcm"].rate.to_bytes(4, "little")  # PCM, one channel, the rate
    assert data.count(stated) == 1
    path.write_bytes(data.replace(stated, stated[:4] + rate.to_bytes(4, "little")))
    with pytest.raises(MediaError, match="sound"):
        AudioReader(path)


@pytest.mark.parametrize("name", ["aac", "aac_transport", "opus", "mp3", "pcm"])
def test_damaged_sound_is_samples_or_a_reason(tmp_path: Path, name: str) -> None:
    data, dice = make_sounding(tmp_path / name, name).read_bytes(), random.Random(4)
    ends = {"read": 0, "refused": 0}
    for number in range(25):
        path = tmp_path / f"m{number}{SOUNDS[name].suffix}"
        path.write_bytes(damaged(data, dice))
        try:
            with AudioReader(path) as reader:
                assert reader.samples(0, SECONDS * RATE).shape == (SECONDS * RATE, 2)
                for _ in range(5):
                    assert reader.samples(dice.randrange(SECONDS * RATE), 4800).dtype == np.int16
            ends["read"] += 1
        except MediaError:
            ends["refused"] += 1
    assert ends["read"] > 5
