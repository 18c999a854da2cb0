"""The window and a monkey: what a person could do with keys, mouse, menus, dialogs and dropped files, at random.

python -m faults.monkey_child FOLDER SEED COUNT [--only I,J,...]

Each action is drawn from its own dice (seed and number), so any subset can be replayed. It finds what is on screen by
what is there. Lines of JSON: one for each action, one for each failure, one with the figures at the end.
"""

from __future__ import annotations

import faulthandler
import gc
import json
import logging
import os
import random
import shutil
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from opened import open_in
from PySide6.QtCore import QEvent, QObject, QTimer, QUrl, Slot, qInstallMessageHandler
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget

from core.data.dataset import BACKGROUND, UNLABELLED
from core.errors import StoreError
from core.events import Failed
from core.project import Project
from core.store.check import read_all
from totgui.app import install_hooks, make_application
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
from totgui.sound import sound
from totgui.sound.speaker import Speaker, library_is_there

from .endurance_child import memory
from .heartbeat import Heartbeat
from .kills import state
from .markup import read_as_markup
from .monkey_outside import Outside
from .monkey_places import Places, odd_files
from .monkey_reach import Reach
from .monkey_world import a_ready_project, clear_cache, lose_or_find
from .owners import opened_by_others

QUIET = ("propagateSizeHints", "This plugin does not support", "keyToAscii")
"""What Qt says offscreen about every window, and QTest about letters beyond its table."""
TURN = 8
"""Of so many actions one is a command whose turn it is, so that long runs leave none out."""


