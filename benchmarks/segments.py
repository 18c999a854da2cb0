"""The Segments panel with ten thousand segments: first seen, scrolled, sorted, filtered, a hundred corrected at once.

    python benchmarks/segments.py [VIDEOS] [SEGMENTS]

The real window, offscreen unless a platform is set: VIDEOS (500) videos with SEGMENTS (20) segments each in the
prediction of a run; every fifth is corrected. Each act and each turn of the event loop after it is timed, by what the
window's thread itself computed: the longest is held against 16 ms. A turn can hold several pieces of work, such as the
painting of every panel; those of a correction are timed one by one. What is computed beside the window (listing, odds)
is waited for and said apart. The videos have no files: the time of pictures is that of their decoder.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
FRAMES, REACH_MS, TURNS, SETTLE_S = 3000, 16.0, 60, 2.0


def a_project(folder: Path, n_videos: int, n_segments: int) -> Path:
    """A project of that many videos, cut in like orders with some slips."""
    import numpy as np
    from many_videos import ACTIONS, many_videos

    from core.annotation.segmentation import Segmentation

    draw = np.random.default_rng(0)

    def track() -> Segmentation:
        even = np.arange(1, n_segments) * FRAMES // n_segments
        inner = even + draw.integers(-FRAMES // n_segments // 3, FRAMES // n_segments // 3, n_segments - 1)
        labels = np.arange(n_segments) % ACTIONS
        slips = draw.random(n_segments) < 0.05
        labels = np.where(slips, (labels + 3) % ACTIONS, labels)
        return Segmentation.from_pieces(np.concatenate([[0], inner]), labels, FRAMES)

    return many_videos(folder, n_videos, FRAMES, track, n_runs=2, truth=False)


def turns(act: Callable[[], object], paint: Callable[[], object]) -> list[float]:
    """Milliseconds of the thread's own time of an act and of each turn of the event loop after it, the painting too."""
    from PySide6.QtWidgets import QApplication

    found = [_own(act)]
    for number in range(TURNS):
        found.append(_own(QApplication.processEvents))
        if number < 3:
            found.append(_own(paint))
        time.sleep(0.002)
    return found


def _own(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return 1000 * (time.thread_time() - began)


def main(n_videos: int, n_segments: int) -> None:
    import numpy as np
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication
    from real_window import a_window

    from core.review.listing import Order

    window = a_window()
    session = window.session
    with tempfile.TemporaryDirectory() as name:
        session.open_project(a_project(Path(name), n_videos, n_segments))
        window.show_layout("Review")
        began = time.monotonic()
        while time.monotonic() - began < SETTLE_S:  # panels that are made after the start
            QApplication.processEvents()
            time.sleep(0.005)

        def wait(done: Callable[[], bool]) -> float:
            began = time.monotonic()
            while not done():
                QApplication.processEvents()
                time.sleep(0.002)
            return time.monotonic() - began

        def say(text: str, each: list[list[float]]) -> None:
            longest, whole = max(max(one) for one in each), statistics.median(sum(one) for one in each)
            said = "reached" if longest <= REACH_MS else "MISSED"
            print(f"{text:<44} longest {longest:6.1f} ms   reach {REACH_MS:g}   {said}   all of it {whole:6.1f} ms")

        view = window.segments()
        view.head.pages["Pictures"].click()
        view.head.three.setChecked(False)
        port = view.sheet.viewport()
        shown = turns(lambda: window.docks["Segments"].raise_(), port.grab)
        ready = wait(lambda: session.segments.is_ready)
        judged = wait(lambda: session.reviewing.is_ready)
        print(f"{len(view.rows):,} segments of {n_videos:,} videos")
        print(f"listed after {ready:.2f} s, judged after {judged:.2f} s")
        say("the panel is shown", [shown])
        say("painted whole", [[_own(port.grab)] for _ in range(20)])
        bar = view.sheet.verticalScrollBar()
        steps = np.linspace(0, bar.maximum(), 40).astype(int).tolist()
        say("scrolled, 40 steps from end to end", [turns(lambda s=s: bar.setValue(s), port.grab)[:8] for s in steps])
        want = view.rows.want
        orders = (Order.PLACE, Order.LENGTH, Order.DOUBT, Order.ACTION)
        say("sorted", [turns(lambda o=o: want(order=o), port.grab) for o in orders])
        say("one action of nine", [turns(lambda n=n: want(label=n), port.grab) for n in (0, 4, None)])
        typed = ["r", "re", "recording 01", ""]
        say("filtered by letters", [turns(lambda t=t: view.head.text.setText(t), port.grab) for t in typed])
        say("all chosen", [turns(view.rows.choose_all, port.grab)])
        table = view.head.pages["Table"]
        say("the table is shown, all chosen", [turns(table.click, view.table.viewport().grab)])
        say("the pictures again", [turns(view.head.pages["Pictures"].click, port.grab)])

        def relabel() -> None:
            view.sheet.setFocus()
            QTest.keyClick(view.sheet, Qt.Key.Key_5)

        edits, back, lists, rest = [], [], [], []
        for number in range(5):
            rows = np.arange(number, 10_000, 100)[:100] * len(view.rows) // 10_000
            view.rows.choose_places(rows)
            QApplication.processEvents()
            edits.append([_own(relabel)])
            lists.append([_own(session.segments.flush)])
            rest.append(turns(lambda: None, port.grab))
            wait(lambda: session.reviewing.is_ready)
            back.append([_own(lambda: session.undo(stay=True))])
            wait(lambda: session.reviewing.is_ready)
        say("the key that relabels a hundred chosen", edits)
        say("they are listed anew", lists)
        say("taken back", back)
        most = max(max(one) for one in rest)
        print(f"one turn of the event loop after it, in which all panels paint: {most:.1f} ms")
        session.close_project()
        window.may_close = lambda: True  # type: ignore[method-assign]
        window.close()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(*(int(word) for word in (sys.argv[1:] + ["500", "20"][len(sys.argv) - 1 :])))
