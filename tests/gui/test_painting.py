"""Painting while playing: what was on screen since a key gets its action, one edit a stretch; nothing ahead changes."""

from __future__ import annotations

import pytest
from fakes import VIDEO, FakeSession, a_document, a_session

from core.data.dataset import UNLABELLED


@pytest.fixture
def session() -> FakeSession:
    return a_session(1000)


def play(session: FakeSession, *frames: int) -> None:
    for frame in frames:
        session.playback.show(frame)


def test_a_stretch_is_one_edit_and_touches_nothing_ahead(session: FakeSession) -> None:
    before = session.document.corrected[VIDEO].to_frames()
    play(session, 300)
    session.painting.toggle()
    assert session.playback.playing and session.painting.active
    session.painting.press(7)
    play(session, 303, 340)
    session.painting.press(5)
    play(session, 360)
    assert len(session.edits) == 1 and session.edits[0].text == "paint 300 to 339 as season in P03"
    assert session.painting.live == (340, 361, 5)
    session.playback.pause()
    after = session.document.corrected[VIDEO].to_frames()
    assert (after[300:340] == 7).all() and (after[340:361] == 5).all()
    assert (after[:300] == before[:300]).all() and (after[361:] == before[361:]).all()
    assert len(session.edits) == 2 and not session.painting.active


def test_each_way_out_ends_the_stretch(session: FakeSession) -> None:
    for number, end in enumerate((session.painting.toggle, session.painting.stop, session.playback.pause)):
        play(session, 100 * number)
        session.painting.toggle()
        session.painting.press(7)
        play(session, 100 * number + 20)
        end()
        assert not session.painting.active
        assert session.document.corrected[VIDEO].at(100 * number + 20)[1:] == (100 * number + 21, 7)
        session.playback.pause()


def test_a_seek_ends_the_stretch_where_it_was_and_paints_on_from_there(session: FakeSession) -> None:
    play(session, 600)
    session.painting.toggle()
    session.painting.press(7)
    play(session, 620)
    session.playback.seek(100)
    assert session.document.corrected[VIDEO].at(610)[:2] == (600, 621) and session.painting.active
    session.painting.press(6)
    play(session, 110)
    session.playback.pause()
    assert session.document.corrected[VIDEO].at(105) == (100, 111, 6)


def test_the_reaction_delay_moves_cuts_back_by_the_speed_but_not_before_the_last(session: FakeSession) -> None:
    session.painting.delay = 0.4  # 10 frames at 25 a second
    session.playback.set_speed(2.0)
    play(session, 300)
    session.painting.toggle()
    play(session, 330)
    session.painting.press(7)
    play(session, 360)
    session.painting.press(5)
    play(session, 365)
    session.playback.set_speed(8.0)
    session.painting.press(6)  # meant for frame 285, before the cut at 340
    assert [edit.text for edit in session.edits] == ["paint 310 to 339 as season in P03"]
    session.playback.pause()
    assert session.document.corrected[VIDEO].at(340)[::2] == (340, 6)


def test_a_loop_that_begins_again_ends_the_stretch_at_its_last_frame(session: FakeSession) -> None:
    play(session, 500)
    session.painting.toggle()
    session.painting.press(7)
    play(session, 519, 480, 481)
    assert session.document.corrected[VIDEO].at(510) == (500, 520, 7)
    session.playback.pause()
    assert len(session.edits) == 1


def test_the_end_of_the_video_is_painted_whole(session: FakeSession) -> None:
    session.painting.delay = 1.0
    play(session, 900)
    session.painting.toggle()
    session.painting.press(7)
    play(session, 999)
    session.playback.pause()
    assert session.document.corrected[VIDEO].segments[-1] == (900, 1000, 7)


def test_painting_without_anything_to_start_from_begins_unlabelled() -> None:
    session = FakeSession(a_document(100))
    session.painting.toggle()
    session.painting.press(2)
    session.playback.show(9)
    session.painting.stop()
    assert session.document.corrected[VIDEO].segments == ((0, 10, 2), (10, 100, UNLABELLED))
