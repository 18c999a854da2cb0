"""Segments: every instance of an action over all videos, as pictures or a table, corrected many at a time."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.data.dataset import BACKGROUND, UNLABELLED, VideoId
from core.review.listing import Wanted
from core.review.odds import NOTHING_SAID

from ...models.when_seen import WhenSeen
from ...models.widgets import Elided, does_command, plain, short
from ...session import Session
from ...settings import Settings
from .head import PICTURES, TABLE, Head, swatch
from .rows import ShownRows
from .sheet import WIDTHS, Sheet
from .table import SegmentsTable
from .words import count_text

WAIT_MS = 30
STAYS = (
    Qt.FocusReason.PopupFocusReason,
    Qt.FocusReason.ActiveWindowFocusReason,
    Qt.FocusReason.MenuBarFocusReason,
)
"""Reasons to lose the focus after which keys still work on the panel: a menu or a popup of its own is open."""
BUTTONS = (
    (
        "segment.relabel",
        "Relabel…",
        "Give all chosen segments another action, by name; the keys of actions do it at once",
    ),
    ("segment.background", "Background", "All chosen segments become background"),
    ("review.right", "Looks right", "All chosen segments were looked at and are right as they are"),
)
EMPTY = {
    "project": "",
    "none": "No labels yet. Train, or import labels, and every segment of every video is shown here.",
    "wait": "Listing the segments…",
    "label": "No video has such a segment now.",
    "filter": "No segment is left by what is asked for above.",
}


class SegmentsView(QWidget):
    """The panel. What it does to segments it asks the window for: `session.segments.commandAsked`."""

    menuOpened = Signal(object)  # QMenu

    def __init__(self, session: Session, parent: QWidget | None = None, *, settings: Settings | None = None) -> None:
        super().__init__(parent)
        self._session, self._settings, self.segments = session, settings or Settings(), session.segments
        self.rows = ShownRows(session, self)
        self.head = Head(self)
        self.sheet, self.table = Sheet(session, self.rows, self), SegmentsTable(session, self.rows, self)
        self.empty, self.clear_filter = plain("", self, dim=True), QPushButton("Show all of them", self)
        self.count = Elided(self)  # a whole sentence must not make the window wider
        self.buttons: dict[str, QPushButton] = {}
        self._coming, self._chooses = 0, False
        self.setAccessibleName("Segments")
        self.setAccessibleDescription("Every segment of an action over all videos, as pictures or a table.")
        self._lay_out()
        self._connect()
        self._recall()
        self._refresh()

    def _lay_out(self) -> None:
        nothing = QWidget(self)
        column = QVBoxLayout(nothing)
        column.setContentsMargins(4, 6, 4, 4)
        column.addWidget(self.empty)
        column.addWidget(self.clear_filter, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self._pages, self._nothing = QStackedWidget(self), nothing
        for page in (nothing, self.sheet, self.table):
            self._pages.addWidget(page)
        foot = QHBoxLayout()
        foot.addWidget(self.count, 1)
        for command, text, told in BUTTONS:
            button = QPushButton(text, self)
            button.setToolTip(told)
            does_command(button, command)
            button.clicked.connect(lambda _checked=False, name=command: self.segments.commandAsked.emit(name))
            foot.addWidget(button)
            self.buttons[command] = button
        whole = QVBoxLayout(self)
        whole.setContentsMargins(8, 6, 8, 6)
        whole.setSpacing(6)
        whole.addWidget(self.head)
        whole.addWidget(self._pages, 1)
        whole.addLayout(foot)
        self.setFocusProxy(self.sheet)

    def _connect(self) -> None:
        session, segments = self._session, self.segments
        self.head.wantedChanged.connect(self._want)
        self.head.lookChanged.connect(self._on_look)
        self.clear_filter.clicked.connect(self._clear_filter)
        self.rows.changed.connect(self._refresh)
        segments.chosenChanged.connect(self._show_count)
        for view in (self.sheet, self.table):
            view.openAsked.connect(self.open)
            view.menuAsked.connect(self.open_menu)
            view.installEventFilter(self)
        self.sheet.comingChanged.connect(self._on_coming)
        self.sheet.sizeAsked.connect(lambda by: self.head.size_.setValue(self.head.size_.value() + by))
        self.table.sortAsked.connect(lambda order, descending: self._want({"order": order, "descending": descending}))
        session.projectChanged.connect(self._on_project)
        self._labels = WhenSeen(self, self._show_labels, wait_ms=WAIT_MS)
        self.rows.changed.connect(self._labels.ask)

    def sizeHint(self) -> QSize:
        return QSize(620, 380)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.segments.watch()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.segments.rest()

    # --- what is shown -----------------------------------------------------------------------------

    def _recall(self) -> None:
        """The look that the panel had last."""
        page, shots, size = self._settings.sheet()
        self.head.three.setChecked(shots == 3)
        self.head.size_.setValue(min(max(0, size), len(WIDTHS) - 1))
        self.head.show_page(page if page in (PICTURES, TABLE) else PICTURES)
        self._on_look()

    def _on_look(self) -> None:
        page, shots, size = self.head.page, 3 if self.head.three.isChecked() else 1, self.head.size_.value()
        self._settings.set_sheet(page, shots, size)
        self.head.show_page(page)
        self.sheet.set_look(shots=shots, size_step=size)
        self._show_page()

    def _show_page(self) -> None:
        state = self._state()
        self.empty.setText(EMPTY.get(state, ""))
        self.clear_filter.setVisible(state == "filter")
        shown: QWidget = self.sheet if self.head.page == PICTURES else self.table
        had_focus = self.sheet.hasFocus() or self.table.hasFocus()
        self._pages.setCurrentWidget(self._nothing if state else shown)
        self.setFocusProxy(shown)
        if had_focus and not state:
            shown.setFocus()

    def _state(self) -> str:
        """Why nothing is shown; empty where something is."""
        document, rows = self._session.document, self.rows
        if document is None:
            return "project"
        if len(rows):
            return ""
        if not self.segments.is_ready:
            return "wait"
        if not len(self.segments.listing):
            return "none"
        return "filter" if rows.wanted.is_filtered else "label"

    def _refresh(self) -> None:
        self._show_page()
        self._show_count()
        self.head.show_wanted(self.rows.wanted, in_seconds=self.segments.listing.in_seconds)
        self.head.setEnabled(self._session.document is not None)
        if self._chooses:
            self.choose_current()

    def _show_count(self) -> None:
        videos = int(np.count_nonzero(np.bincount(self.rows.listing.video[self.rows.order]))) if len(self.rows) else 0
        chosen = self.segments.count
        coming = self._coming if self.head.page == PICTURES else 0
        is_judged = self.segments.table.odds is not NOTHING_SAID or self._session.reviewing.is_ready
        text = count_text(len(self.rows), chosen, videos, coming, is_judged=is_judged)
        self.count.setText(text if len(self.rows) else "")
        for button in self.buttons.values():
            button.setEnabled(chosen > 0)

    def _on_coming(self, coming: int) -> None:
        self._coming = coming
        self._show_count()

    def _on_project(self) -> None:
        self.rows.want(label=None, text="", under=None, over=None, only_odd=False, only_open=False)

    def _show_labels(self) -> None:
        """Offer every label that there is, with its number of segments."""
        document, counts = self._session.document, self.segments.listing.counts()
        entries: list[tuple[str, int | None, str | None, int]] = [
            ("All actions", None, None, len(self.segments.listing))
        ]
        actions = document.actions.values() if document is not None else ()
        labels = [int(a.id) for a in actions if not a.archived or int(a.id) in counts]
        for label in (*labels, int(BACKGROUND), int(UNLABELLED)):
            name, colour = self._session.action_name(label), self._session.action_colour(label)
            entries.append((name, label, colour, counts.get(label, 0)))
        if self.rows.wanted.label not in (None, *labels, int(BACKGROUND), int(UNLABELLED)):
            self.rows.want(label=None)
        self.head.show_labels(entries, self.rows.wanted.label)

    # --- choices -----------------------------------------------------------------------------------

    def _want(self, changes: dict[str, object]) -> None:
        self.rows.want(**changes)
        if not self.head.text.hasFocus():
            self.sheet.ensure_visible(max(0, self.rows.cursor))

    def _clear_filter(self) -> None:
        self._want({"text": "", "under": None, "over": None, "only_odd": False, "only_open": False})

    def show_label(self, label: int | None) -> None:
        """Show the segments of a label, or all, and nothing left out."""
        self._want(Wanted(label=label).filter_only())
        self._show_labels()

    def choose_current(self) -> None:
        """Choose the segment under the playhead; where nothing is listed yet, as soon as it is."""
        place = self.rows.current_place()
        self._chooses = place < 0 and not self.segments.is_ready
        if place >= 0:
            self.rows.choose(place)
            self.sheet.ensure_visible(place)

    def popup_point(self) -> QPoint:
        """Where a popup that works on the chosen segments opens, on the screen."""
        cursor = self.rows.cursor
        rect = self.sheet.tile_rect(cursor) if self.sheet.isVisible() and cursor >= 0 else self.rect()
        view = self.sheet.viewport() if self.sheet.isVisible() else self
        inside = rect.intersected(view.rect())
        return view.mapToGlobal((inside if inside.isValid() else view.rect()).center())

    # --- what is done ------------------------------------------------------------------------------

    def open(self, row: int, frame: int) -> None:
        """Show a segment in its video, selected in the timeline."""
        listing = self.segments.listing
        video: VideoId = listing.videos[int(listing.video[row])]
        start = int(listing.starts[row])
        self._session.select_video(video)
        track = self._session.base()
        if track is not None and start < track.n_frames:
            self._session.select_segments([track.index_at(start)])
        self._session.playback.seek(frame)

    def open_menu(self, at: QPoint) -> None:
        """What can be done with the chosen segments."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        menu.popup(at)
        self.menuOpened.emit(menu)

    def fill_menu(self, menu: QMenu) -> None:
        """Add the entries to a menu; those that change something where the project takes changes."""
        segments, session = self.segments, self._session
        row = self.segments.cursor
        listing, count = segments.listing, segments.count
        is_there = 0 <= row < len(listing)
        if is_there:
            menu.addAction("Go there\tEnter", lambda: self.open(row, int(listing.starts[row])))
            menu.addAction("Play", lambda: segments.commandAsked.emit("playback.segment"))
            menu.addSeparator()
        changes = session.project is not None and not session.project.read_only
        if count:
            below = menu.addMenu("Relabel")
            below.setEnabled(changes)
            document = session.document
            for action in document.actions.values() if document is not None else ():
                if not action.archived:
                    name = short(action.name).replace("&", "&&")
                    entry = below.addAction(swatch(action.colour), name)
                    entry.triggered.connect(lambda _c=False, a=int(action.id): segments.relabelAsked.emit(a))
            for command, text, _ in BUTTONS:
                entry = menu.addAction(text.replace("Relabel…", "Relabel by name…"))
                entry.triggered.connect(lambda _c=False, name=command: segments.commandAsked.emit(name))
                entry.setEnabled(changes)
        if is_there:
            menu.addSeparator()
            label, name = int(listing.labels[row]), listing.videos[int(listing.video[row])]
            if self.rows.wanted.label is None:
                shown = short(session.action_name(label), 40).replace("&", "&&")
                menu.addAction(f"Only {shown}", lambda: self.show_label(label))
            else:
                menu.addAction("All actions", lambda: self.show_label(None))
            menu.addAction("Only this video", lambda: self._want({"label": None, "text": str(name)}))

    # --- the focus ---------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys work on the chosen segments while pictures or table have the focus."""
        if event.type() == QEvent.Type.FocusIn:
            self.segments.has_focus = True
        elif event.type() == QEvent.Type.FocusOut and isinstance(event, QFocusEvent) and event.reason() not in STAYS:
            self.segments.has_focus = False
        return False
