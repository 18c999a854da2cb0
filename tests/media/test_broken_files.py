"""Damaged, hostile and foreign files: one reason for one video, never another picture, never another file."""

from __future__ import annotations

import os
import random
import socket
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from video_kinds import KINDS, make, number_in

from core.errors import MediaError
from core.media.index import probe
from core.media.reader import FrameReader


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


def readable(path: Path) -> dict[int, int]:
    """Number in the picture of every picture that can be read."""
    found = {}
    with FrameReader(path, keep_bytes=0) as reader:
        for picture in range(reader.n_pictures):
            try:
                found[picture] = number_in(reader.read(picture))
            except MediaError as error:
                assert f"picture {picture} cannot be decoded" in str(error)
    return found


@pytest.mark.parametrize("name", ["short_group", "transport_stream", "late_start"])
def test_bytes_damaged_in_the_middle_leave_the_rest_exact(tmp_path: Path, name: str) -> None:
    path = make(tmp_path, name)
    data = bytearray(path.read_bytes())
    middle, rng = len(data) // 2, random.Random(3)
    data[middle : middle + 400] = rng.randbytes(400)
    path.write_bytes(bytes(data))
    found, info = readable(path), probe(path)
    at = [round(float((pts - info.pts[0]) * info.unit * 25)) for pts in info.pts.tolist()]
    assert {picture: number for picture, number in found.items() if number != at[picture]} == {}
    assert KINDS[name].n // 2 < len(found) < KINDS[name].n  # MKV is lost up to its next cluster
    with FrameReader(path) as reader:
        for picture in np.random.default_rng(0).permutation(sorted(found)).tolist():
            assert number_in(reader.read(picture)) == at[picture]


@pytest.mark.parametrize("name", ["transport_stream", "late_start", "mpeg4", "fragmented"])
def test_a_file_cut_off_shows_what_is_there(tmp_path: Path, name: str) -> None:
    path = make(tmp_path, name)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    found = readable(path)
    assert len(found) > KINDS[name].n // 4
    assert [number for picture, number in sorted(found.items())][:-1] == sorted(found)[:-1]


def test_a_missing_picture_is_searched_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path, "fragmented")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with FrameReader(path) as reader:
        missing = set(range(reader.n_pictures)) - set(readable(path))
        for picture in missing:
            with pytest.raises(MediaError):
                reader.read(picture)
        monkeypatch.setattr(reader, "_find", lambda _: pytest.fail("searched again"))
        for picture in missing:
            with pytest.raises(MediaError):
                reader.read(picture)


def sound_only(path: Path) -> Path:
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 44100, 0, Fraction(1, 44100)
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def headers_only(path: Path) -> Path:
    with av.open(str(path), "w", options={"movflags": "empty_moov"}) as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        out.start_encoding()
    return path


def unknown_codec(path: Path) -> Path:
    data = make(path.parent, "short_group").read_bytes()
    path.write_bytes(data.replace(b"avc1\0\0", b"zzzz\0\0").replace(b"avcC", b"zzzC"))
    return path


@pytest.mark.parametrize(
    ("make_file", "reason"),
    [
        (sound_only, "no video stream (found: audio)"),
        (headers_only, "no picture can be decoded"),
        (unknown_codec, "no decoder here knows"),
    ],
)
def test_what_is_no_video_is_refused_with_the_reason(tmp_path: Path, make_file, reason: str) -> None:
    path = make_file(tmp_path / "x.mp4")
    with pytest.raises(MediaError) as caught:
        probe(path)
    assert reason in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.fixture
def listener():
    """An open port on this machine; a test fails when anything connects to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server.getsockname()[1]
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".ts", ".mkv", ".sdp", ".ffconcat", ".mpd", ".avi"])
@pytest.mark.parametrize(
    "content",
    [
        "",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/x.ts\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{video}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{video}'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
        '<?xml version="1.0"?><MPD type="static"><BaseURL>http://127.0.0.1:{port}/</BaseURL></MPD>',
        "[Reference]\nRef1=http://127.0.0.1:{port}/x\n",
    ],
)
def test_a_file_that_names_other_files_is_refused(tmp_path: Path, listener: int, suffix: str, content: str) -> None:
    video = make(tmp_path, "one_picture")
    path = tmp_path / f"x{suffix}"
    path.write_text(content.format(port=listener, video=video))
    with pytest.raises(MediaError):
        probe(path)


@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:{port}/x.mp4", "concat:{video}|{video}", "subfile,,start,0,end,0,,:{video}", "x.mp4"]
)
def test_addresses_and_protocols_are_refused(tmp_path: Path, listener: int, name: str) -> None:
    text = name.format(port=listener, video=make(tmp_path, "one_picture"))
    for path in (Path(text), tmp_path / text.replace("/", "")):
        with pytest.raises(MediaError):
            probe(path)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "link.mp4").symlink_to(tmp_path / "pipe.mp4")
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    paths = [tmp_path / "pipe.mp4", tmp_path / "link.mp4", tmp_path / "gone.mp4", tmp_path, Path("/dev/zero")]
    for path in [*paths, tmp_path / "a\0b.mp4"]:
        with pytest.raises(MediaError):
            probe(path)


@pytest.mark.parametrize(
    "name", ["%03d.mp4", "concat:a|b.mp4", "http:x.mp4", "-y.mp4", "ü 日本 😀\n.mp4", os.fsdecode(b"\xff\xfe.mp4")]
)
def test_odd_names_of_real_files_open(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    make(tmp_path, "one_picture").rename(path)
    with FrameReader(path) as reader:
        assert number_in(reader.read(0)) == 0


def test_giant_pictures_are_refused_before_they_are_decoded(tmp_path: Path) -> None:
    path = tmp_path / "giant.mov"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("png", rate=1)
        stream.width, stream.height, stream.pix_fmt = 9000, 16, "rgb24"
        out.mux(stream.encode(av.VideoFrame(9000, 16, "rgb24")))
        out.mux(stream.encode(None))
    with pytest.raises(MediaError, match="9000 x 16"):
        probe(path)
