"""The longest time that the window does not answer, in ten minutes of use with training.

    python benchmarks/ten_minutes.py DATASET [--minutes 10] [--seed 0] [--iterations 1500] [--show 20] [--over 50]

A new project on the dataset, in the real window, on the screen that is set or offscreen. By real mouse and key events:
trains from the button again and again, plays, scrubs, relabels, splits, merges, drags boundaries, undoes, looks at all
panels and layouts, opens the dialogs, edits the label map, reviews, exports, changes theme and size, in an order drawn
from the seed. A timer of 4 ms ticks beside it. Printed: the longest gap between two ticks, the 99th percentile, and
for each gap over 50 ms (`--over`) what was done last, how much of it the window's thread itself worked, and where.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "xcb" if os.environ.get("DISPLAY") else "offscreen")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from loop_watch import LoopWatch
from PySide6.QtCore import QEventLoop, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit, QMenu, QTabBar, QTableView, QWidget
from real_window import a_window

from core import api
from core.annotation.changes import What
from totgui.collector import Collector
from totgui.dialogs.export import ExportDialog
from totgui.main_window import MainWindow
from totgui.window.layouts import LAYOUTS

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
PAUSE_MS = 120
Step = tuple[str, Callable[[], object], int]


class Person(QObject):
    """Does one thing after another, each named, with a pause after it; a dialog's own loop does not stop it."""

    def __init__(self, window: MainWindow, seed: int, iterations: int, out: Path) -> None:
        super().__init__()
        self.window, self.dice, self.iterations, self.out = window, random.Random(seed), iterations, out
        self.doing, self.done, self.trainings = "nothing yet", Counter[str](), 0
        self._queue: deque[Step] = deque()
        self._collector = QApplication.instance().findChild(Collector)  # type: ignore[union-attr]
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)

    def start(self) -> None:
        self._timer.start(500)

    def stop(self) -> None:
        self._timer.stop()

    def _next(self) -> None:
        while not self._queue:
            name = self.dice.choice(HABITS)
            self.done[name] += 1
            self._queue.extend((f"{name}: {text}", do, pause) for text, do, pause in getattr(self, name)())
        text, do, pause = self._queue.popleft()
        self._timer.start(pause)  # first: what is done may run a loop of its own
        self.doing = text
        if self._collector is not None:
            self._collector.touch()  # a person's events come through the window; these go to the widgets in it
        do()

    # --- means -------------------------------------------------------------------------------------

    def key(self, keys: str) -> None:
        """A key, or several with modifiers, at what has the focus."""
        target = QApplication.activePopupWidget() or QApplication.focusWidget() or self.window
        target = target.focusProxy() or target
        for combination in QKeySequence(keys):
            QTest.keyClick(target, combination.key(), combination.keyboardModifiers())

    def press(self, keys: str, pause: int = PAUSE_MS) -> Step:
        return keys, lambda: self.key(keys), pause

    def command(self, name: str, pause: int = PAUSE_MS) -> Step:
        action = self.window.actions_.by_name[name]
        return name, lambda: action.trigger() if action.isEnabled() else None, pause

    def type(self, text: str) -> None:
        field = QApplication.focusWidget()
        if isinstance(field, QLineEdit):
            QTest.keyClicks(field, text)

    def drag(self, widget: QWidget, start: QPoint, stop: QPoint, steps: int = 12) -> list[Step]:
        moves: list[Step] = [("press", lambda: QTest.mousePress(widget, LEFT, NONE, start), 16)]
        for n in range(1, steps + 1):
            at = start + (stop - start) * (n / steps)
            moves.append(("move", lambda at=at: QTest.mouseMove(widget, at), 16))
        return [*moves, ("release", lambda: QTest.mouseRelease(widget, LEFT, NONE, stop), PAUSE_MS)]

    def leave(self) -> None:
        """Whatever dialog is open is left."""
        for widget in QApplication.topLevelWidgets():
            if widget.isVisible() and isinstance(widget, QDialog):
                widget.reject()
            elif widget.isVisible() and widget.windowType() == Qt.WindowType.Popup:
                widget.close()

    def in_dialog(self, do: Callable[[QDialog], object]) -> None:
        found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
        if found:
            do(found[-1])

    def focus_timeline(self) -> Step:
        dock = self.window.docks["Timeline"]
        return "timeline", lambda: (dock.show(), dock.raise_(), self.window.timeline.setFocus()), PAUSE_MS

    def at(self, row: str, part: float) -> QPoint:
        """A place in a row of the timeline, by part of the video."""
        view, timebase = self.window.timeline, self.window.session.playback.timebase
        place = view.row(row)
        return QPoint(round(view.axis.x(int(part * (timebase.n_frames - 1)))), place.top + max(2, place.height // 2))

    # --- habits ------------------------------------------------------------------------------------

    def train(self) -> list[Step]:
        view = self.window.training

        def click() -> None:
            if view._train.isEnabled():
                view._preset.setCurrentIndex(view._preset.findData("generic"))
                view._method.setCurrentIndex(view._method.findData("tot+tcl"))
                view.apply_preset(keep_clusters=True)
                view._fields["iterations"].setValue(self.iterations)
                self.trainings += 1
                QTest.mouseClick(view._train, LEFT)

        return [("panel", lambda: self.panel("Training"), 200), ("button", click, 1500), self.live()]

    def live(self) -> Step:
        return "live", lambda: self.panel("Live"), 1500

    def panel(self, name: str) -> None:
        dock = self.window.docks[name]
        dock.show()
        dock.raise_()

    def play(self) -> list[Step]:
        return [
            self.focus_timeline(), self.press("Home"), self.press("Space", self.dice.randrange(1000, 4000)),
            self.press("L", 800), self.press("L", 800), self.press("K"), self.press("J", 700), self.press("K"),
        ]  # fmt: skip

    def scrub(self) -> list[Step]:
        view, found = self.window.timeline, [self.focus_timeline(), self.command("view.fit")]
        a, b = self.dice.random(), self.dice.random()
        found.append(("point", lambda: QTest.mouseClick(view, LEFT, NONE, self.at("ruler", a)), PAUSE_MS))
        return [*found, *self.drag(view, self.at("ruler", a), self.at("ruler", b), 40)]

    def step(self) -> list[Step]:
        keys = ("Right", "Left", "Shift+Right", "PgDown", "Ctrl+Right", "Ctrl+Left", "End", "Home")
        return [self.focus_timeline(), *(self.press(self.dice.choice(keys), 60) for _ in range(12))]

    def zoom(self) -> list[Step]:
        view = self.window.timeline

        def wheel(angle: int) -> None:
            at = QPointF(view.width() / 2, 40)
            event = QWheelEvent(at, QPointF(view.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, angle),
                                Qt.MouseButton.NoButton, Qt.KeyboardModifier.ControlModifier,
                                Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
            QApplication.sendEvent(view, event)

        return [self.focus_timeline(), *(("wheel", lambda a=a: wheel(a), 30) for a in (120,) * 6 + (-120,) * 6)]

    def correct(self) -> list[Step]:
        view, dice = self.window.timeline, self.dice
        part = dice.random()
        found = [self.focus_timeline(), self.command("view.fit"), self.command("playback.start")]
        found.append(("point", lambda: QTest.mouseClick(view, LEFT, NONE, self.at("ruler", part)), PAUSE_MS))
        if self.window.session.base() is None:  # nothing to correct before the first training has ended
            found.append(self.command("segment.from-truth", 300))
        keys = ("1", "2", "3", "4", "M", "Shift+M", "[", "]", ".", ",", "Shift+.", "Del", "I", "O")
        found += [self.press(dice.choice(keys)) for _ in range(8)]
        found += [self.press("S", 300), self.press("2"), ("leave", self.leave, PAUSE_MS)]
        return found

    def drag_boundary(self) -> list[Step]:
        view, track = self.window.timeline, self.window.session.base()
        if track is None or len(track) < 2:
            return [self.focus_timeline()]
        start = track[self.dice.randrange(1, len(track))].start / track.n_frames
        to = min(0.99, max(0.01, start + self.dice.uniform(-0.05, 0.05)))
        before = [self.focus_timeline(), self.command("view.fit")]
        return [*before, *self.drag(view, self.at("corrected", start), self.at("corrected", to), 20)]

    def undo(self) -> list[Step]:
        n = self.dice.randrange(1, 10)
        return [*(self.press("Ctrl+Z", 40) for _ in range(n)), *(self.press("Ctrl+Shift+Z", 40) for _ in range(n // 2))]

    def video(self) -> list[Step]:
        return [self.command(self.dice.choice(("review.next-video", "review.previous-video")), 300) for _ in range(3)]

    def panels(self) -> list[Step]:
        names = self.dice.sample(sorted(self.window.docks), 6)
        return [(name, lambda name=name: self.panel(name), 300) for name in names]

    def rows(self) -> list[Step]:
        """Rows of whatever tables can be seen."""
        tables = [
            t for t in self.window.findChildren(QTableView) if t.isVisible() and t.model() and t.model().rowCount()
        ]

        def click(table: QTableView) -> None:
            row = self.dice.randrange(table.model().rowCount())
            place = table.visualRect(table.model().index(row, 0)).center()
            QTest.mouseClick(table.viewport(), LEFT, NONE, place)

        return [
            (f"row of {type(t).__name__}", lambda t=t: click(t), 200)
            for t in self.dice.choices(tables, k=3 * bool(tables))
        ]

    def layouts(self) -> list[Step]:
        names = self.dice.sample(list(LAYOUTS), 3)
        back = ("size", lambda: self.window.resize(self.dice.randrange(1200, 1700), 980), 300)
        return [*(self.command(f"view.layout-{name.casefold()}", 600) for name in names), back,
                self.command("view.reset", 500)]  # fmt: skip

    def theme(self) -> list[Step]:
        return [self.command("view.dark", 700), self.command("view.light", 700)]

    def palette(self) -> list[Step]:
        words = self.dice.choice(("next frame", "whole vid", "show panel lab", "zoom", "history"))
        return [self.press("Ctrl+K", 300), ("type", lambda: self.type(words), 200), self.press("Return", 300),
                ("leave", self.leave, PAUSE_MS)]  # fmt: skip

    def dialogs(self) -> list[Step]:
        names = ("file.export", "file.kit", "file.report", "file.kit-texts", "tools.keys", "model.extract")
        name = self.dice.choice((*names, "file.checkpoint", "playback.go-to", "file.import", "help.tour"))

        def tabs(dialog: QDialog) -> None:
            for bar in dialog.findChildren(QTabBar):
                bar.setCurrentIndex((bar.currentIndex() + 1) % max(1, bar.count()))

        return [self.command(name, 700), ("tabs", lambda: self.in_dialog(tabs), 400), ("leave", self.leave, 300),
                self.press("Esc", 200)]  # fmt: skip

    def export(self) -> list[Step]:
        kind = self.dice.choice(("file.export", "file.kit", "file.report"))

        def begin(dialog: Any) -> None:
            if isinstance(dialog, ExportDialog) and dialog.export_button.isEnabled():
                dialog.place.setText(str(self.out / f"export {self.done['export']}"))
                QTest.mouseClick(dialog.export_button, LEFT)

        return [self.command(kind, 800), ("export", lambda: self.in_dialog(begin), 2500), ("leave", self.leave, 300)]

    def label_map(self) -> list[Step]:
        matrix = self.window.label_map.matrix
        moves = [self.press(self.dice.choice(("Up", "Down", "Left", "Right"))) for _ in range(5)]
        ends = [self.press("Return", 200), self.press("L", 200), self.press("L", 200), self.press("Ctrl+Z")]
        focus: Step = ("focus", lambda: (self.panel("Label map"), matrix.setFocus()), 400)
        return [focus, *moves, *ends]

    def review(self) -> list[Step]:
        keys = ("N", "U", "Shift+U", "A", "R", "Shift+N")
        return [("panel", lambda: self.panel("Review"), 300), self.focus_timeline(),
                *(self.press(self.dice.choice(keys), 250) for _ in range(5))]  # fmt: skip

    def menus(self) -> list[Step]:
        found: list[Step] = []
        for action in self.dice.sample(self.window.menuBar().actions(), 3):
            menu: QMenu = action.menu()  # type: ignore[assignment]
            at = self.window.menuBar().mapToGlobal(self.window.menuBar().actionGeometry(action).bottomLeft())
            found += [(f"open {menu.title()}", lambda m=menu, at=at: m.popup(at), 200), ("close", menu.close, 100)]
        return found


HABITS = (
    "train", "train", "play", "scrub", "step", "zoom", "correct", "correct", "drag_boundary", "undo", "video", "panels",
    "rows", "layouts", "theme", "palette", "dialogs", "dialogs", "export", "label_map", "review", "menus",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--iterations", type=int, default=1500, help="of each training")
    parser.add_argument("--show", type=int, default=20, help="gaps to show; 0: do not look where they came from")
    parser.add_argument("--over", type=float, default=50.0, help="gaps of more milliseconds are told of")
    asked = parser.parse_args()
    if not asked.dataset.is_dir():
        print(f"{asked.dataset} is not there; nothing was measured.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        os.environ.update(HOME=folder, XDG_CONFIG_HOME=folder, TOT_CACHE_DIR=f"{folder}/cache", TOT_DATA_DIR=folder)
        return measure(asked, Path(folder))


def measure(asked: argparse.Namespace, folder: Path) -> int:
    """Drive a window for so many minutes; print what came of it."""
    window = a_window()
    session = window.session
    window.warm_up()
    session.create_project(folder / "ten.tot", api.open_dataset(asked.dataset))
    QTest.qWait(3000)  # the engine starts ahead of need, pictures come
    person = Person(window, asked.seed, asked.iterations, folder)
    changes: list[None] = []
    session.documentChanged.connect(lambda what, _: changes.append(None) if What.SEGMENTATION in what.what else None)
    watch = LoopWatch(lambda: person.doing, asked.over, looks=asked.show > 0)
    loop = QEventLoop()
    QTimer.singleShot(round(asked.minutes * 60_000), loop.quit)
    began = time.perf_counter()
    watch.start()
    person.start()
    loop.exec()
    watch.stop()
    person.stop()
    person.leave()
    runs = len(session.document.runs) if session.document else 0
    print(
        f"{time.perf_counter() - began:.0f} s on {QApplication.platformName()}, load {os.getloadavg()[0]:.1f}; "
        f"trainings begun {person.trainings}, runs {runs}, changes of corrected tracks {len(changes)}"
    )
    print(", ".join(f"{name} {count}" for name, count in sorted(person.done.items())))
    print(watch.report(asked.show))
    window.safety.may_close = lambda: True  # type: ignore[method-assign]
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
