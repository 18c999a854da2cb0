"""The export assistant: labels, training kit or report; what goes into it, where to; progress, and what came of it."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core import events

from ..jobs.exchange_tasks import Exported
from ..models.widgets import LeaveWithProject, for_text, plain
from ..session import Session
from ..settings import Settings
from .export_kit import KitPage
from .export_labels import LabelsPage
from .export_progress import ProgressPage, SummaryPage
from .export_report import ReportPage

LABELS, KIT, REPORT = range(3)
KINDS = (
    ("Labels", "for research code and other tools"),
    ("Training kit", "a page to teach from, clips, a work instruction"),
    ("Report", "scores and strips on one page"),
)


class KindDelegate(QStyledItemDelegate):
    """A kind of export: its name in bold, below it what it is for."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(180, 4 * option.fontMetrics.lineSpacing() + 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        role = QPalette.ColorRole
        if is_chosen:
            painter.fillRect(option.rect, option.palette.color(role.Highlight))
        strong = option.palette.color(role.HighlightedText if is_chosen else role.Text)
        box, line = option.rect.adjusted(12, 10, -10, -8), option.fontMetrics.lineSpacing()
        font = QFont(option.font)
        font.setBold(True)
        painter.save()
        painter.setFont(font)
        painter.setPen(strong)
        painter.drawText(box, Qt.AlignmentFlag.AlignTop, str(index.data()))
        painter.setFont(option.font)
        painter.setPen(strong if is_chosen else option.palette.color(role.PlaceholderText))
        about = box.adjusted(0, line + 3, 0, 0)
        painter.drawText(
            about, int(Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignTop), str(index.data(Qt.ItemDataRole.UserRole))
        )
        painter.restore()


