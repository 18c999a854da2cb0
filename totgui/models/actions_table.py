"""The actions of the open project as a Qt table model, in the order of their keys; retired ones last, if shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette

from core.annotation import commands
from core.annotation.changes import Changes, What
from core.data.dataset import Action, ActionId

from ..session import Session
from .action_uses import Uses, labelled, uses
from .columns import ColumnsModel
from .widgets import NUMBER, tip

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
ACTION_ROLE = Role.UserRole
COLUMNS = ("", "Key", "Name", "Segments", "Seconds")
COLOUR, KEY, NAME, SEGMENTS, SECONDS = range(len(COLUMNS))
COUNTED = What.SEGMENTATION | What.PREDICTION | What.LABEL_MAP | What.RUNS | What.DATASET


class ActionsModel(ColumnsModel):
    """A row for each action: colour, key, name, segments and seconds in the labels that stand for the videos."""

    columns = COLUMNS
    numbers = (SEGMENTS, SECONDS)

    counted = Signal()
    renamed = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.all_videos = False
        self.with_retired = False
        self.uses = Uses()
        self._actions: list[Action] = []
        self.key_of: Callable[[int], str] = key_of
        session.projectChanged.connect(self.refresh)
        session.documentChanged.connect(self._on_changes)
        session.currentVideoChanged.connect(self._count)
        session.currentRunChanged.connect(self._count)
        self.refresh()

    @property
    def actions(self) -> list[Action]:
        """The actions of the rows."""
        return self._actions

    def row_of(self, action: ActionId | None) -> int:
        """The row of an action, or -1."""
        return next((row for row, a in enumerate(self._actions) if a.id == action), -1)

    def refresh(self) -> None:
        """List the actions anew, and count them."""
        document = self._session.document
        found = list(document.actions.values()) if document is not None else []
        shown = [a for a in found if not a.archived] + [a for a in found if a.archived and self.with_retired]
        if [a.id for a in shown] == [a.id for a in self._actions]:
            self._actions = shown
            self._repaint()
        else:
            self.beginResetModel()
            self._actions = shown
            self.endResetModel()
        self._count()

    def show_keys(self, key_of: Callable[[int], str]) -> None:
        """Show the keys that relabel with an action by its row now."""
        self.key_of = key_of
        self._repaint()

    def set_scope(self, *, all_videos: bool) -> None:
        """Count the current video alone, or all."""
        self.all_videos = all_videos
        self._count()

    def _on_changes(self, changes: Changes, _initiator: object) -> None:
        if changes.what & (What.ACTIONS | What.DATASET):
            self.refresh()
        elif changes.what & COUNTED:
            self._count()

    def _count(self) -> None:
        session, document = self._session, self._session.document
        if document is None:
            self._on_counted(Uses())
            return
        video = session.current_video
        chosen = document.videos if self.all_videos else {} if video is None else {video: None}
        videos = labelled(document, session.current_run, {v: None for v in chosen if v in document.videos})
        session.computing.ask("action-uses", lambda: uses(videos), self._on_counted)

    def _on_counted(self, found: Uses) -> None:
        self.uses = found
        self._repaint()
        self.counted.emit()

    def _repaint(self) -> None:
        if self._actions:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._actions) - 1, SECONDS))

    # --- what Qt asks ------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._actions)

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        return found | Qt.ItemFlag.ItemIsEditable if index.isValid() and index.column() == NAME else found

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        action, column = self._actions[index.row()], index.column()
        if role == ACTION_ROLE:
            return action.id
        if role == Role.EditRole and column == NAME:
            return action.name
        if role == Role.DisplayRole:
            return self._text(action, index.row(), column)
        if role == Role.BackgroundRole and column == COLOUR:
            return QColor(action.colour)
        if role == Role.TextAlignmentRole and column in (SEGMENTS, SECONDS):
            return NUMBER
        if role == Role.ToolTipRole:
            return tip(self._tip(action, column))
        if role == Role.AccessibleTextRole:
            return self._text(action, index.row(), column) or f"Colour of {action.name}: {action.colour}"
        return self._look(action, role)

    def _look(self, action: Action, role: int) -> Any:
        if not action.archived:
            return None
        if role == Role.ForegroundRole:
            from PySide6.QtGui import QGuiApplication

            return QGuiApplication.palette().color(QPalette.ColorRole.PlaceholderText)
        if role == Role.FontRole:
            font = QFont()
            font.setItalic(True)
            return font
        return None

    def _fate(self, action: Action) -> str:
        """Where an action went that is in use no more; empty for one in use."""
        if action.merged_into is None:
            return " (retired)" if action.archived else ""
        document = self._session.document
        into = document.actions.get(action.merged_into) if document is not None else None
        return f" (merged into {' '.join(into.name.split())})" if into is not None else " (merged)"

    def _text(self, action: Action, row: int, column: int) -> str:
        if column == KEY:
            return "" if action.archived else self.key_of(row)
        if column == NAME:
            return " ".join(action.name.split()) + (self._fate(action))
        if column == SEGMENTS:
            return f"{self.uses.segments.get(int(action.id), 0):,}"
        if column == SECONDS:
            seconds = self.uses.seconds.get(int(action.id), 0.0)
            return f"{seconds:,.1f}" if self.uses.seconds or not self.uses.segments else "–"
        return ""

    def _tip(self, action: Action, column: int) -> str:
        if column == COLOUR:
            return f"Colour {action.colour}. Double-click to choose another."
        if column in (SEGMENTS, SECONDS):
            return self.uses.source()
        return action.name

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:
        if not index.isValid() or index.column() != NAME or role != Role.EditRole:
            return False
        action, name, session = self._actions[index.row()], str(value), self._session
        if name.strip() == action.name or session.document is None:
            return False
        document = session.document
        done = bool(session.do(lambda: commands.rename_action(document, action.id, name), self))
        if done:
            self.renamed.emit(name.strip())
        return done


def key_of(row: int) -> str:
    """The key that relabels with the action of this row as long as nobody chose another: twenty have one."""
    digit = str((row + 1) % 10)
    return digit if row < 10 else f"Shift+{digit}" if row < 20 else "/"