class Monkey(Outside):
    """Acts, answers dialogs, and looks after each action whether everything still holds."""

    def __init__(self, folder: Path, seed: int) -> None:
        super().__init__()
        self.folder, self.seed = folder, seed
        self.project = a_ready_project(folder, with_sound=True)
        self.failures: list[str] = []
        self.number, self.text = -1, ""
        self.done = 0
        self.dialogs = 0
        self.began = time.monotonic()
        self.weights: list[dict[str, int]] = []
        self.reach = Reach()
        self._dice = random.Random(seed)
        self._stuck: dict[int, int] = {}
        self.places = Places(self.project)
        self.odd = odd_files(folder, self.project)
        self.window = self.open()
        QApplication.processEvents()
        self.heart = Heartbeat(self.late)
        QTimer.singleShot(5, self.answer)

    # --- the window -------------------------------------------------------------------------------------------

    def open(self) -> MainWindow:
        window = MainWindow(Session(), Settings())
        install_hooks(window)
        self.watch()
        window.resize(1400, 900)
        window.show()
        open_in(window, self.project)
        window.session.message.connect(self.hear)
        window.session.jobEvent.connect(self.hear_job)
        self.reach.watch(window)
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

    @Slot(object)
    def hear_job(self, event: object) -> None:
        """A job may fail with a sentence for a person; an error that no one foresaw is a failure here."""
        if isinstance(event, Failed) and event.kind == "failed":
            places = [line.strip() for line in event.traceback.splitlines() if line.strip().startswith("File")]
            where = " > ".join(Path(place.split('"')[1]).name + place.split(",")[1] for place in places[-4:])
            self.fail(f"a job: {event.message} at {where}")

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
            self._stuck.clear()  # a dialog that is gone leaves its number to another one
            return
        self.dialogs += 1
        turn = self._stuck.get(id(found), 0)
        if not turn:
            self.reach.see(found)
            self.read(found)
        self._stuck[id(found)] = turn + 1
        self.answer_in(found, turn)

    # --- actions ----------------------------------------------------------------------------------------------

    def act(self, number: int) -> None:
        self.number = number
        self._dice = dice = random.Random(f"{self.seed} {number}")
        if not self.window.isVisible():
            with self.heart.own():
                self.reopen()
        if self.window.session.project is None and dice.random() < 0.5:
            open_in(self.window, self.project)
        kinds = (
            (self.key, 30), (self.click, 25), (self.drag, 15), (self.wheel, 10), (self.menu, 14), (self.resize, 2),
            (self.drop, 3), (self.edit, 16), (self.wait, 2), (self.context, 6), (self.lose, 1), (self.forget, 1),
            (self.leave, 1), (self.paste, 3), (self.elsewhere, 2), (self.dock, 3), (self.looks, 2), (self.storm, 1),
            (self.hold, 3), (self.burst, 2), (self.harm, 1), (self.sheet, 6),
        )  # fmt: skip
        act = dice.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        if number % TURN == TURN - 1:
            act = self.command
        self.text = act.__name__
        act(dice)
        QApplication.processEvents()
        self.done += 1
        with self.heart.own():
            self.look()

    def late(self, seconds: float, place: str) -> None:
        """The window did not answer for a moment: how long, in which action, and where it was."""
        said = {"slow": round(seconds, 2), "number": self.number, "action": self.text, "place": place}
        print(json.dumps(said), flush=True)

    def command(self, _dice: random.Random) -> None:
        self.turn(self.number // TURN)

    def lose(self, dice: random.Random) -> None:
        self.text += f" {lose_or_find(self.folder, dice)}"

    def forget(self, dice: random.Random) -> None:
        self.text += f" the cache: {clear_cache(dice)}"

    def reopen(self) -> None:
        """The window was closed: what was saved is there again."""
        self.window.deleteLater()
        QApplication.processEvents()
        read_all(self.places.project)
        self.project = self.places.project
        self.window = self.open()

    # --- what must hold ---------------------------------------------------------------------------------------

    def read(self, top: QWidget) -> None:
        """Names are text, whatever they hold."""
        with self.heart.own():
            for place in read_as_markup(top)[:2]:
                self.fail(f"a name is read as markup: {place}")

    def look(self) -> None:
        self.reach.look(self.window)
        if self.number % 30 == 0:
            self.read(self.window)
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
        track = self.window.session.base()  # without a corrected track, the prediction that an edit would take
        if selected and (track is None or max(selected) >= len(track)):
            self.fail("a segment is selected that is not there")

    def examine(self) -> None:
        """The file holds what memory holds: a copy is read, checked and followed back; undo and redo are exact."""
        project = self.window.session.project
        if project is None or project.read_only:
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

    def weigh(self) -> None:
        """What the program holds by now, in a line of its own: what grows with the actions is a leak."""
        gc.collect()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        held = {
            "MB": round(memory()), "widgets": len(QApplication.allWidgets()), "Python objects": len(gc.get_objects()),
            "files": len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0,
            "threads": threading.active_count(), "seconds": round(time.monotonic() - self.began),
        }  # fmt: skip
        self.weights.append(held)
        print(json.dumps({"number": self.number, "held": held}), flush=True)


class Urls(QObject):
    """Takes what would open a browser or a file manager."""

    @Slot(QUrl)
    def take(self, url: QUrl) -> None: ...


def main(folder: Path, seed: int, numbers: list[int]) -> None:
    """Act; print the figures."""
    os.chdir(folder)
    faulthandler.enable()
    logging.disable(logging.CRITICAL)
    if library_is_there():  # a device that plays into nothing: machines that test have none
        sound.Speaker = partial(Speaker, backend="NULL")  # type: ignore[misc, assignment]
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
                with monkey.heart.own():
                    monkey.examine()
                    monkey.weigh()
            if len(monkey.failures) >= 5:
                break
        monkey.number, monkey.text = numbers[-1], "closing"
        if monkey.window.isVisible():
            monkey.examine()
            monkey.window.safety.may_close = lambda: True  # type: ignore[method-assign]
            monkey.window.close()
        try:
            read_all(monkey.places.project)
        except StoreError as error:
            monkey.fail(f"the project after closing: {error}")
    monkey.places.end()
    for text in opened[:3]:
        monkey.fail(f"opened while the store held it: {text}")
    monkey.heart.end()
    figures: dict[str, object] = {"actions": monkey.done, "answers to dialogs and menus": monkey.dialogs}
    figures |= monkey.heart.figures() | monkey.reach.figures()
    for name in monkey.weights[0] if monkey.weights else ():
        figures[f"{name} on the way"] = [held[name] for held in monkey.weights]
    left = [t.name for t in threading.enumerate() if t is not threading.main_thread() and not t.daemon]
    if left:
        monkey.fail(f"threads that were left: {left}")
    print(json.dumps({"figures": figures}), flush=True)


if __name__ == "__main__":
    if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("unshare") and "TOT_OWN_MOUNTS" not in os.environ:
        os.environ["TOT_OWN_MOUNTS"] = "1"  # what is mounted for a read-only project ends with this process
        os.execvp("unshare", ["unshare", "-m", sys.executable, "-m", "faults.monkey_child", *sys.argv[1:]])
    only = sys.argv[sys.argv.index("--only") + 1].split(",") if "--only" in sys.argv else range(int(sys.argv[3]))
    main(Path(sys.argv[1]), int(sys.argv[2]), [int(number) for number in only])
