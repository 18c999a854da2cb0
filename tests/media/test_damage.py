"""A picture that a decoder made of damage is said to be doubtful; whole ones around it are not, and are themselves."""

from __future__ import annotations

import random
from pathlib import Path

import av
import numpy as np
import pytest
from video_kinds import make, number_in

from core.errors import MediaError
from core.media import proxy as proxy_module
from core.media.proxy import find_proxy, make_proxy
from core.media.reader import FrameReader

HARMED, NEXT_KEY = 100, 108


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def harmed(tmp_path: Path) -> Path:
    """A clip with a key frame every 12 pictures and no B frames, in which the middle of picture 100 is overwritten."""
    whole = make(tmp_path, "short_group")
    with av.open(str(whole)) as container:
        packet = next(p for p in container.demux(video=0) if p.pts is not None and _picture(p) == HARMED)
        start, size = packet.pos, packet.size
    data = bytearray(whole.read_bytes())
    middle = slice(start + size // 3, start + size - size // 4)
    data[middle] = bytes(255 - byte for byte in data[middle])
    path = tmp_path / "harmed.mp4"
    path.write_bytes(data)
    return path


def _picture(packet: av.Packet) -> int:
    return round(packet.pts * packet.time_base * packet.stream.average_rate)


def without_doubt(reader: FrameReader) -> tuple[list[int], list[int]]:
    """(missing, doubtful) pictures; all others show their number."""
    missing, doubtful = [], []
    for picture in range(reader.n_pictures):
        try:
            number = number_in(reader.read(picture))
        except MediaError:
            missing.append(picture)
            continue
        if reader.is_doubtful(picture):
            doubtful.append(picture)
        else:
            assert number == picture
    return missing, doubtful


def test_what_refers_to_damage_is_doubtful_up_to_the_next_key_frame_and_nothing_else_is(harmed: Path) -> None:
    with FrameReader(harmed) as reader:
        assert without_doubt(reader) == ([HARMED], list(range(HARMED + 1, NEXT_KEY)))
    with FrameReader(harmed, keep_bytes=0) as reader:
        for picture in np.random.default_rng(0).permutation(reader.n_pictures).tolist():
            if picture == HARMED:
                with pytest.raises(MediaError, match="damaged there"):
                    reader.read(picture)
                continue
            shows = number_in(reader.read(picture))
            assert reader.is_doubtful(picture) == (HARMED < picture < NEXT_KEY)
            assert reader.is_doubtful(picture) == (shows != picture), picture


def test_a_proxy_remembers_which_of_its_pictures_are_doubtful(harmed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_module, "LINES", 32)
    made = make_proxy(harmed)
    assert made.missing == {HARMED}
    assert made.doubtful == set(range(HARMED + 1, NEXT_KEY))
    found = find_proxy(harmed)
    assert found == made
    with found.open(keep_bytes=1 << 20) as reader:
        assert [p for p in range(95, 115) if p != HARMED and reader.read(p).any() and reader.is_doubtful(p)] == [
            *range(HARMED + 1, NEXT_KEY)
        ]


def test_a_whole_file_has_no_doubtful_picture(tmp_path: Path) -> None:
    with FrameReader(make(tmp_path, "open_group")) as reader:
        assert without_doubt(reader) == ([], [])


@pytest.mark.parametrize("seed", range(8))
def test_lost_pieces_of_a_transport_stream_never_pass_for_whole_pictures(tmp_path: Path, seed: int) -> None:
    """Three packets of 188 bytes are gone, as after a bad recording; the decoder often says nothing about it."""
    data, size = make(tmp_path, "transport_stream").read_bytes(), 188
    n, dice = len(data) // size, random.Random(seed)
    lost = set(dice.sample(range(20, n), 3))
    path = tmp_path / "lossy.ts"
    path.write_bytes(b"".join(data[i * size : (i + 1) * size] for i in range(n) if i not in lost))
    shown = 0
    with FrameReader(path) as reader:
        for picture, pts in enumerate(reader.info.pts):
            try:
                number = number_in(reader.read(picture))
            except MediaError:
                continue
            if not reader.is_doubtful(picture):
                assert number == round(int(pts - reader.info.pts[0]) * reader.info.unit * 25)
                shown += 1
    assert shown > 180  # three groups of 30 at most are in doubt
