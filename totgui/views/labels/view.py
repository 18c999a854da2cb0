"""The Labels panel: the actions of the activity in the order of their keys, and everything that is done to them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.annotation import commands
from core.annotation.action_commands import name_problem, uses_of
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.data.dataset import Action, ActionId

from ...models.actions_table import NAME, ActionsModel
from ...models.chooser import Chooser
from ...models.name_field import NameField
from ...models.widgets import does_command, plain, short
from ...session import Session
from ...settings import Settings
from .table import ActionsTable

AskColour = Callable[[str, str, QWidget], str | None]
MENU_WIDTH = 320


class LabelsView(QWidget):
    """Actions with colour, key, name, segments and seconds. `ask_colour` opens the dialog for a colour."""

    def __init__(
        self,
        session: Session,
        ask_colour: AskColour,
        parent: QWidget | None = None,
        *,
        settings: Settings | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._ask_colour = session, ask_colour
        self._settings = settings or Settings()
        self.model = ActionsModel(session, self)
        self.table = ActionsTable(session, self.model, self)
        self.scope = Chooser(self)
        self.scope.addItems(["This video", "All videos"])
        self.scope.setAccessibleName("Videos that are counted")
        self.retired = QCheckBox("Show retired", self)
        self.source, self._empty = plain("", self, dim=True), plain("", self, dim=True)
        self.new = NameField(self, problem=self._problem, on_leave=False)
        self.new.setPlaceholderText("New action")
        self.new.setAccessibleName("Name of a new action")
        self.add = QPushButton("Add", self)
        self.refusal = plain("", self)
        self.refusal.hide()
        self.buttons = {
            "rename": QPushButton("Rename", self),
            "colour": QPushButton("Colour…", self),
            "merge": QPushButton("Merge into", self),
            "retire": QPushButton("Retire", self),
            "up": QPushButton("Up", self),
            "down": QPushButton("Down", self),
        }
        self.merge_menu = QMenu(self)
        self.buttons["merge"].setMenu(self.merge_menu)
        self._lay_out()
        self._connect()
        self._refresh()

    def _lay_out(self) -> None:
        head, entry, tools = QHBoxLayout(), QHBoxLayout(), QGridLayout()
        head.addWidget(self.scope)
        head.addWidget(self.source, 1)
        head.addWidget(self.retired)
        entry.addWidget(self.new, 1)
        entry.addWidget(self.add)
        for place, button in enumerate(self.buttons.values()):
            tools.addWidget(button, place // 3, place % 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)
        column.addLayout(entry)
        column.addWidget(self.refusal)
        column.addLayout(tools)
        tips = {
            "rename": "Give the action another name; all tracks follow",
            "colour": "Choose the colour that the action has in every view and export",
            "merge": "All its segments and clusters go to another action",
            "retire": "Hide it from menus and keys; segments that have it keep it",
            "up": "Give it the key before",
            "down": "Give it the key after",
        }
        for name, button in self.buttons.items():
            button.setToolTip(tips[name])
            does_command(button, f"labels.{name}")

    def _connect(self) -> None:
        session, table = self._session, self.table
        self.scope.activated.connect(lambda index: self.model.set_scope(all_videos=index == 1))
        self.retired.toggled.connect(self._show_retired)
        self.add.clicked.connect(lambda: self.add_action(self.new.text()))
        self.new.nameGiven.connect(self.add_action)
        self.new.givenUp.connect(self.new.clear)
        self.new.textChanged.connect(self._show_refusal)
        self.buttons["rename"].clicked.connect(self.rename)
        self.buttons["colour"].clicked.connect(self.recolour)
        self.buttons["retire"].clicked.connect(self.retire)
        self.buttons["up"].clicked.connect(lambda: self.move_chosen(-1))
        self.buttons["down"].clicked.connect(lambda: self.move_chosen(1))
        self.merge_menu.aboutToShow.connect(lambda: self.fill_merge_menu(self.merge_menu))
        table.moveAsked.connect(self.move_row)
        table.colourAsked.connect(lambda _row: self.recolour())
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._open_menu)
        table.selectionModel().selectionChanged.connect(lambda *_: self._refresh())
        self.model.modelAboutToBeReset.connect(self._remember)
        self.model.modelReset.connect(self._on_reset)
        self.model.counted.connect(self._refresh)
        self.model.renamed.connect(self._settings.remember_name)
        session.projectChanged.connect(self._refresh)

    def sizeHint(self) -> QSize:
        return QSize(430, 420)

    # --- the chosen action -------------------------------------------------------------------------

    @property
    def current(self) -> Action | None:
        """The action of the selected row."""
        rows = self.table.selectionModel().selectedRows()
        return self.model.actions[rows[0].row()] if rows else None

    def choose(self, action: ActionId | None) -> None:
        """Select the row of an action."""
        row = self.model.row_of(action)
        if row >= 0:
            self.table.setCurrentIndex(self.model.index(row, NAME))

    def _remember(self) -> None:
        self._kept = self.current.id if self.current is not None else None

    def _on_reset(self) -> None:
        self.choose(getattr(self, "_kept", None))
        self._refresh()

    def _refresh(self) -> None:
        document, action = self._session.document, self.current
        is_open = document is not None
        for widget in (self.new, self.add, self.scope):
            widget.setEnabled(is_open)
        in_use = [a for a in self.model.actions if not a.archived]
        row = self.model.row_of(action.id) if action is not None else -1
        usable = {
            "rename": action is not None,
            "colour": action is not None,
            "merge": action is not None and any(a.id != action.id for a in in_use),
            "retire": action is not None,
            "up": action is not None and not action.archived and row > 0,
            "down": action is not None and not action.archived and row < len(in_use) - 1,
        }
        for name, button in self.buttons.items():
            button.setEnabled(usable[name])
        self.buttons["retire"].setText("Bring back" if action is not None and action.archived else "Retire")
        retired = sum(a.archived for a in document.actions.values()) if document is not None else 0
        self.retired.setVisible(retired > 0)
        self.retired.setText(f"Show retired ({retired})")
        self.source.setText(self.model.uses.source() if is_open else "")
        self._empty.setText("No actions yet. Type a name below, or name clusters in the label map." if is_open else "")
        self._empty.setVisible(is_open and not self.model.actions)
        present = [a.name for a in document.actions.values()] if document is not None else []
        self.new.suggest(n for n in self._settings.names() if n not in present)

    def _show_retired(self, on: bool) -> None:
        self.model.with_retired = on
        self.model.refresh()

    def _problem(self, name: str) -> str:
        document = self._session.document
        return name_problem(document, name) if document is not None else ""

    def _show_refusal(self) -> None:
        """Say below the field why the name in it cannot be given."""
        self.refusal.setText(self.new.problem())
        self.refusal.setVisible(bool(self.refusal.text()))

    # --- edits -------------------------------------------------------------------------------------

    def _do(self, make: Callable[[Document], Edit]) -> bool:
        document = self._session.document
        return document is not None and bool(self._session.do(lambda: make(document), self))

    def add_action(self, name: str) -> None:
        """A new action at the end of the list."""
        if name.strip() and self._do(lambda document: commands.add_action(document, name)[0]):
            self._settings.remember_name(name)
            self.new.clear()
            self.choose(self.model.actions[-1].id if not self.model.with_retired else self._newest())

    def _newest(self) -> ActionId:
        return max(action.id for action in self.model.actions)

    def rename(self) -> None:
        """Edit the name of the chosen action in its row."""
        if self.current is not None and self.table.state() is not QAbstractItemView.State.EditingState:
            index = self.model.index(self.model.row_of(self.current.id), NAME)
            self.table.setFocus()
            self.table.setCurrentIndex(index)
            self.table.edit(index)

    def recolour(self) -> None:
        """Ask for a colour of the chosen action, and give it."""
        action = self.current
        if action is None:
            return
        colour = self._ask_colour(action.colour, action.name, self)
        if colour is not None and colour != action.colour:
            self._do(lambda document: commands.recolour_action(document, action.id, colour))

    def retire(self) -> None:
        """Hide the chosen action, or bring it back."""
        action = self.current
        if action is None:
            return
        retiring = not action.archived
        if not self._do(lambda document: commands.archive_action(document, action.id, retiring)):
            return
        if retiring:
            self._session.done.emit(f"{short(action.name)} is retired; its segments keep it.")
        elif action.merged_into is not None and (document := self._session.document) is not None:
            true = uses_of(document, action.id)[2]
            read = f"; {true:,} frames of ground truth are read as it again" if true else ""
            text = f"{short(action.name)} stands for itself again{read}. Corrected segments that were merged stay."
            self._session.done.emit(text)

    def merge_into(self, source: ActionId, into: ActionId) -> None:
        """All segments and clusters of one action go to another: one edit."""
        document = self._session.document
        if document is None:
            return
        old, new = document.actions[source], document.actions[into]
        segments, videos, true = uses_of(document, source)
        if not self._do(lambda document: commands.merge_actions(document, source, into)):
            return
        self.choose(into)
        where = f": {segments} segments in {len(videos)} video{'' if len(videos) == 1 else 's'}" if segments else ""
        kept = f" {true:,} frames of ground truth are read as it from now on." if true else ""
        text = f"Merged {short(old.name)} into {short(new.name)}{where}.{kept}"
        self._session.done.emit(text)

    def move_chosen(self, step: int) -> None:
        """Give the chosen action the key before or after."""
        action = self.current
        if action is not None:
            row = self.model.row_of(action.id)
            self.move_row(row, row - 1 if step < 0 else row + 2)

    def move_row(self, row: int, before: int) -> None:
        """Put the action of a row before that of another; the keys follow."""
        in_use = [a.id for a in self.model.actions if not a.archived]
        if row >= len(in_use):
            self._session.message.emit("A retired action has no key. Bring it back first.", "warning")
            return
        order = [*in_use]
        chosen = order.pop(row)
        order.insert(min(before, len(in_use)) - (1 if before > row else 0), chosen)
        if order != in_use and self._do(lambda document: commands.order_actions(document, order)):
            self.choose(chosen)

    def show_segments(self) -> None:
        """Every segment of the chosen action over all videos, in the panel that shows them."""
        if self.current is not None:
            self._session.segments.ask(int(self.current.id))

    # --- menus -------------------------------------------------------------------------------------

    def fill_merge_menu(self, menu: QMenu) -> None:
        """One entry for each action that the chosen one can be merged into."""
        menu.clear()
        action = self.current
        for other in self.model.actions if action is not None else ():
            if other.archived or action is None or other.id == action.id:
                continue
            text = self.fontMetrics().elidedText(short(other.name), Qt.TextElideMode.ElideRight, MENU_WIDTH)
            entry = menu.addAction(swatch(other.colour), text.replace("&", "&&"))
            entry.triggered.connect(lambda _checked=False, a=action.id, b=other.id: self.merge_into(a, b))

    def _open_menu(self, point: QPoint) -> None:
        if self.current is None:
            return
        menu = QMenu(self)
        menu.addAction("Show segments", self.show_segments)
        menu.addSeparator()
        for name, do in (("rename", self.rename), ("colour", self.recolour)):
            menu.addAction(self.buttons[name].text(), do)
        self.fill_merge_menu(menu.addMenu("Merge into"))
        menu.addAction(self.buttons["retire"].text(), self.retire)
        for name, step in (("up", -1), ("down", 1)):
            entry = menu.addAction(self.buttons[name].text())
            entry.triggered.connect(lambda _checked=False, step=step: self.move_chosen(step))
            entry.setEnabled(self.buttons[name].isEnabled())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(point))


def swatch(colour: str) -> QIcon:
    """A small square of a colour, for menus."""
    from PySide6.QtGui import QColor

    pixmap = QPixmap(14, 14)
    pixmap.fill(QColor(colour))
    return QIcon(pixmap)
