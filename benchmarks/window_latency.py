"""How long the window's thread is held up while the engine trains, beside the same window at rest; and the start.

    python benchmarks/window_latency.py DATASET [SECONDS]

Prints the longest gap and the 99th percentile between ticks of a 16 ms timer, at rest and while training with video
playing in both, and the time from starting the program to a shown window. Offscreen unless a platform is set.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]


def start_seconds() -> float:
    """Seconds from the start of a new process to its shown window."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", "totgui"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env={**os.environ, "TOTGUI_REPORT_START": "1"},
    )
    assert child.stdout is not None
    child.stdout.readline()
    seconds = time.perf_counter() - began
    child.kill()
    child.wait()
    return seconds


def main(dataset: Path, seconds: float) -> None:
    import msgspec
    import numpy as np
    from PySide6.QtCore import QEventLoop, Qt, QTimer

    from core import api
    from core.tot.presets import preset
    from totgui.app import make_application
    from totgui.main_window import MainWindow
    from totgui.session import Session
    from totgui.settings import Settings

    make_application()
    session = Session()
    window = MainWindow(session, Settings())
    window.resize(1480, 940)
    window.show()
    with tempfile.TemporaryDirectory() as folder:
        session.create_project(Path(folder) / "bench.tot", api.open_dataset(dataset))

        def gaps(text: str) -> None:
            ticks: list[float] = []
            timer = QTimer()
            timer.setTimerType(Qt.TimerType.PreciseTimer)
            timer.timeout.connect(lambda: ticks.append(time.perf_counter()))
            session.playback.seek(0)
            session.playback.set_loop(0, 200)
            session.playback.play()
            timer.start(16)
            loop = QEventLoop()
            QTimer.singleShot(round(seconds * 1000), loop.quit)
            loop.exec()
            timer.stop()
            session.playback.pause()
            found = 1000 * np.diff(ticks)
            print(f"{text:<16} longest gap {found.max():6.1f} ms   p99 {np.percentile(found, 99):6.1f} ms")

        gaps("at rest")
        config = preset("generic", method="tot+tcl", n_clusters=6)
        session.train(msgspec.structs.replace(config, iterations=1_000_000), "cpu")
        gaps("while training")
        window.may_close = lambda: True  # type: ignore[method-assign]
        window.close()
    times = sorted(start_seconds() for _ in range(3))
    print(f"start to window  median {times[1]:.2f} s of 3 ({times[0]:.2f} to {times[2]:.2f})")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main(Path(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 15.0)
