"""The sound of a real video in a real window: muted at first, heard only forward at normal speed, or a reason."""

from __future__ import annotations

import ctypes
import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from numbered_clips import make_clip
from sounding_clips import make_sounding
from windows import a_window

from core import api
from core.errors import MediaError
from core.media.audio import AudioReader
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
from totgui.sound import sound as sound_module
from totgui.sound.speaker import NO_LIBRARY, Speaker, SpeakerError, alsa_to_log, library_is_there

PERIOD = 480


class Recorder:
    """A device that plays into a list; `made` are those that were opened."""

    made: list[Recorder] = []
    reason = ""

    def __init__(self, pull: Callable[[int], np.ndarray]) -> None:
        if Recorder.reason:
            raise SpeakerError(Recorder.reason)
        self.loud = threading.Event()
        self.is_closed = False
        self._pull, self._stop = pull, threading.Event()
        self._thread = threading.Thread(target=self._work)
        Recorder.made.append(self)

    def start(self) -> None:
        self._thread.start()

    def _work(self) -> None:
        while not self._stop.wait(0.01):
            if self._pull(PERIOD).any():
                self.loud.set()

    def close(self) -> None:
        self.is_closed = True
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join()


@pytest.fixture
def window(qtbot, qapp, tmp_path: Path, own_cache: Path, monkeypatch) -> Iterator[MainWindow]:
    monkeypatch.setattr(sound_module, "Speaker", Recorder)
    monkeypatch.setattr(sound_module, "library_is_there", lambda: True)
    Recorder.made, Recorder.reason = [], ""
    Settings().set_sound(False, 100)
    (tmp_path / "videos").mkdir()
    make_sounding(tmp_path / "videos" / "a_sounding", "begins_later")
    make_clip(tmp_path / "videos" / "old.avi")
    with a_window() as made:
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(tmp_path / "videos"))
        yield made
    assert all(device.is_closed for device in Recorder.made)


def is_ready(window: MainWindow) -> bool:
    return window.session.sound.reason == ""


def test_sound_is_muted_until_a_person_wants_it_and_that_is_remembered(qtbot, window) -> None:
    session, button, action = window.session, window.video_view.sound, window.actions_.by_name["playback.sound"]
    assert not session.sound.is_on
    assert not button.isEnabled() or is_ready(window)
    qtbot.waitUntil(lambda: is_ready(window))
    assert button.isEnabled()
    assert action.isEnabled()
    assert not action.isChecked()
    assert button.toolTip().endswith("(V)")
    button.click()
    assert session.sound.is_on
    assert action.isChecked()
    button.slider.setValue(40)
    assert session.sound.feed.gain == pytest.approx(0.16)
    assert Settings().sound() == (True, 40)
    window.actions_.by_name["playback.louder"].trigger()
    assert Settings().sound() == (True, 50)
    assert button.slider.value() == 50
    action.trigger()
    assert Settings().sound() == (False, 50)


def test_what_plays_forward_at_its_speed_is_heard_and_nothing_else(qtbot, window) -> None:
    session, playback = window.session, window.session.playback
    qtbot.waitUntil(lambda: is_ready(window))
    session.sound.set_on(True)
    playback.set_loop(50, 150)  # the sound begins at picture 50
    qtbot.waitUntil(lambda: len(Recorder.made) == 2)  # the first one only asked whether there is any
    device = Recorder.made[-1]
    for speed, is_heard in ((-1.0, False), (2.0, False), (0.5, False), (1.0, True)):
        playback.pause()
        playback.set_speed(speed)
        playback.seek(60)
        qtbot.waitUntil(lambda: playback.frame == 60)
        device.loud.clear()
        shown: list[int] = []
        playback.frameChanged.connect(shown.append)
        playback.play()
        if is_heard:
            qtbot.waitUntil(device.loud.is_set, timeout=10_000)
        else:
            qtbot.waitUntil(lambda shown=shown: len(shown) > 25, timeout=10_000)
        playback.frameChanged.disconnect(shown.append)
        assert device.loud.is_set() == is_heard, speed
    session.sound.set_on(False)
    qtbot.waitUntil(lambda: device.is_closed)  # a device that nobody hears is given back
    assert playback.playing


