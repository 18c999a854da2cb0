"""Random pictures of clips that carry their own number are the pictures that were asked for."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from core.errors import MediaError
from core.media.index import load_index, probe
from core.media.reader import FrameReader
from core.media.writer import write_video

N = 150
CLIPS = {
    "b_frames.mp4": ("libx264", {"bf": "3", "g": "60"}, False, 0),
    "variable.mp4": ("libx264", {"bf": "2", "g": "40"}, True, 0),
    "late.mkv": ("libx264", {"bf": "2", "g": "250"}, False, 5),
    "stream.ts": ("libx264", {"bf": "2", "g": "30"}, False, 5),
    "old.avi": ("mpeg4", {"g": "12"}, False, 0),
}


def burnt(number: int) -> np.ndarray:
    """A 128 x 64 picture whose eight vertical bars are the bits of `number`."""
    bits = (number >> np.arange(8)) & 1
    return np.repeat(np.tile(np.repeat(bits * 220 + 16, 16), (64, 1))[..., None], 3, axis=2).astype(np.uint8)


def number_in(picture: np.ndarray) -> int:
    """The number that `burnt` put into a picture."""
    return int(((picture[8:56, 8::16].mean(axis=(0, 2)) > 128) << np.arange(8)).sum())


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


def make_clip(path: Path) -> Path:
    """The clip of `CLIPS` that has this name."""
    codec, options, is_variable, start = CLIPS[path.name]
    rng = np.random.default_rng(1)
    unit = Fraction(1, 25)
    at = start * 25
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 128, 64, "yuv420p"
        stream.codec_context.time_base = unit
        for number in range(N):
            frame = av.VideoFrame.from_ndarray(burnt(number), format="rgb24")
            frame.pts, frame.time_base = at, unit
            at += int(rng.integers(1, 4)) if is_variable else 1
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


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
