"""How far the sound of a playing video is from its picture, through miniaudio's device that plays into nothing.

    python benchmarks/sound.py [PLAYS]

A clip with clicks at known times is played; printed is when each click was asked for by the device beside when its
picture came on screen, and how often sound was dropped because it was too far away (80 ms). Offscreen.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import numpy as np  # noqa: E402
from PySide6.QtCore import QEventLoop, QTimer  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from sounding_clips import CLICKS, PICTURE_RATE, SECONDS, make_sounding  # noqa: E402

from core.data.dataset import Video, VideoId  # noqa: E402
from core.data.timebase import Timebase  # noqa: E402
from core.media.audio import RATE  # noqa: E402
from core.media.index import probe  # noqa: E402
from totgui.playback import Playback  # noqa: E402
from totgui.sound import Sound  # noqa: E402
from totgui.sound.speaker import Speaker  # noqa: E402

LOUD, NEAR_S, REACH_MS = 8_000, 0.3, 80


def run(seconds: float) -> None:
    """Run the event loop for a while."""
    loop = QEventLoop()
    QTimer.singleShot(round(1000 * seconds), loop.quit)
    loop.exec()


def apart(pulled: list[tuple[float, np.ndarray]], shown: list[tuple[float, int]]) -> list[float]:
    """Milliseconds that each click that was heard came after its picture; the most punctual picture sets the clock."""
    start = min(at - frame / PICTURE_RATE for at, frame in shown)
    found = []
    for click in CLICKS:
        for at, samples in pulled:
            place = int(np.abs(samples[:, 0].astype(int)).argmax())
            late = at + place / RATE - start - float(click)
            if abs(int(samples[place, 0])) > LOUD and abs(late) < NEAR_S:
                found.append(1000 * late)
                break
    return found


def main(plays: int) -> None:
    app = QApplication([])
    pulled: list[tuple[float, np.ndarray]] = []
    shown: list[tuple[float, int]] = []

    def recording(pull: object) -> Speaker:
        def take(n: int) -> np.ndarray:
            at, samples = time.perf_counter(), pull(n)  # type: ignore[operator]
            pulled.append((at, samples))
            return samples

        return Speaker(take, backend="NULL")

    with tempfile.TemporaryDirectory() as name:
        os.environ["TOT_CACHE_DIR"] = str(Path(name) / "cache")
        path = make_sounding(Path(name) / "clicks", "aac")
        info = probe(path)
        playback = Playback()
        sound = Sound(playback, speaker=recording)
        sound.set_on(True)
        playback.set_video(Video(VideoId("v"), "v", Timebase(info.n_pictures, info.rate, info), media=path))
        playback.frameChanged.connect(lambda frame: shown.append((time.perf_counter(), frame)))
        run(1.5)
        for _ in range(plays):
            playback.seek(0)
            run(0.5)
            pulled.clear()
            shown.clear()
            before = sound.feed.refills
            playback.play()
            run(SECONDS + 0.5)
            late = apart(pulled, shown)
            worst = max(map(abs, late), default=float("nan"))
            print(
                f"{len(late)} of {len(CLICKS)} clicks heard, {np.mean(late):+.0f} ms on average, "
                f"farthest {worst:.0f} ms; "
                f"{sound.feed.refills - before} refills; {len(set(f for _, f in shown))} of {info.n_pictures} pictures"
                f"   reach: {REACH_MS} ms   {'ok' if worst <= REACH_MS else 'SHORT'}"
            )
        playback.close()
        sound.close()
    del app


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
