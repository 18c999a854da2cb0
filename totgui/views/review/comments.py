"""The comments of this video, or of all: read, found, settled, edited and deleted here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from core.annotation import commands
from core.annotation.values import CommentKey

from ...icons import icon
from ...models.comment_words import READ_ONLY, head_of
from ...models.comments import BY, TEXT, TIME, VIDEO, CommentsModel
from ...models.empty import EmptyState
from ...models.flow import Flow
from ...models.key_hints import named
from ...models.when_seen import WhenSeen
from ...models.widgets import (
    AMBER,
    GREEN,
    Elided,
    change_tip,
    does_command,
    give_way,
    plain,
    rows_of,
    set_icon_size,
)
from ...session import Session

EMPTY = {
    "project": "No project is open.",
    "none": "Nobody has written a comment on this video. {review.comment} writes one on what is selected, or on the "
    "frame on screen.",
    "nowhere": "Nobody has written a comment in this project. {review.comment} writes one on what is selected, or on "
    "the frame on screen.",
    "settled": "Every comment here is resolved.",
    "elsewhere": "No open comment on this video; {} on others.",
}
DETAIL_LINES = 5
LETTERS, LETTERS_OF_ALL = 44, 60
"""Letters that the panel is wide from which authors have a column, in the list of this video and of all."""
WRITE = "Write a comment"


class CommentsView(QWidget):
    """A list of comments, the whole text of the one that is chosen, and what can be done with it."""

    titleChanged = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._comments = session, session.comments
        self.scope = QComboBox(self)
        for text, every in (("This video", False), ("All videos", True)):
            self.scope.addItem(text, every)
        self.scope.setAccessibleName("Whose comments are listed")
        self.resolved = QCheckBox("Resolved too", self)
        self.count = Elided(self)
        icons = {False: icon("comment-text", AMBER), True: icon("comment-check-outline", GREEN)}
        self.model = CommentsModel(session, icons, self)
        self.table = self._make_table()
        self.empty = EmptyState(self)
        self.head = plain("", self, dim=True)
        self._make_detail()
        self.refused = plain(READ_ONLY, self, dim=True)
        self.buttons: dict[str, QPushButton] = {}
        self._native: Callable[[str], str] = lambda _command: ""
        self._text_of: Callable[[str], str] = lambda command: command
        self._lay_out()
        self._connect()
        self._show()

    # --- parts -------------------------------------------------------------------------------------

    def _make_table(self) -> QTableView:
        table = rows_of(self.model, "Comments", self)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setTextElideMode(Qt.TextElideMode.ElideRight)
        set_icon_size(table, 16)
        give_way(table)
        header, metrics = table.horizontalHeader(), table.fontMetrics()
        for column, widest in {VIDEO: "episode_0000", TIME: "00:00.00", BY: "Reviewer"}.items():
            header.resizeSection(column, metrics.horizontalAdvance(widest) + 14)
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        for widget in (table, self):  # the panel has the focus of a list that became empty
            widget.installEventFilter(self)
        return table

    def _make_detail(self) -> None:
        """The whole text, as it was written: it scrolls where it is long."""
        self.detail = field = QPlainTextEdit(self)
        field.setReadOnly(True)
        field.setFrameShape(QFrame.Shape.NoFrame)
        field.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        field.viewport().setAutoFillBackground(False)
        field.setAccessibleName("The whole comment")
        field.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        field.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit_detail())

    def _fit_detail(self) -> None:
        """The whole text as high as it is, up to a few lines."""
        wanted = max(1, round(self.detail.document().size().height()))
        lines = min(wanted, DETAIL_LINES)
        margins = 2 * round(self.detail.document().documentMargin()) + 2 * self.detail.frameWidth() + 4
        height = lines * self.detail.fontMetrics().lineSpacing() + margins
        if height != self.detail.height():
            self.detail.setFixedHeight(height)
        policy = Qt.ScrollBarPolicy
        self.detail.setVerticalScrollBarPolicy(
            policy.ScrollBarAsNeeded if wanted > DETAIL_LINES else policy.ScrollBarAlwaysOff
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_detail()
        self._fit_columns()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Back from the editor: the list may have been filled meanwhile."""
        super().focusInEvent(event)
        if self.table.isVisible():
            self.table.setFocus()

    def _fit_columns(self) -> None:
        """Where the comments would have no room, who wrote them can be read below the list."""
        letters = self.width() / self.fontMetrics().averageCharWidth()
        has_room = letters >= (LETTERS_OF_ALL if self.all_videos else LETTERS)
        self.table.setColumnHidden(VIDEO, not self.all_videos)
        self.table.setColumnHidden(BY, not has_room or not any(comment.author for _, comment in self.model.rows))

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.scope)
        row.addWidget(self.resolved)
        row.addWidget(self.count, 1)
        foot = Flow(self)
        for name, text, told in (
            ("review.comment", "Comment…", "Writes a comment on what is selected, or on the frame on screen"),
            ("review.edit-comment", "Edit…", "Another text for the chosen comment"),
            ("review.resolve-comment", "Resolve", ""),
            ("review.delete-comment", "Delete", "Deletes the chosen comments; undo brings them back"),
        ):
            button = QPushButton(text, foot)
            button.setToolTip(told)
            does_command(button, name)
            foot.add(button)
            self.buttons[name] = button
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 6, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.empty)
        column.addWidget(self.table, 1)
        for widget in (self.head, self.detail, self.refused, foot):
            column.addWidget(widget)

    def _connect(self) -> None:
        session, comments = self._session, self._comments
        self._soon = WhenSeen(self, self._show, wait_ms=0)
        for signal in (comments.changed, session.currentVideoChanged, session.projectChanged):
            signal.connect(self._soon.ask)
            signal.connect(self._tell_title)
        comments.currentChanged.connect(self._mark)
        self.scope.currentIndexChanged.connect(self._show)
        self.resolved.toggled.connect(self._show)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._show_chosen())
        self.table.doubleClicked.connect(lambda index: self._comments.go(self.model.rows[index.row()][0]))
        self.buttons["review.edit-comment"].clicked.connect(self._edit)
        self.buttons["review.resolve-comment"].clicked.connect(self._resolve)
        self.buttons["review.delete-comment"].clicked.connect(self._delete)

    def show_keys(self, native: Callable[[str], str], text_of: Callable[[str], str]) -> None:
        """Name the keys in hints that commands have now."""
        self._native, self._text_of = native, text_of
        self._show()

    # --- what is shown -----------------------------------------------------------------------------

    @property
    def all_videos(self) -> bool:
        """Whether the comments of every video are listed."""
        return bool(self.scope.currentData())

    def _show(self) -> None:
        document, video = self._session.document, self._session.current_video
        chosen, listed = set(self.chosen()), [key for key, _ in self.model.rows]
        shown = None if self.all_videos else video
        if document is None or (video is None and not self.all_videos):
            self.model.rows = []
            self.model.show_comments(None, resolved=False)
        else:
            self.model.show_comments(shown, resolved=self.resolved.isChecked())
        self._fit_columns()
        self._choose(chosen)
        self._go_on(listed, chosen)
        self._say_empty()
        self._mark()
        self._show_chosen()
        self._tell_title()

    def _choose(self, keys: set[CommentKey]) -> None:
        flags = QItemSelectionModel.SelectionFlag
        for row, (key, _) in enumerate(self.model.rows):
            if key in keys:
                self.table.selectionModel().select(self.model.index(row, 0), flags.Select | flags.Rows)

    def _go_on(self, listed: list[CommentKey], chosen: set[CommentKey]) -> None:
        """While a person works here: where nothing that was chosen is listed any more, choose what comes after it."""
        focus = QApplication.focusWidget()
        if not chosen or self.chosen() or focus is None or not self.isAncestorOf(focus):
            return
        rows = {key: row for row, (key, _) in enumerate(self.model.rows)}
        first = next(place for place, key in enumerate(listed) if key in chosen)
        after = (rows[key] for key in [*listed[first:], *reversed(listed[:first])] if key in rows)
        if (row := next(after, None)) is not None:
            self._choose_row(row)

    def _choose_row(self, row: int) -> None:
        flags, index = QItemSelectionModel.SelectionFlag, self.model.index(row, TIME)
        self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)
        self.table.scrollTo(index)

    def _show_table(self, shown: bool) -> None:
        """Show the list or what is said in its place; the focus stays here, or the window would get its keys."""
        has_keys = self.has_keys
        self.table.setVisible(shown)
        if has_keys:
            (self.table if shown else self).setFocus()

    def _say_empty(self) -> None:
        document, video, comments = self._session.document, self._session.current_video, self._comments
        n_rows = len(self.model.rows)
        there = () if document is None else document.comments if self.all_videos else [v for v in [video] if v]
        known = [comment for each in there for comment in comments.on(each).comments]
        settled = sum(comment.resolved for comment in known)
        n_open = len(known) - settled
        parts = [f"{n_open:,} open" if n_open else "", f"{settled:,} resolved" if settled else ""]
        self.count.setText(", ".join(part for part in parts if part))
        state = "project" if document is None else "settled" if known else "nowhere" if not comments.any else "none"
        text = EMPTY[state]
        if state == "none" and (others := comments.all_open):
            text = EMPTY["elsewhere"].format(f"{others:,}")
        self.empty.say(
            named(text, self._native, self._text_of),
            offer=WRITE if state in ("none", "nowhere") and self._writable else "",
        )
        self.empty.setVisible(not n_rows)
        self._show_table(bool(n_rows))

    def _tell_title(self) -> None:
        n = self._comments.all_open
        self.titleChanged.emit(f"Comments ({n:,})" if n else "Comments")

    def _mark(self) -> None:
        """Choose the row of the comment that is looked at; where it is not listed, nothing."""
        key = self._comments.current
        row = self.model.row_of(key)
        if row < 0:
            return
        now = self.table.currentIndex()
        if not now.isValid() or self.model.rows[now.row()][0] != key or not self.chosen():
            self._choose_row(row)

    def _on_row(self) -> None:
        index = self.table.currentIndex()
        if index.isValid() and self.table.hasFocus():
            self._comments.select(self.model.rows[index.row()][0])

    def chosen(self) -> list[CommentKey]:
        """The comments that are chosen in the list, from top to bottom."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())
        return [self.model.rows[row][0] for row in rows if row < len(self.model.rows)]

    @property
    def has_keys(self) -> bool:
        """Whether keys are meant for the list, also where it is empty."""
        return self.table.hasFocus() or self.hasFocus()

    @property
    def _writable(self) -> bool:
        project = self._session.project
        return project is not None and not project.read_only

    def _show_chosen(self) -> None:
        keys, document = self.chosen(), self._session.document
        values = [comment for key in keys if (comment := self._comments.comment(key)) is not None]
        alone = values[0] if len(values) == 1 and document is not None else None
        self.head.setText(head_of(document.videos[keys[0].video], alone) if alone and document else "")
        if self.detail.toPlainText() != (alone.text if alone else ""):
            self.detail.setPlainText(alone.text if alone else "")
        for widget in (self.head, self.detail):
            widget.setVisible(alone is not None)
        self._fit_detail()
        reopens = bool(values) and all(comment.resolved for comment in values)
        resolve = self.buttons["review.resolve-comment"]
        resolve.setText("Reopen" if reopens else "Resolve")
        change_tip(resolve, "The chosen comments are open again" if reopens else "The chosen comments are settled")
        is_open = self._session.document is not None
        self.refused.setVisible(is_open and not self._writable)
        for name, button in self.buttons.items():
            needs = {"review.comment": True, "review.edit-comment": alone is not None}.get(name, bool(values))
            button.setEnabled(self._writable and needs)

    # --- what is done ------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the list Enter goes to a comment, F2 edits it, Del deletes what is chosen; else they do nothing."""
        keys = {Qt.Key.Key_Return: self._go, Qt.Key.Key_Enter: self._go, Qt.Key.Key_F2: self._edit}
        keys |= {Qt.Key.Key_Delete: self._delete, Qt.Key.Key_Backspace: self._delete}
        keypad = Qt.KeyboardModifier.KeypadModifier
        if (
            isinstance(event, QKeyEvent)
            and event.key() in keys
            and not event.modifiers() & ~keypad
            and (watched is self.table or self.hasFocus())
        ):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                keys[Qt.Key(event.key())]()
                return True
        return super().eventFilter(watched, event)

    def _go(self) -> None:
        if keys := self.chosen():
            self._comments.go(keys[0])

    def _edit(self) -> None:
        keys = self.chosen()
        if len(keys) == 1 and self._writable:
            self._comments.editAsked.emit(keys[0])

    def _resolve(self) -> None:
        keys, document = self.chosen(), self._session.document
        values = [comment for key in keys if (comment := self._comments.comment(key)) is not None]
        if document is not None and values:
            settle = not all(comment.resolved for comment in values)
            self._session.do(lambda: commands.resolve_comments(document, keys, resolved=settle))

    def _delete(self) -> None:
        keys, document = self.chosen(), self._session.document
        if document is not None and keys and self._writable:
            self._session.do(lambda: commands.delete_comments(document, keys))