class ExportDialog(QDialog):
    """Three kinds of export in one place. It starts the job itself and stays until it has ended, or is hidden."""

    textsAsked = Signal()

    def __init__(
        self, session: Session, parent: QWidget | None = None, *, kind: int = LABELS, settings: Settings | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export")
        self._session, self._project = session, session.project
        self._job: str | None = None
        self._places: dict[int, str] = {}
        # Each is made where it stays: what gets another parent below a style sheet is polished again, with all in it.
        self._all = QStackedWidget(self)
        form = QWidget(self._all)
        self.stack = QStackedWidget(form)
        self.labels, self.kit, self.report = (
            LabelsPage(session, self.stack, settings=settings),
            KitPage(session, self.stack),
            ReportPage(session, self.stack),
        )
        self._pages: tuple[LabelsPage | KitPage | ReportPage, ...] = (self.labels, self.kit, self.report)
        self.kinds = QListWidget(form)
        self.kinds.setAccessibleName("What to export")
        self.kinds.setFixedWidth(for_text(self, 200, 0).width())
        self.kinds.setItemDelegate(KindDelegate(self.kinds))
        for name, about in KINDS:
            item = QListWidgetItem(name)
            item.setData(Qt.ItemDataRole.UserRole, about)
            item.setData(Qt.ItemDataRole.AccessibleDescriptionRole, about)
            self.kinds.addItem(item)
        for page in self._pages:
            self.stack.addWidget(page)
            page.changed.connect(self._show_state)
        self.place = QLineEdit(form)
        self.place.setAccessibleName("Where to")
        self.place.textChanged.connect(self._show_state)
        self._where = plain("", form, dim=True)
        self.progress, self.summary = ProgressPage(self._all), SummaryPage(self._all)
        self.export_button = QPushButton("Export", form)
        self.export_button.setDefault(True)
        self._fill_form(form)
        for widget in (form, self.progress, self.summary):
            self._all.addWidget(widget)
        column = QVBoxLayout(self)
        column.addWidget(self._all)
        self.kinds.currentRowChanged.connect(self._on_kind)
        self.kit.textsAsked.connect(self.textsAsked)
        self.progress.cancelled.connect(self._cancel)
        self.progress.hidden.connect(self.hide)
        self.summary.closed.connect(self.accept)
        self.summary.again.connect(self._again)
        session.jobEvent.connect(self._on_event)
        session.exchange.exported.connect(self._on_exported)
        session.documentChanged.connect(self._on_document)
        LeaveWithProject(self, session, unless=lambda: self.is_running)
        self.kinds.setCurrentRow(kind)
        self.resize(self.sizeHint())

    def _fill_form(self, form: QWidget) -> None:
        choose = QPushButton("Choose…", form)
        choose.setAccessibleName("Choose where to")
        choose.clicked.connect(self._browse)
        buttons = QDialogButtonBox(form)
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self.start)
        buttons.rejected.connect(self.reject)
        place = QHBoxLayout()
        label = QLabel("Where to", form)
        label.setBuddy(self.place)
        place.addWidget(label)
        place.addWidget(self.place, 1)
        place.addWidget(choose)
        top = QHBoxLayout()
        top.addWidget(self.kinds)
        top.addSpacing(8)
        top.addWidget(self.stack, 1)
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top, 1)
        column.addSpacing(6)
        column.addLayout(place)
        column.addWidget(self._where)
        column.addWidget(buttons)

    def sizeHint(self) -> QSize:
        return for_text(self, 1060, 720)

    @property
    def page(self) -> LabelsPage | KitPage | ReportPage:
        """The page of the chosen kind."""
        return self._pages[self.kinds.currentRow()]

    @property
    def is_running(self) -> bool:
        """Whether its export is under way."""
        return self._job is not None

    def _again(self) -> None:
        """Another export of the same project. Of one that was opened meanwhile this dialog knows nothing."""
        if self._session.project is self._project:
            self._all.setCurrentIndex(0)
        else:
            self.accept()

    # --- before ------------------------------------------------------------------------------------

    def _on_kind(self, kind: int) -> None:
        self.stack.setCurrentIndex(kind)
        project = self._session.project
        base, stem = (project.path.parent, project.path.stem) if project is not None else (Path.home(), "labels")
        self.place.setText(self._places.get(kind, str(self.page.default_place(base, stem))))
        self.page.ask_preview()
        self._show_state()

    def _typed(self) -> Path:
        return Path(os.path.expanduser(self.place.text().strip()))

    def _show_state(self) -> None:
        text = self.place.text().strip()
        self._places[self.kinds.currentRow()] = text
        problem = self.page.problem() or ("" if text else "Choose where to.")
        if not problem and not self._typed().is_absolute():
            problem = "Where to has to be a whole path, from the root of the disk."
        self.export_button.setEnabled(not problem)
        self._where.setText(problem or f"Writes {self.page.out(self._typed())}")

    def _on_document(self, *_: object) -> None:
        if self.isVisible() and self._all.currentIndex() == 0:
            self.page.ask_preview()

    def _browse(self) -> None:
        if self.kinds.currentRow() == REPORT:
            path, _ = QFileDialog.getSaveFileName(self, "Export to", self.place.text(), "Web pages (*.html)")
        else:
            path = QFileDialog.getExistingDirectory(self, "Export to", str(self._typed().parent))
        if path:
            self.place.setText(path)

    # --- the job -----------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin, and show how far it has come."""
        request = self.page.request(self._typed())
        if self.page is self.labels:
            self.labels.remember()
        self.progress.begin(request.what)
        self._all.setCurrentWidget(self.progress)
        self._job = self._session.exchange.export(request)

    def _cancel(self) -> None:
        if self._job is not None:
            self._session.jobs.stop_job(self._job, events.StopKind.DISCARD)

    def _on_event(self, event: object) -> None:
        if self._job is None or getattr(event, "job", None) != self._job:
            return
        if isinstance(event, events.Progress):
            self.progress.show_progress(event.done, event.total, event.text, event.seconds_left)
        elif isinstance(event, events.Cancelled):
            self._end("It was cancelled. What was there before is as it was.")
        elif isinstance(event, events.Failed):
            self._end(f"{event.message} {event.hint}".strip())

    def _end(self, text: str) -> None:
        self._job = None
        self.summary.show_failed(text)
        self._all.setCurrentWidget(self.summary)

    def _on_exported(self, done: Exported) -> None:
        if self._job is not None:
            self._job = None
            self.summary.show_done(done)
            self._all.setCurrentWidget(self.summary)

    def reject(self) -> None:
        """Escape while it runs hides the dialog; the export goes on behind the window."""
        if self.is_running:
            self.hide()
        else:
            super().reject()
