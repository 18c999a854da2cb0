"""The hands of the monkey: keys, mouse, wheel, menus, fields, lists, context menus and dropped files, at random."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QHeaderView,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QSpinBox,
    QTabBar,
    QTableView,
    QTreeView,
    QWidget,
)
from shiboken6 import isValid

SLOW = ("Open demo",)
"""Menu entries that the monkey leaves alone: rendering the demo takes the engine for minutes."""
NAMES = (
    "a", "step 9", "<b>x</b>", "żółć", "0", "-1", "9999999", "", "..", "x" * 90, "=1+1", "checkpoint", "🔧 turn 👩‍🏭",
    "\u202eשלום", "reach", "x" * 500, "a\tb", "1:2:3", "nan", "1e400", '<img src="file:///etc/hostname">', "a\nb",
    "&amp; &File", "%n %s {0}", "../../x", "CON", "nul\0l", "C:\\x", "javascript:1", "=cmd|' /C x'!A0", "\ufeff", " ",
    "é" * 300, "\u0301" * 80, "1" * 5000, "file:///etc/passwd", "*", "[", "\\", "(?P<", "'", '"',
)  # fmt: skip
KEYS = [
    Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End,
    Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab,
    Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_F2, Qt.Key.Key_Comma, Qt.Key.Key_Period, Qt.Key.Key_Plus,
    Qt.Key.Key_Minus, *(Qt.Key(ord(c)) for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789[]"),
]  # fmt: skip
SHEET_KEYS = [
    *(Qt.Key(ord(c)) for c in "0123456789YG"), Qt.Key.Key_Slash, Qt.Key.Key_Delete, Qt.Key.Key_Return,
    Qt.Key.Key_Space, Qt.Key.Key_Escape, Qt.Key.Key_Down, Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_End,
]  # fmt: skip
FIELDS = (
    QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QTabBar, QAbstractButton, QAbstractItemView, QAbstractSlider,
    QPlainTextEdit,
)  # fmt: skip
MODIFIERS = [
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier,
]  # fmt: skip
BEFORE = {
    "edit.redo": ("edit.undo",), "edit.clear": ("edit.select-all", "range.in"),
    "range.clear": ("range.in", "range.out"), "segment.range": ("range.in", "playback.on-10", "range.out"),
    "playback.original": ("playback.smooth",), "playback.forget-proxy": ("playback.smooth",),
    "model.stop": ("model.train",), "model.discard": ("model.train",), "model.resume": ("model.discard",),
}  # fmt: skip
"""What makes a command possible, in this order."""
LONG = ("playback.smooth", "model.discard")
WAITS = 120
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


def is_there(widget: QWidget) -> bool:
    """Whether a widget can still be pointed at: what was done to it may have closed it."""
    return isValid(widget) and widget.isVisible()


def has_menu(widget: QWidget) -> bool:
    """Whether a widget, or the view that it is the viewport of, opens a context menu of the program."""
    own = [kind for kind in type(widget).__mro__ if kind.__module__.startswith("totgui.")]
    return widget.contextMenuPolicy() == Qt.ContextMenuPolicy.CustomContextMenu or any(
        "contextMenuEvent" in vars(kind) for kind in own
    )


class Hands(QObject):
    """Acts in a window. What is done is written into `text`; `_dice` are the dice of the present action."""

    window: Any
    project: Path
    folder: Path
    odd: list[Path]
    text: str
    _dice: random.Random

    # --- by position -------------------------------------------------------------------------------

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

    def click(self, dice: random.Random) -> None:
        widget, at = self.one(dice)
        button = RIGHT if dice.random() < 0.15 else LEFT
        press = QTest.mouseDClick if dice.random() < 0.15 else QTest.mouseClick
        press(widget, button, dice.choice(MODIFIERS), at)

    def context(self, dice: random.Random) -> None:
        """The context menu at a place, mostly where there is one of ours; QTest's right button asks for none."""
        widget, at = self.one(dice)
        ours = [w for w in self.targets() if has_menu(w)]
        if ours and dice.random() < 0.7:
            widget = dice.choice(ours)
            at = QPoint(dice.randrange(widget.width()), dice.randrange(widget.height()))
            self.text = f"context {type(widget).__name__}"
        reason = dice.choice((QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard))
        QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))

    def drag(self, dice: random.Random) -> None:
        widget, at = self.one(dice)
        modifier = dice.choice(MODIFIERS)
        QTest.mousePress(widget, LEFT, modifier, at)
        for _ in range(dice.randrange(1, 6)):
            at += QPoint(dice.randrange(-80, 81), dice.randrange(-30, 31))
            QTest.mouseMove(widget, at)
            if not is_there(widget):
                return
        if dice.random() < 0.1:
            QTest.keyClick(widget, Qt.Key.Key_Escape)
        if is_there(widget):
            QTest.mouseRelease(widget, LEFT, modifier, at)

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

    # --- by command --------------------------------------------------------------------------------

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
                menu.aboutToShow.emit()  # type: ignore[attr-defined]  # some are filled when they open
                found += self.entries(menu.actions())  # type: ignore[attr-defined]
            elif not action.isSeparator():
                found.append(action)
        return found

    def turn(self, turn: int) -> None:
        """The command whose turn it is, so that none is left out; each comes up once in as many turns as there are.

        Where it cannot be done now, what makes it possible is done first.
        """
        by_name = self.window.actions_.by_name
        names = sorted(name for name, action in by_name.items() if action.text() not in SLOW)
        name = names[turn % len(names)]
        self.text += f" {name}"
        for before in BEFORE.get(name, ()):
            if not by_name[name].isEnabled() and by_name[before].isEnabled():
                self.text += f" after {before}"
                by_name[before].trigger()
                for _ in range(WAITS if before in LONG else 1):
                    if not by_name[name].isEnabled():
                        QTest.qWait(50)
        if by_name[name].isEnabled():
            by_name[name].trigger()

    # --- many at once ------------------------------------------------------------------------------

    def sheet(self, dice: random.Random) -> None:
        """The segments of all videos: some are chosen with the mouse, then a key works on all of them."""
        self.window.docks["Segments"].show()
        self.window.docks["Segments"].raise_()
        view = self.window.segments()
        if dice.random() < 0.3:
            view.show_label(None)
        QApplication.processEvents()
        shown = view.table if view.table.isVisible() else view.sheet
        if not shown.isVisible():
            return
        shown.setFocus()
        port = shown.viewport()
        for _ in range(dice.randrange(1, 6)):
            at = QPoint(dice.randrange(max(1, port.width())), dice.randrange(max(1, port.height())))
            QTest.mouseClick(port, LEFT, dice.choice(MODIFIERS), at)
        key, modifier = dice.choice(SHEET_KEYS), dice.choice(MODIFIERS[:4])
        if dice.random() < 0.2:
            QTest.keyClick(shown, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.text += f" {view.segments.count} chosen {key.name} {modifier.name}"
        QTest.keyClick(shown, key, modifier)

    # --- by field ----------------------------------------------------------------------------------

    def edit(self, dice: random.Random) -> None:
        """What a field holds is replaced; a box, a list or a button is used."""
        found = [w for w in self.targets() if isinstance(w, FIELDS)]
        if found:
            self.use(dice.choice(found))

    def act_in(self, dialog: QWidget) -> None:
        found = [w for w in self.targets(dialog) if isinstance(w, FIELDS)]
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
        elif isinstance(widget, QPlainTextEdit) and not widget.isReadOnly():
            widget.setPlainText(dice.choice(NAMES) + "\n" + dice.choice(NAMES))
        elif isinstance(widget, QComboBox) and widget.count():
            if dice.random() < 0.3:
                QTest.keyClick(widget, dice.choice(KEYS))
            else:
                chosen = dice.randrange(widget.count())
                if widget.model().index(chosen, 0).flags() & Qt.ItemFlag.ItemIsEnabled:  # not a heading
                    widget.setCurrentIndex(chosen)
        elif isinstance(widget, QSpinBox | QDoubleSpinBox):
            widget.setValue(dice.choice((widget.minimum(), widget.maximum(), dice.randrange(100))))
        elif isinstance(widget, QAbstractSlider):
            widget.setValue(dice.randint(widget.minimum(), max(widget.minimum(), widget.maximum())))
        elif isinstance(widget, QTabBar) and widget.count():
            chosen = dice.randrange(widget.count())
            if widget.isTabEnabled(chosen):
                widget.setCurrentIndex(chosen)
        elif isinstance(widget, QAbstractItemView):
            self.use_list(widget)
        elif isinstance(widget, QAbstractButton):
            widget.click()

    def use_list(self, view: QAbstractItemView) -> None:
        """A row of a list or a table: marked, clicked, ticked, edited, or its menu opened."""
        dice, model, top = self._dice, view.model(), view.rootIndex()
        header = view.horizontalHeader() if isinstance(view, QTableView) else None
        header = view.header() if isinstance(view, QTreeView) else header
        columns = header.count() if header is not None else 1
        if model is None or isinstance(view, QHeaderView) or not model.rowCount(top) or not columns:
            return
        index = model.index(dice.randrange(model.rowCount(top)), dice.randrange(columns), top)
        view.scrollTo(index)
        place, port = view.visualRect(index).center(), view.viewport()
        do = dice.choice(("mark", "click", "double", "tick", "edit", "menu"))
        if do == "mark":
            view.setCurrentIndex(index)
        elif do == "click":
            QTest.mouseClick(port, LEFT, dice.choice(MODIFIERS), place)
        elif do == "double":
            QTest.mouseDClick(port, LEFT, Qt.KeyboardModifier.NoModifier, place)
        elif do == "menu":
            QApplication.sendEvent(
                port, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, port.mapToGlobal(place))
            )
        else:
            view.setCurrentIndex(index)
            QTest.keyClick(view, Qt.Key.Key_Space if do == "tick" else Qt.Key.Key_F2)
            self.finish_editing(view, index)

    def finish_editing(self, view: QAbstractItemView, index: QModelIndex) -> None:
        """The name in an open editor of a cell is replaced, or the editor left."""
        field = view.indexWidget(index) or QApplication.focusWidget()
        if isinstance(field, QLineEdit) and view.isAncestorOf(field):
            field.setText(self._dice.choice(NAMES))
            QTest.keyClick(field, self._dice.choice((Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_Tab)))

    # --- dialogs and popups ------------------------------------------------------------------------

    def answer_in(self, found: QWidget, turn: int) -> None:
        """One thing in the dialog, the menu or the popup that is open; after a few, leave it."""
        dice = self._dice
        if isinstance(found, QMenu):
            entries = [a for a in found.actions() if a.isEnabled() and not a.isSeparator()]
            if entries and turn < 3 and dice.random() < 0.6:
                entry = dice.choice(entries)
                found.setActiveAction(entry)
                QTest.keyClick(found, Qt.Key.Key_Right if entry.menu() else Qt.Key.Key_Return)
            else:
                found.close()
        elif isinstance(found, QFileDialog):
            self.answer_file_dialog(found)
        elif isinstance(found, QDialog) and turn > dice.randrange(1, 14):
            found.reject()
            if turn > 30:
                found.done(0)
        elif isinstance(found, QMessageBox):
            dice.choice(found.buttons()).click()
        elif isinstance(found, QDialog):
            self.act_in(found)
        elif turn > 6:
            found.close()
        else:
            self.answer_popup(found)

    def answer_popup(self, popup: QWidget) -> None:
        """The palette, the list of actions, the list of a box: letters and keys, or one of its rows."""
        dice = self._dice
        lists = [w for w in popup.findChildren(QAbstractItemView) if w.isVisible()]
        if lists and dice.random() < 0.3:
            self.use_list(dice.choice(lists))
        elif isinstance(popup.focusProxy(), QLineEdit) and dice.random() < 0.3:
            popup.focusProxy().setText(dice.choice((*NAMES, "tr", "pan", "la")))
        else:
            key = dice.choice((Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Return, Qt.Key.Key_Escape, dice.choice(KEYS)))
            QTest.keyClick(QApplication.focusWidget() or popup, key)

    def answer_file_dialog(self, dialog: QFileDialog) -> None:
        """A name in our folder, or none: the monkey never walks about in the files of the machine."""
        dice = self._dice
        if dice.random() < 0.3:
            dialog.reject()
            return
        out = self.folder / "out"
        out.mkdir(exist_ok=True)
        if dialog.acceptMode() == QFileDialog.AcceptMode.AcceptSave:
            name = out / dice.choice((f"saved {dice.randrange(9)}", "<b>x</b> & %s", "żółć", "x" * 200))
        elif dialog.fileMode() == QFileDialog.FileMode.Directory:
            name = dice.choice((self.folder / "set", self.folder / "set", out, self.folder / "odd"))
        else:
            written = sorted(p for p in out.rglob("*") if p.is_file())[:40]
            labels = sorted((self.folder / "set" / "groundTruth").glob("*.txt"))
            name = dice.choice((self.project, *self.odd, *labels, *written))
        dialog.setDirectory(str(name.parent))
        dialog.selectFile(str(name))
        dialog.done(1) if dice.random() < 0.5 else dialog.accept()

    # --- from outside ------------------------------------------------------------------------------

    def resize(self, dice: random.Random) -> None:
        self.window.resize(dice.randrange(300, 2200), dice.randrange(200, 1400))

    def leave(self, dice: random.Random) -> None:
        """The window is closed, now and then while a job runs."""
        job = dice.choice(("", "model.train", "model.segment", "file.kit"))
        if job and self.window.actions_.by_name[job].isEnabled():
            self.text += f" after {job}"
            self.window.actions_.by_name[job].trigger()
        self.window.close()

    def wait(self, dice: random.Random) -> None:
        QTest.qWait(dice.choice((1, 20, 120)))