@pytest.mark.parametrize("speed", [1.0, -2.0])
def test_the_picture_plays_to_its_end_whatever_the_sound_does(qtbot, window, monkeypatch, speed: float) -> None:
    playback = window.session.playback
    qtbot.waitUntil(lambda: is_ready(window))

    def breaks(*_: object) -> np.ndarray:
        raise RuntimeError("nonsense")

    monkeypatch.setattr(AudioReader, "samples", breaks)
    window.session.sound.set_on(True)
    playback.set_speed(speed)
    playback.seek(130 if speed > 0 else 20)
    playback.play()
    qtbot.waitUntil(lambda: not playback.playing and playback.frame == (149 if speed > 0 else 0), timeout=10_000)
    if speed > 0:
        qtbot.waitUntil(lambda: "cannot be decoded" in window.session.sound.reason)
        assert not window.video_view.sound.isEnabled()


def test_a_video_without_sound_and_a_machine_without_device_say_so(qtbot, window) -> None:
    session, button = window.session, window.video_view.sound
    names = {video.name: v for v, video in session.document.videos.items()}
    session.select_video(names["old"])
    qtbot.waitUntil(lambda: session.sound.reason == "old.avi has no sound.")
    assert not button.isEnabled()
    assert "old.avi has no sound." in button.toolTip()
    assert not window.actions_.by_name["playback.sound"].isEnabled()
    session.select_video(names["a_sounding"])
    qtbot.waitUntil(lambda: is_ready(window))
    session.close_project()
    assert "No video" in session.sound.reason
    assert "No video" in button.toolTip()


def test_a_device_that_is_missing_is_the_reason_and_is_looked_for_again(qtbot, window) -> None:
    session = window.session
    qtbot.waitUntil(lambda: is_ready(window))
    Recorder.reason = "There is no sound device."
    session.sound.set_on(True)
    qtbot.waitUntil(lambda: session.sound.reason == "There is no sound device.")
    assert "no sound device" in window.video_view.sound.toolTip()
    Recorder.reason = ""
    names = {video.name: v for v, video in session.document.videos.items()}
    session.select_video(names["old"])
    qtbot.waitUntil(lambda: "has no sound" in session.sound.reason)
    session.select_video(names["a_sounding"])
    qtbot.waitUntil(lambda: is_ready(window))


def test_without_the_library_the_window_says_how_to_get_it(qtbot, qapp, monkeypatch) -> None:
    monkeypatch.setattr(sound_module, "library_is_there", lambda: False)
    made = MainWindow(Session(), Settings())
    assert made.session.sound.reason == NO_LIBRARY
    assert "totgui[sound]" in made.video_view.sound.toolTip()
    assert not made.video_view.sound.isEnabled()
    made.close()
    made.deleteLater()


def test_a_file_that_was_taken_away_is_a_reason(qtbot, window, monkeypatch) -> None:
    def gone(*_: object, **__: object) -> None:
        raise MediaError("clip.mp4: no such file.")

    session = window.session
    qtbot.waitUntil(lambda: is_ready(window))
    monkeypatch.setattr(sound_module, "AudioReader", gone)
    names = {video.name: v for v, video in session.document.videos.items()}
    session.select_video(names["old"])
    qtbot.waitUntil(lambda: session.sound.reason == "clip.mp4: no such file.")


@pytest.mark.skipif(not library_is_there(), reason="miniaudio is not installed")
def test_the_device_of_the_library_asks_for_samples_until_it_is_closed() -> None:
    asked, enough = [], threading.Event()

    def pull(n: int) -> np.ndarray:
        asked.append(n)
        if len(asked) == 3:
            enough.set()
        if len(asked) == 2:
            raise RuntimeError("one bad moment")
        return np.zeros((n, 2), np.int16)

    speaker = Speaker(pull, backend="NULL")
    speaker.start()
    assert enough.wait(10)
    speaker.close()
    speaker.close()
    n = len(asked)
    assert all(size > 0 for size in asked)
    assert len(asked) == n


def test_what_the_sound_library_says_goes_to_the_log_and_not_to_the_terminal(capfd, caplog):
    try:
        library = ctypes.CDLL("libasound.so.2")
    except OSError:
        pytest.skip("there is no ALSA here")
    alsa_to_log()
    caplog.set_level(logging.DEBUG, logger="totgui.sound.speaker")
    assert library.snd_pcm_open(ctypes.byref(ctypes.c_void_p()), b"no such device", 0, 0) < 0
    assert capfd.readouterr().err == ""
    assert "ALSA" in caplog.text
