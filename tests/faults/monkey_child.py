"""The window and a monkey: what a person could do with keys, mouse, menus, dialogs and dropped files, at random.

python -m faults.monkey_child FOLDER SEED COUNT [--only I,J,...]

Each action is drawn from its own dice (seed and number), so any subset can be replayed. It finds what is on screen by
what is there. Lines of JSON: one for each action, one for each failure, one with the figures at the end.
"""

from __future__ import annotations

import faulthandler
import json
import logging
import os
import random
import shutil
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Slot, qInstallMessageHandler
from PySide6.QtGui import QAction, QDesktopServices, QDropEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMenu,
    QMessageBox,
    QSpinBox,
    QTabBar,
    QWidget,
)

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import BACKGROUND, UNLABELLED, RunId
from core.errors import StoreError
from core.project import Project
from core.store.check import read_all
from totgui.app import install_hooks, make_application
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings

from .kills import state
from .owners import opened_by_others

QUIET = ("propagateSizeHints", "This plugin does not support", "keyToAscii")
"""What Qt says offscreen about every window, and QTest about letters beyond its table."""
SLOW = ("Open demo",)
"""Menu entries that the monkey leaves alone: rendering the demo takes the engine for minutes."""
NAMES = ("a", "step 9", "<b>x</b>", "żółć", "0", "-1", "9999999", "", "..", "x" * 90, "=1+1", "checkpoint")
KEYS = [
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab,
    Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_Comma, Qt.Key.Key_Period, Qt.Key.Key_Plus,
    Qt.Key.Key_Minus, *(Qt.Key(ord(c)) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789[]"),
]  # fmt: skip
FIELDS = (QLineEdit, QComboBox, QSpinBox, QTabBar, QAbstractButton)
MODIFIERS = [
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
]  # fmt: skip


def a_dataset(folder: Path) -> Path:
    """Three clips with features and labels, in the simplest layout."""
    from numbered_clips import N, make_clip

    root, generator = folder / "set", np.random.default_rng(0)
    for name in ("videos", "features", "groundTruth", "mapping"):
        (root / name).mkdir(parents=True)
    steps = ["reach", "turn", "place", "check"]
    (root / "mapping" / "mapping.txt").write_text("".join(f"{i} {name}\n" for i, name in enumerate(steps)))
    (folder / "clip").mkdir()
    clip = make_clip(folder / "clip" / "b_frames.mp4")
    truth = np.repeat(np.arange(4), N // 4 + 1)[:N]
    for video in ("one", "two", "three"):
        shutil.copyfile(clip, root / "videos" / f"{video}.mp4")
        matrix = np.eye(4)[truth] @ generator.normal(size=(4, 8)) + generator.normal(size=(N, 8)) * 0.2
        np.save(root / "features" / f"{video}.npy", matrix.astype(np.float32))
        (root / "groundTruth" / f"{video}.txt").write_text("\n".join(steps[i] for i in truth) + "\n")
    return root


def a_ready_project(folder: Path) -> Path:
    """A project on the dataset with a run, predictions and one corrected track, closed."""
    from core import api

    path = folder / "p.tot"
    with api.create_project(path, api.open_dataset(a_dataset(folder))) as project:
        run = RunId("r1")
        project.add_run(
            Run(
                run,
                1,
                {"n_clusters": 4},
                "cpu",
                1.5,
                10,
                False,
                "2026-01-01T10:00:00+00:00",
                {"ce": 1.0},
                ((1, None, 2.0),),
            ),
            LabelMap(run, 4, {0: 0, 1: 1}),
            b"weights",
        )
        videos = list(project.document.videos)
        cut = Segmentation(
            np.array([0, 40, 60, 100]), np.array([0, 1, 2, 3]), project.document.videos[videos[0]].timebase.n_frames
        )
        project.add_predictions([Prediction(run, video, cut, None) for video in videos])
        project.edit(commands.adopt_prediction(project.document, run, videos[0]))
    return path


class Monkey(QObject):
    """Acts, answers dialogs, and looks after each action whether everything still holds."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__()
        self.folder, self.seed = folder, seed
        self.project = a_ready_project(folder)
        self.failures: list[str] = []
        self.number, self.text = -1, ""
        self.times: list[float] = []
        self.dialogs = 0
        self._dice = random.Random(seed)
        self._stuck: dict[int, int] = {}
        (folder / "junk.bin").write_bytes(bytes(range(256)))
        self.window = self.open()
        QTimer.singleShot(5, self.answer)

    # --- the window -------------------------------------------------------------------------------------------

    def open(self) -> MainWindow:
        window = MainWindow(Session(), Settings())
        install_hooks(window)
        self.watch()
        window.resize(1400, 900)
        window.show()
        window.actions_.file.open_path(self.project)
        window.session.message.connect(self.hear)
        return window

    def watch(self) -> None:
        """Whatever nobody caught, from Python and from Qt, is a failure."""
        told = sys.excepthook

        def uncaught(kind: Any, error: Any, trace: Any) -> None:
            places, at = [], trace
            while at is not None:
                places.append(f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}")
                at = at.tb_next
            self.fail(f"{kind.__name__}: {error} at {' > '.join(places[-6:])}")

        assert told is not None
        sys.excepthook = uncaught
        threading.excepthook = lambda args: uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        qInstallMessageHandler(self.from_qt)

    def from_qt(self, kind: Any, context: Any, text: str) -> None:
        if not any(quiet in text for quiet in QUIET) and kind.name not in ("QtDebugMsg", "QtInfoMsg"):
            self.fail(f"Qt: {text}")

    @Slot(str, str)
    def hear(self, text: str, level: str) -> None:
        if "Traceback" in text or "Something went wrong inside" in text:
            self.fail(f"told: {text}")

    def fail(self, text: str) -> None:
        self.failures.append(text)
        print(json.dumps({"failure": text, "number": self.number, "action": self.text}), flush=True)

    # --- dialogs ----------------------------------------------------------------------------------------------

    @Slot()
    def answer(self) -> None:
        """One thing in the dialog or menu that is open; after a few, leave it."""
        QTimer.singleShot(5, self.answer)  # first: what is done here may open a dialog with a loop of its own
        found = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if found is None:
            return
        self.dialogs += 1
        dice, turn = self._dice, self._stuck.get(id(found), 0)
        self._stuck[id(found)] = turn + 1
        if isinstance(found, QMenu):
            entries = [a for a in found.actions() if a.isEnabled() and not a.isSeparator() and not a.menu()]
            if entries and turn == 0 and dice.random() < 0.6:
                found.setActiveAction(dice.choice(entries))
                QTest.keyClick(found, Qt.Key.Key_Return)
            else:
                found.close()
        elif isinstance(found, QFileDialog):
            self.answer_file_dialog(found)
        elif isinstance(found, QDialog) and turn > dice.randrange(1, 8):
            found.reject()
            if turn > 30:
                found.done(0)
        elif isinstance(found, QMessageBox):
            dice.choice(found.buttons()).click()
        elif isinstance(found, QWidget) and isinstance(found, QDialog):
            self.act_in(found)
        else:
            found.close()

    def answer_file_dialog(self, dialog: QFileDialog) -> None:
        """A name in our folder, or none: the monkey never walks about in the files of the machine."""
        if self._dice.random() < 0.4:
            dialog.reject()
            return
        if dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
            name = self.folder / "out" / f"saved {self._dice.randrange(9)}"
            name.parent.mkdir(exist_ok=True)
        elif dialog.fileMode() == QFileDialog.FileMode.Directory:
            name = self._dice.choice((self.folder / "set", self.folder / "out"))
        else:
            name = self._dice.choice((self.project, self.folder / "junk.bin"))
        dialog.setDirectory(str(name.parent))
        dialog.selectFile(str(name))
        dialog.done(1) if self._dice.random() < 0.5 else dialog.accept()

    # --- actions ----------------------------------------------------------------------------------------------

    def act(self, number: int) -> None:
        self.number = number
        self._dice = dice = random.Random(f"{self.seed} {number}")
        if not self.window.isVisible():
            self.reopen()
        if self.window.session.project is None and dice.random() < 0.5:
            self.window.actions_.file.open_path(self.project)
        kinds = (
            (self.key, 30), (self.click, 25), (self.drag, 15), (self.wheel, 10), (self.menu, 14), (self.resize, 2),
            (self.drop, 2), (self.edit, 8), (self.wait, 2),
        )  # fmt: skip
        act = dice.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        self.text = act.__name__
        began = time.perf_counter()
        act(dice)
        QApplication.processEvents()
        self.times.append(time.perf_counter() - began)
        if self.times[-1] > 0.5:
            print(json.dumps({"slow": round(self.times[-1], 2), "number": number, "action": self.text}), flush=True)
        self.look()

    def reopen(self) -> None:
        """The window was closed: what was saved is there again."""
        self.window.deleteLater()
        QApplication.processEvents()
        read_all(self.project)
        self.window = self.open()

    def targets(self, top: QWidget | None = None) -> list[QWidget]:
        top = top or self.window
        return [
            w for w in top.findChildren(QWidget) if w.isVisible() and w.isEnabled() and w.width() > 2 and w.height() > 2
        ]

    def one(self, dice: random.Random) -> tuple[QWidget, QPoint]:
        """A widget, the large and the drawn ones more often, and a point in it, the edges more often."""
        found = self.targets()
        weights = [min(60.0, 1 + (w.width() * w.height()) ** 0.5 / 20) for w in found]
        widget = dice.choices(found, weights)[0]
        self.text += f" {type(widget).__name__}"
        x, y = (
            dice.choice((1, n - 2, dice.randrange(n), dice.randrange(n))) for n in (widget.width(), widget.height())
        )
        return widget, QPoint(max(0, x), max(0, y))

    def key(self, dice: random.Random) -> None:
        actions = [a for a in self.window.findChildren(QAction) if not a.shortcut().isEmpty() and a.text() not in SLOW]
        widget = QApplication.focusWidget() or self.window
        if dice.random() < 0.5 and actions:
            shortcut = dice.choice(actions).shortcut()
            if (
                shortcut.matches(QKeySequence("Ctrl+Q")) == QKeySequence.SequenceMatch.ExactMatch
                and dice.random() < 0.8
            ):
                return
            self.text += f" {shortcut.toString()}"
            for combination in [shortcut[i] for i in range(shortcut.count())]:
                QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())
            return
        key, modifier = dice.choice(KEYS), dice.choice(MODIFIERS)
        if key == Qt.Key.Key_Q and modifier == Qt.KeyboardModifier.ControlModifier:
            return
        self.text += f" {key.name} {modifier.name}"
        QTest.keyClick(widget, key, modifier)

    def click(self, dice: random.Random) -> None:
        widget, at = self.one(dice)
        button = Qt.MouseButton.RightButton if dice.random() < 0.15 else Qt.MouseButton.LeftButton
        press = QTest.mouseDClick if dice.random() < 0.15 else QTest.mouseClick
        press(widget, button, dice.choice(MODIFIERS), at)

    def drag(self, dice: random.Random) -> None:
        widget, at = self.one(dice)
        modifier = dice.choice(MODIFIERS)
        QTest.mousePress(widget, Qt.MouseButton.LeftButton, modifier, at)
        for _ in range(dice.randrange(1, 6)):
            at += QPoint(dice.randrange(-80, 81), dice.randrange(-30, 31))
            QTest.mouseMove(widget, at)
            if not widget.isVisible():
                return
        if dice.random() < 0.1:
            QTest.keyClick(widget, Qt.Key.Key_Escape)
        QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, modifier, at)

    def wheel(self, dice: random.Random) -> None:
        widget, at = self.one(dice)
        angle = QPoint(dice.choice((0, 0, 120, -120)), dice.choice((120, -120, 15, -15, 1200, -1200)))
        where = QPointF(widget.mapToGlobal(at))
        QApplication.sendEvent(
            widget,
            QWheelEvent(
                QPointF(at), where, QPoint(), angle, Qt.MouseButton.NoButton, dice.choice(MODIFIERS),
                Qt.ScrollPhase.NoScrollPhase, False,
            ),
        )  # fmt: skip

    def menu(self, dice: random.Random) -> None:
        entries = [a for a in self.entries(self.window.menuBar().actions()) if a.isEnabled() and a.text() not in SLOW]
        if not entries:
            return
        entry = dice.choice(entries)
        if "Quit" in entry.text() and dice.random() < 0.7:
            return
        self.text += f" {entry.text()}"
        entry.trigger()

    def entries(self, actions: list[QAction]) -> list[QAction]:
        found: list[QAction] = []
        for action in actions:
            if (menu := action.menu()) is not None:
                found += self.entries(menu.actions())  # type: ignore[attr-defined]
            elif not action.isSeparator():
                found.append(action)
        return found

    def resize(self, dice: random.Random) -> None:
        self.window.resize(dice.randrange(300, 2200), dice.randrange(200, 1400))

    def drop(self, dice: random.Random) -> None:
        choices = (
            self.project,
            self.folder / "set",
            self.folder / "junk.bin",
            self.folder / "nowhere.tot",
            Path("/dev/null"),
        )
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(dice.choice(choices))) for _ in range(dice.choice((1, 1, 2)))])
        action, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
        event = QDropEvent(QPointF(9, 9), action, data, button, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(self.window, event)

    def edit(self, dice: random.Random) -> None:
        """What a field holds is replaced; a box or a button is used."""
        found = [
            w for w in self.targets() if isinstance(w, QLineEdit | QComboBox | QSpinBox | QTabBar | QAbstractButton)
        ]
        if found:
            self.use(dice.choice(found))

    def act_in(self, dialog: QDialog) -> None:
        found = [
            w
            for w in self.targets(dialog)
            if isinstance(w, QLineEdit | QComboBox | QSpinBox | QTabBar | QAbstractButton)
        ]
        if found and self._dice.random() < 0.9:
            self.use(self._dice.choice(found))
        else:
            QTest.keyClick(dialog, self._dice.choice(KEYS))

    def use(self, widget: QWidget) -> None:
        dice = self._dice
        self.text += f" {type(widget).__name__}"
        if isinstance(widget, QLineEdit) and not widget.isReadOnly():
            text = dice.choice(NAMES)
            if "/" in widget.text():  # a path: it stays in our folder
                text = str(self.folder / "out" / f"named {dice.randrange(9)}.tot")
            widget.setText(text)
            if dice.random() < 0.5:
                QTest.keyClick(widget, Qt.Key.Key_Return)
        elif isinstance(widget, QComboBox) and widget.count():
            chosen = dice.randrange(widget.count())
            if widget.model().index(chosen, 0).flags() & Qt.ItemFlag.ItemIsEnabled:  # not a heading
                widget.setCurrentIndex(chosen)
        elif isinstance(widget, QSpinBox):
            widget.setValue(dice.choice((widget.minimum(), widget.maximum(), dice.randrange(100))))
        elif isinstance(widget, QTabBar) and widget.count():
            chosen = dice.randrange(widget.count())
            if widget.isTabEnabled(chosen):
                widget.setCurrentIndex(chosen)
        elif isinstance(widget, QAbstractButton):
            widget.click()

    def wait(self, dice: random.Random) -> None:
        QTest.qWait(dice.choice((1, 20, 120)))

    # --- what must hold ---------------------------------------------------------------------------------------

    def look(self) -> None:
        project = self.window.session.project
        if project is None:
            return
        document = project.document
        for video, track in document.corrected.items():
            n = document.videos[video].timebase.n_frames
            labels = set(track.labels.tolist())
            whole = track.n_frames == n and track.starts[0] == 0 and bool((np.diff(track.starts) >= 1).all())
            if not whole or bool((track.labels[1:] == track.labels[:-1]).any()):
                self.fail(f"{video} is no partition of its frames any more")
            if unknown := labels - {int(a) for a in document.actions} - {int(BACKGROUND), int(UNLABELLED)}:
                self.fail(f"{video} holds actions that are not there: {unknown}")
        selected = self.window.session.selection
        track = document.corrected.get(self.window.session.current_video)  # type: ignore[arg-type]
        if selected and (track is None or max(selected) >= len(track)):
            self.fail("a segment is selected that is not there")

    def examine(self) -> None:
        """The file holds what memory holds: a copy is read, checked and followed back; undo and redo are exact."""
        project = self.window.session.project
        if project is None or project.read_only or project.path != self.project:
            return
        was, copy = state(project.document), self.folder / "examined.tot"
        copy.unlink(missing_ok=True)
        project.save_copy(copy)
        read_all(copy)
        with Project.open(copy) as again:
            if state(again.document) != was:
                self.fail("the file holds other values than the memory")
            n = 0
            while n < 40 and again.undo() is not None:
                n += 1
            for _ in range(n):
                again.redo()
            if state(again.document) != was:
                self.fail("undo and redo do not lead back")


class Urls(QObject):
    """Takes what would open a browser or a file manager."""

    @Slot(QUrl)
    def take(self, url: QUrl) -> None: ...


def main(folder: Path, seed: int, numbers: list[int]) -> None:
    """Act; print the figures."""
    os.chdir(folder)
    faulthandler.enable()
    logging.disable(logging.CRITICAL)
    make_application()
    QApplication.setQuitOnLastWindowClosed(False)
    urls = Urls()
    for scheme in ("file", "http", "https"):
        QDesktopServices.setUrlHandler(scheme, urls, "take")
    with opened_by_others() as opened:
        monkey = Monkey(folder, seed)
        for place, number in enumerate(numbers):
            print(json.dumps({"number": number}), flush=True)
            monkey.act(number)
            if place % 500 == 499:
                monkey.examine()
            if len(monkey.failures) >= 5:
                break
        monkey.number, monkey.text = numbers[-1], "closing"
        if monkey.window.isVisible():
            monkey.examine()
            monkey.window.safety.may_close = lambda: True  # type: ignore[method-assign]
            monkey.window.close()
        try:
            read_all(monkey.project)
        except StoreError as error:
            monkey.fail(f"the project after closing: {error}")
    for text in opened[:3]:
        monkey.fail(f"opened while the store held it: {text}")
    times = np.array(monkey.times or [0.0]) * 1000
    figures = {
        "actions": len(monkey.times), "answers to dialogs and menus": monkey.dialogs,
        "p99 ms": round(float(np.percentile(times, 99)), 1), "slowest ms": round(float(times.max()), 1),
    }  # fmt: skip
    left = [t.name for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]
    if left:
        monkey.fail(f"threads that were left: {left}")
    print(json.dumps({"figures": figures}), flush=True)


if __name__ == "__main__":
    only = sys.argv[sys.argv.index("--only") + 1].split(",") if "--only" in sys.argv else range(int(sys.argv[3]))
    main(Path(sys.argv[1]), int(sys.argv[2]), [int(number) for number in only])
