"""How long the window's thread works at a stretch for each command, panel and layout: what nobody should feel.

    python benchmarks/acts.py [DATASET] [--runs 30] [--videos 500] [--only TEXT] [--profile] [--reach 40]

The real window under its style sheet, offscreen unless a screen is set, on a project of the dataset with a trained run
and as many copies of it, or without a dataset on one of so many generated videos. Every command of the menus is given
as a person would, dialogs that open are left again; then every panel is shown and every layout taken, twice: the first
time makes what is made once. Printed: the longest stretch of the thread's own processor time between two ticks of a
timer, for each act over `--reach` milliseconds; with `--profile` also where it went.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from msgspec import structs
from open_500 import a_project
from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from real_window import a_window

from core import api
from core.data.dataset import RunId
from core.tot.presets import preset
from totgui.session import Session
from totgui.window.layouts import LAYOUTS

TICK_MS, OPEN_MS, REST_MS = 4, 500, 900
SKIPPED = ("file.quit", "file.demo", "file.close", "help.about-qt")


class Stretches(QObject):
    """The longest own work of the thread between two ticks since `reset`."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.thread_time()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def reset(self) -> None:
        self.longest, self._last = 0.0, time.thread_time()

    def _tick(self) -> None:
        now = time.thread_time()
        self.longest = max(self.longest, 1000 * (now - self._last))
        self._last = now


def rest(ms: int) -> None:
    """Let the window work."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec()


def leave() -> None:
    """Whatever is open is left."""
    for widget in QApplication.topLevelWidgets():
        if widget.isVisible() and isinstance(widget, QDialog):
            widget.reject()
        elif widget.isVisible() and widget.windowType() == Qt.WindowType.Popup:
            widget.close()


class Acts:
    """Does one act after another and keeps the longest stretch of each."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.watch, self.asked = Stretches(), asked
        self.found: list[tuple[float, str]] = []

    def act(self, name: str, do: Callable[[], object]) -> None:
        if self.asked.only and self.asked.only not in name:
            do() if name.startswith("open") else None
            return
        profile = cProfile.Profile() if self.asked.profile else None
        QTimer.singleShot(OPEN_MS, leave)
        QTimer.singleShot(OPEN_MS + 200, leave)
        self.watch.reset()
        if profile is not None:
            profile.enable()
        do()
        rest(REST_MS)
        if profile is not None:
            profile.disable()
        self.found.append((self.watch.longest, name))
        if self.watch.longest > self.asked.reach:
            print(f"{self.watch.longest:6.1f} ms  {name}", flush=True)
            if profile is not None:
                pstats.Stats(profile).sort_stats("tottime").print_stats(12)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--videos", type=int, default=500)
    parser.add_argument("--only", default="", help="acts with this in their name")
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--reach", type=float, default=40.0, help="milliseconds")
    parser.add_argument("--folder", type=Path, help="where the project is made, and found again")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = str(asked.folder or temporary)
        os.environ.update(HOME=folder, XDG_CONFIG_HOME=folder, TOT_CACHE_DIR=f"{folder}/cache", TOT_DATA_DIR=folder)
        measure(asked, Path(folder))
    return 0


def trained(session: Session, n_runs: int) -> None:
    """A short training, and copies of its run with other settings: as after a day of trying."""
    document, project = session.document, session.project
    assert document is not None and project is not None
    session.train(structs.replace(preset("generic", n_clusters=len(document.actions)), iterations=200), "cpu")
    while session.jobs.engine_busy:
        rest(100)
    document = project.document
    first = next(iter(document.runs.values()))
    for number in range(2, n_runs + 1):
        run = RunId(f"copy{number}")
        copy = replace(first, id=run, number=number, config={**first.config, "rho": 0.01 * number})
        project.add_run(copy, replace(document.label_maps[first.id], run=run), b"weights")
        project.add_predictions([replace(p, run=run) for (r, _), p in document.predictions.items() if r == first.id])


def measure(asked: argparse.Namespace, folder: Path) -> None:
    window = a_window()
    session = window.session
    window.warm_up()
    rest(2500)  # panels that are made after the start, and libraries
    path = folder / ("acts.tot" if asked.dataset else "many.tot")
    if not path.exists() and asked.dataset is not None:
        session.create_project(path, api.open_dataset(asked.dataset))
        trained(session, asked.runs)
        session.close_project()
    elif not path.exists():
        a_project(folder, asked.videos, 3000)
    rest(500)
    acts = Acts(asked)
    acts.act("open the project", lambda: session.open_project(path, trusted=True))
    rest(1500)
    window.timeline.setFocus()
    for turn in ("first", "again"):
        for name in window.docks:
            acts.act(f"panel {name}, {turn}", lambda n=name: (window.docks[n].show(), window.docks[n].raise_()))
        for name in LAYOUTS:
            acts.act(f"layout {name}, {turn}", lambda n=name: window.placing.arrange(n))
        acts.act(f"layout reset, {turn}", window.placing.reset)
    actions = window.actions_
    for turn in ("first", "again"):
        for name, action in list(actions.by_name.items()):
            if name in SKIPPED or name.startswith("view.layout") or not action.isEnabled():
                continue
            acts.act(f"{name}, {turn}", action.trigger)
            if session.project is None:
                session.open_project(path, trusted=True)
                rest(1500)
        for menu in actions.menus:
            acts.act(f"menu {menu.title()}, {turn}", lambda m=menu: m.popup(window.mapToGlobal(window.pos())))
    acts.act("undo", lambda: QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier))
    for turn in ("first", "again"):
        acts.act(f"close the project, {turn}", session.close_project)
        acts.act(f"open the project, {turn}", lambda: session.open_project(path, trusted=True))
    acts.found.sort(reverse=True)
    over = [row for row in acts.found if row[0] > asked.reach]
    print(f"{len(acts.found)} acts, {len(over)} over {asked.reach:g} ms of own work at a stretch; the longest:")
    for ms, name in acts.found[:40]:
        print(f"  {ms:6.1f} ms  {name}")
    window.safety.may_close = lambda: True  # type: ignore[method-assign]
    window.close()


if __name__ == "__main__":
    sys.exit(main())
