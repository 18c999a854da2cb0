"""The main window: docks, menus and status bar. It places things and holds no state of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from zlib import crc32

from PySide6.QtCore import QChildEvent, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QLabel,
    QMainWindow,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from core import events

from .actions import Actions
from .dialogs.colour import ask_colour
from .keymap import RELABEL, action_key
from .layouts import ARRANGEMENTS, arrange
from .models.later import Later
from .models.widgets import Scrolling, duration, tip
from .safety import Safety
from .session import Session
from .settings import Settings
from .toolbar import add_toolbar
from .views.filmstrip import FilmStrip
from .views.history import HistoryView
from .views.label_map.view import LabelMapView
from .views.labels.view import LabelsView
from .views.live.view import LiveView
from .views.message_bar import MessageBar
from .views.review.view import ReviewView
from .views.runs import RunsView
from .views.saved import SavedLine
from .views.start import StartPage
from .views.timeline.view import TimelineView
from .views.training.view import TrainingView
from .views.video.view import VideoView
from .views.videos import VideosView

Area = Qt.DockWidgetArea
JOB_WIDTH = 620
LEAST_CENTRE = 380
LATER_MS = 150
"""Between two panels that are made after the start: each takes a frame or two of the window's time."""


class MainWindow(QMainWindow):
    """The one window: video in the middle, lists left, panels right, timeline below."""

    def __init__(self, session: Session, settings: Settings) -> None:
        super().__init__()
        self.session = session
        self.settings = settings
        self.pending_project: Path | None = None
        self.setWindowTitle("totgui")
        self.setAcceptDrops(True)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
            | QMainWindow.DockOption.AnimatedDocks
        )
        self.setCorner(Qt.Corner.BottomLeftCorner, Area.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Area.BottomDockWidgetArea)
        self.start = StartPage(settings.recent(), self)
        self.video_view = VideoView(session, self)
        self.timeline = TimelineView(session, self)
        self.film_strip = FilmStrip(session, self)
        self.training = TrainingView(session, self)
        self.bar = MessageBar(self)
        self._pages = QStackedWidget(self)
        first = Scrolling(self.start)
        first.setMinimumWidth(LEAST_CENTRE)  # what stands on the hidden page must not make the window wider
        self._pages.addWidget(first)
        self._pages.addWidget(self.video_view)
        centre = QWidget(self)
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        self.setCentralWidget(centre)
        self.docks: dict[str, QDockWidget] = {}
        self._later = 0
        self._add_docks()
        self._add_status()
        self.safety = Safety(self)
        self.actions_ = Actions(self)
        self._toolbar = add_toolbar(self, self.actions_.by_name)
        self._connect()
        self._buttons_by_tab(self)
        self.resize(1480, 940)
        self._default_state = self.saveState()
        layout = settings.layout()
        if layout is not None:
            self.restoreGeometry(layout[0])
            self._user_state = layout[1]
        else:
            self._user_state = None
        self._on_project()

    def _add_docks(self) -> None:
        self._dock("Videos", VideosView(self.session, self), Area.LeftDockWidgetArea)
        self._dock("Runs", RunsView(self.session, self), Area.LeftDockWidgetArea)
        self._dock("Training", self.training, Area.RightDockWidgetArea)
        self._dock("Live", Scrolling(LiveView(self.session, self)), Area.RightDockWidgetArea)
        self.labels = LabelsView(self.session, ask_colour, self, settings=self.settings)
        self._dock("Labels", Scrolling(self.labels), Area.LeftDockWidgetArea)
        self.label_map = LabelMapView(self.session, self, settings=self.settings)
        self._dock("Label map", self.label_map, Area.RightDockWidgetArea)
        self.review = ReviewView(self.session, self)
        self._dock("Review", self.review, Area.RightDockWidgetArea)
        self._dock_later("Metrics", self._metrics, Area.RightDockWidgetArea)
        self._dock("History", HistoryView(self.session, self), Area.LeftDockWidgetArea)
        self._dock("Timeline", self._timeline_with_pictures(), Area.BottomDockWidgetArea)
        for name in ("Labels", "History"):
            self.tabifyDockWidget(self.docks["Runs"], self.docks[name])
        for name in ("Live", "Label map", "Review", "Metrics"):
            self.tabifyDockWidget(self.docks["Training"], self.docks[name])
        self._dock_later("Compare", self._compare, Area.BottomDockWidgetArea)
        self._dock_later("Activity", self._activity, Area.BottomDockWidgetArea)
        for name in ("Compare", "Activity"):
            self.tabifyDockWidget(self.docks["Timeline"], self.docks[name])
        for name in ("Timeline", "Runs"):
            self.docks[name].raise_()
        self.docks["Training"].raise_()

    def _dock_later(self, name: str, make: Callable[[], QWidget], area: Area) -> None:
        """Add a panel that is made when it is seen first, or soon after the start, one at a time."""
        later = Later(make, self)
        later.made.connect(self._on_made)
        self._dock(name, later, area)
        self._later += 1
        later.make_in(LATER_MS * (2 + self._later))

    def _metrics(self) -> QWidget:
        from .views.metrics.view import MetricsView

        return Scrolling(MetricsView(self.session, self))

    def _compare(self) -> QWidget:
        from .views.compare.view import CompareView

        return CompareView(self.session, self)

    def _activity(self) -> QWidget:
        from .views.activity.view import ActivityView

        return ActivityView(self.session, self)

    def _on_made(self, panel: QWidget) -> None:
        """What holds for all panels holds for one that came later."""
        self._buttons_by_tab(panel)
        self.actions_.name_keys(panel)

    def _size_docks(self) -> None:
        """The first sizes of the panels; the window must have its own by then."""
        self.resizeDocks([self.docks["Videos"], self.docks["Training"]], [425, 430], Qt.Orientation.Horizontal)
        self.resizeDocks([self.docks["Timeline"]], [390], Qt.Orientation.Vertical)
        self.resizeDocks([self.docks["Videos"], self.docks["Runs"]], [300, 240], Qt.Orientation.Vertical)

    def _timeline_with_pictures(self) -> QWidget:
        both = QWidget(self)
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.film_strip)
        column.addWidget(self.timeline, 1)
        return both

    def _dock(self, name: str, widget: QWidget, area: Area) -> None:
        dock = QDockWidget(name, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        self.docks[name] = dock

    def _add_status(self) -> None:
        status = self.statusBar()
        self._job_text = QLabel(self)
        self._progress = QProgressBar(self)
        self._progress.setMaximumWidth(160)
        self._progress.setTextVisible(False)
        self._cancel = QPushButton("Cancel", self)
        self._cancel.clicked.connect(self._end_job)
        self._device = QLabel(self)
        self._saved = SavedLine(self)
        for label in (self._job_text, self._device):
            label.setTextFormat(Qt.TextFormat.PlainText)
        status.setContentsMargins(8, 0, 4, 0)
        self._device.setContentsMargins(0, 0, 16, 0)
        self._progress.setAccessibleName("How far the job is")
        status.addWidget(self._job_text)
        status.addWidget(self._progress)
        status.addWidget(self._cancel)
        status.addPermanentWidget(self._device)
        status.addPermanentWidget(self._saved)
        self._show_job(False)

    def _connect(self) -> None:
        session, actions = self.session, self.actions_
        session.projectChanged.connect(self._on_project)
        session.message.connect(self.show_message)
        session.done.connect(self._say_done)
        session.savedStateChanged.connect(self._saved.show_state)
        self._saved.copyAsked.connect(self.safety.save_copy)
        session.jobEvent.connect(self._on_event)
        session.jobsChanged.connect(self._on_jobs)
        session.stopAsked.connect(lambda _kind: self._say_job("Stopping…"))
        # Queued: the dialog runs a loop of its own, and the job that brought the dataset must have ended by then.
        session.datasetScanned.connect(actions.file.dataset_scanned, Qt.ConnectionType.QueuedConnection)
        self.training.featuresAsked.connect(actions.model.extract)
        self.label_map.moreClustersAsked.connect(self._train_with)
        session.work.exported.connect(actions.file.on_exported)
        self._connect_review()
        session.work.extracted.connect(self.settings.set_extraction_speed)
        self.start.demoAsked.connect(actions.file.open_demo)
        self.start.tourAsked.connect(actions.help.tour)
        self.start.datasetAsked.connect(actions.file.open_dataset)
        self.start.projectAsked.connect(actions.file.open_project)
        self.start.recentAsked.connect(actions.file.open_path)
        keymap = actions.keymap
        keymap.changed.connect(self._show_keys)
        self._show_keys()
        self.timeline.axisChanged.connect(lambda: self.film_strip.show_axis(self.timeline.axis))
        self.timeline.boundaryPreview.connect(self.video_view.picture.show_boundary)
        self.timeline.boundaryPreviewEnded.connect(self.video_view.picture.end_pair)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(actions.on_focus)

    def _show_keys(self) -> None:
        """Hints and lists name the keys that commands have now."""
        native = self.actions_.keymap.native
        self.timeline.show_keys(native)
        self.labels.model.show_keys(lambda row: native(action_key(row) or RELABEL))

    def _train_with(self, clusters: int) -> None:
        self.docks["Training"].raise_()
        self.training.set_clusters(clusters)

    def _connect_review(self) -> None:
        view, menu, reviewing = self.review, self.actions_.review, self.session.reviewing
        view.acceptAsked.connect(menu.accept)
        view.rejectAsked.connect(menu.reject)
        view.stepAsked.connect(menu.go_place)
        view.rightAsked.connect(menu.looks_right)
        view.second.loadAsked.connect(menu.choose_second)
        reviewing.currentChanged.connect(menu.show_place)
        reviewing.reviewer = self.settings.reviewer()
        view.reviewer.setText(reviewing.reviewer)
        view.reviewer.editingFinished.connect(self._keep_reviewer)

    def _keep_reviewer(self) -> None:
        self.session.reviewing.reviewer = self.review.reviewer.text().strip()
        self.settings.set_reviewer(self.session.reviewing.reviewer)

    def tour_part(self, name: str) -> QWidget | None:
        """The part of the window that a step of the tour points at."""
        if name == "toolbar":
            return self._toolbar
        return self.docks.get(name)

    def show_message(self, text: str, level: str = "info") -> None:
        """Say something in the bar above the video."""
        self.bar.say(text, level)

    def _say_done(self, text: str) -> None:
        """Say what the newest edit did, with a button that takes back this one and no other."""
        project = self.session.project
        newest = project.history.done[-1].seq if project is not None and project.history.done else 0

        def undo() -> None:
            steps = project.history.done if project is not None and project is self.session.project else []
            if steps and steps[-1].seq == newest:
                self.session.undo()
            else:
                self.show_message("Other edits came after it. The History panel goes back that far.")

        self.bar.say(text, "done", [("Undo", undo)])

    def set_arrangement(self, name: str) -> None:
        """Show the panels of a task."""
        arrange(self, self.docks, name, self._default_state)
        self._toolbar.setVisible(ARRANGEMENTS[name].toolbar)

    def _buttons_by_tab(self, inside: QWidget) -> None:
        """Buttons take the focus by Tab, not by a click: after a click Space still plays."""
        for button in inside.findChildren(QAbstractButton):
            if button.focusPolicy() == Qt.FocusPolicy.StrongFocus:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _layout_version(self) -> int:
        """A number of the set of panels: a layout that was kept for other panels is not put back."""
        return crc32("\n".join(self.docks).encode()) & 0x7FFF

    def reset_layout(self) -> None:
        """Put every panel back where it was at first."""
        self.settings.clear_layout()
        self.restoreState(self._default_state)
        QTimer.singleShot(0, self, self._size_docks)  # once the panels are in their places
        self._toolbar.show()

    def _on_project(self) -> None:
        project = self.session.project
        if project is None and self._pages.currentWidget() is self.video_view:
            self._user_state = self.saveState(
                self._layout_version()
            )  # the next project finds its panels as they are now
        self._pages.setCurrentIndex(1 if project else 0)
        for dock in self.docks.values():
            dock.setVisible(project is not None)
        self._toolbar.setVisible(project is not None)
        if project is None:
            self.start.set_recent(self.settings.recent())
            self.setWindowTitle("totgui")
            self._saved.clear()
            return
        QTimer.singleShot(0, self.timeline, self._focus_timeline)  # once the panels, hidden until now, are there
        if self._user_state is not None:
            self.restoreState(self._user_state, self._layout_version())
            self._user_state = None
        else:
            self.docks["Training"].raise_()
            QTimer.singleShot(0, self, self._size_docks)  # once the panels, hidden until now, have been laid out
        self.setWindowTitle(f"{project.path.stem} — totgui")

    def _focus_timeline(self) -> None:
        """Keys work on the timeline at once: no field takes them, and no button waits for Space."""
        self.timeline.setFocus()

    def _on_jobs(self) -> None:
        jobs = list(self.session.jobs.values())
        self._show_job(bool(jobs))
        self._cancel.setText("Stop" if self.session.work.extracting else "Cancel")
        if jobs:
            self._say_job(f"{jobs[-1]}…")
            self._progress.setRange(0, 0)

    def _end_job(self) -> None:
        self._say_job("Stopping…")
        self.session.work.end_job()

    def _say_job(self, text: str) -> None:
        """Show what runs, at most in a part of the status bar: a name in it may be long."""
        self._job_text.setText(self._job_text.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, JOB_WIDTH))
        self._job_text.setToolTip(tip(text))

    def _show_job(self, visible: bool) -> None:
        for widget in (self._job_text, self._progress, self._cancel):
            widget.setVisible(visible)

    def _on_event(self, event: object) -> None:
        if isinstance(event, events.Started) and event.device:
            self._device.setText(self.session.device_text)
        elif isinstance(event, events.Progress):
            self._progress.setRange(0, event.total)
            self._progress.setValue(event.done)
            left = f", {duration(event.seconds_left)} left" if event.seconds_left is not None else ""
            self._say_job(f"{event.text or self.session.jobs.get(event.job, '')}{left}")
        elif isinstance(event, events.Failed):
            self.safety.on_failed(event)
        elif isinstance(event, events.Finished):
            self.safety.on_finished(event)

    def childEvent(self, event: QChildEvent) -> None:
        """Tabs of panels keep their order: Qt 6 can end the program when one of them is dragged to another place."""
        super().childEvent(event)
        if event.type() == QEvent.Type.ChildPolished and isinstance(event.child(), QTabBar):
            event.child().setMovable(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.actions_.file.takes(_local_files(event)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        # Queued: an import asks in a dialog, and the program that the file comes from waits for the drop to end.
        paths = _local_files(event)
        QTimer.singleShot(0, self, lambda: self.actions_.file.drop(paths))

    def may_close(self) -> bool:
        """Whether closing loses nothing that the person has not agreed to lose."""
        return self.safety.may_close()

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        if self.session.project is not None:
            self.settings.set_layout(self.saveGeometry(), self.saveState(self._layout_version()))
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self.actions_.on_focus)
        self.session.close()
        event.accept()


def _local_files(event: QDropEvent) -> list[Path]:
    """The files of this computer that are dragged; none where anything else is among them."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []
