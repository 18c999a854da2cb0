"""Every menu entry and shortcut: ask the person where that is needed, then ask the session to do it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QFileDialog, QInputDialog, QLineEdit, QMenu

from core.annotation import commands
from core.annotation.edit import Edit
from core.annotation.values import ReviewStatus
from core.data.dataset import BACKGROUND, ActionId, Dataset, VideoId
from core.errors import TotError
from core.events import StopKind

from .dialogs.export import ask_export
from .dialogs.new_project import ask_new_project
from .dialogs.shortcuts import ShortcutsDialog
from .palette import apply_theme

SEPARATOR = ("", "", "", lambda: None)
Entry = tuple[str, str, str, Callable[[], None]]


class Actions(QObject):
    """Builds the menus of a window and answers them."""

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        super().__init__(window)
        self.window = window
        self.session = window.session
        self.by_text: dict[str, QAction] = {}
        self._digits: list[QAction] = []
        playback = self.session.playback
        step = playback.step
        menus: dict[str, list[Entry]] = {
            "&File": [
                ("Open demo", "", "Render the demo on first use, then open it", self.open_demo),
                ("Open dataset…", "Ctrl+N", "Make a project from a folder", self.open_dataset),
                ("Open project…", "Ctrl+O", "Open a .tot file", self.open_project),
                ("Close project", "Ctrl+W", "Back to the start page", self.session.close_project),
                SEPARATOR,
                ("Make checkpoint…", "Ctrl+S", "A named backup; edits are saved as they are made", self.checkpoint),
                ("Export labels…", "Ctrl+E", "Write labels in one of the formats", self.export),
                SEPARATOR,
                ("Quit", "Ctrl+Q", "", window.close),
            ],
            "&Edit": [
                ("Undo", "Ctrl+Z", "Take the newest edit back", self.session.undo),
                ("Redo", "Ctrl+Shift+Z", "Apply it again", self.session.redo),
                SEPARATOR,
                ("Select all segments", "Ctrl+A", "", self.select_all),
            ],
            "&Playback": [
                ("Play or pause", "Space", "", playback.toggle),
                ("Play segment once", "Shift+Space", "", self.play_segment),
                ("Loop segment", "Ctrl+Space", "", window.video_view.toggle_loop),
                SEPARATOR,
                ("Reverse", "J", "Again is twice as fast", lambda: playback.shuttle(-1)),
                ("Pause", "K", "", playback.pause),
                ("Forward", "L", "Again is twice as fast", lambda: playback.shuttle(1)),
                SEPARATOR,
                ("Next frame", "Right", "", lambda: step(1)),
                ("Previous frame", "Left", "", lambda: step(-1)),
                ("10 frames on", "Shift+Right", "", lambda: step(10)),
                ("10 frames back", "Shift+Left", "", lambda: step(-10)),
                ("1 s on", "PgDown", "", lambda: playback.seek_seconds(1)),
                ("1 s back", "PgUp", "", lambda: playback.seek_seconds(-1)),
                ("Next boundary", "Ctrl+Right", "", lambda: self.go_boundary(1)),
                ("Previous boundary", "Ctrl+Left", "", lambda: self.go_boundary(-1)),
                ("Start of video", "Home", "", lambda: playback.seek(0)),
                ("End of video", "End", "", lambda: playback.seek(1 << 40)),
                ("Go to frame or time…", "Ctrl+G", "1423 or 0:47.43", self.go_to),
            ],
            "&Segment": [
                ("Adopt prediction here", "T", "Take the prediction's segment into Corrected", self.adopt_span),
                ("Adopt prediction for this video", "Shift+T", "Replaces the corrected track", self.adopt_video),
                ("Adopt prediction for all videos", "Ctrl+Shift+T", "Replaces all corrected tracks", self.adopt_all),
                ("Start from ground truth", "", "Copy ground truth into Corrected", self.from_ground_truth),
                SEPARATOR,
                ("Split at playhead…", "S", "Then choose the action of the right part", self.split),
                ("Merge with next", "M", "", lambda: self.merge(1)),
                ("Merge with previous", "Shift+M", "", lambda: self.merge(-1)),
                ("Relabel…", "/", "Choose an action by name", self.relabel_by_name),
                ("Set to background", "Del", "", lambda: self.relabel(BACKGROUND)),
                SEPARATOR,
                ("Start of segment to playhead", "[", "", lambda: self.move_edge("start")),
                ("End of segment to playhead", "]", "", lambda: self.move_edge("end")),
                ("Nudge boundary left", ",", "", lambda: window.timeline.nudge(-1)),
                ("Nudge boundary right", ".", "", lambda: window.timeline.nudge(1)),
            ],
            "&Labels": [
                ("New action…", "", "", self.new_action),
                ("Rename action…", "", "", self.rename_action),
            ],
            "&Model": [
                ("Train", "Ctrl+T", "Train with the settings of the Training panel", self.train),
                ("Segment all videos", "", "With the current run", self.segment),
                SEPARATOR,
                ("Stop and keep", "", "End the training with what it has learned", lambda: self.stop(StopKind.KEEP)),
                ("Discard training", "", "", lambda: self.stop(StopKind.DISCARD)),
            ],
            "&Review": [
                ("Accept video", "A", "", lambda: self.review(ReviewStatus.ACCEPTED)),
                ("Reject video", "R", "", lambda: self.review(ReviewStatus.REJECTED)),
                ("Clear review", "", "", lambda: self.review(ReviewStatus.NONE)),
                SEPARATOR,
                ("Next video", "Ctrl+Down", "", lambda: self.go_video(1)),
                ("Previous video", "Ctrl+Up", "", lambda: self.go_video(-1)),
            ],
            "&View": [
                ("Zoom in", "+", "", window.timeline.zoom_in),
                ("Zoom out", "-", "", window.timeline.zoom_out),
                ("Whole video", "Z", "", window.timeline.fit),
                SEPARATOR,
                ("Light theme", "", "", lambda: self.theme("light")),
                ("Dark theme", "", "", lambda: self.theme("dark")),
                ("Theme of the system", "", "", lambda: self.theme("system")),
                SEPARATOR,
                ("Full screen", "F11", "", self.full_screen),
                ("Reset layout", "", "", window.reset_layout),
            ],
            "&Help": [
                ("Keyboard shortcuts", "F1", "", self.shortcuts),
            ],
        }
        self.menus: dict[str, QMenu] = {}
        for title, entries in menus.items():
            self.menus[title] = self._menu(title, entries)
        self._recent = self.menus["&File"].addMenu("Recent projects")
        self._recent.aboutToShow.connect(self._fill_recent)
        docks = self.menus["&View"].addMenu("Panels")
        for dock in window.docks.values():
            docks.addAction(dock.toggleViewAction())
        self._add_digits()
        self.session.projectChanged.connect(self.refresh)
        self.session.documentChanged.connect(lambda *_: self.refresh())
        self.session.jobsChanged.connect(self.refresh)
        self.refresh()

    # --- building ----------------------------------------------------------------------------------

    def _menu(self, title: str, entries: list[Entry]) -> QMenu:
        menu = self.window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        for text, key, tip, slot in entries:
            if not text:
                menu.addSeparator()
                continue
            action = QAction(text, self.window)
            if key:
                action.setShortcut(QKeySequence(key))
                if text == "Redo":
                    action.setShortcuts([QKeySequence(key), QKeySequence("Ctrl+Y")])
                if text == "Set to background":
                    action.setShortcuts([QKeySequence("Del"), QKeySequence("Backspace")])
            plain = text.rstrip("…")
            action.setToolTip((tip or plain) + (f" ({key})" if key else ""))
            action.triggered.connect(lambda _checked=False, do=slot: do())
            menu.addAction(action)
            self.by_text[plain] = action
        return menu

    def _add_digits(self) -> None:
        for number in range(20):
            digit = (number + 1) % 10
            key = f"{digit}" if number < 10 else f"Shift+{digit}"
            action = QAction(f"Action {number + 1}", self.window)
            action.setShortcut(QKeySequence(key))
            action.triggered.connect(lambda _checked=False, n=number: self.relabel_number(n))
            self.window.addAction(action)
            self._digits.append(action)

    def set_single_keys(self, enabled: bool) -> None:
        """Turn keys without Ctrl on or off; off while a text field has the focus."""
        for action in [*self.by_text.values(), *self._digits]:
            keys = action.shortcut()
            if not keys.isEmpty() and not keys.toString().startswith(("Ctrl", "F1")):
                action.setEnabled(enabled and action.property("usable") is not False)

    def on_focus(self, _old: object, now: object) -> None:
        """Letters and digits belong to the text field that has the focus."""
        self.set_single_keys(not isinstance(now, QLineEdit))

    def refresh(self) -> None:
        """Enable what can be done now and name what undo would undo."""
        session = self.session
        is_open = session.project is not None
        needs_project = (
            "Close project",
            "Make checkpoint",
            "Export labels",
            "Train",
            "Adopt prediction here",
            "Adopt prediction for this video",
            "Adopt prediction for all videos",
            "New action",
            "Rename action",
            "Start from ground truth",
            "Segment all videos",
            "Accept video",
            "Reject video",
            "Clear review",
            "Split at playhead",
            "Relabel",
            "Set to background",
            "Select all segments",
        )
        for text in needs_project:
            self._usable(text, is_open)
        undo = session.project.undo_text if session.project else None
        redo = session.project.redo_text if session.project else None
        self.by_text["Undo"].setText(f"Undo: {undo}" if undo else "Undo")
        self.by_text["Redo"].setText(f"Redo: {redo}" if redo else "Redo")
        self._usable("Undo", undo is not None)
        self._usable("Redo", redo is not None)
        busy = session.training
        self._usable("Train", is_open and not busy)
        self._usable("Stop and keep", busy)
        self._usable("Discard training", busy)
        self._usable("Segment all videos", is_open and session.current_run is not None and not busy)
        has_truth = bool(session.document and session.document.ground_truth)
        self._usable("Start from ground truth", has_truth)

    def _usable(self, text: str, usable: bool) -> None:
        action = self.by_text[text]
        action.setProperty("usable", usable)
        action.setEnabled(usable)

    # --- files -------------------------------------------------------------------------------------

    def open_demo(self) -> None:
        """Render the demo where the person's documents are, then open its project."""
        base = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)) / "totgui"
        self.session.render_demo(base / "demo", lambda folder: self._demo_ready(folder, base / "demo.tot"))

    def _demo_ready(self, folder: Path, project: Path) -> None:
        if project.exists():
            self.open_path(project)
            return
        self.window.pending_project = project
        self.session.scan(folder)

    def open_dataset(self) -> None:
        folder = QFileDialog.getExistingDirectory(self.window, "Open dataset", self.window.settings.last_folder())
        if folder:
            self.open_path(Path(folder))

    def open_project(self) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self.window, "Open project", self.window.settings.last_folder(), "Projects (*.tot)"
        )
        if path:
            self.open_path(Path(path))

    def open_path(self, path: Path) -> None:
        """Open a project file, or scan a folder and ask how to make a project of it."""
        self.window.settings.set_last_folder(path.parent)
        if path.is_dir():
            self.session.scan(path)
            return
        try:
            self.session.open_project(path)
        except TotError as error:
            self.window.show_message(str(error), "error")
            return
        self.window.settings.add_recent(path)

    def dataset_scanned(self, dataset: Dataset) -> None:
        """Show what was found and make a project, or rescan with the choices made."""
        path = self.window.pending_project
        self.window.pending_project = None
        if path is None:
            root = dataset.root
            answer = ask_new_project(
                dataset, self.window, rescan=lambda a, g: self.session.scan(root, activity=a, granularity=g)
            )
            if answer is None:
                return
            path = answer
        try:
            self.session.create_project(path, dataset)
        except TotError as error:
            self.window.show_message(str(error), "error")
            return
        self.window.settings.add_recent(path)

    def _fill_recent(self) -> None:
        self._recent.clear()
        for path in self.window.settings.recent():
            action = self._recent.addAction(f"{path.stem}  ({path.parent})".replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, p=path: self.open_path(p))
        if self._recent.isEmpty():
            self._recent.addAction("Nothing yet").setEnabled(False)

    def checkpoint(self) -> None:
        if self.session.project is None:
            return
        name, accepted = QInputDialog.getText(self.window, "Make checkpoint", "Name of the checkpoint:")
        if accepted and name.strip():
            try:
                made = self.session.project.checkpoint(name.strip())
            except TotError as error:
                self.window.show_message(str(error), "error")
                return
            self.window.show_message(f"Checkpoint written to {made.name}.", "info")

    def export(self) -> None:
        answer = ask_export(self.session, self.window)
        if answer is not None:
            self.session.export(answer.format, answer.out, answer.track, answer.videos)

    # --- the corrected track -----------------------------------------------------------------------

    def _video(self) -> VideoId | None:
        return self.session.current_video

    def _do(self, make: Callable[[VideoId], Edit]) -> bool:
        video = self._video()
        return video is not None and self.session.do(lambda: make(video))

    def _document(self):  # type: ignore[no-untyped-def]
        assert self.session.document is not None
        return self.session.document

    def adopt_video(self) -> None:
        run = self.session.current_run
        if run is None:
            self.window.show_message("There is no prediction yet. Train first (Ctrl+T).", "info")
            return
        self._do(lambda video: commands.adopt_prediction(self._document(), run, video))

    def adopt_span(self) -> None:
        """Adopt the whole prediction at first, later the segment under the playhead."""
        session, video = self.session, self._video()
        run = session.current_run
        if video is None or run is None or video not in self._document().corrected:
            self.adopt_video()
            return
        track = session.mapped_prediction(run, video)
        if track is not None:
            segment = track.at(min(session.playback.frame, track.n_frames - 1))
            self._do(
                lambda v: commands.adopt_prediction(self._document(), run, v, start=segment.start, stop=segment.stop)
            )

    def adopt_all(self) -> None:
        run = self.session.current_run
        if run is not None and self.session.do(lambda: commands.adopt_all(self._document(), run)):
            count = len(self._document().corrected)
            self.window.show_message(f"Adopted the prediction in {count} videos. Ctrl+Z takes it back.", "info")

    def from_ground_truth(self) -> None:
        self._do(lambda video: commands.start_from_ground_truth(self._document(), video))

    def relabel_number(self, number: int) -> None:
        actions = [a for a in self._document().actions.values() if not a.archived] if self.session.document else []
        if number < len(actions):
            self.relabel(actions[number].id)

    def relabel(self, action: ActionId) -> None:
        """Relabel the selected segments, or the one under the playhead, as one edit."""
        session, video = self.session, self._video()
        if video is None:
            return
        track = self._document().corrected.get(video)
        run = session.current_run
        if track is None:
            shown = session.tracks(video)["prediction"]
            if shown is None:
                self.window.show_message("Nothing to relabel yet. Train, then press T to take the prediction.", "info")
                return
            segment = shown.at(min(session.playback.frame, shown.n_frames - 1))
            self._do(lambda v: commands.relabel(self._document(), v, segment.start, segment.stop, action, run=run))
            return
        chosen = sorted(session.selection) or [track.index_at(session.playback.frame)]
        first, last = track[chosen[0]], track[chosen[-1]]
        self._do(lambda v: commands.relabel(self._document(), v, first.start, last.stop, action))

    def _choose_action(self, title: str) -> ActionId | None:
        names = {a.name: a.id for a in self._document().actions.values() if not a.archived}
        name, accepted = QInputDialog.getItem(self.window, title, "Action:", [*names, "background"], 0, True)
        if not accepted or not name.strip():
            return None
        if name == "background":
            return BACKGROUND
        if name in names:
            return names[name]
        edit, action = commands.add_action(self._document(), name)
        return action if self.session.edit(edit) else None

    def relabel_by_name(self) -> None:
        if self._video() is not None and (action := self._choose_action("Relabel")) is not None:
            self.relabel(action)

    def split(self) -> None:
        frame = self.session.playback.frame
        if self._video() is not None and (action := self._choose_action("Split: action of the right part")) is not None:
            self._do(lambda video: commands.split(self._document(), video, frame, action))

    def merge(self, neighbour: int) -> None:
        video = self._video()
        track = self._document().corrected.get(video) if video else None
        if video is None or track is None:
            return
        index = min(self.session.selection) if self.session.selection else track.index_at(self.session.playback.frame)
        self._do(lambda v: commands.merge(self._document(), v, index, neighbour))

    def move_edge(self, edge: str) -> None:
        video = self._video()
        track = self._document().corrected.get(video) if video else None
        if video is None or track is None:
            return
        frame = self.session.playback.frame
        index = min(self.session.selection) if self.session.selection else track.index_at(frame)
        boundary, at = (index - 1, frame) if edge == "start" else (index, frame + 1)
        self._do(lambda v: commands.move_boundary(self._document(), v, boundary, at))

    def select_all(self) -> None:
        video = self._video()
        track = self._document().corrected.get(video) if video else None
        if track is not None:
            self.session.select_segments(range(len(track)))

    # --- moving ------------------------------------------------------------------------------------

    def go_boundary(self, direction: int) -> None:
        video, playback = self._video(), self.session.playback
        if video is None:
            return
        tracks = self.session.tracks(video)
        track = tracks["corrected"] or tracks["prediction"] or tracks["ground-truth"]
        if track is None:
            return
        starts = [int(b) for b in track.boundaries()]
        ahead = [b for b in starts if (b - playback.wanted) * direction > 0]
        if ahead:
            playback.seek(min(ahead) if direction > 0 else max(ahead))

    def go_to(self) -> None:
        playback = self.session.playback
        if playback.timebase is None:
            return
        text, accepted = QInputDialog.getText(self.window, "Go to", "Frame or time (1423 or 0:47.43):")
        if not accepted:
            return
        try:
            if ":" in text:
                seconds = 0.0
                for part in text.split(":"):
                    seconds = 60 * seconds + float(part)
                playback.seek(playback.timebase.frame_at(seconds))
            else:
                playback.seek(int(text.replace(",", "")))
        except ValueError:
            self.window.show_message(f'"{text}" is neither a frame (1423) nor a time (0:47.43).', "warning")

    def play_segment(self) -> None:
        video, playback = self._video(), self.session.playback
        if video is None:
            return
        tracks = self.session.tracks(video)
        track = tracks["corrected"] or tracks["prediction"] or tracks["ground-truth"]
        if track is not None:
            segment = track.at(playback.frame)
            playback.seek(segment.start)
            playback.play(until=segment.stop - 1)

    def go_video(self, direction: int) -> None:
        if self.session.document is None or self._video() is None:
            return
        videos = list(self.session.document.videos)
        index = videos.index(self.session.current_video) + direction  # type: ignore[arg-type]
        if 0 <= index < len(videos):
            self.session.select_video(videos[index])

    # --- labels, model, review ---------------------------------------------------------------------

    def new_action(self) -> None:
        name, accepted = QInputDialog.getText(self.window, "New action", "Name:")
        if accepted and self.session.document is not None:
            self.session.do(lambda: commands.add_action(self._document(), name)[0])

    def rename_action(self) -> None:
        actions = {a.name: a.id for a in self._document().actions.values()}
        if not actions:
            self.window.show_message("There are no actions yet.", "info")
            return
        old, accepted = QInputDialog.getItem(self.window, "Rename action", "Action:", list(actions), 0, False)
        if not accepted:
            return
        name, accepted = QInputDialog.getText(self.window, "Rename action", "New name:", text=old)
        if accepted:
            self.session.do(lambda: commands.rename_action(self._document(), actions[old], name))

    def train(self) -> None:
        self.window.training.train()

    def segment(self) -> None:
        if self.session.current_run is not None:
            self.session.segment(self.session.current_run)

    def stop(self, kind: StopKind) -> None:
        self.session.stop(kind)

    def review(self, status: ReviewStatus) -> None:
        note = self._document().review(self._video()).note if self._video() else ""
        self._do(lambda video: commands.set_review(self._document(), video, status, note))

    # --- view and help -----------------------------------------------------------------------------

    def theme(self, name: str) -> None:
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.window.settings.set_theme(name)
        apply_theme(application, name)

    def full_screen(self) -> None:
        if self.window.isFullScreen():
            self.window.showNormal()
        else:
            self.window.showFullScreen()

    def shortcuts(self) -> None:
        """Show the sheet of all keys."""
        rows = [
            (title.replace("&", ""), action.shortcut().toString(QKeySequence.SequenceFormat.NativeText), action.text())
            for title, menu in self.menus.items()
            for action in menu.actions()
            if not action.shortcut().isEmpty()
        ]
        rows.append(("Labels", "1 … 9, 0, Shift+1 … Shift+0", "Relabel with action 1 to 20"))
        ShortcutsDialog(rows, self.window).exec()
