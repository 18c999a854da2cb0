"""More of what a person and the desktop do: odd files dropped, texts pasted, panels torn off, other looks, haste."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from opened import settle
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox

from core.project import Project
from totgui.session import opening
from totgui.session.opening import read

from .monkey_hands import KEYS, LEFT, MODIFIERS, NAMES, SLOW, Hands, is_there
from .monkey_places import Places

AREAS = (
    Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea, Qt.DockWidgetArea.BottomDockWidgetArea,
)  # fmt: skip
QUICK = (
    "edit.undo", "edit.redo", "edit.undo", "edit.redo", "segment.split", "segment.merge-next", "labels.key-1",
    "labels.key-2", "segment.nudge-right", "segment.take-all", "review.next-video", "segment.background",
    "edit.select-all", "playback.toggle", "review.accept",
)  # fmt: skip


def read_late(delay_s: float, wish: opening.Wish) -> Project | None:
    """A project on a drive that is slow to answer."""
    time.sleep(delay_s)
    return read(wish)


class Outside(Hands):
    """Acts that come from beside the window, or too quickly."""

    odd: list[Path]
    places: Places
    heart: Any

    # --- files and texts from elsewhere --------------------------------------------------------------

    def drop(self, dice: random.Random) -> None:
        """Files are dragged in; where the window says that it takes them, they are dropped."""
        choices = [
            QUrl.fromLocalFile(str(path))
            for path in (
                self.project,
                self.folder / "set",
                *sorted((self.folder / "set").rglob("*.txt"))[:3],
                *self.odd,
            )
        ]
        choices += [QUrl("http://127.0.0.1:9/a.tot"), QUrl("file://elsewhere/a.tot"), QUrl.fromLocalFile("/dev/null")]
        data = QMimeData()
        chosen = [dice.choice(choices) for _ in range(dice.choice((1, 1, 1, 2, 9)))]
        self.text += f" {', '.join(url.fileName() for url in chosen)}"
        data.setUrls(chosen)
        if dice.random() < 0.1:
            data = QMimeData()
            data.setText(dice.choice(NAMES))
        words = (Qt.DropAction.CopyAction, data, LEFT, Qt.KeyboardModifier.NoModifier)
        enter = QDragEnterEvent(QPoint(9, 9), *words)
        QApplication.sendEvent(self.window, enter)
        if enter.isAccepted():
            QApplication.sendEvent(self.window, QDropEvent(QPointF(9, 9), *words))
            QApplication.processEvents()

    def paste(self, dice: random.Random) -> None:
        """Something lies on the clipboard, and is pasted where the keys go, or into a field."""
        QGuiApplication.clipboard().setText(dice.choice(NAMES))
        fields = [w for w in self.targets() if isinstance(w, QLineEdit) and not w.isReadOnly()]
        widget = dice.choice(fields) if fields and dice.random() < 0.6 else QApplication.focusWidget() or self.window
        self.text += f" into {type(widget).__name__}"
        for key in (Qt.Key.Key_A, Qt.Key.Key_V, *dice.choice(((), (Qt.Key.Key_C,), (Qt.Key.Key_X,)))):
            QTest.keyClick(widget, key, Qt.KeyboardModifier.ControlModifier)
        if dice.random() < 0.3:
            QTest.keyClick(widget, Qt.Key.Key_Return)

    def elsewhere(self, dice: random.Random) -> None:
        """Another project is opened: whole, poor, damaged, held, strange."""
        with self.heart.own():
            name, path = self.places.choose(dice)
        self.text += f": {name}"
        self.project = path
        delay_s = dice.choice((0.0, 0.0, 0.0, 0.02, 0.3, 0.6))
        opening.read = partial(read_late, delay_s)
        self.text += f" after {delay_s} s" if delay_s else ""
        self.window.actions_.file.open_path(path)
        if dice.random() < 0.6:
            settle(self.window)
        else:  # what comes next is done while it is being opened
            self.text += ", not waited for"

    # --- the desktop ---------------------------------------------------------------------------------

    def dock(self, dice: random.Random) -> None:
        """A panel is torn off, moved, put elsewhere, laid onto another one, closed or shown."""
        name = dice.choice(sorted(self.window.docks))
        dock = self.window.docks[name]
        do = dice.choice(("tear off", "move", "put", "onto", "close", "show", "size"))
        self.text += f" {name}: {do}"
        if do == "tear off":
            dock.setFloating(not dock.isFloating())
        elif do == "move" and dock.isFloating():
            dock.move(dice.randrange(-200, 1500), dice.randrange(-100, 900))
        elif do == "put":
            self.window.addDockWidget(dice.choice(AREAS), dock)
        elif do == "onto":
            other = self.window.docks[dice.choice(sorted(self.window.docks))]
            if other is not dock:
                self.window.tabifyDockWidget(other, dock)
        elif do == "close":
            dock.close()
        elif do == "show":
            dock.show()
            dock.raise_()
        elif dock.isFloating():
            dock.resize(dice.randrange(20, 1200), dice.randrange(20, 900))

    def looks(self, dice: random.Random) -> None:
        """The desktop becomes dark or light, its letters larger or smaller, the window another size."""
        do = dice.choice(("dark", "light", "letters", "letters", "max", "full", "min", "normal"))
        self.text += f" {do}"
        if do in ("dark", "light"):
            scheme = Qt.ColorScheme.Dark if do == "dark" else Qt.ColorScheme.Light
            QGuiApplication.styleHints().setColorScheme(scheme)
        elif do == "letters":
            font = QApplication.font()
            font.setPointSizeF(dice.choice((6.0, 9.0, 10.5, 14.0, 20.0)))
            QApplication.setFont(font)
        else:
            show = {
                "max": self.window.showMaximized, "full": self.window.showFullScreen,
                "min": self.window.showMinimized, "normal": self.window.showNormal,
            }[do]  # fmt: skip
            show()
            QApplication.processEvents()
            if do == "min":
                self.window.showNormal()

    def harm(self, dice: random.Random) -> None:
        """The engine is killed or stands still in the middle of its work; the project's file is away for a moment."""
        by_name, session = self.window.actions_.by_name, self.window.session
        do = dice.choice(("kill", "kill", "freeze", "away"))
        self.text += f" {do}"
        if do == "away":
            path = None if session.project is None or session.project.read_only else session.project.path
            if path is None or not os.access(path.parent, os.W_OK):
                return
            aside = path.rename(path.with_name("aside.tmp"))
            for name in ("edit.undo", "edit.redo", "labels.key-1", "edit.undo"):
                by_name[name].trigger()
                QTest.qWait(dice.choice((1, 60, 400)))
            aside.rename(path)
            QTest.qWait(50)
            return
        job = dice.choice(("model.train", "model.segment", "model.extract", ""))
        if job and by_name[job].isEnabled():
            self.text += f" in {job}"
            by_name[job].trigger()
            QTest.qWait(dice.choice((0, 5, 50, 300, 900)))
        pid = session.jobs._runner.pid
        if pid is None or not session.jobs._runner.busy:
            return
        os.kill(pid, signal.SIGSTOP if do == "freeze" else signal.SIGKILL)
        QTest.qWait(dice.choice((1, 100, 700)))
        if do == "freeze":
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    # --- haste ---------------------------------------------------------------------------------------

    def storm(self, dice: random.Random) -> None:
        """Undo, redo and edits as fast as they come while a short training, or predictions, arrive."""
        by_name = self.window.actions_.by_name
        job = dice.choice(("model.train", "model.segment", "model.train"))
        for field in self.window.training.findChildren(QSpinBox):
            if field.objectName() == "iterations" or field.maximum() >= 100_000:
                field.setValue(dice.randrange(1, 12))
        self.text += f" in {job}"
        if by_name[job].isEnabled():
            by_name[job].trigger()
        for _ in range(dice.randrange(20, 60)):
            if (command := by_name.get(dice.choice(QUICK))) is not None and command.isEnabled():
                command.trigger()
            QTest.qWait(dice.choice((0, 0, 0, 5, 40)))

    def hold(self, dice: random.Random) -> None:
        """The button is held down while something else happens."""
        widget, at = self.one(dice)
        QTest.mousePress(widget, LEFT, dice.choice(MODIFIERS), at)
        QTest.mouseMove(widget, at + QPoint(dice.randrange(-30, 31), 4))
        entries = [a for a in self.window.actions_.by_name.values() if a.isEnabled() and a.text() not in SLOW]
        entries = [a for a in entries if "Quit" not in a.text()]
        if entries:
            entry = dice.choice(entries)
            self.text += f" and {entry.text()}"
            entry.trigger()
        QApplication.processEvents()
        if is_there(widget):
            QTest.mouseMove(widget, at + QPoint(dice.randrange(-90, 91), 9))
        if is_there(widget):
            QTest.mouseRelease(widget, LEFT, Qt.KeyboardModifier.NoModifier, at)

    def burst(self, dice: random.Random) -> None:
        """Keys that stand in line before any of them is served, as of a key that is held down."""
        key = dice.choice(KEYS)
        for turn in range(dice.randrange(5, 40)):
            widget = QApplication.focusWidget() or self.window
            for kind in (QKeyEvent.Type.KeyPress, QKeyEvent.Type.KeyRelease):
                letter = chr(key.value).lower() if key.value < 128 else ""
                words = (kind, key, Qt.KeyboardModifier.NoModifier, letter, turn > 0)
                QApplication.postEvent(widget, QKeyEvent(*words))
        self.text += f" {key.name}"
