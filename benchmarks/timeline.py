"""Repaint of the timeline with very many segments: while dragging, at a move of the playhead, after an edit.

    python benchmarks/timeline.py [SEGMENTS] [FRAMES]

The real window with all panels, offscreen unless a platform is set: ground truth, three runs and the corrected track
of one video, SEGMENTS (10,000) segments each on FRAMES (100,000) frames, scores of 20 clusters. Each figure is the
median and the 95th percentile of the milliseconds from the event to the painted screen, beside what is to be reached;
"own" is what the window's thread itself computed, which other programs on the machine do not lengthen.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
TIMES, RUNS, CLUSTERS = 80, 3, 20


def a_project(folder: Path, n_segments: int, n_frames: int) -> Path:
    """A project of one video with `RUNS` runs and scores."""
    import numpy as np

    from core.annotation import commands
    from core.annotation.segmentation import Segmentation
    from core.annotation.values import LabelMap, Prediction, Run, ScoresRef
    from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
    from core.data.timebase import Timebase
    from core.project import Project

    generator = np.random.default_rng(0)

    def track() -> Segmentation:
        inner = generator.choice(np.arange(1, n_frames), n_segments - 1, replace=False)
        starts = np.concatenate([[0], np.sort(inner)])
        return Segmentation(starts, np.cumsum(generator.integers(1, CLUSTERS, n_segments)) % CLUSTERS, n_frames)

    video = VideoId("long")
    clock = Timebase(n_frames, Fraction(30), n_rows=n_frames)
    actions = tuple(Action(ActionId(i), f"step {i}", f"#{(i * 977351) % 0xFFFFFF:06x}") for i in range(CLUSTERS))
    dataset = Dataset(folder, "bench", (Video(video, "long", clock),), actions)
    project = Project.create(folder / "bench.tot", dataset, ground_truth={video: track()})
    for number in range(1, RUNS + 1):
        cut, path = track(), folder / f"scores-{number}.npy"
        logits = np.eye(CLUSTERS, dtype=np.float32)[cut.to_frames()] * 3
        logits += generator.random(logits.shape, dtype=np.float32)
        scores = np.exp(logits)
        np.save(path, scores / scores.sum(axis=1, keepdims=True))
        run = RunId(f"r{number}")
        arrived = Run(run, number, {"n_clusters": CLUSTERS}, "cpu", 1.0, 10, False, "2026-01-01T00:00:00", {})
        project.add_run(arrived, LabelMap(run, CLUSTERS, {i: i for i in range(CLUSTERS)}), b"weights")
        project.add_predictions([Prediction(run, video, cut, ScoresRef(path, path, path))])
    project.edit(commands.take_prediction(project.document, run, video))
    project.close()
    return folder / "bench.tot"


def main(n_segments: int, n_frames: int) -> None:
    import numpy as np
    from PySide6.QtCore import QEvent, QPoint, Qt
    from PySide6.QtTest import QTest

    from core.annotation import commands
    from totgui.app import make_application
    from totgui.main_window import MainWindow
    from totgui.session import Session
    from totgui.settings import Settings
    from totgui.views.timeline import view as timeline_module

    application = make_application()
    session = Session()
    window = MainWindow(session, Settings())
    window.resize(1600, 1000)
    window.show()
    folder = tempfile.TemporaryDirectory()
    session.open_project(a_project(Path(folder.name), n_segments, n_frames))
    document, video, view = session.document, session.current_video, window.timeline
    assert document is not None and video is not None
    session.chosen.show_runs(run for run in document.runs if run != session.current_run)

    def settle(seconds: float) -> None:
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            application.processEvents()
            time.sleep(0.002)

    settle(4.0)  # change points are found beside the window, and the scores, which take long for such tracks
    end = time.perf_counter() + 120
    while session.report(session.current_run) is None and time.perf_counter() < end:
        settle(0.5)
    painted = [0]
    paint = timeline_module.paint_overlay

    def counted(*arguments: object) -> None:
        painted[0] += 1
        paint(*arguments)

    timeline_module.paint_overlay = counted

    def measure(text: str, reach: float, act: Callable[[int], None], times: int = TIMES) -> None:
        found, busy = [], []
        for number in range(times + 3):
            before = painted[0]
            began, own = time.perf_counter(), time.thread_time()
            act(number)
            application.sendPostedEvents()
            application.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))  # paints what is dirty, now
            found.append(1000 * (time.perf_counter() - began))
            busy.append(1000 * (time.thread_time() - own))
            assert painted[0] > before, f"{text}: nothing was painted"
            settle(0.005)
        middle, high = np.percentile(found[3:], [50, 95])
        own = float(np.median(busy[3:]))
        verdict = "reached" if middle < reach else "MISSED"
        print(
            f"{text:<55} median {middle:6.2f} ms (own {own:5.2f})   p95 {high:6.2f}   reach {reach:g}   {verdict}",
            flush=True,
        )

    def at(frame: float) -> QPoint:
        row = view.row("corrected")
        return QPoint(round(view.axis.x(frame)), row.top + row.height // 2)

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    def drag(text: str, *, pan: bool = False, shift: bool = False) -> None:
        track = session.base()
        assert track is not None
        middle = track.index_at(int((view.axis.start + min(view.axis.stop, n_frames)) / 2))
        frame = int(track.starts[middle])
        QTest.mousePress(view, left, Qt.KeyboardModifier.ShiftModifier if shift else none, at(frame))
        assert view.drag is not None

        def move(number: int) -> None:
            x = view.axis.right + 8 if pan else at(frame).x() + 5 + 37 * (number % 9)
            QTest.mouseMove(view, QPoint(x, at(frame).y()))
            if pan:
                view.hand._scroll_at_edge()

        measure(text, 8, move)
        QTest.keyClick(view, Qt.Key.Key_Escape)
        assert view.drag is None

    def playhead(text: str) -> None:
        step = max(1, int((min(view.axis.stop, n_frames) - view.axis.start) / 100))
        first = int(view.axis.start)
        measure(text, 8, lambda n: session.playback.seek(first + step * (n % 90) + 1))

    def edits(text: str) -> None:
        track = document.corrected[video]
        room = np.flatnonzero((track.stops[1:] - track.starts[:-1] > 3) & (track.starts[1:] > view.axis.start))

        def move(number: int) -> None:
            now, boundary = document.corrected[video], int(room[2 * number])
            low, high = int(now.starts[boundary]) + 1, int(now.stops[boundary + 1]) - 1
            to = low if now.starts[boundary + 1] != low else high
            assert session.do(lambda: commands.move_boundary(document, video, boundary, to))

        measure(text, 16, move)

    print(f"{RUNS + 2} tracks of {n_segments:,} segments, {n_frames:,} frames, window 1600 x 1000")
    for name, zoom in (("whole video", None), ("zoomed in", 25.0)):
        view.fit()
        if zoom:
            view.set_axis(view.axis.zoomed(zoom, view.axis.left + view.axis.width / 2))
        drag(f"drag a boundary, {name}")
        drag(f"drag over whole segments, {name}", shift=True)
        if zoom:
            drag(f"drag past the edge: every row scrolls, {name}", pan=True)
        playhead(f"move the playhead, all panels, {name}")
        edits(f"edit to screen, {name}")
    session.project.flush() if session.project else None
    window.may_close = lambda: True
    window.close()
    folder.cleanup()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
        int(sys.argv[2]) if len(sys.argv) > 2 else 100_000,
    )
