"""The main window: its parts, and what connects them. It holds no state of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QChildEvent, QEvent, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from core import events

from .actions import Actions
from .actions.sheet import PANEL
from .collector import Collector, collect_on_this_thread
from .graphs import pyqtgraph
from .keymap import RELABEL, action_key
from .models.empty import SEGMENT, TRAIN, EmptyState
from .models.later import Later
from .models.widgets import Scrolling, for_text
from .recent import RecentProjects
from .safety import Safety
from .session import Session
from .settings import Settings
from .views.message_bar import MessageBar
from .views.start import StartPage
from .views.video.view import VideoView
from .window.panels import Panels
from .window.placing import Placing
from .window.status import StatusLine
from .window.toolbar import add_toolbar
from .window.where_left import WhereLeft

if TYPE_CHECKING:
    from .views.segments.view import SegmentsView

LEAST_CENTRE, FIRST_SIZE = 380, (1480, 940)


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
        for corner in (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner):
            self.setCorner(corner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.start, self.recent = StartPage(self), RecentProjects(settings, self)
        self.video_view = VideoView(session, self)
        self.bar = MessageBar(self)
        self._add_centre()
        panels = Panels(self, session, settings)
        self.docks, self.timeline, self.film_strip = panels.docks, panels.timeline, panels.film_strip
        self.training, self.labels = panels.training, panels.labels
        self.label_map, self.review, self.runs = panels.label_map, panels.review, panels.runs
        self.status = StatusLine(session, self)
        self.setStatusBar(self.status)
        self.safety = Safety(self)
        self.actions_ = Actions(self)
        self.toolbar = add_toolbar(self, self.actions_.by_name)
        panels.made.connect(self._on_made)
        self.where_left = WhereLeft(session, settings, self.timeline, panels.videos, self)
        self._connect(panels)
        self._buttons_by_tab(self)
        self._lead_on(self)
        self.resize(for_text(self, *FIRST_SIZE))
        self.placing = Placing(self, self.docks, self.toolbar, settings)
        self.placing.rows_height = lambda: self.timeline.optional_height
        self._on_project()

    def _add_centre(self) -> None:
        """The page of the start or the video, below the bar with messages."""
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

    def _on_made(self, panel: QWidget) -> None:
        """What holds for all panels holds for one that came later."""
        self._buttons_by_tab(panel)
        self._lead_on(panel)
        self.actions_.name_keys(panel)

    def _connect(self, panels: Panels) -> None:
        session, actions = self.session, self.actions_
        session.projectChanged.connect(self._on_project)
        session.message.connect(self.show_message)
        session.done.connect(self._say_done)
        session.leaving.connect(self.bar.forget_questions)
        session.opening.is_asking = _is_asking
        session.stepsFound.connect(actions.labels.offer_names)
        self.status.saved.copyAsked.connect(self.safety.save_copy)
        session.jobEvent.connect(self._on_event)
        # Queued: the dialog runs a loop of its own, and the job that brought the dataset must have ended by then.
        session.datasetScanned.connect(actions.file.dataset_scanned, Qt.ConnectionType.QueuedConnection)
        self.training.featuresAsked.connect(actions.model.extract)
        self.label_map.moreClustersAsked.connect(self._train_with)
        session.exchange.exported.connect(actions.file.on_exported)
        self._connect_review()
        self._connect_segments()
        session.features.extracted.connect(self.settings.set_extraction_speed)
        self.start.demoAsked.connect(actions.file.open_demo)
        self.start.tourAsked.connect(actions.help.tour)
        self.start.datasetAsked.connect(actions.file.open_dataset)
        self.start.projectAsked.connect(actions.file.open_project)
        self.start.recentAsked.connect(actions.file.open_path)
        self.recent.changed.connect(self._show_recent)
        keymap = actions.keymap
        keymap.changed.connect(self._show_keys)
        self._show_keys()
        self.timeline.renameAsked.connect(actions.labels.rename)
        self.timeline.is_usable = lambda name: actions.by_name[name].isEnabled()
        self.timeline.heightWanted.connect(lambda height: self.placing.give_timeline(height - self.timeline.height()))
        for view in (self.timeline, self.video_view):
            view.commandAsked.connect(lambda name: actions.by_name[name].trigger())
        self.film_strip.menuAsked.connect(self.timeline.show_menu_of_pictures)
        self.film_strip.wheeled.connect(self.timeline.wheelEvent)
        self.timeline.axisChanged.connect(lambda: self.film_strip.show_axis(self.timeline.axis))
        self.timeline.boundaryPreview.connect(self.video_view.picture.show_boundary)
        self.timeline.boundaryPreviewEnded.connect(self.video_view.picture.end_pair)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(actions.on_focus)
            self._keep_collector_away(collect_on_this_thread(application))

    def _keep_collector_away(self, collector: Collector) -> None:
        """Garbage is not looked for while a video plays, nor while something changes on the screen."""
        session = self.session
        for signal in (session.documentChanged, session.currentVideoChanged, session.playback.frameChanged):
            signal.connect(collector.touch)

    def _show_keys(self) -> None:
        """Hints and lists name the keys that commands have now."""
        native = self.actions_.keymap.native
        self.timeline.show_keys(native, lambda place: native(action_key(place)) if action_key(place) else "")
        self.review.comments.show_keys(native, self.actions_.text_of)
        self.labels.model.show_keys(lambda row: native(action_key(row) or RELABEL))

    def bring(self, panel: str) -> None:
        """Show a panel in front, after whatever is still being done to the panels."""
        self.placing.turns.finish()
        self.docks[panel].show()
        self.docks[panel].raise_()

    def _train_with(self, clusters: int) -> None:
        self.bring("Training")
        self.training.set_clusters(clusters)

    def _connect_review(self) -> None:
        view, menu, reviewing = self.review, self.actions_.review, self.session.reviewing
        view.acceptAsked.connect(menu.accept)
        view.rejectAsked.connect(menu.reject)
        view.stepAsked.connect(menu.places.go_place)
        view.rightAsked.connect(menu.places.looks_right)
        view.second.loadAsked.connect(menu.choose_second)
        reviewing.currentChanged.connect(menu.places.show_place)
        comments, part = self.session.comments, menu.comments
        comments.goAsked.connect(part.show)
        comments.writeAsked.connect(part.write_at)
        comments.editAsked.connect(part.edit_at)
        view.comments.empty.asked.connect(lambda _offer: part.write())
        view.comments.buttons["review.comment"].clicked.connect(part.write)
        reviewing.reviewer = self.settings.reviewer()
        view.reviewer.setText(reviewing.reviewer)
        view.reviewer.editingFinished.connect(self._keep_reviewer)

    def _connect_segments(self) -> None:
        segments, sheet = self.session.segments, self.actions_.segment.sheet
        segments.commandAsked.connect(sheet.do)
        segments.relabelAsked.connect(sheet.relabel)
        segments.asked.connect(sheet.show_label)

    def segments(self) -> SegmentsView:
        """The panel with the segments of all videos, made where nobody has seen it yet."""
        later = self.docks[PANEL].widget()
        assert isinstance(later, Later)
        later.make()
        panel = later.panel
        assert panel is not None
        return cast("SegmentsView", panel)

    def warm_up(self) -> None:
        """Make ready beside the window what the first training, the first plot and the first export would wait for."""
        self.session.warm_up()
        self.session.computing.ask("plots", pyqtgraph, lambda _library: None)

    def _keep_reviewer(self) -> None:
        self.session.reviewing.reviewer = self.review.reviewer.text().strip()
        self.settings.set_reviewer(self.session.reviewing.reviewer)

    def tour_part(self, name: str) -> QWidget | None:
        """The part of the window that a step of the tour points at."""
        if name == "toolbar":
            return self.toolbar
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
                self.session.undo(stay=self.session.segments.has_focus)
            else:
                self.show_message("Other edits came after it. The History panel goes back that far.")

        self.bar.say(text, "done", [("Undo", undo)])

    def show_layout(self, name: str) -> None:
        """Show the panels of a task now; the command takes a few turns of the event loop."""
        self.placing.arrange(name)
        self.placing.turns.finish()

    def _buttons_by_tab(self, inside: QWidget) -> None:
        """Buttons take the focus by Tab, not by a click: after a click Space still plays."""
        for button in inside.findChildren(QAbstractButton):
            if button.focusPolicy() == Qt.FocusPolicy.StrongFocus:
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def _lead_on(self, inside: QWidget) -> None:
        """Buttons of panels that have nothing to show lead to what is missing."""
        for empty in inside.findChildren(EmptyState):
            empty.asked.connect(self._on_empty)

    def _on_empty(self, offer: str) -> None:
        if offer == SEGMENT:
            self.actions_.model.segment()
        elif offer == TRAIN:
            self.bring("Training")

    def reset_layout(self) -> None:
        """Put every panel back where it was at first, now; the command takes a few turns of the event loop."""
        self.placing.reset()
        self.placing.turns.finish()

    def _on_project(self) -> None:
        project = self.session.project
        if project is None:
            self.placing.keep()
            self.placing.hide()
        else:
            self.placing.show(self._focus_timeline)
        self._pages.setCurrentIndex(1 if project else 0)
        self.setWindowTitle(f"{project.path.stem} — totgui" if project else "totgui")
        if project is None:
            self._show_recent()
            self.recent.look()
            self.status.saved.clear()

    def _show_recent(self) -> None:
        self.start.set_recent(self.recent.listed())

    def _focus_timeline(self) -> None:
        """Keys work on the timeline at once: no field takes them, and no button waits for Space."""
        self.timeline.setFocus()

    def _on_event(self, event: object) -> None:
        if isinstance(event, events.Failed):
            self.safety.on_failed(event)
        elif isinstance(event, events.Finished):
            self.safety.on_finished(event)

    def childEvent(self, event: QChildEvent) -> None:
        """Tabs of panels keep their order: Qt 6 can end the program when one of them is dragged to another place."""
        super().childEvent(event)
        child = event.child()
        if event.type() == QEvent.Type.ChildPolished and isinstance(child, QTabBar):
            child.setMovable(False)

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
            self.placing.remember()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self.actions_.on_focus)
        mine = [each for each in self.findChildren(QWidget) if each.isWindow() and each.isVisible()]
        for top in (self, *mine):  # dialogs and torn-off panels too
            top.hide()  # ending a job and its process may take a second or two: no window that answers nothing
        self.session.close()
        event.accept()


def _is_asking() -> bool:
    """Whether a dialog that holds the window up, or a menu, is about what is open now."""
    return QApplication.activeModalWidget() is not None or QApplication.activePopupWidget() is not None


def _local_files(event: QDropEvent) -> list[Path]:
    """The files of this computer that are dragged; none where anything else is among them."""
    urls = event.mimeData().urls()
    return [Path(url.toLocalFile()) for url in urls] if all(url.isLocalFile() for url in urls) else []
