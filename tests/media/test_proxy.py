"""Proxies: picture i of the proxy is picture i of the file, at its time, in every kind of file."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from video_kinds import KINDS, make, number_in, top_is_up

from core.cache import cache_dir
from core.errors import MediaError
from core.events import JobCancelled, Progress, StopKind
from core.media import proxy as proxy_module
from core.media.clips import has_same_times
from core.media.index import load_index, probe
from core.media.proxy import delete_proxy, find_proxy, is_long_way, make_proxy
from core.media.reader import FrameReader

KEEP = 1 << 20


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.mark.parametrize("name", KINDS)
def test_every_picture_of_a_proxy_is_the_one_of_the_file_at_its_time(tmp_path: Path, name: str) -> None:
    kind, path = KINDS[name], make(tmp_path, name)
    proxy = make_proxy(path)
    n = kind.n - kind.first
    assert proxy.missing == frozenset()
    assert has_same_times(proxy.path, probe(path))
    with proxy.open(keep_bytes=KEEP) as reader:
        wanted = np.random.default_rng(0).integers(0, n, 20).tolist()
        assert [number_in(reader.read(i)) for i in wanted] == [i + kind.first for i in wanted]
        in_order = range(0, n, 1 if kind.is_variable or kind.start_s else 5)
        assert [number_in(reader.read(i)) for i in in_order] == [i + kind.first for i in in_order]
        assert top_is_up(reader.read(0))


def test_a_proxy_has_near_key_frames_no_b_frames_and_540_lines(tmp_path: Path) -> None:
    path = make(tmp_path, "long_group")
    index = load_index(make_proxy(path).path)
    gaps = np.diff(np.searchsorted(index.info.pts, index.key_pts))
    assert gaps.max() <= 12
    assert (index.key_pts == index.key_dts).all()
    assert (index.info.width, index.info.height) == (160, 64)
    assert proxy_module._size(replace(probe(path), width=1920, height=1080)) == (960, 540)
    assert is_long_way(load_index(path))
    assert not is_long_way(index)


@pytest.mark.parametrize(
    ("name", "groups"), [("long_group", [250, 50]), ("short_group", [12] * 25), ("mjpeg", [1] * 300)]
)
def test_how_long_a_jump_takes_follows_from_the_groups_and_the_size(
    tmp_path: Path, name: str, groups: list[int]
) -> None:
    """The mean over all pictures of how many are decoded for one."""
    with FrameReader(make(tmp_path, name)) as reader:
        needed = [place for size in groups for place in range(1, size + 1)]
        assert reader.run_up == pytest.approx(np.mean(needed))
        seconds = reader.run_up * 160 * 64 / proxy_module.PIXELS_A_SECOND
        assert proxy_module.expected_seek_s(reader) == pytest.approx(seconds)


def test_colours_of_a_proxy_are_those_of_the_file(tmp_path: Path) -> None:
    path = make(tmp_path, "short_group")
    with FrameReader(path) as file, make_proxy(path).open(keep_bytes=KEEP) as proxy:
        for picture in (0, 7, 130):
            difference = np.abs(file.read(picture).astype(int) - proxy.read(picture))
            assert np.median(difference) <= 2  # levels of 255: what one more encoding costs
            assert difference.mean() < 4


def test_pictures_that_the_file_does_not_hold_stay_missing(tmp_path: Path) -> None:
    path = make(tmp_path, "fragmented")
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 8 // 10])
    proxy = make_proxy(path)
    with FrameReader(path) as file, proxy.open(keep_bytes=KEEP) as reader:
        assert reader.n_pictures == file.n_pictures
        assert proxy.missing
        for picture in range(file.n_pictures):
            found = []
            for each in (file, reader):
                try:
                    found.append(number_in(each.read(picture)))
                except MediaError:
                    found.append(-1)
            assert found[0] == found[1] == (-1 if picture in proxy.missing else picture)


def test_a_proxy_is_found_again_and_follows_a_file_that_was_moved_but_not_one_that_was_changed(tmp_path: Path) -> None:
    path = make(tmp_path, "b_pyramid")
    assert find_proxy(path) is None
    made = make_proxy(path)
    assert find_proxy(path) == made == make_proxy(path, should_stop=lambda: pytest.fail("it was made again"))
    moved = path.rename(tmp_path / "moved.mp4")
    assert find_proxy(moved) == made
    changed = bytearray(moved.read_bytes())
    changed[len(changed) // 2] ^= 1
    moved.write_bytes(changed)
    os.utime(moved, ns=(0, 0))
    assert find_proxy(moved) is None


def test_a_torn_proxy_is_none(tmp_path: Path) -> None:
    path = make(tmp_path, "short_group")
    made = make_proxy(path)
    made.path.write_bytes(made.path.read_bytes()[:-1])
    assert find_proxy(path) is None
    assert make_proxy(path) == made


def test_a_proxy_that_is_cancelled_leaves_nothing_and_tells_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_module, "REPORT_S", 0.0)
    path, told = make(tmp_path, "short_group"), list[Progress]()
    with pytest.raises(JobCancelled):
        make_proxy(path, report=told.append, should_stop=lambda: StopKind.DISCARD if len(told) == 40 else None)
    assert [(event.done, event.total) for event in told] == [(n, 300) for n in range(1, 41)]
    assert find_proxy(path) is None
    assert list((cache_dir() / "proxies").iterdir()) == []


def test_a_proxy_can_be_deleted(tmp_path: Path) -> None:
    path = make(tmp_path, "one_picture")
    made = make_proxy(path)
    size = made.path.stat().st_size
    assert delete_proxy(path) == size
    assert find_proxy(path) is None
    assert delete_proxy(path) == 0
