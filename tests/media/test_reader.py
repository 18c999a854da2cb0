"""Random pictures of clips that carry their own number are the pictures that were asked for, in every kind of file."""

from __future__ import annotations

import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from video_kinds import KINDS, OTHER_FIRST, burnt, make, number_in, top_is_up

from core.errors import MediaError
from core.media import index as index_module
from core.media.index import load_index, probe
from core.media.reader import FrameReader
from core.media.writer import write_video

CORPUS_SUFFIXES = {".mp4", ".mkv", ".webm", ".avi", ".gif"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize("name", KINDS)
def test_20_random_pictures_and_all_in_order_are_the_ones_asked_for(tmp_path: Path, name: str) -> None:
    kind, path = KINDS[name], make(tmp_path, name)
    info, n = probe(path), kind.n - kind.first
    assert info.n_pictures == n
    assert info.is_variable == kind.is_variable
    wanted = np.random.default_rng(0).integers(0, n, 20)
    with FrameReader(path, info, keep_bytes=0) as reader:
        assert [number_in(reader.read(int(i))) for i in wanted] == [int(i) + kind.first for i in wanted]
        assert [number_in(reader.read(i)) for i in range(n)] == list(range(kind.first, kind.n))
    with FrameReader(path) as reader:  # frames that were passed are kept: they must not be those of another picture
        backwards = [*range(min(n, 95) - 1, -1, -1), *(int(i) for i in wanted)]
        assert [number_in(reader.read(i)) for i in backwards] == [i + kind.first for i in backwards]


@pytest.mark.parametrize("name", ["rotated_90", "rotated_180", "rotated_270", "anamorphic", "anamorphic_rotated"])
def test_pictures_are_upright_and_pixels_square(tmp_path: Path, name: str) -> None:
    path = make(tmp_path, name)
    info = probe(path)
    expected = (160, 64) if name in ("rotated_90", "rotated_270", "anamorphic_rotated") else (64, 160)
    with FrameReader(path) as reader:
        picture = reader.read(7)
        assert picture.shape == (*expected, 3) == (info.height, info.width, 3)
        assert top_is_up(picture)
        screen = reader.read(7, layout="bgra", height=expected[0] // 2)
        assert screen.shape == (expected[0] // 2, expected[1] // 2, 4)
        assert number_in(screen) == 7
        assert (screen[..., 3] == 255).all()


def test_transparency_lies_on_black(tmp_path: Path) -> None:
    with FrameReader(make(tmp_path, "alpha")) as reader:
        picture = reader.read(1)  # dark pixels of this clip are transparent, with colour behind
    assert picture[40, 8].min() > 200
    assert picture[40, 60:].max() == 0


def test_corpus_of_hard_files(shared_data: Path, subtests: pytest.Subtests) -> None:
    files = [p for p in sorted((shared_data / "video_corpus").rglob("*")) if p.suffix in CORPUS_SUFFIXES]
    assert len(files) > 40
    for path in files:
        with subtests.test(path.name):
            info = probe(path.resolve())
            truth = []
            with av.open(str(path)) as container:
                stream = next(s for s in container.streams.video if s.index == info.stream)
                stream.thread_type = "AUTO"
                truth = [(frame.pts, checksum(frame)) for frame in container.decode(stream)]
            assert [pts for pts, _ in truth] == info.pts.tolist()
            with FrameReader(path.resolve(), info, keep_bytes=0) as reader:
                for picture in np.random.default_rng(0).integers(0, len(truth), 20).tolist():
                    assert checksum(reader.frame(picture)) == truth[picture][1]
                reader.read(0, height=24)


def checksum(frame: av.VideoFrame) -> int:
    """Of the pixels as the decoder made them, padding left out."""
    lines = (np.frombuffer(p, np.uint8).reshape(p.height, p.line_size) for p in frame.planes)
    widths = (p.width * p.line_size // max(p.line_size, 1) for p in frame.planes)
    total = 0
    for plane, width in zip(lines, widths, strict=True):
        total = zlib.crc32(np.ascontiguousarray(plane[:, :width]), total)
    return total


def test_the_default_stream_is_shown_and_another_can_be_chosen(tmp_path: Path) -> None:
    path = make(tmp_path, "two_streams")
    with FrameReader(path) as reader:
        assert number_in(reader.read(3)) == 3
    other = load_index(path, 0).info
    with FrameReader(path, other) as reader:
        assert reader.read(3).shape == (128, 320, 3)
        assert number_in(reader.read(3)) == 3 + OTHER_FIRST


def test_index_comes_back_equal_from_the_cache_without_opening_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make(tmp_path, "b_pyramid")
    first = load_index(path)
    monkeypatch.setattr(index_module, "open_container", lambda _: pytest.fail("the file was opened again"))
    second = load_index(path)
    assert np.array_equal(first.info.pts, second.info.pts)
    assert np.array_equal(first.key_dts, second.key_dts)
    for name in ("unit", "rate", "end", "width", "height", "rotation", "stream", "fingerprint"):
        assert getattr(first.info, name) == getattr(second.info, name)


def test_a_file_that_was_exchanged_is_not_shown_as_the_old_one(tmp_path: Path) -> None:
    path = make(tmp_path, "short_group")
    info = probe(path)
    path.write_bytes(make(tmp_path, "hevc").read_bytes())
    with pytest.raises(MediaError, match=r"150 pictures; the project knows 300"):
        FrameReader(path, info)


def test_fingerprint_is_the_same_wherever_the_file_lies(tmp_path: Path) -> None:
    path = make(tmp_path, "short_group")
    copy = tmp_path / "elsewhere.mp4"
    copy.write_bytes(path.read_bytes())
    assert probe(copy).fingerprint == probe(path).fingerprint != probe(make(tmp_path, "long_group")).fingerprint


def test_writer_keeps_every_picture(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    assert write_video(path, (burnt(i) for i in range(40)), rate=Fraction(15)) == 40
    assert probe(path).rate == 15
    with FrameReader(path) as reader:
        assert [number_in(reader.read(i)) for i in (39, 0, 17)] == [39, 0, 17]


@pytest.mark.parametrize("name", KINDS)
def test_leaving_out_what_nothing_refers_to_changes_no_picture(tmp_path: Path, name: str) -> None:
    kind, rng = KINDS[name], np.random.default_rng(3)
    with FrameReader(make(tmp_path, name), keep_bytes=600_000) as reader:
        for _ in range(25):
            picture, near = int(rng.integers(0, reader.n_pictures)), (None, 0, 3)[int(rng.integers(3))]
            if rng.random() < 0.4:  # a way that is given up half-way
                for _ in zip(range(int(rng.integers(1, 12))), reader.steps_to(picture, near=near), strict=False):
                    pass
                picture = int(np.clip(picture + rng.integers(-9, 9), 0, reader.n_pictures - 1))
            assert number_in(reader.read(picture, near=near)) == picture + kind.first
            for at in filter(reader.has, range(reader.n_pictures)):  # what lies at hand on the way is what it says
                assert number_in(reader.read(at)) == at + kind.first
        assert reader._missing == set()


def test_far_before_the_target_of_a_jump_fewer_pictures_are_decoded(tmp_path: Path) -> None:
    path, counts = make(tmp_path, "long_group"), []
    for near in (None, 0, 20):
        with FrameReader(path) as reader:
            counts.append(sum(1 for _ in reader.steps_to(240, near=near)))
            assert number_in(reader.read(240)) == 240
    assert counts[1] < counts[2] < counts[0]
    assert counts[1] < 0.7 * counts[0]


@pytest.mark.parametrize("name", ["long_group", "b_pyramid", "late_start", "hevc", "vp9", "mpeg4", "edit_list"])
def test_a_jump_begins_at_the_nearest_key_frame_and_no_farther_back(tmp_path: Path, name: str) -> None:
    with FrameReader(make(tmp_path, name), keep_bytes=0) as reader:
        for picture in (reader.n_pictures - 3, 1, reader.n_pictures - 30, 70):
            reader.close()  # every jump anew
            assert next(reader.steps_to(picture)) == reader.key_before(picture)
