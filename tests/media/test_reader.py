"""Random pictures of clips that carry their own number are the pictures that were asked for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numbered_clips import CLIPS, N, burnt, make_clip, number_in

from core.errors import MediaError
from core.media.index import load_index, probe
from core.media.reader import FrameReader
from core.media.writer import write_video


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize("name", CLIPS)
def test_200_random_pictures_are_the_ones_asked_for(tmp_path: Path, name: str) -> None:
    path = make_clip(tmp_path / name)
    info = probe(path)
    assert info.n_pictures == N
    assert info.is_variable == CLIPS[name][2]
    wanted = np.random.default_rng(0).integers(0, N, 200)
    with FrameReader(path) as reader:
        wrong = [int(i) for i in wanted if number_in(reader.read(int(i))) != i]
        assert wrong == []
        assert [number_in(reader.read(i)) for i in range(N)] == list(range(N))


def test_index_comes_back_equal_from_the_cache(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "b_frames.mp4")
    first, second = load_index(path), load_index(path)
    assert np.array_equal(first.info.pts, second.info.pts)
    assert np.array_equal(first.key_dts, second.key_dts)
    assert (first.info.unit, first.info.rate, first.info.end) == (second.info.unit, second.info.rate, second.info.end)


def test_writer_keeps_every_picture(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    assert write_video(path, (burnt(i) for i in range(40)), rate=Fraction(15)) == 40
    assert probe(path).rate == 15
    with FrameReader(path) as reader:
        assert [number_in(reader.read(i)) for i in (39, 0, 17)] == [39, 0, 17]


@pytest.mark.parametrize("content", [b"", b"#EXTM3U\nhttp://127.0.0.1/x.ts\n", b"ffconcat version 1.0\nfile x.mp4\n"])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaError):
        probe(path)


def test_relative_and_missing_paths_are_refused(tmp_path: Path) -> None:
    for path in (Path("x.mp4"), tmp_path / "absent.mp4", tmp_path):
        with pytest.raises(MediaError):
            probe(path)
