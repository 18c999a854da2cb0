"""Small pictures on disk: found again, torn or damaged ones left out, the folder kept within its limit."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from video_kinds import burnt, make, number_in

from core.data.timebase import MediaInfo
from core.media.index import probe
from core.media.thumbnails import FILE_BYTES, FOLDER, Key, Thumbnails, trim


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / FOLDER


@pytest.fixture
def info(tmp_path: Path) -> MediaInfo:
    return probe(make(tmp_path, "one_picture"))


def filled(info: MediaInfo) -> Thumbnails:
    made = Thumbnails(info)
    for number in range(20):
        made.put(Key(number, 4, 48), burnt(number))
    return made


def test_pictures_are_found_again_by_the_next_launch(info: MediaInfo) -> None:
    for thumbnails in (filled(info), Thumbnails(info)):
        assert [number_in(thumbnails.get(Key(n, 4, 48))) for n in range(20)] == list(range(20))
        assert thumbnails.get(Key(3, 8, 48)) is None
        assert thumbnails.get(Key(3, 4, 64)) is None


def test_a_record_torn_by_a_kill_is_written_again(cache: Path, info: MediaInfo) -> None:
    filled(info)
    (path,) = cache.iterdir()
    whole = path.read_bytes()
    for cut in (len(whole) - 1, len(whole) - 400, 20, 3):
        path.write_bytes(whole[:cut])
        thumbnails = Thumbnails(info)
        missing = [n for n in range(20) if thumbnails.get(Key(n, 4, 48)) is None]
        assert missing == list(range(20 - len(missing), 20))
        assert missing
        for number in missing:
            thumbnails.put(Key(number, 4, 48), burnt(number))
        again = Thumbnails(info)
        assert [number_in(again.get(Key(n, 4, 48))) for n in range(20)] == list(range(20))


def test_damaged_bytes_are_no_picture(cache: Path, info: MediaInfo) -> None:
    filled(info)
    (path,) = cache.iterdir()
    data = bytearray(path.read_bytes())
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(data), 300).tolist():
        data[place] ^= 0x40
    path.write_bytes(bytes(data))
    thumbnails = Thumbnails(info)
    found = {n: thumbnails.get(Key(n, 4, 48)) for n in range(20)}
    assert all(picture is None or number_in(picture) == n for n, picture in found.items())


def test_a_full_file_takes_no_more(info: MediaInfo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.media.thumbnails.FILE_BYTES", 5000)
    assert FILE_BYTES > 5000
    thumbnails = filled(info)
    assert thumbnails.get(Key(0, 4, 48)) is not None
    assert thumbnails.get(Key(19, 4, 48)) is None


def test_the_files_used_longest_ago_go_first(cache: Path) -> None:
    cache.mkdir(parents=True)
    for age in range(5):
        path = cache / f"{age}.thumbs"
        path.write_bytes(b"x" * 1000)
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    trim(2500)
    assert sorted(p.stem for p in cache.iterdir()) == ["0", "1"]
