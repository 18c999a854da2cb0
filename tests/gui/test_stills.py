"""Stills: what is wished for last comes first, small ones come from disk the second time, spans show a key frame."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_playback import a_video, pixels
from video_kinds import make, number_in

from core.media.reader import FrameReader
from totgui.session.pictures import Pictures
from totgui.stills import Source, Still, Stills


@pytest.fixture
def stills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object) -> Iterator[Stills]:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    made = Stills()
    yield made
    made.close()


def collect(stills: Stills) -> list[tuple[Still, int]]:
    """What arrives: the wish and the number in its picture, -1 without one."""
    found: list[tuple[Still, int]] = []
    stills.arrived.connect(lambda s, image: found.append((s, -1 if image is None else number_in(pixels(image)))))
    return found


def test_a_span_shows_its_key_frame_or_its_first_picture(qtbot, stills, tmp_path) -> None:
    video = a_video(make(tmp_path, "b_pyramid"))  # key frames at 0, 90, 180, 270
    source, found = Source(video.media, video.timebase.media), collect(stills)
    wishes = {Still(source, 64, 64, 64): 90, Still(source, 0, 128, 64): 90, Still(source, 100, 20, 64): 100}
    wishes |= {Still(source, 77, 1, 64): 77, Still(source, 256, 128, 64): 270}
    for still in wishes:
        stills.wish(still)
    qtbot.waitUntil(lambda: len(found) == len(wishes))
    assert dict(found) == wishes


def test_small_stills_come_from_disk_the_second_time(qtbot, stills, tmp_path, monkeypatch) -> None:
    video = a_video(make(tmp_path, "long_group"))
    source, found = Source(video.media, video.timebase.media), collect(stills)
    stills.wish(Still(source, 123, 1, 64))
    qtbot.waitUntil(lambda: len(found) == 1)
    stills.close(60.0)
    monkeypatch.setattr(FrameReader, "read", lambda *_, **__: pytest.fail("decoded again"))
    second = Stills()
    again = collect(second)
    second.wish(Still(source, 123, 1, 64))
    qtbot.waitUntil(lambda: len(again) == 1)
    second.close()
    assert (found[0][1], again[0][1]) == (123, 123)


def test_what_cannot_be_decoded_arrives_as_nothing(qtbot, stills, tmp_path) -> None:
    video = a_video(make(tmp_path, "short_group"))
    found = collect(stills)
    stills.wish(Still(Source(tmp_path / "gone.mp4", video.timebase.media), 3))
    qtbot.waitUntil(lambda: len(found) == 1)
    assert found[0][1] == -1


def test_wishes_taken_back_are_not_made(qtbot, tmp_path, monkeypatch, qapp) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    video = a_video(make(tmp_path, "long_group"))
    pictures = Pictures()
    pictures.document = SimpleNamespace(videos={video.id: video})
    made, goes_on, opened = collect(pictures._stills), threading.Event(), pictures._stills._opened
    monkeypatch.setattr(pictures._stills, "_opened", lambda source: (goes_on.wait(60), opened(source))[1])
    for start in range(0, 280, 4):
        assert pictures.film_strip(video.id, [(start, 1), (start + 1, 1)]) == [None, None]
    goes_on.set()
    qtbot.waitUntil(lambda: None not in pictures.film_strip(video.id, [(276, 1), (277, 1)]))
    assert [number_in(pixels(i)) for i in pictures.film_strip(video.id, [(276, 1), (277, 1)])] == [276, 277]
    assert len(made) < 10
    pictures.clear()
    assert pictures.film_strip(video.id, [(276, 1)]) == [None]
    pictures.close()


def test_a_strip_whose_file_cannot_be_read_has_failed_once_all_of_it_was_tried(qtbot, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    path = make(tmp_path, "short_group")
    video, tiles = a_video(path), [(0, 1), (4, 1)]
    path.write_bytes(b"no video any more")
    pictures = Pictures()
    pictures.document = SimpleNamespace(videos={video.id: video})
    assert pictures.film_strip(video.id, tiles) == [None, None] and not pictures.film_failed(video.id, tiles)
    qtbot.waitUntil(lambda: pictures.film_failed(video.id, tiles))
    assert not pictures.film_failed(video.id, [*tiles, (8, 1)])
    pictures.close()
