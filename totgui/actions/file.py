"""The File menu: open and close projects and datasets, checkpoints, exports."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QStandardPaths, QTimer
from PySide6.QtWidgets import QFileDialog, QMenu

from core.annotation.document import Document
from core.data.dataset import Dataset
from core.data.names import VIDEO_SUFFIXES
from core.label_import import CORRECTED

from ..dialogs.checkpoint import CheckpointName
from ..dialogs.export import KIT, LABELS, REPORT, ExportDialog
from ..dialogs.export_progress import open_path
from ..dialogs.import_labels import ask_import
from ..dialogs.kit_texts import KitTextsDialog
from ..dialogs.new_project import ask_new_project
from ..jobs.exchange_tasks import Exported
from .menu import Command, Menu


class FileMenu(Menu):
    title = "&File"
    _typed_path: Path | None = None
    """The project file that a person named before the dataset is read again."""
    _export: ExportDialog | None = None

    def commands(self) -> list[Command | None]:
        close = self.session.close_soon
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
            None,
            Command(
                "file.import",
                "Import labels…",
                self.import_labels,
                ["Ctrl+I"],
                "Read labels of another program; you see what would change first",
                self.is_open,
            ),
            Command(
                "file.locate",
                "Locate missing files…",
                self.window.safety.locate,
                tip="Find videos, features and labels that were moved, by name and content",
                usable=lambda: self.session.project is not None and not self.session.project.read_only,
            ),
            Command(
                "file.export",
                "Export…",
                self.export,
                ["Ctrl+E"],
                "Labels in one of the formats, a training kit, or a report",
                self.is_open,
            ),
            Command("file.kit", "Training kit…", lambda: self.export(KIT), usable=self.is_open),
            Command(
                "file.kit-texts",
                "Texts of the training kit…",
                self.kit_texts,
                tip="Titles, key points, reasons, tools, safety and checks of each step",
                usable=self.is_open,
            ),
            Command("file.report", "Report…", lambda: self.export(REPORT), usable=self.is_open),
            None,
            Command("file.quit", "Quit", self.window.close, ["Ctrl+Q"]),
        ]

    def open_demo(self) -> None:
        """Render the demo where the person's documents are, then open its project."""
        base = Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericDataLocation)) / "totgui"
        self.session.datasets.render_demo(base / "demo", lambda folder: self._demo_ready(folder, base / "demo.tot"))

    def _demo_ready(self, folder: Path, project: Path) -> None:
        if project.exists():
            self.open_path(project)
            return
        self.window.pending_project = project
        self.session.datasets.scan(folder)

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
        self.window.safety.open_project(path, folder=lambda: self.session.datasets.scan(path))

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
        self.session.make_project(path, dataset, lambda: self._project_made(path))

    def _project_made(self, path: Path) -> None:
        self.window.recent.add(path)
        self.window.actions_.model.offer_features()

    def _rescan(self, root: Path, choices: dict[str, Any], typed: Path | None) -> None:
        """Read a dataset again as the person chose; the path that was typed stays in the field."""
        self._typed_path = typed
        self.session.datasets.scan(root, **choices)

    def fill_recent(self, menu: QMenu) -> None:
        """Put the recent projects into a menu."""
        menu.clear()
        for path, _ in self.window.recent.listed():
            action = menu.addAction(f"{path.stem}  ({path.parent})".replace("&", "&&"))
            action.triggered.connect(lambda _checked=False, p=path: self.open_path(p))
        if menu.isEmpty():
            menu.addAction("Nothing yet").setEnabled(False)

    def checkpoint(self) -> None:
        """Ask for a name above the line that says whether all is saved; what plays goes on until there is an answer."""
        project = self.session.project
        if project is None:
            return

        def write(name: str) -> None:
            if self.session.project is project:
                self.session.copies.checkpoint(name)

        folder = f"{project.path.stem}.backups"
        status = self.window.statusBar()
        CheckpointName(folder, write, self.window).show_at(status.mapToGlobal(status.rect().topRight()), above=True)

    def export(self, kind: int = LABELS) -> None:
        """Open the export assistant, or show the one that is at work."""
        if self._export is None or not self._export.is_running:
            if self._export is not None:
                self._export.deleteLater()
            self._export = ExportDialog(self.session, self.window, kind=kind, settings=self.window.settings)
            self._export.textsAsked.connect(self.kit_texts)
        made, project = self._export, self.session.project

        def show() -> None:
            if made is self._export and project is self.session.project:
                made.open()

        QTimer.singleShot(0, made, show)  # to make it and to show it each take a frame or two of the window's time

    def kit_texts(self) -> None:
        """Open the editor of the training kit's texts."""
        parent = self._export if self._export is not None and self._export.isVisible() else self.window
        KitTextsDialog(self.session, parent).open()

    def on_exported(self, done: Exported) -> None:
        """An export has ended while its assistant was hidden: say so, and offer what was made."""
        if self._export is not None and self._export.isVisible():
            return
        losses = f" Not in this format: {'; '.join(done.losses)}." if done.losses else ""
        choices = [("Open folder", lambda: open_path(done.folder))]
        if done.page is not None:
            choices.append(("Open page", lambda: open_path(done.page)))
        self.window.bar.say(f"Exported: {done.text}{losses}", "info", choices)

    def import_labels(self) -> None:
        """Choose label files, then see what they would change."""
        paths, _ = QFileDialog.getOpenFileNames(self.window, "Import labels", self.window.settings.last_folder())
        if paths:
            self.window.settings.set_last_folder(Path(paths[0]).parent)
            self.import_files([Path(path) for path in paths])

    def import_files(self, paths: Sequence[Path]) -> None:
        """Show what label files would change, and do what the person says."""
        answer = ask_import(self.session, paths, self.window) if paths and self.is_open() else None
        project = self.session.project
        if answer is None or project is None:
            return
        exchange, (plan, rows, names, comments) = self.session.exchange, answer
        before = _n_comments(project.document)
        if plan.target == CORRECTED:
            done = self.session.do(lambda: exchange.import_edit(plan, rows, names, comments=comments))
        else:
            done = exchange.import_ground_truth(plan, rows, names)
        if done:
            n = _n_comments(project.document) - before  # fewer than planned where the project got some meanwhile
            talk = f"{n:,} comment{'s' if n != 1 else ''}" if n else ""
            labels = f"Labels of {len(rows)} video{'s' if len(rows) != 1 else ''}" if rows else ""
            self.say(f"{' and '.join(part for part in (labels, talk) if part)} were imported.")

    def takes(self, paths: Sequence[Path]) -> bool:
        """Whether files that are dragged over the window can be opened, or imported into the project."""
        if self._opened(paths) is not None:
            return True
        endings = self.session.exchange.import_endings() if self.is_open() else ()
        return bool(paths) and all(p.is_file() and (not p.suffix or p.name.lower().endswith(endings)) for p in paths)

    def drop(self, paths: Sequence[Path]) -> None:
        """Open a project or dataset, or import label files."""
        opened = self._opened(paths)
        if opened is not None:
            self.open_path(opened)
        elif self.takes(paths):
            self.import_files(paths)

    def _opened(self, paths: Sequence[Path]) -> Path | None:
        """What is opened where files are dropped: a project, a folder, at the start also the folder videos lie in."""
        if len(paths) == 1 and (paths[0].is_dir() or paths[0].suffix == ".tot"):
            return paths[0]
        folders = {path.parent for path in paths}
        videos = len(folders) == 1 and all(p.suffix.lower() in VIDEO_SUFFIXES and p.is_file() for p in paths)
        return folders.pop() if videos and not self.is_open() else None


def _n_comments(document: Document) -> int:
    return sum(len(on_video) for on_video in document.comments.values())
