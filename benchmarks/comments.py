"""A thousand comments on one video: written, settled, gone through, hovered, painted, with the list beside.

    python benchmarks/comments.py [COMMENTS]

The real window, offscreen unless a platform is set: COMMENTS (1,000) on a video of 9,000 frames with 300 corrected
segments. Each act is timed by what the window's thread computes, an edit with everything that follows it at once; the
median and the longest are held against 16 ms.
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
FRAMES, SEGMENTS, TIMES, REACH_MS = 9000, 300, 30, 16.0


def a_project(folder: Path) -> Path:
    """One video without files, corrected in as many segments."""
    from fractions import Fraction

    import numpy as np

    from core.annotation import commands
    from core.annotation.segmentation import Segmentation
    from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
    from core.data.timebase import Timebase
    from core.project import Project

    actions = tuple(Action(ActionId(i), f"step {i}", f"#{40 + 20 * i:02x}6080") for i in range(8))
    video = Video(VideoId("v"), "v", Timebase(FRAMES, Fraction(30)))
    truth = Segmentation.from_frames(np.arange(FRAMES) * SEGMENTS // FRAMES % len(actions))
    dataset = Dataset(folder, "many comments", (video,), actions)
    with Project.create(folder / "p.tot", dataset, ground_truth={video.id: truth}) as project:
        project.edit(commands.start_from_ground_truth(project.document, video.id))
    return folder / "p.tot"


def timed(name: str, act: Callable[[int], object]) -> None:
    """Print what an act took, its median and its longest, beside the reach."""
    found = []
    for number in range(TIMES):
        before = time.thread_time()
        act(number)
        found.append(1000 * (time.thread_time() - before))
    middle, longest = statistics.median(found), max(found)
    print(f"{name:<34} {middle:6.1f} ms, longest {longest:6.1f} ({longest / REACH_MS:.1f} of {REACH_MS:.0f} ms)")


def main(n_comments: int) -> None:
    from PySide6.QtCore import QPointF
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    application = QApplication([])
    from core.annotation import commands
    from core.annotation.values import Comment
    from totgui.main_window import MainWindow
    from totgui.session import Session
    from totgui.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        session = Session()
        window = MainWindow(session, Settings())
        window.resize(1600, 1000)
        window.show()
        session.open_project(a_project(Path(folder)))
        document, comments = session.document, session.comments
        (video,) = document.videos
        starts = [7919 * i % FRAMES for i in range(n_comments)]
        many = [Comment(s, min(FRAMES, s + 1 + s % 90), f"comment {s}", f"person {s % 5}") for s in starts]
        session.do(lambda: commands.import_comments(document, {video: many}))
        window.actions_.by_name["review.list-comments"].trigger()
        for _ in range(20):
            application.processEvents()
            QTest.qWait(20)
        key, timeline = comments.on(video).keys[n_comments // 2], window.timeline

        def painted(number: int) -> None:
            timeline.lanes.clear()
            timeline.refresh()
            timeline.grab()

        def zoomed(number: int) -> None:
            timeline.show_range(100 * number, 100 * number + 300)
            timeline.grab()

        print(f"{n_comments:,} comments on {FRAMES:,} frames")
        timed("write one", lambda i: session.do(lambda: commands.add_comment(document, video, i, i + 1, f"new {i}")))
        timed("resolve, reopen one", lambda i: session.do(lambda: _settle(commands, document, key, i)))
        timed("go to the next", lambda i: comments.step(1, video, session.playback.frame))
        top = timeline.row("comments").top
        timed("hover", lambda i: timeline.tip(QPointF(300 + 20 * i, top + 5)))
        timeline.fit()
        timed("paint the timeline, every row anew", painted)
        timed("the same, zoomed", zoomed)
        window.close()


def _settle(commands: object, document: object, key: object, number: int) -> object:
    return commands.resolve_comments(document, [key], resolved=number % 2 == 0)  # type: ignore[attr-defined]


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT)]
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
