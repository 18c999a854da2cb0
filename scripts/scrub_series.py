"""A series of pictures of the window while the mouse is drawn over the film strip, as one sheet.

    python scripts/scrub_series.py VIDEO OUT.png [--seconds S] [--proxy]

The mouse goes from a tenth to nine tenths of the video and rests there; every 100 ms the picture widget is taken down.
Offscreen unless a platform is set. Each tile says when it was taken, and which frame it shows of the one asked for.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

TILE, COLUMNS, EVERY_S, MOVE_MS, REST_S = (286, 200), 5, 0.1, 8, 0.5


def opened(video: Path, folder: Path) -> Any:
    """A shown window on a project of this one video."""
    from core import api
    from totgui.app import make_application
    from totgui.main_window import MainWindow
    from totgui.session import Session
    from totgui.settings import Settings

    make_application()
    (folder / "videos").mkdir()
    shutil.copy2(video, folder / "videos")
    window = MainWindow(Session(), Settings())
    window.resize(1480, 940)
    window.show()
    window.session.create_project(folder / "scrub.tot", api.open_dataset(folder / "videos"))
    return window


def series(window: Any, seconds: float) -> list[tuple[Any, str]]:
    """Pictures of the picture widget with a line of text each, while the mouse is drawn over the film strip."""
    from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
    from PySide6.QtTest import QTest

    strip, picture, playback = window.film_strip, window.video_view.picture, window.session.playback
    axis, found, loop = window.timeline.axis, [], QEventLoop()
    began = time.perf_counter()

    def place(share: float) -> Any:
        return QPointF(axis.left + axis.width * (0.1 + 0.8 * min(1.0, share)), 20).toPoint()

    def move() -> None:
        now = time.perf_counter() - began
        if now < seconds:
            QTest.mouseMove(strip, place(now / seconds))
            playback.seek(axis.frame(place(now / seconds).x()))  # offscreen a moved mouse holds no button
        if now >= EVERY_S * len(found):
            text = f"{now:.1f} s   frame {playback.frame} of {playback.wanted}"
            found.append((picture.grab().toImage(), text))
        if now > seconds + REST_S:
            loop.quit()

    QTest.mousePress(strip, Qt.MouseButton.LeftButton, pos=place(0))
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(move)
    timer.start(MOVE_MS)
    loop.exec()
    timer.stop()
    QTest.mouseRelease(strip, Qt.MouseButton.LeftButton, pos=place(1))
    return found


def sheet(found: list[tuple[Any, str]], out: Path) -> None:
    """Write all pictures as tiles of one PNG."""
    from PySide6.QtCore import QRectF, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    width, height = TILE
    rows = -(-len(found) // COLUMNS)
    made = QImage(COLUMNS * (width + 8) + 8, rows * (height + 30) + 8, QImage.Format.Format_RGB32)
    made.fill(QColor("#f4f5f7"))
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for number, (image, text) in enumerate(found):
        x, y = 8 + number % COLUMNS * (width + 8), 8 + number // COLUMNS * (height + 30)
        scale = min(width / image.width(), height / image.height())
        painter.drawImage(QRectF(x, y, image.width() * scale, image.height() * scale), image)
        painter.drawText(QRectF(x, y + height, width, 22), Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    made.save(str(out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--proxy", action="store_true", help="make the video's proxy first")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ.setdefault("TOT_CACHE_DIR", str(Path(name) / "cache"))
        if options.proxy:
            from core.media.proxy import make_proxy

            make_proxy(options.video.absolute())
        window = opened(options.video, Path(name))
        from PySide6.QtTest import QTest

        while window.video_view.picture._image is None:
            QTest.qWait(100)
        QTest.qWait(1000)
        found = series(window, options.seconds)
        window.may_close = lambda: True
        window.close()
    sheet(found, options.out)
    print(f"{options.out}: {len(found)} pictures")


if __name__ == "__main__":
    main()
