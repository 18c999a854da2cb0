"""The row of the sound in the timeline: read beside the window where it is seen, and each peak over its own frame."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from fakes import VIDEO, FakeSession, a_session
from numbered_clips import make_clip
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPalette
from PySide6.QtTest import QTest
from sounding_clips import CLICKS, PICTURE_RATE, make_sounding
from windows import a_window

from core import api
from core.data.timebase import MediaInfo, Timebase
from core.data.waveform import NO_HIGH, NO_LOW, Heard, Stage, Waveform
from core.errors import MediaError
from core.events import JobCancelled
from totgui.main_window import MainWindow
from totgui.palette import theme_palette
from totgui.settings import Settings
from totgui.sound import waveforms as module
from totgui.views.timeline.geometry import Axis
from totgui.views.timeline.sound import sound_text, sound_tip, starts_in_reach
from totgui.views.timeline.tracks import lay_out
from totgui.views.timeline.view import TimelineView

N, PARTS = 1000, 16
CLICK = 10_000


def a_waveform(clicks: dict[int, int], *, gone: slice = slice(0)) -> Waveform:
    """`N` pictures of faint sound with clicks in these parts, and none at all in a stretch of parts."""
    high = np.full(N * PARTS, 20, np.int16)
    low = -high
    for part, size in clicks.items():
        low[part], high[part] = -size, size
    low[gone], high[gone] = NO_LOW, NO_HIGH
    return Waveform(PARTS, low, high, np.where(high < low, 0, 10).astype(np.uint16))


@pytest.fixture
def session() -> Iterator[FakeSession]:
    made = a_session(N)
    yield made
    made.waveforms.close(60.0)


@pytest.fixture
def view(qtbot, session: FakeSession) -> TimelineView:
    view = TimelineView(session)
    qtbot.addWidget(view)
    view.resize(1200, 480)
    return view


def hear(session: FakeSession, heard: Heard) -> None:
    session.waveforms.set_row("on")
    session.waveforms.heard = heard
    session.waveforms.changed.emit()


def drawn(view: TimelineView) -> np.ndarray:
    """(height, width) bool: where the lane of the sound does not have the colour of its ground."""
    lane = view.row("sound").rect(view.axis)
    image = view.grab().toImage()
    ground = view.palette().color(QPalette.ColorRole.AlternateBase)
    found = np.zeros((lane.height(), lane.width()), bool)
    for y in range(lane.height()):
        for x in range(lane.width()):
            found[y, x] = image.pixelColor(lane.left() + x, lane.top() + y) != ground
    return found


def columns(view: TimelineView) -> np.ndarray:
    """The pixels of the lane in which something loud is drawn, without those of the playhead."""
    high = drawn(view).sum(axis=0)
    head = round(view.axis.x(view.session.playback.frame)) - view.axis.left
    high[max(0, head - 8) : head + 9 + int(view.axis.scale)] = 0
    return np.flatnonzero(high > 20)


# --- the row -----------------------------------------------------------------------------------------


def test_the_row_is_there_only_where_it_is_wanted() -> None:
    assert "sound" not in [row.key for row in lay_out(500, 17)]
    rows = lay_out(500, 17, optional=("sound",))
    keys = [row.key for row in rows]
    assert keys.index("sound") == keys.index("ruler") + 1
    for above, below in pairwise(rows):
        assert above.top + above.height < below.top


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_peak_stands_over_its_frame_at_any_zoom(view: TimelineView, session: FakeSession, theme: str) -> None:
    view.setPalette(theme_palette(theme))
    frame = 617
    hear(session, Heard(Stage.READ, a_waveform({frame * PARTS + 3: CLICK}), 1.0))
    (column,) = columns(view)
    assert column == int(view.axis.x(frame + 3 / PARTS)) - view.axis.left
    view.set_axis(Axis(N, view.axis.left, view.axis.width, 600.0, 32.0))  # each part is two pixels wide
    first = round(view.axis.x(frame) - view.axis.left) + 2 * 3
    assert columns(view).tolist() == [first, first + 1]


def test_silence_is_a_thin_line_and_where_there_is_no_sound_there_is_none(view, session) -> None:
    hear(session, Heard(Stage.READ, a_waveform({10: CLICK}, gone=slice(500 * PARTS, 700 * PARTS)), 1.0))
    found = drawn(view).any(axis=0)
    x = [round(view.axis.x(frame)) - view.axis.left for frame in (450, 502, 698, 750)]
    assert found[x[0]]
    assert not found[x[1] : x[2]].any()
    assert found[x[3]]


@pytest.mark.parametrize(
    ("heard", "text"),
    [
        (Heard(Stage.NONE), "This video has no sound."),
        (Heard(Stage.NONE, reason="P03 has no video file."), "P03 has no video file."),
        (Heard(), ""),
        (Heard(is_slow=True), "Looking for its sound…"),
        (Heard(Stage.READING, share=0.42), ""),
        (Heard(Stage.READING, share=0.42, is_slow=True), "The sound is being read: 42 %"),
        (Heard(Stage.FAILED, reason="clip.mp4: torn."), "Its sound cannot be read: clip.mp4: torn."),
        (Heard(Stage.READ, a_waveform({}, gone=slice(None)), 1.0), "There is no sound while the pictures are shown."),
    ],
)
def test_the_row_says_why_it_is_empty(view, session, heard: Heard, text: str) -> None:
    hear(session, heard)
    assert sound_text(heard) == text
    assert drawn(view)[: 3 * view.fontMetrics().height(), 20:].any() == bool(text)
    assert view.tip(QPointF(view.axis.x(500), view.row("sound").top + 5)) == text


def test_the_pointer_reads_time_and_level() -> None:
    media = MediaInfo(np.arange(N) * 40 + 7, Fraction(1, 1000), N * 40 + 7, Fraction(25), False, 8, 8)
    timebase = Timebase(N, Fraction(25), media)
    waveform = a_waveform({300 * PARTS + 8: 3277}, gone=slice(900 * PARTS, None))
    heard, axis = Heard(Stage.READ, waveform, 1.0), Axis(N, 100, 1000, 290.0, 32.0)
    lines = sound_tip(heard, axis, axis.x(300.5) + 0.4, timebase).split("\n")
    assert lines[0] == "0:12.020, frame 300"
    assert lines[1:] == ["−20.0 dB at its loudest", "−70.3 dB on average"]
    away = Axis(N, 100, 1000, 895.0, 32.0)
    assert sound_tip(heard, away, away.x(901), timebase).endswith("no sound here")
    assert sound_tip(None, away, 200, timebase) == ""
    quiet = Waveform(1, np.zeros(N, np.int16), np.zeros(N, np.int16), np.zeros(N, np.uint16))
    assert sound_tip(Heard(Stage.READ, quiet, 1.0), axis, 200, timebase).endswith("silence")


def test_labels_at_half_the_rate_of_the_pictures_stand_over_the_same_sound(view, session) -> None:
    video = session.document.videos[VIDEO]
    session.document.videos[VIDEO] = replace(video, timebase=replace(video.timebase, picture_ratio=Fraction(1, 2)))
    hear(session, Heard(Stage.READ, a_waveform({100 * PARTS: CLICK}), 1.0))
    view.refresh()
    assert columns(view).tolist() == [int(view.axis.x(200)) - view.axis.left]


def test_a_click_on_the_row_goes_there(view, session) -> None:
    hear(session, Heard(Stage.READ, a_waveform({}), 1.0))
    place = QPointF(view.axis.x(432.5), view.row("sound").top + 10).toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    assert abs(session.playback.frame - 432) <= 1


@pytest.mark.parametrize("row", ["sound", "ruler", "ground-truth", "prediction"])
def test_the_menu_of_a_row_hides_the_sound_and_brings_it_back(view, session, row: str) -> None:
    hear(session, Heard(Stage.NONE))
    for is_shown in (True, False):
        key = row if is_shown or row != "sound" else "ruler"
        menu = view.menu_at(QPointF(view.axis.x(500), view.row(key).top + 5))
        (action,) = [a for a in menu.actions() if a.text() == "Show sound"]
        assert action.isChecked() == is_shown
        action.trigger()
        assert ("sound" in view.optional) != is_shown


def test_nothing_snaps_to_starts_that_lie_too_close() -> None:
    starts = np.arange(0, N, 5)
    assert starts_in_reach(starts, Axis(N, 100, 1000, 0.0, 1.0)).tolist() == []
    assert starts_in_reach(starts, Axis(N, 100, 1000, 500.0, 20.0)).tolist() == list(range(500, 551, 5))


def test_a_drag_snaps_to_a_sound_only_while_that_is_wanted_and_the_row_is_shown(view, session) -> None:
    heard = Heard(Stage.READ, a_waveform({}), 1.0, onsets=np.array([333]))
    session.turns = np.empty(0, np.int64)
    hear(session, heard)
    near, far = (QPointF(view.axis.x(frame), view.row("corrected").top + 10).toPoint() for frame in (336, 250))

    def lands() -> tuple[int, str]:
        QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=far)
        for place in (far, (far + near) / 2, near):
            QTest.mouseMove(view, place)
        assert view.drag is not None
        landed = view.drag.frame, view.drag.target
        QTest.keyClick(view, Qt.Key.Key_Escape)
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=near)
        return landed

    boundary = int(session.base().boundaries()[1])
    far = QPointF(view.axis.x(boundary), view.row("corrected").top + 10).toPoint()
    assert abs(lands()[0] - 336) <= 1
    session.waveforms.toggle_snaps()
    assert lands() == (333, "Sound")
    before = drawn(view)[-4:].any(axis=0)
    assert before[round(view.axis.x(333)) - view.axis.left - 1 : round(view.axis.x(333)) - view.axis.left + 1].any()
    session.waveforms.set_row("off")
    near, far = (QPointF(view.axis.x(f), view.row("corrected").top + 10).toPoint() for f in (336, boundary))
    assert abs(lands()[0] - 336) <= 1


# --- the window --------------------------------------------------------------------------------------


@pytest.fixture
def window(qtbot, qapp, tmp_path: Path, own_cache: Path) -> Iterator[MainWindow]:
    Settings().set_sound_row("auto")
    Settings().set_sound_snaps(False)
    (tmp_path / "videos").mkdir()
    make_sounding(tmp_path / "videos" / "a_sounding", "pcm")
    make_clip(tmp_path / "videos" / "old.avi")
    with a_window() as made:
        made.show()
        made.session.create_project(tmp_path / "p.tot", api.open_dataset(tmp_path / "videos"))
        yield made
    Settings().set_sound_row("auto")
    Settings().set_sound_snaps(False)


def select(window: MainWindow, name: str) -> None:
    names = {video.name: v for v, video in window.session.document.videos.items()}
    window.session.select_video(names[name])


def stage(window: MainWindow) -> Stage:
    return window.session.waveforms.heard.stage


def test_a_video_with_sound_has_the_row_and_one_without_has_not(qtbot, window) -> None:
    waveforms, timeline = window.session.waveforms, window.timeline
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    assert "sound" in timeline.optional
    peaks = waveforms.heard.waveform.between(np.arange(151.0)).peak
    assert np.flatnonzero(peaks > 8_000).tolist() == sorted(int(at * PICTURE_RATE) for at in CLICKS)
    select(window, "old")
    qtbot.waitUntil(lambda: stage(window) is Stage.NONE)
    assert "sound" not in timeline.optional
    select(window, "a_sounding")
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    assert "sound" in timeline.optional


def test_the_row_is_hidden_and_shown_by_its_command_and_stays_so(qtbot, window) -> None:
    action, timeline = window.actions_.by_name["view.sound"], window.timeline
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    assert action.isChecked()
    action.trigger()
    assert "sound" not in timeline.optional
    assert not action.isChecked()
    assert Settings().sound_row() == "off"
    action.trigger()
    assert "sound" in timeline.optional
    assert Settings().sound_row() == "on"
    select(window, "old")
    qtbot.waitUntil(lambda: stage(window) is Stage.NONE)
    assert "sound" in timeline.optional  # asked for: it says that there is none


def test_snapping_to_sounds_is_a_command_of_its_own_and_remembered(qtbot, window) -> None:
    action = window.actions_.by_name["view.sound-snaps"]
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    assert action.isEnabled()
    assert not action.isChecked()
    assert window.timeline.shown.sound_starts is None
    action.trigger()
    assert action.isChecked()
    assert Settings().sound_snaps()
    clicks = [int(at * PICTURE_RATE) for at in CLICKS]
    assert set(window.timeline.shown.sound_starts.tolist()) == set(clicks)
    window.actions_.by_name["view.sound"].trigger()
    assert not action.isEnabled()
    assert window.timeline.shown.sound_starts is None


def test_a_row_that_is_hidden_opens_no_file(qtbot, window, monkeypatch) -> None:
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)  # else the thread may still be about to open the first one
    window.session.waveforms.set_row("off")
    asked: list[object] = []
    monkeypatch.setattr(module, "has_sound", asked.append)
    monkeypatch.setattr(module, "load_waveform", lambda *a, **k: asked.append(a))
    select(window, "old")
    select(window, "a_sounding")
    window.timeline.grab()
    assert stage(window) is Stage.UNKNOWN
    monkeypatch.setattr(module, "has_sound", lambda path: False)
    window.session.waveforms.set_row("auto")
    qtbot.waitUntil(lambda: stage(window) is Stage.NONE)
    assert not asked  # nor later: one thread does all


def test_a_timeline_that_is_not_seen_reads_nothing(qtbot, window, monkeypatch) -> None:
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    window.docks["Timeline"].hide()
    select(window, "old")
    select(window, "a_sounding")
    qtbot.waitUntil(lambda: stage(window) is Stage.UNREAD)
    window.docks["Timeline"].show()
    window.docks["Timeline"].raise_()
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)


def test_what_takes_long_says_how_far_it_is_and_ends_when_the_video_is_left(qtbot, window, monkeypatch) -> None:
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    is_left, real = threading.Event(), module.load_waveform

    def slow(path: Path, info: object, *, report, should_stop) -> Waveform:
        if path.name == "old.avi":
            return real(path, info)
        report(module.Progress(done=1, total=4))
        while should_stop() is None:
            is_left.wait(0.01)
        is_left.set()
        raise JobCancelled

    monkeypatch.setattr(module, "load_waveform", slow)
    select(window, "old")
    select(window, "a_sounding")
    qtbot.waitUntil(lambda: window.session.waveforms.heard.is_slow)
    qtbot.waitUntil(lambda: sound_text(window.timeline.shown.sound) == "The sound is being read: 25 %")
    select(window, "old")
    qtbot.waitUntil(is_left.is_set)
    qtbot.waitUntil(lambda: stage(window) is Stage.NONE)


def test_sound_that_cannot_be_read_says_why_and_the_next_video_goes_on(qtbot, window, monkeypatch) -> None:
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    real = module.load_waveform

    def torn(*_: object, **__: object) -> Waveform:
        raise MediaError("It is torn.")

    def broken(*_: object, **__: object) -> Waveform:
        raise RuntimeError("nonsense")

    for function, text in ((torn, "It is torn."), (broken, "nonsense")):
        monkeypatch.setattr(module, "load_waveform", function)
        select(window, "old")
        select(window, "a_sounding")
        qtbot.waitUntil(lambda: stage(window) is Stage.FAILED)
        assert sound_text(window.timeline.shown.sound) == f"Its sound cannot be read: {text}"
    monkeypatch.setattr(module, "load_waveform", real)
    select(window, "old")
    select(window, "a_sounding")
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    window.session.close_project()
    assert stage(window) is Stage.NONE


def test_a_file_that_hangs_keeps_no_other_video_from_its_waveform(qtbot, window, monkeypatch) -> None:
    """None had one until the program was started anew, and nothing said that anything was looked for."""
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    answers, real = threading.Event(), module.has_sound
    monkeypatch.setattr(module, "has_sound", lambda path: answers.wait(60) if path.name == "old.avi" else real(path))
    window.session.waveforms.set_row("on")
    monkeypatch.setattr(window.session.waveforms._pool, "_late_s", 0.01)
    select(window, "old")
    qtbot.waitUntil(lambda: sound_text(window.timeline.shown.sound) == "Looking for its sound…")
    select(window, "a_sounding")
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    answers.set()


def test_a_video_whose_file_is_back_has_its_waveform_again(qtbot, window, tmp_path: Path) -> None:
    """It stayed failed until another video had been shown."""
    session = window.session
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    media = session.playback.video.media
    select(window, "old")
    qtbot.waitUntil(lambda: stage(window) is Stage.NONE)
    away = media.rename(tmp_path / "away")
    session.files.look()
    qtbot.waitUntil(lambda: bool(session.files.lost))
    select(window, "a_sounding")
    qtbot.waitUntil(lambda: stage(window) is Stage.FAILED)
    away.rename(media)
    session.files.look_again()
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)


def test_the_scores_keep_their_room_when_the_row_comes(qtbot, window) -> None:
    window.resize(1500, 1000)
    qtbot.waitUntil(lambda: stage(window) is Stage.READ)
    timeline = window.timeline
    window.session.waveforms.set_row("off")
    window.placing.turns.finish()
    window.placing.size()
    qtbot.waitUntil(lambda: timeline.row("source").top < timeline.height())
    window.session.waveforms.set_row("on")
    qtbot.waitUntil(lambda: timeline.row("source").top < timeline.height())
