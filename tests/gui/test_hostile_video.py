"""One video that is nonsense, was exchanged, or hangs: it says so, and the rest of the project goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from test_playback import pixels
from video_kinds import make, number_in
from windows import a_window

import core.media.reader as reader_module
from core import api
from core.annotation import commands
from totgui.main_window import MainWindow
from totgui.playback import NO_ANSWER_MS, is_doubtful

NAMES = ("b_pyramid", "short_group", "variable_rate")
BAD = "short_group"
NONSENSE = {
    "random bytes": lambda path: path.write_bytes(np.random.default_rng(0).bytes(50_000)),
    "a head and nothing else": lambda path: path.write_bytes(path.read_bytes()[:40] + bytes(50_000)),
    "a playlist": lambda path: path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/a.ts\n"),
    "another video": lambda path: path.write_bytes(make(path.parent, "hevc").read_bytes()),
}


@pytest.fixture
def window(qtbot, qapp: QApplication, tmp_path: Path, own_cache: Path) -> Iterator[MainWindow]:
    (tmp_path / "videos").mkdir()
    for name in NAMES:
        make(tmp_path / "videos", name)
    with a_window() as made:
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(tmp_path / "videos"))
        qtbot.waitUntil(lambda: made.video_view.picture._image is not None)
        yield made


def select(window: MainWindow, name: str, frame: int) -> None:
    document = window.session.document
    window.session.select_video(next(v for v, x in document.videos.items() if x.name == name), frame)


def goes_on(qtbot, window: MainWindow) -> None:
    """The bad video takes edits, and the others show their frames."""
    session, shown = window.session, []
    assert session.do(lambda: commands.start_unlabelled(session.document, session.current_video))
    session.playback.pictureReady.connect(lambda frame, image: shown.append((frame, image)))
    for name in ("variable_rate", "b_pyramid"):
        select(window, name, 123)
        qtbot.waitUntil(lambda: bool(shown) and shown[-1][0] == 123 and shown[-1][1] is not None)
        assert number_in(pixels(shown[-1][1])) == 123
        shown.clear()


@pytest.mark.parametrize("what", NONSENSE)
def test_a_file_that_became_nonsense_is_one_video_without_pictures(qtbot, window, tmp_path, what: str) -> None:
    NONSENSE[what](tmp_path / "videos" / f"{BAD}.mp4")
    with qtbot.waitSignal(window.session.message) as said:
        select(window, BAD, 9)
    assert f"{BAD}.mp4" in said.args[0]
    qtbot.waitUntil(lambda: window.session.playback.frame == 9)  # the timeline goes on without pictures
    assert window.video_view.picture._image is None
    goes_on(qtbot, window)


def test_a_file_that_hangs_is_left_behind_and_the_window_closes(qtbot, window, monkeypatch) -> None:
    release, packets = threading.Event(), reader_module.packets

    def hang(container, stream):
        if BAD in container.name:
            release.wait(60)
        return packets(container, stream)

    monkeypatch.setattr(reader_module, "packets", hang)
    window.session.playback._watch.setInterval(100)
    with qtbot.waitSignal(window.session.message) as said:
        select(window, BAD, 9)
    assert "does not come to an end" in said.args[0]
    window.session.playback._watch.setInterval(NO_ANSWER_MS)  # the others have the time that they need here
    goes_on(qtbot, window)
    release.set()


def test_another_video_does_not_wait_for_the_picture_that_is_being_decoded(qtbot, window, monkeypatch, caplog) -> None:
    """The window stood still until the decoder of the last video had come to the end of its picture."""
    playback, packets = window.session.playback, reader_module.packets
    begun, release = threading.Event(), threading.Event()

    def slow(container, stream):
        if BAD in container.name:
            begun.set()
            release.wait(60)
        return packets(container, stream)

    monkeypatch.setattr(reader_module, "packets", slow)
    select(window, BAD, 9)
    old = playback._decoder
    qtbot.waitUntil(begun.is_set)
    select(window, "variable_rate", 30)
    assert old.is_alive and old in playback._leaving.decoders and "left behind" not in caplog.text
    qtbot.waitUntil(lambda: playback.frame == 30)
    release.set()
    playback.close(60.0)  # whoever closes waits
    assert not old.is_alive and playback._leaving.decoders == []


def test_a_picture_made_of_damage_says_so_and_the_next_whole_one_does_not(qtbot, window) -> None:
    session, picture = window.session, window.video_view.picture
    media = next(x.media for x in session.document.videos.values() if x.name == BAD)
    with av.open(str(media)) as container:
        packet = [p for p in container.demux(video=0) if p.pts is not None][100]  # no B frames: the 100th picture
        start, stop = packet.pos + packet.size // 3, packet.pos + packet.size - packet.size // 4
    data = bytearray(media.read_bytes())
    data[start:stop] = bytes(255 - byte for byte in data[start:stop])
    media.write_bytes(data)
    marks: list[tuple[int, bool]] = []
    session.playback.pictureReady.connect(lambda f, image: marks.append((f, image is not None and is_doubtful(image))))
    select(window, BAD, 99)
    for frame, doubts in ((99, False), (103, True), (108, False)):
        session.playback.seek(frame)
        qtbot.waitUntil(lambda frame=frame: session.playback.frame == frame)
        picture.grab()
        assert marks[-1] == (frame, doubts)
        assert is_doubtful(picture._image) == doubts
