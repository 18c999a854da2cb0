"""From asking for a project of very many videos to a window that is painted and answers a key.

    python benchmarks/open_500.py [VIDEOS] [FRAMES]

The real window with all panels, offscreen unless a platform is set: VIDEOS (500) videos of FRAMES (3,000) frames with
ground truth, a run that segmented all of them, and corrected labels in every fifth. Five times, the first one apart:
it loads what is loaded once. Beside it, what of that the window's thread itself computed.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
SEGMENTS, REACH_S = 12, 1.0


def a_project(folder: Path, n_videos: int, n_frames: int) -> Path:
    """A project of that many videos with ground truth, a run and some corrections."""
    import numpy as np
    from many_videos import ACTIONS, many_videos

    from core.annotation.segmentation import Segmentation

    generator = np.random.default_rng(0)

    def track() -> Segmentation:
        inner = np.sort(generator.choice(np.arange(1, n_frames), SEGMENTS - 1, replace=False))
        labels = np.cumsum(generator.integers(1, ACTIONS, SEGMENTS)) % ACTIONS
        return Segmentation(np.concatenate([[0], inner]), labels, n_frames)

    return many_videos(folder, n_videos, n_frames, track)


def main(n_videos: int, n_frames: int) -> None:
    from PySide6.QtCore import QEventLoop, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication
    from real_window import a_window

    window = a_window()
    session = window.session
    with tempfile.TemporaryDirectory() as name:
        path = a_project(Path(name), n_videos, n_frames)
        QApplication.processEvents()
        taken: list[tuple[float, float]] = []
        for _ in range(6):
            session.close_project()
            QApplication.processEvents()
            began, computed = time.perf_counter(), time.thread_time()
            window.actions_.file.open_path(path)
            # It is read beside the window, and its panels come in turns of the event loop.
            while session.project is None or not window.updatesEnabled():
                QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            window.grab()
            QTest.keyClick(window, Qt.Key.Key_Right)
            QApplication.processEvents()
            taken.append((time.perf_counter() - began, time.thread_time() - computed))
        print(f"{n_videos:,} videos of {n_frames:,} frames, window 1600 x 1000")
        for text, (whole, own) in (("first", taken[0]), ("again, median of 5", _middle(taken[1:]))):
            said = "reached" if whole <= REACH_S else "MISSED"
            print(f"open to usable, {text:<22}{whole:6.2f} s (own {own:5.2f})   reach {REACH_S:g}   {said}")
        session.close_project()
        window.may_close = lambda: True  # type: ignore[method-assign]
        window.close()


def _middle(taken: list[tuple[float, float]]) -> tuple[float, float]:
    return statistics.median(whole for whole, _ in taken), statistics.median(own for _, own in taken)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(*(int(word) for word in (sys.argv[1:] + ["500", "3000"][len(sys.argv) - 1 :])))
