"""The window for long, or on much, in a process of its own: what F18 and F19 measure.

python -m faults.endurance_child soak FOLDER FRAMES     frames shown, seeks, switches of the video; memory and handles
python -m faults.endurance_child large PROJECT EDITS [FOLDER]  open a large project, edit it, scroll it; with FOLDER
                                                        while a training runs there
"""

from __future__ import annotations

import gc
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np
from opened import open_in
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.annotation import commands
from core.errors import EditError
from core.events import TrainingMetrics
from totgui.app import install_hooks, make_application
from totgui.jobs.runner import Runner
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings

from .latency import a_training

PAGE = os.sysconf("SC_PAGE_SIZE")


def a_window(path: Path) -> tuple[MainWindow, float]:
    """The window with a project shown, and the seconds that opening it took."""
    window = MainWindow(Session(), Settings())
    install_hooks(window)
    window.resize(1400, 900)
    window.show()
    QApplication.processEvents()
    began = time.perf_counter()
    open_in(window, path)
    assert window.session.project is not None, window.bar.text()
    QApplication.processEvents()
    return window, time.perf_counter() - began


def handles(window: MainWindow) -> tuple[dict[str, int], Counter[str]]:
    """What must not grow, and the objects of the window by kind."""
    gc.collect()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    found = window.findChildren(QObject)
    kinds = Counter(f"{one.metaObject().className()} in {type(one.parent()).__name__}" for one in found)
    counts = {"files": len(os.listdir("/proc/self/fd")), "threads": threading.active_count(), "objects": len(found)}
    return counts, kinds


def memory() -> float:
    """MB in use now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def soak(folder: Path, frames: int) -> dict[str, object]:
    """Frames one after another, jumps, and other videos, as in an hour of work; the slope after a warm-up."""
    from .monkey_world import a_ready_project

    window, _ = a_window(a_ready_project(folder))
    session, dice = window.session, random.Random(0)
    videos, playback = list(session.document.videos), session.playback
    shown, at, samples, seeks, switches = 0, 0, [], 0, 0
    first: tuple[dict[str, int], Counter[str]] | None = None
    began = time.monotonic()

    def count(_: int) -> None:
        nonlocal shown
        shown += 1

    playback.frameChanged.connect(count)
    wanted = {"seek": frames // 18, "switch": frames // 180}
    while shown < frames:
        n = session.document.videos[session.current_video].timebase.n_frames
        if shown * wanted["switch"] // frames > switches:
            switches += 1
            session.select_video(videos[switches % len(videos)])
            QTest.qWait(5)
        elif shown * wanted["seek"] // frames > seeks:
            seeks += 1
            at = dice.randrange(n)
        else:
            at = (at + 1) % n
        before = shown
        playback.seek(at)
        end = time.monotonic() + 5
        while shown == before and time.monotonic() < end and playback.frame != at:
            QApplication.processEvents()
        shown = max(shown, before + 1)
        if shown % 37 == 0:
            window.timeline.update()
            QApplication.processEvents()
        if shown % max(1, frames // 200) == 0:
            samples.append((time.monotonic() - began, shown, memory()))
            if first is None and shown > frames * 0.3:
                first = handles(window)
    last, kinds = handles(window)
    assert first is not None
    window.safety.may_close = lambda: True  # type: ignore[method-assign]
    window.close()
    used = np.array([s for s in samples if s[1] > frames * 0.3])
    # An hour of work shows 90,000 frames: ten minutes of it are 15,000.
    slope = float(np.polyfit(used[:, 1], used[:, 2], 1)[0]) * 15_000
    return {
        "frames": shown, "seeks": seeks, "switches": switches, "seconds": round(time.monotonic() - began),
        "MB at the end": round(memory()), "MB per 10 min of work": round(slope, 2), "first": first[0], "last": last,
        "objects that came since 30 %": ", ".join(f"{n} {kind}" for kind, n in sorted((kinds - first[1]).items())),
    }  # fmt: skip


PAUSES_MS = (0, 5, 150, 400)
"""Between two edits, in turn: the numbers of the panels begin some time after an edit, and the next may meet them."""


def large(path: Path, edits: int, load: Path | None = None) -> dict[str, object]:
    """Opening, editing and scrolling a project of 500 videos, one of them with a million frames and 50,000 segments.

    Edits go through the session, as a person's do: every panel follows each, and the time counts until it is on disk.
    """
    window, opened = a_window(path)
    runner = None if load is None else _under_load(load)
    session, dice = window.session, random.Random(0)
    assert session.document is not None and session.project is not None
    video = next(v for v, track in session.document.corrected.items() if len(track) > 40_000)
    session.select_video(video)
    QTest.qWait(200)
    n, acks, beats = session.document.videos[video].timebase.n_frames, [], []
    while len(acks) < edits:
        frame = dice.randrange(n - 60)
        try:
            edit = commands.relabel(session.document, video, frame, frame + 30, dice.randrange(12))
        except EditError:
            continue
        began = time.perf_counter()
        assert session.edit(edit)
        assert session.project.flush(60)
        acks.append(time.perf_counter() - began)
        QTest.qWait(PAUSES_MS[len(acks) % len(PAUSES_MS)])
    axis = window.timeline
    for turn in range(edits * 3 // 2):
        angle = QPoint(0, 120 if turn % 3 else -120)
        modifier = Qt.KeyboardModifier.ControlModifier if turn % 2 else Qt.KeyboardModifier.NoModifier
        at = QPoint(dice.randrange(max(2, axis.width())), axis.height() // 2)
        began = time.perf_counter()
        QApplication.sendEvent(
            axis,
            QWheelEvent(
                QPointF(at), QPointF(axis.mapToGlobal(at)), QPoint(), angle, Qt.MouseButton.NoButton, modifier,
                Qt.ScrollPhase.NoScrollPhase, False,
            ),
        )  # fmt: skip
        axis.grab()
        beats.append(time.perf_counter() - began)
    window.safety.may_close = lambda: True  # type: ignore[method-assign]
    window.close()
    if runner is not None:
        runner.close()
    p50, p99 = np.percentile(acks, [50, 99]) * 1000
    return {
        "open, s": round(opened, 2), "ack p50, ms": round(p50, 1), "ack p99, ms": round(p99, 1),
        "ack slowest, ms": round(max(acks) * 1000, 1),
        "scroll or zoom and paint: p50, ms": round(float(np.percentile(beats, 50)) * 1000, 1),
        "p99, ms": round(float(np.percentile(beats, 99)) * 1000, 1),
    }  # fmt: skip


def _under_load(folder: Path) -> Runner:
    """An engine that trains, with its first figures on the way."""
    running = threading.Event()
    runner = Runner(lambda event: running.set() if isinstance(event, TrainingMetrics) else None)
    runner.start(a_training(folder))
    assert running.wait(120), "the training did not start"
    return runner


if __name__ == "__main__":
    make_application()
    if sys.argv[1] == "soak":
        print(json.dumps(soak(Path(sys.argv[2]), int(sys.argv[3]))))
    else:
        print(json.dumps(large(Path(sys.argv[2]), int(sys.argv[3]), *map(Path, sys.argv[4:]))))
