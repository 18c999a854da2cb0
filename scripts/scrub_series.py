"""A series of pictures of the window while the mouse is drawn over the film strip, as one sheet.

    python scripts/scrub_series.py OUT.png [--video FILE] [--seconds S] [--proxy]

Without a video it makes one: 20 s of 1080p with 250-frame groups, the number of each frame burnt in. The mouse goes
from a tenth to nine tenths of it, back to the middle, and rests; every 100 ms the picture and the film strip are taken
down. Offscreen unless a platform is set. Each tile says when it was taken, which frame it shows of the one that the
mouse is at, and has a dot where the mouse is; a frame that is not the exact one yet says "approximate" itself.
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

TILE, STRIP, COLUMNS, EVERY_S, MOVE_MS, REST_S = (286, 182), 34, 6, 0.1, 8, 0.6
TURN, BACK_TO = 0.7, 0.5
"""The share of the time after which the mouse turns, and the place it then goes back to."""
FRAMES, RATE = 600, 30


def numbered(path: Path) -> Path:
    """A clip of moving detail with the number of each frame in large digits."""
    import av
    import cv2
    import numpy as np

    noise = np.random.default_rng(0).integers(0, 150, (48, 90, 3), dtype=np.uint8)
    ground = cv2.resize(noise, (2400, 1280), interpolation=cv2.INTER_CUBIC)
    options = {"preset": "veryfast", "g": "250", "bf": "2", "crf": "24", "sc_threshold": "0"}
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = 1920, 1080, "yuv420p"
        for number in range(FRAMES):
            x, y = number * 3 % 400, number * 2 % 200
            picture = np.ascontiguousarray(ground[y : y + 1080, x : x + 1920])
            for colour, width in (((0, 0, 0), 60), ((255, 255, 255), 24)):
                cv2.putText(picture, f"{number}", (480, 680), cv2.FONT_HERSHEY_SIMPLEX, 13, colour, width, cv2.LINE_AA)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        out.mux(stream.encode(None))
    return path


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


def series(window: Any, seconds: float) -> list[tuple[Any, Any, float, str]]:
    """(picture, film strip, place of the mouse on it as a share, a line of text) while the mouse is drawn over it."""
    from PySide6.QtCore import QEventLoop, QPointF, Qt, QTimer
    from PySide6.QtTest import QTest

    strip, picture, playback = window.film_strip, window.video_view.picture, window.session.playback
    axis, found, loop = window.timeline.axis, [], QEventLoop()
    began = time.perf_counter()

    def place(share: float) -> Any:
        share = min(1.0, share)
        there, back = share / TURN, (share - TURN) / (1 - TURN)
        at = 0.1 + 0.8 * there if share < TURN else 0.9 + (BACK_TO - 0.9) * back
        return QPointF(axis.left + axis.width * at, 20).toPoint()

    def move() -> None:
        now = time.perf_counter() - began
        if now < seconds:
            QTest.mouseMove(strip, place(now / seconds))
            playback.seek(axis.frame(place(now / seconds).x()))  # offscreen a moved mouse holds no button
        if now >= EVERY_S * len(found):
            text = f"{now:.1f} s   frame {playback.frame} of {playback.wanted}{'   rest' if now > seconds else ''}"
            share = place(now / seconds).x() / strip.width()
            found.append((picture.grab().toImage(), strip.grab().toImage(), share, text))
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


def sheet(found: list[tuple[Any, Any, float, str]], out: Path) -> None:
    """Write all pictures as tiles of one PNG."""
    from PySide6.QtCore import QPointF, QRectF, Qt
    from PySide6.QtGui import QColor, QImage, QPainter

    width, height = TILE
    whole = height + STRIP + 24
    rows = -(-len(found) // COLUMNS)
    made = QImage(COLUMNS * (width + 10) + 10, rows * (whole + 10) + 10, QImage.Format.Format_RGB32)
    made.fill(QColor("#f4f5f7"))
    painter = QPainter(made)
    painter.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform | QPainter.RenderHint.Antialiasing)
    for number, (image, strip, share, text) in enumerate(found):
        x, y = 10 + number % COLUMNS * (width + 10), 10 + number // COLUMNS * (whole + 10)
        scale = min(width / image.width(), height / image.height())
        size = image.width() * scale, image.height() * scale
        painter.drawImage(QRectF(x + (width - size[0]) / 2, y, *size), image)
        painter.drawImage(QRectF(x, y + height, width, STRIP), strip)
        painter.setBrush(QColor("#d62728"))
        painter.setPen(QColor("#ffffff"))
        painter.drawEllipse(QPointF(x + width * share, y + height + STRIP / 2), 5, 5)
        painter.setPen(QColor("#1b1f24"))
        painter.drawText(QRectF(x, y + height + STRIP, width, 24), Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    made.save(str(out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--video", type=Path, help="a video of your own")
    parser.add_argument("--seconds", type=float, default=2.4)
    parser.add_argument("--proxy", action="store_true", help="make the video's proxy first")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        os.environ.setdefault("TOT_CACHE_DIR", str(Path(name) / "cache"))
        video = options.video.absolute() if options.video else numbered(Path(name) / "numbered.mp4")
        if options.proxy:
            from core.media.proxy import make_proxy

            make_proxy(video)
        window = opened(video, Path(name))
        window.session.proxies.smooths = False  # the series shows one or the other
        from PySide6.QtTest import QTest

        while window.video_view.picture._image is None:
            QTest.qWait(100)
        QTest.qWait(8000)  # the film strip is made meanwhile
        found = series(window, options.seconds)
        window.may_close = lambda: True
        window.close()
    sheet(found, options.out)
    print(f"{options.out}: {len(found)} pictures")


if __name__ == "__main__":
    main()
