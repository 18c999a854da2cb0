"""The heatmap of 100,000 rows by 20 clusters: pyramid, repaints while panning and zooming, a single-frame peak.

    python benchmarks/heatmap.py

Prints milliseconds of the thread's own time, whatever else the machine does, for a repaint at 1400 x 200 pixels with
the decoded path (target 12), for the whole video, in the middle and close; and whether one bright frame is seen at
every zoom. Offscreen unless a platform is set.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
TARGET_MS = 12.0
N_ROWS, N_CLUSTERS, WIDTH, HEIGHT = 100_000, 20, 1400, 200


def median_ms(work: Callable[[int], object], times: int = 60) -> float:
    """Median time of one call in milliseconds."""
    found = []
    for number in range(times):
        began = time.thread_time()
        work(number)
        found.append(1000 * (time.thread_time() - began))
    return sorted(found)[len(found) // 2]


def main() -> int:
    import numpy as np
    from PySide6.QtCore import QRect
    from PySide6.QtGui import QGuiApplication, QImage, QPainter

    from core.data.timebase import Timebase
    from totgui.views.heatmap import Pyramid, paint_heatmap, paint_path
    from totgui.views.timeline.geometry import Axis

    application = QGuiApplication.instance() or QGuiApplication([])
    generator = np.random.default_rng(0)
    scores = generator.random((N_ROWS, N_CLUSTERS), np.float32) * 0.3
    peak = 71_003
    scores[peak, 7] = 1.0
    timebase = Timebase(N_ROWS, n_rows=N_ROWS)
    began = time.thread_time()
    pyramid = Pyramid(scores, top=1.0)
    print(f"pyramid of {N_ROWS:,} x {N_CLUSTERS}: {1000 * (time.thread_time() - began):.0f} ms, once a video")
    path = np.repeat(np.arange(N_CLUSTERS), N_ROWS // N_CLUSTERS)
    starts = np.flatnonzero(np.diff(path, prepend=-1))
    image, rect = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32), QRect(0, 0, WIDTH, HEIGHT)

    def paint(axis: Axis) -> None:
        painter = QPainter(image)
        paint_heatmap(painter, rect, pyramid, axis, timebase)
        paint_path(painter, rect, starts, path[starts], N_CLUSTERS, axis)
        painter.end()

    whole = Axis.whole(N_ROWS, left=0, width=WIDTH)
    worst, seen = 0.0, True
    for zoom in (1, 4, 30, 500, 2000):
        axis = whole.zoomed(zoom, whole.x(peak))
        spent = median_ms(lambda n, axis=axis: paint(axis.panned(n % 7)))
        worst = max(worst, spent)
        paint(axis)
        x, y = int(axis.x(peak + 0.5)), int((7 + 0.25) * HEIGHT / N_CLUSTERS)
        bright = image.pixelColor(x, y).red() > 180
        seen = seen and bright
        print(f"zoom {zoom:>5}: {spent:6.2f} ms a repaint, the single frame is {'seen' if bright else 'LOST'}")
    del application
    print(f"worst {worst:.2f} ms, target {TARGET_MS:g} ms: {worst / TARGET_MS:.2f} of it")
    return 0 if worst < TARGET_MS and seen else 1


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
