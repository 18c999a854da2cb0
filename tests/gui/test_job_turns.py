"""Events of jobs are taken in order, and none in the same turn of the event loop after an ending."""

from core.events import Finished, LogLine
from totgui.session import Session


def test_what_an_ending_changes_is_painted_before_the_next_event_is_taken(qtbot):
    session = Session()
    seen, left = [], []

    def note(event):
        seen.append(event)
        left.append(len(session.jobs._waiting))

    session.jobEvent.connect(note)
    ending = Finished(job="train-1", result={})
    sent = [LogLine(text="one"), LogLine(text="two"), ending, LogLine(text="three")]
    turns = []
    session.jobs._turn.timeout.connect(lambda: turns.append(len(seen)))
    for event in sent:
        session.jobs._arrived.emit(event)
    assert not seen
    qtbot.waitUntil(lambda: len(seen) == 4)
    assert seen == sent and left == [3, 2, 1, 0] and 3 in turns
    session.close()


def test_an_event_that_fails_does_not_hold_up_those_behind_it(qtbot, monkeypatch):
    session = Session()
    seen = []
    take = session.jobs._on_event

    def fails(event):
        if event.text == "bad":
            raise RuntimeError("bad")
        take(event)

    monkeypatch.setattr(session.jobs, "_on_event", fails)
    session.jobEvent.connect(lambda event: seen.append(event.text))
    with qtbot.captureExceptions() as found:
        for text in ("bad", "good"):
            session.jobs._arrived.emit(LogLine(text=text))
        qtbot.waitUntil(lambda: seen == ["good"])
    assert len(found) == 1
    session.close()
