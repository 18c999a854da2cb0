"""The File menu: open and close projects and datasets, checkpoints, exports."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu

from core.data.dataset import Dataset
from core.errors import TotError

from ..dialogs.export import ask_export
from ..dialogs.new_project import ask_new_project
from .menu import Command, Menu


class FileMenu(Menu):
    title = "&File"
    _typed_path: Path | None = None
    """The project file that a person named before the dataset is read again."""

    def commands(self) -> list[Command | None]:
        close = self.session.close_project
        return [
            Command("file.demo", "Open demo", self.open_demo, tip="Render the demo on first use, then open it"),
            Command("file.dataset", "Open dataset…", self.open_dataset, ["Ctrl+N"], "Make a project from a folder"),
            Command("file.open", "Open project…", self.open_project, ["Ctrl+O"], "Open a .tot file"),
            Command("file.close", "Close project", close, ["Ctrl+W"], "Back to the start page", self.is_open),
            None,
            Command(
                "file.checkpoint",
                "Make checkpoint…",
                self.checkpoint,
                ["Ctrl+S"],
                "A named backup; edits are saved as they are made",
                self.is_open,
            ),
            Command(
                "file.copy",
                "Save a copy…",
                self.window.safety.save_copy,
                ["Ctrl+Shift+S"],
                "The whole project under another name",
                self.is_open,
            ),
            Command(
                "file.locate",
                "Locate missing files…",
                self.window.safety.locate,
                tip="Find videos, features and labels that were moved, by name and content",
                usable=lambda: self.is_open() and not self.session.project.read_only,
            ),
            Command(
                "file.export",
                "Export labels…",
                self.export,
                ["Ctrl+E"],
                "Write labels in one of the formats",
                self.is_open,
            ),
            None,
            Command("file.quit", "Quit", self.window.close, ["Ctrl+Q"]),
        ]

    def open_demo(self) -> None:
        """Render the demo where the person's documents are, then open its project."""
        base = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)) / "totgui"
        self.session.work.render_demo(base / "demo", lambda folder: self._demo_ready(folder, base / "demo.tot"))

    def _demo_ready(self, folder: Path, project: Path) -> None:
        if project.exists():
            self.open_path(project)
            return
        self.window.pending_project = project
        self.session.work.scan(folder)

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
            self.session.work.scan(path)
            return
        self.window.safety.open_project(path)

    def dataset_scanned(self, dataset: Dataset) -> None:
        """Show what was found and make a project, or rescan with the choices made."""
        path = self.window.pending_project
        self.window.pending_project = None
        if path is None:
            typed, self._typed_path = self._typed_path, None
            answer = ask_new_project(dataset, self.window, rescan=partial(self._rescan, dataset.root), path=typed)
            if answer is None:
                return
            path = answer
        try:
            self.session.create_project(path, dataset)
        except TotError as error:
            self.say(str(error), "error")
            return
        self.window.settings.add_recent(path)
        self.window.actions_.model.offer_features()

    def _rescan(self, root: Path, choices: dict[str, Any], typed: Path | None) -> None:
        """Read a dataset again as the person chose; the path that was typed stays in the field."""
        self._typed_path = typed
        self.session.work.scan(root, **choices)

    def fill_recent(self, menu: QMenu) -> None:
        """Put the recent projects into a menu."""
        menu.clear()
        for path in self.window.settings.recent():
            action = menu.addAction(f"{path.stem}  ({path.parent})".replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, p=path: self.open_path(p))
        if menu.isEmpty():
            menu.addAction("Nothing yet").setEnabled(False)

    def checkpoint(self) -> None:
        if self.session.project is None:
            return
        name, accepted = QInputDialog.getText(self.window, "Make checkpoint", "Name of the checkpoint:")
        if accepted and name.strip():
            self.session.work.checkpoint(name.strip())

    def export(self) -> None:
        answer = ask_export(self.session, self.window)
        if answer is not None:
            self.session.work.export(answer.format, answer.out, answer.track, answer.videos)
