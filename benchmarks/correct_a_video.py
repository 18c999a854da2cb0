"""A whole video corrected from its prediction to its ground truth with recorded mouse and key events.

    python benchmarks/correct_a_video.py PROJECT.tot [VIDEO] [--events FILE.json]

The real window, on the screen that is set or offscreen, shows a copy of the project. The events are planned from the
two tracks, as a reviewer would who knows the keys, then sent as mouse and key events and nothing else: a boundary that
is in the wrong place is dragged (it snaps to the ground truth), where whole steps are wrong a range is drawn on the
ruler and an action key pressed; then the video is accepted. Printed are the events, a number of gestures below which
nobody can stay, the time from the first to the last, and whether every frame is now that of the ground truth. Without
VIDEO the one with the lowest score is taken. FILE keeps the events.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from real_window import a_window

from core.annotation.segmentation import Segmentation
from core.data.dataset import VideoId
from totgui.main_window import MainWindow
from totgui.session import Session

STEPS = 6
SETTLE_MS = 30
Event = dict[str, Any]


def least_gestures(found: Segmentation, truth: Segmentation) -> int:
    """No fewer can do it: each sets at most two boundaries, and gives all frames that it changes one action."""
    missing = len(set(truth.boundaries().tolist()) - set(found.boundaries().tolist()))
    labels = truth.to_frames()
    return max(-(-missing // 2), len(set(labels[found.to_frames() != labels].tolist())))


def plan_drags(found: Segmentation, truth: Segmentation) -> list[Event]:
    """Drags of boundaries for a track with the right steps in the right order, each possible when its turn comes."""
    starts, wanted, events = found.starts.copy(), truth.starts, []
    while (starts != wanted).any():
        ends = np.append(starts, found.n_frames)
        for number in np.flatnonzero(starts != wanted):
            if ends[number - 1] < wanted[number] < ends[number + 1]:
                events.append({"do": "drag", "from": int(starts[number]), "to": int(wanted[number])})
                starts[number] = wanted[number]
                break
        else:
            return []
    return events


def plan_ranges(found: Segmentation, truth: Segmentation, keys: dict[int, str]) -> list[Event]:
    """A range and an action key for each step that has wrong frames: from its first wrong frame to its last.

    What is right in between stays right. Where no action comes twice there is no way with fewer ranges or drags.
    """
    events: list[Event] = []
    wrong = found.to_frames() != truth.to_frames()
    for start, stop, label in truth.segments:
        places = np.flatnonzero(wrong[start:stop])
        if len(places):
            events.append({"do": "range", "from": start + int(places[0]), "to": start + int(places[-1]) + 1})
            events.append({"do": "key", "key": keys[int(label)]})
    return events


def plan(found: Segmentation, truth: Segmentation, keys: dict[int, str]) -> list[Event]:
    """The shorter of the two ways, then the key that accepts."""
    ranges = plan_ranges(found, truth, keys)
    drags = plan_drags(found, truth) if found.labels.tolist() == truth.labels.tolist() else []
    return [*(drags if drags and len(drags) <= len(ranges) else ranges), {"do": "key", "key": "A"}]


class Player:
    """Sends events to the timeline and the window."""

    def __init__(self, window: MainWindow) -> None:
        self.window, self.view = window, window.timeline

    def play(self, event: Event) -> None:
        if event["do"] == "key":
            key = getattr(Qt.Key, f"Key_{event['key']}")
            QTest.keyClick(self.view, key)
        else:
            row = "ruler" if event["do"] == "range" else "corrected"
            ends = self._at(row, event["from"]), self._at(row, event["to"])
            # A range from its end: its start is where the playhead and the last range stand, which can be dragged too.
            self._drag(*(ends[::-1] if event["do"] == "range" else ends))
        QTest.qWait(SETTLE_MS)

    def _at(self, row: str, frame: int) -> QPoint:
        found = self.view.row(row)
        height = 6 if row == "ruler" else 0  # below the flags of the marks
        return QPoint(round(self.view.axis.x(frame)), found.top + found.height // 2 + height)

    def _drag(self, start: QPoint, stop: QPoint) -> None:
        button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(self.view, button, none, start)
        for step in range(1, STEPS + 1):
            QTest.mouseMove(self.view, start + (stop - start) * (step / STEPS))
            QApplication.processEvents()
        QTest.mouseRelease(self.view, button, none, stop)


def worst_video(session: Session) -> VideoId:
    """The video whose prediction has the lowest share of right frames."""
    document, run = session.document, session.current_run
    assert document is not None and run is not None
    shares = {}
    for video, truth in document.ground_truth.items():
        found = session.mapped_prediction(run, video)
        if found is not None:
            shares[video] = float(np.mean(found.to_frames() == truth.to_frames()))
    return min(shares, key=shares.__getitem__)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("video", nargs="?")
    parser.add_argument("--events", type=Path)
    options = parser.parse_args()
    window = a_window()
    session = window.session
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy.tot"
        shutil.copyfile(options.project, copy)
        session.open_project(copy, trusted=True)
        window.docks["Timeline"].raise_()
        document, run = session.document, session.current_run
        assert document is not None and run is not None
        video = VideoId(options.video) if options.video else worst_video(session)
        session.select_video(video)
        window.timeline.setFocus()
        QTest.qWait(1500)
        found, truth = session.mapped_prediction(run, video), document.ground_truth[video]
        assert found is not None
        places = [a.id for a in document.actions.values() if not a.archived]
        keys = {int(action): f"{(number + 1) % 10}" for number, action in enumerate(places[:10])}
        events = plan(found, truth, keys)
        player, began = Player(window), time.monotonic()
        for event in events:
            player.play(event)
        seconds = time.monotonic() - began
        corrected, review = document.corrected.get(video), document.review(video)
        same = corrected is not None and corrected.same_labels(truth)
        share = 100 * float(np.mean(found.to_frames() == truth.to_frames()))
        gestures = sum(event["do"] != "range" for event in events)  # a range and its key are one gesture
        print(f"{document.videos[video].name}: {share:.1f} % right, {len(found)} segments, ground truth {len(truth)}")
        for event in events:
            print(f"  {json.dumps(event)}")
        least = least_gestures(found, truth) + 1
        print(f"{len(events)} events in {gestures} gestures, the last accepts; nobody can do it in fewer than {least}.")
        print(f"Replayed in {seconds:.1f} s. Equal to the ground truth: {same}; {review.status}.")
        if options.events is not None:
            options.events.write_text(json.dumps({"video": video, "events": events}, indent=1))
        window.safety.may_close = lambda: True  # type: ignore[method-assign]
        window.close()
    return 0 if same and review.status == "accepted" else 1


if __name__ == "__main__":
    sys.exit(main())
