"""Scores of the shown video are read beside the window: rows are blank, then say so, and never show another video's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import RUN, VIDEO, FakeSession, a_session

from core.annotation.values import ScoresRef
from core.data.dataset import VideoId
from totgui.session.readings import ScoreFiles
from totgui.views.timeline import paint
from totgui.views.timeline.view import TimelineView

OTHER = VideoId("P04")


class Slow:
    """Computes only when it is let; the newest wish of a key wins, as it does beside the window."""

    def __init__(self) -> None:
        self.wishes: dict[object, tuple[Callable[[], Any], Callable[[Any], None]]] = {}
        self.asked = 0

    def ask(self, key: object, function: Callable[[], Any], then: Callable[[Any], None]) -> None:
        self.asked += 1
        self.wishes[key] = function, then

    def forget(self, key: object) -> None:
        self.wishes.pop(key, None)

    def answer(self) -> None:
        function, then = self.wishes.popitem()[1]
        then(function())


@pytest.fixture
def session() -> FakeSession:
    made = a_session()
    made.computing = Slow()
    document = made.document
    document.videos[OTHER] = replace(document.videos[VIDEO], id=OTHER, name="P04")
    document.predictions[RUN, OTHER] = replace(document.predictions[RUN, VIDEO], video=OTHER)
    return made


@pytest.fixture
def view(qtbot, session: FakeSession) -> TimelineView:
    made = TimelineView(session)
    qtbot.addWidget(made)
    made.resize(900, 500)
    return made


def picture(view: TimelineView, key: str) -> object:
    """What a row shows, as an image."""
    return view.grab(view.row(key).rect(view.axis)).toImage()


def test_rows_are_blank_until_scores_come_and_asked_for_once(view: TimelineView, session: FakeSession) -> None:
    assert view.shown.is_reading and view.shown.pyramid is None
    blank = picture(view, "heatmap")
    for _ in range(5):
        view.refresh()
    assert session.computing.asked == 1
    session.computing.answer()
    assert view.shown.pyramid.scores is session.matrices["posterior"] and len(view.shown.confidence) == 1000
    assert picture(view, "heatmap") != blank
    view.refresh()
    assert session.computing.asked == 1


def test_the_room_of_the_rows_stays_while_scores_are_read(view: TimelineView, session: FakeSession) -> None:
    assert view.source.isVisibleTo(view)
    session.computing.answer()
    assert view.source.isVisibleTo(view)


def test_late_scores_are_said_and_then_shown(qtbot, view: TimelineView, session: FakeSession) -> None:
    blank = picture(view, "heatmap")
    qtbot.waitUntil(lambda: view.scores.is_late)
    said = picture(view, "heatmap")
    assert said != blank and view.shown.is_reading
    session.computing.answer()
    assert not view.scores.is_late and picture(view, "heatmap") != said


def test_scores_of_a_video_that_was_left_are_not_shown(view: TimelineView, session: FakeSession) -> None:
    session.current_video = OTHER
    session.currentVideoChanged.emit()
    mine = np.eye(8, dtype=np.float32)[np.arange(1000) % 8]
    session.matrices = {**session.matrices, "posterior": mine}
    session.computing.answer()
    assert not session.computing.wishes and view.shown.pyramid.scores is mine


def test_scores_whose_file_is_gone_are_named_as_gone_and_come_back(
    view: TimelineView, session: FakeSession, monkeypatch
) -> None:
    blank, whole, said = picture(view, "heatmap"), session.matrices, []
    monkeypatch.setattr(paint, "paint_empty", lambda *drawn: said.append(drawn[2]))
    session.matrices = {}
    session.computing.answer()
    picture(view, "confidence")
    assert not view.shown.is_reading and view.shown.pyramid is None and picture(view, "heatmap") != blank
    assert len(set(said)) == 1 and "not in the cache" in said[0]
    session.matrices = whole
    view.refresh()
    session.computing.answer()
    assert view.shown.pyramid is not None


def test_a_reading_that_fails_is_no_reading_for_ever(view: TimelineView, session: FakeSession, monkeypatch) -> None:
    def away(*which: object) -> None:
        raise OSError("Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(session, "scores", away)
        session.computing.answer()
    assert not view.shown.is_reading and view.shown.pyramid is None
    view.refresh()
    session.computing.answer()
    assert view.shown.pyramid is not None


def test_a_reading_that_hangs_holds_up_no_other_video(view: TimelineView, session: FakeSession) -> None:
    (hung,) = session.computing.wishes
    session.current_video = OTHER
    session.currentVideoChanged.emit()
    assert list(session.computing.wishes) != [hung] and len(session.computing.wishes) == 1
    session.computing.answer()
    assert view.shown.pyramid is not None


def test_another_source_keeps_the_room_and_its_own_scores(view: TimelineView, session: FakeSession) -> None:
    session.computing.answer()
    view.source.setCurrentIndex(2)
    assert view.shown.is_reading
    view.source.setCurrentIndex(1)
    session.computing.answer()
    assert view.shown.pyramid.scores is session.matrices["plan"]


def test_what_a_thread_opens_for_a_closed_project_is_not_kept(tmp_path: Path, session: FakeSession) -> None:
    """A matrix that was opened after the project was closed would hold its file open, on some systems for good."""
    path, files, document = tmp_path / "p.npy", ScoreFiles(), session.document
    np.save(path, np.zeros((document.videos[VIDEO].timebase.n_rows, 3), np.float32))
    prediction = replace(document.predictions[RUN, VIDEO], scores=ScoresRef(path, path, path))
    document.predictions[RUN, VIDEO] = prediction
    found = files.read(document, RUN, VIDEO, "plan")
    assert found.chosen is files.get(document, RUN, VIDEO, "posterior") and found.confidence is not None
    kept = files._open
    files.clear()
    assert files._open is not kept and not files._open
