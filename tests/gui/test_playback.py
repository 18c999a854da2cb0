"""Playback on real files: the picture shown is the frame named, whichever way and however fast it plays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from video_kinds import make, number_in

import totgui.decoder as decoder_module
from core.data.dataset import Video, VideoId
from core.data.timebase import Timebase
from core.media.ahead import next_ahead
from core.media.index import probe
from core.media.pixels import Look
from core.media.reader import FrameReader
from totgui.passed import Passed
from totgui.playback import Playback


def pixels(image: QImage) -> np.ndarray:
    """(H, W, 3) of an image."""
    made = image.convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(made.constBits(), np.uint8).reshape(made.height(), made.bytesPerLine())
    return lines[:, : 3 * made.width()].reshape(made.height(), made.width(), 3).copy()  # `made` owns the pixels


def a_video(path: Path) -> Video:
    info = probe(path)
    return Video(VideoId("v"), path.stem, Timebase(info.n_pictures, info.rate, info), media=path)


class Watched:
    """A playback and what it has shown: (frame, number in the picture)."""

    def __init__(self) -> None:
        self.playback = Playback()
        self.shown: list[tuple[int, int]] = []
        self.failures: list[str] = []
        self.playback.pictureReady.connect(self._on_picture)
        self.playback.failed.connect(self.failures.append)

    def _on_picture(self, frame: int, image: QImage | None) -> None:
        self.shown.append((frame, -1 if image is None else number_in(pixels(image))))

    @property
    def wrong(self) -> list[tuple[int, int]]:
        return [pair for pair in self.shown if pair[0] != pair[1]]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object) -> Iterator[Watched]:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    made = Watched()
    yield made
    made.playback.close(60.0)


def settled(playback: Playback) -> bool:
    return not playback.playing and playback.frame == playback.wanted


@pytest.mark.parametrize("name", ["long_group", "open_group", "transport_stream", "variable_rate"])
@pytest.mark.parametrize("speed", [1.0, 8.0, -1.0, -8.0])
def test_what_plays_is_the_frame_it_says_to_the_end(qtbot, watched, tmp_path, name: str, speed: float) -> None:
    playback = watched.playback
    way = 15 if abs(speed) == 1 else 100
    playback.set_video(a_video(make(tmp_path, name)), way if speed < 0 else 299 - way)
    qtbot.waitUntil(lambda: settled(playback))
    watched.shown.clear()
    playback.set_speed(speed)
    playback.play()
    qtbot.waitUntil(lambda: settled(playback), timeout=20_000)
    assert playback.frame == (0 if speed < 0 else 299)
    assert watched.wrong == []
    frames = [frame for frame, _ in watched.shown]
    if speed == -1.0:
        assert frames == sorted(frames, reverse=True)


def test_the_newest_request_wins(qtbot, watched, tmp_path) -> None:
    playback = watched.playback
    playback.set_video(a_video(make(tmp_path, "long_group")))
    for frame in [*range(299, 100, -1), 7, 222]:
        playback.seek(frame)
    qtbot.waitUntil(lambda: playback.frame == 222)
    assert watched.wrong == []
    assert len(watched.shown) < 100
    assert playback._pending == {}


def test_on_a_long_way_the_pictures_passed_are_shown_as_what_they_are(qtbot, watched, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(decoder_module, "APPROXIMATE_S", 0.0)
    playback = watched.playback
    playback.set_video(a_video(make(tmp_path, "long_group")))
    qtbot.waitUntil(lambda: settled(playback))
    playback.seek(240)
    qtbot.waitUntil(lambda: settled(playback))
    frames = [frame for frame, _ in watched.shown]
    assert len(frames) > 20
    assert frames == sorted(frames)
    assert frames[-1] == 240
    assert watched.wrong == []


def test_every_step_back_is_the_frame_before(qtbot, watched, tmp_path) -> None:
    playback = watched.playback
    playback.set_video(a_video(make(tmp_path, "long_group")), 249)
    qtbot.waitUntil(lambda: settled(playback))
    for frame in range(248, 150, -1):
        playback.step(-1)
        qtbot.waitUntil(lambda f=frame: playback.frame == f)
    assert watched.wrong == []


class Clock:
    """A clock that is set by hand."""

    now = 0

    def start(self) -> None:
        self.now = 0

    def elapsed(self) -> int:
        return self.now


@pytest.mark.parametrize("speed", [0.25, 1.0, 4.0, 8.0, -2.0])
def test_play_follows_the_clock_however_late_its_ticks_come(watched, speed: float) -> None:
    playback, clock = watched.playback, Clock()
    playback._clock = clock  # type: ignore[assignment]
    playback.set_video(Video(VideoId("v"), "v", Timebase(100_000, 30)), 50_000)  # no file: nothing is waited for
    playback.set_speed(speed)
    playback.play()
    playback._timer.stop()
    playback._timer.isActive = lambda: True  # type: ignore[method-assign]
    for now in np.cumsum(np.random.default_rng(0).integers(1, 900, 200)).tolist():
        clock.now = now
        playback._on_tick()
        assert abs(playback.frame - (50_000 + now * 0.03 * speed)) <= 1


def test_the_loop_begins_again_at_its_first_frame(qtbot, watched, tmp_path) -> None:
    playback = watched.playback
    playback.set_video(a_video(make(tmp_path, "long_group")))
    playback.set_loop(200, 206)
    playback.play()
    qtbot.waitUntil(lambda: [f for f, _ in watched.shown].count(200) > 3, timeout=10_000)
    playback.pause()
    assert {frame for frame, _ in watched.shown if frame >= 200} <= set(range(200, 206))
    assert watched.wrong == []


def test_the_speed_of_j_and_l_ends_with_a_pause_and_a_chosen_one_stays(watched) -> None:
    playback = watched.playback
    playback.set_video(Video(VideoId("v"), "v", Timebase(1000, 30)), 500)
    playback.set_speed(0.5)
    for way in (1, 1, 1):
        playback.shuttle(way)
    playback.pause()
    assert playback.speed == 0.5
    playback.shuttle(-1)
    playback.toggle()
    playback.toggle()
    assert playback.playing and playback.speed == 0.5  # forward again, not backwards
    playback.shuttle(1)
    playback.set_speed(4.0)  # chosen while J or L plays: it holds
    playback.pause()
    assert playback.speed == 4.0


def test_j_k_l_shuttle_and_k_held_steps(watched) -> None:
    playback = watched.playback
    playback.set_video(Video(VideoId("v"), "v", Timebase(1000, 30)), 500)
    speeds = []
    for key in "LLLLLJJKJ":
        playback.pause() if key == "K" else playback.shuttle(1 if key == "L" else -1)
        speeds.append(playback.speed if playback.playing else 0)
    assert speeds == [1, 2, 4, 8, 8, -1, -2, 0, -1]
    playback.pause()
    frame = playback.frame
    playback.steps_only = True
    playback.shuttle(1)
    playback.shuttle(1)
    playback.shuttle(-1)
    assert (playback.frame, playback.playing) == (frame + 1, False)


def test_brightness_and_contrast_change_the_picture_on_screen(qtbot, watched, tmp_path) -> None:
    playback = watched.playback
    images: list[QImage] = []
    playback.pictureReady.connect(lambda _, image: images.append(image))
    playback.set_video(a_video(make(tmp_path, "short_group")), 5)
    qtbot.waitUntil(lambda: settled(playback))
    first, count = images[-1], len(images)
    playback.set_look(Look(brightness=40))
    qtbot.waitUntil(lambda: len(images) > count)
    before, after = (pixels(image).astype(int) for image in (first, images[-1]))
    assert (np.clip(before + 51, 0, 255) - after).max() <= 1
    assert playback.frame == 5


def test_a_damaged_place_is_said_once_and_play_goes_on(qtbot, watched, tmp_path) -> None:
    path = make(tmp_path, "fragmented")
    whole, missing = path.read_bytes(), []
    for share in (60, 57, 63):  # a cut between two fragments leaves a shorter file that is whole
        path.write_bytes(whole[: len(whole) * share // 100])
        with FrameReader(path) as reader:
            for picture in range(reader.n_pictures):
                try:
                    reader.frame(picture)
                except Exception:
                    missing.append(picture)
        if missing:
            break
    video = a_video(path)
    playback = watched.playback
    playback.set_video(video, missing[0] - 10)
    playback.play()
    qtbot.waitUntil(lambda: settled(playback))
    assert playback.frame == video.timebase.n_frames - 1
    assert len(watched.failures) == 1
    assert {frame for frame, number in watched.shown if number == -1} <= set(missing)


def test_a_decoder_that_hangs_is_left_behind(qtbot, watched, tmp_path, monkeypatch) -> None:
    playback, release = watched.playback, threading.Event()
    monkeypatch.setattr(FrameReader, "steps_to", lambda *_, **__: release.wait(60))
    playback._watch.setInterval(50)
    with qtbot.waitSignal(playback.failed):
        playback.set_video(a_video(make(tmp_path, "short_group")), 3)
    assert "does not come to an end" in watched.failures[0]
    playback.seek(9)
    assert playback.frame == 9
    release.set()


def test_what_is_decoded_ahead_lies_the_way_it_plays(tmp_path, watched) -> None:
    with FrameReader(make(tmp_path, "long_group"), keep_bytes=1_500_000) as reader:
        reader.read(120)
        assert 30 < reader.room < 110
        assert next_ahead(reader, 120, 0) == next_ahead(reader, 120, 1) == 121
        assert next_ahead(reader, 120, -1) is None  # those before it are kept: nothing to do yet
        picture = 121 - reader.room * 3 // 4
        reader.look_at(picture, -1)
        ahead = next_ahead(reader, picture, -1)
        assert ahead is not None
        assert not reader.has(ahead)
        assert reader.has(ahead + 1)
        for _ in reader.steps_to(ahead):
            assert reader.has(picture)  # what is to be shown is not thrown away for what comes later
        assert reader.has(ahead)
        assert next_ahead(reader, picture, -1) is None or next_ahead(reader, picture, -1) < ahead


class Owner:
    """Stands in for the decoder: takes down when which picture was handed out."""

    def __init__(self, clock: SteppedClock) -> None:
        self.shown: list[tuple[float, int]] = []
        self._look = Look()
        self.pictureDecoded = self.answered = self
        self._clock = clock

    def emit(self, *words: object) -> None:
        if len(words) == 4:
            self.shown.append((self._clock.now, words[1]))


class SteppedClock:
    """Time that goes on by hand."""

    now = 100.0

    def perf_counter(self) -> float:
        return self.now


def test_while_the_mouse_moves_pictures_come_all_the_time(tmp_path, watched, monkeypatch) -> None:
    clock = SteppedClock()
    monkeypatch.setattr(decoder_module, "time", clock)
    owner = Owner(clock)
    with FrameReader(make(tmp_path, "long_group"), keep_bytes=400_000) as reader:
        course = decoder_module._Course(owner, reader, decoder_module.Request(0, 299, at=clock.now))
        for serial, picture in enumerate([*range(298, 0, -3), *range(0, 298, 3)]):  # a new wish every 8 ms
            clock.now += 0.008
            course._turn(decoder_module.Request(serial, picture, at=clock.now))
            course._answer()
    gaps = np.diff([100.0, *(at for at, _ in owner.shown), clock.now])
    assert gaps.max() < 0.04 + 2 * 0.008


def test_a_near_picture_that_was_shown_before_stands_in_until_the_exact_one_comes(
    qtbot, watched, tmp_path, monkeypatch
):
    monkeypatch.setattr(decoder_module, "APPROXIMATE_S", 0.0)
    monkeypatch.setattr(decoder_module, "KEEP_BYTES", 1)  # the reader keeps nothing: going back is a long way
    playback = watched.playback
    playback.set_video(a_video(make(tmp_path, "long_group")))
    qtbot.waitUntil(lambda: settled(playback))
    playback.seek(240)
    qtbot.waitUntil(lambda: settled(playback))
    passed = {frame for frame, _ in watched.shown[:-1]}
    assert len(passed) > 20
    watched.shown.clear()
    playback.seek(181)
    qtbot.waitUntil(lambda: playback.frame == 181)
    frames = [frame for frame, _ in watched.shown]
    assert frames[0] == min(passed, key=lambda frame: abs(frame - 181))
    assert [abs(frame - 181) for frame in frames] == sorted((abs(frame - 181) for frame in frames), reverse=True)
    assert frames[-1] == 181
    assert watched.wrong == []
    watched.shown.clear()
    playback.set_look(Look(brightness=40))  # what was shown before looks otherwise
    playback.seek(60)
    qtbot.waitUntil(lambda: playback.frame == 60)
    assert all(frame <= 60 for frame, _ in watched.shown[1:])


def test_kept_pictures_stay_spread_over_the_video() -> None:
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    passed = Passed(most_bytes=10 * image.sizeInBytes())
    assert passed.nearest(5) is None
    for picture in [*range(0, 400, 4), 4000]:
        passed.keep(picture, image)
    assert len(passed._numbers) == 10
    assert (passed.nearest(-5), passed.nearest(9999)) == (0, 4000)
    assert max(np.diff(passed._numbers[:-1])) < 150
    assert passed.image(0) is image
    passed.clear()
    assert passed.nearest(0) is None


def driven(playback: Playback, ms: int) -> None:
    """Play on by hand until it stops, a tick each `ms`."""
    clock = playback._clock = Clock()  # type: ignore[assignment]
    for _ in range(1000):
        clock.now += ms
        playback._on_tick()
        if not playback.playing:
            return
    raise AssertionError("it plays for ever")


def test_a_segment_of_the_last_frame_is_played_once_and_not_the_whole_video(watched) -> None:
    playback, seen = watched.playback, []
    playback.set_video(Video(VideoId("v"), "v", Timebase(100, 30)), 99)
    playback.frameChanged.connect(seen.append)
    playback.play(until=99)
    driven(playback, 50)
    assert (playback.frame, set(seen)) == (99, {99})
    playback.play()  # asked for without an end it begins again, as ever
    assert playback.frame == 0


def test_a_segment_is_played_once_though_another_one_is_looped(watched) -> None:
    playback = watched.playback
    playback.set_video(Video(VideoId("v"), "v", Timebase(100, 30)))
    for start, end in ((50, 60), (2, 8)):
        playback.set_loop(20, 30)
        playback.seek(start)
        playback.play(until=end)
        driven(playback, 15)
        assert playback.frame == end


def test_another_video_is_not_looped_and_everybody_hears_it(qtbot, watched) -> None:
    playback = watched.playback
    playback.set_video(Video(VideoId("v"), "v", Timebase(100, 30)))
    playback.set_loop(20, 30)
    with qtbot.waitSignal(playback.loopChanged):
        playback.set_video(Video(VideoId("w"), "w", Timebase(10, 30)))
    assert playback.loop is None


def test_labels_go_on_after_the_file_and_no_older_picture_stands_for_them(qtbot, watched, tmp_path) -> None:
    info = probe(make(tmp_path, "short_group"))
    clock = Timebase(info.n_pictures + 60, info.rate, info)
    last, playback = clock.n_frames - 1, watched.playback
    playback.set_video(Video(VideoId("v"), "v", clock, media=make(tmp_path, "short_group")), 3)
    qtbot.waitUntil(lambda: settled(playback))
    playback.seek(info.n_pictures - 1)
    playback.seek(last)  # while the picture before is still on its way
    assert (playback.frame, watched.shown[-1]) == (last, (last, -1))
    playback.seek(0)
    qtbot.waitUntil(lambda: settled(playback))
    assert last not in {frame for frame, number in watched.shown if number >= 0} and watched.shown[-1] == (0, 0)
    playback.seek(last - 50)
    playback.seek_seconds(1)
    assert playback.frame == last - 50 + round(info.rate)
    playback.seek_seconds(-1)
    assert playback.frame == last - 50


def test_a_second_on_leaves_a_frame_that_lasts_longer(watched) -> None:
    """Where a frame lasts three seconds, a second on led back to it for ever."""
    playback, seen = watched.playback, []
    playback.set_video(Video(VideoId("v"), "v", Timebase(5, Fraction(1, 3))))
    for seconds in (1, 1, 5, 1, 1, -1, -5):
        playback.seek_seconds(seconds)
        seen.append(playback.wanted)
    assert seen == [1, 2, 3, 4, 4, 3, 1]
