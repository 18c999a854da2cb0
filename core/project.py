"""The open project: one door through which edits and arrivals get in and reach the disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from .annotation.changes import Changes, What
from .annotation.document import Document
from .annotation.edit import Edit
from .annotation.history import Direction, History, Step
from .annotation.segmentation import Segmentation
from .annotation.values import LabelMap, Prediction, Run
from .data.dataset import Dataset, RunId, Video, VideoId
from .errors import EditError, StoreError
from .store import backup, log, pack, rows, tracks
from .store.check import read_document
from .store.create import create
from .store.lock import ProjectLock
from .store.schema import Connection, check_header
from .store.writer import SavedState, Writer


class Project:
    """A project file and its present values; made by `create` or `open`, ended by `close`.

    `restored_edits` counts the edits of a launch before this one that did not end cleanly. Every method is
    for one thread, that of the caller.
    """

    def __init__(self, path: Path, *, read_only: bool) -> None:
        if not path.is_file():
            raise StoreError(f"{path} is not there; wanted a project file (.tot).")
        self.path = path
        if not read_only and not os.access(path, os.W_OK):
            read_only = True
        try:
            self._lock = ProjectLock(path, read_only=read_only)
        except OSError:
            read_only, self._lock = True, ProjectLock(path, read_only=True)
        self.read_only = read_only
        try:
            check_header(path)
            self._writer = Writer(path, read_only=read_only)
        except BaseException:
            self._lock.release()
            raise
        try:
            self._writer.run(self._load)
        except BaseException:
            self._writer.close(timeout=0)
            self._lock.release()
            raise
        self._closed = False

    def _load(self, connection: Connection) -> None:
        self.uid = str(rows.get_meta(connection)["uid"])
        self.document: Document = read_document(connection)
        self._places = {video: place for place, video in enumerate(self.document.videos)}
        self.history: History = log.load_history(connection, list(self._places))
        self._seq = log.head(connection)
        opened = log.Launch(0, 0) if self.read_only else log.start_launch(connection)
        self.launch: int = opened.id
        self.restored_edits: int = opened.restored_edits

    @classmethod
    def create(cls, path: Path, dataset: Dataset, *, ground_truth: Mapping[VideoId, Segmentation]) -> Project:
        """A new project, open, that holds the dataset's ground truth. Raises StoreError when the file exists."""
        path = Path(path).absolute()
        create(path, dataset, ground_truth)
        return cls(path, read_only=False)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Project:
        """An existing project. A file or folder that cannot be written is opened for reading.

        Raises:
            ProjectLockedError, NewerProjectError, DamagedProjectError, StoreError: the file stays as it was.
        """
        return cls(Path(path).absolute(), read_only=read_only)

    # --- edits -------------------------------------------------------------------------------------

    def edit(self, edit: Edit) -> Changes:
        """Apply an edit and queue it for the disk. Raises EditError; nothing changed then."""
        self._check_writable()
        swaps = pack.pack_edit(edit, self._places)
        changes = self._accept("edit", edit, swaps, None)

        def resolve(document: Document, direction: Direction) -> Edit:
            return edit.inverse() if direction == "undo" else edit

        self.history.push(Step(self._seq, edit.text, log.group_of(edit, self.launch), edit.videos, resolve, log.now()))
        return changes

    def undo(self) -> Changes | None:
        """Take the newest edit, with its group, back; None when there is none."""
        return self._step("undo")

    def redo(self) -> Changes | None:
        """Apply again what was taken back last; None when there is nothing."""
        return self._step("redo")

    def _step(self, direction: Direction) -> Changes | None:
        self._check_writable()
        found: Changes | None = None
        for step in self.history.next(direction):
            edit = step.resolve(self.document, direction)
            changes = self._accept(
                direction, edit, pack.pack_edit(edit.inverse() if direction == "undo" else edit, self._places), step.seq
            )
            self.history.move(direction)
            found = (
                changes
                if found is None
                else Changes(found.what | changes.what, found.videos | changes.videos, found.runs | changes.runs)
            )
        return found

    def _accept(self, kind: log.Kind, edit: Edit, swaps: bytes, undo_of: int | None) -> Changes:
        changes = self.document.apply(edit)
        row = log.Row(self._seq + 1, self.launch, kind, edit, swaps, undo_of, log.now())
        try:
            self._writer.put(lambda connection: log.append(connection, row, self._places))
        except StoreError:
            self.document.apply(edit.inverse())
            raise
        self._seq = row.seq
        return changes

    def _next_text(self, direction: Direction) -> str | None:
        steps = self.history.next(direction)
        return steps[0].text if steps else None

    @property
    def undo_text(self) -> str | None:
        """What undo would take back, None when there is nothing."""
        return self._next_text("undo")

    @property
    def redo_text(self) -> str | None:
        """What redo would apply again, None when there is nothing."""
        return self._next_text("redo")

    # --- arrivals ----------------------------------------------------------------------------------

    def add_run(self, run: Run, label_map: LabelMap, weights: bytes) -> Changes:
        """A trained run arrives, on disk when this returns. Raises StoreError."""
        self._check_writable()
        if run.id in self.document.runs:
            raise EditError(f'There is a run "{run.id}" already.')
        tracks.check_weights(weights)
        self._writer.put(lambda connection: tracks.put_run(connection, run, label_map, weights))
        changes = self.document.add_run(run, label_map)
        self.flush(30)
        return changes

    def add_predictions(self, predictions: list[Prediction]) -> Changes:
        """Predictions of a run arrive; one for the same run and video is replaced."""
        self._check_writable()
        for prediction in predictions:
            video = self.document.videos.get(prediction.video)
            if video is None or prediction.run not in self.document.runs:
                raise EditError(f'A prediction names "{prediction.video}" of run "{prediction.run}", not known here.')
            if video.timebase.n_frames != prediction.segmentation.n_frames:
                raise EditError(
                    f"{video.name} has {video.timebase.n_frames:,} frames; its prediction has "
                    f"{prediction.segmentation.n_frames:,}."
                )
            pack.pack_track(prediction.segmentation)

        def write(connection: Connection) -> None:
            for prediction in predictions:
                tracks.put_prediction(connection, prediction, self._places[prediction.video])

        self._writer.put(write)
        return self.document.add_predictions(predictions)

    def set_dataset_root(self, path: Path) -> Changes:
        """The dataset lies elsewhere now: every path below the old root is looked for below the new one."""
        self._check_writable()
        old, new = self.document.dataset.root, Path(path).absolute()
        videos = tuple(_moved(video, old, new) for video in self.document.dataset.videos)
        dataset = replace(self.document.dataset, root=new, videos=videos)
        self._writer.put(lambda connection: rows.put_dataset(connection, dataset))
        self.document.dataset = dataset
        self.document.videos = {video.id: video for video in videos}
        return Changes(What.DATASET, frozenset(self.document.videos))

    def weights(self, run: RunId) -> bytes:
        """The weights of a run as safetensors. Raises StoreError."""
        return self._writer.run(lambda connection: tracks.get_weights(connection, run))

    # --- the file ----------------------------------------------------------------------------------

    @property
    def on_saved(self) -> Callable[[SavedState], None] | None:
        """Called from the writer's threads whenever the saved state changes."""
        return self._writer.on_saved

    @on_saved.setter
    def on_saved(self, listener: Callable[[SavedState], None] | None) -> None:
        self._writer.on_saved = listener

    def saved_state(self) -> SavedState:
        """Whether every edit is on disk, in the words of the status line."""
        return self._writer.state()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until every edit is on disk; False when it is not within `timeout` seconds."""
        return self._writer.flush(timeout)

    def checkpoint(self, name: str) -> Path:
        """The verified backup with this name, beside the project. Raises StoreError."""
        if not self.flush():
            raise StoreError("Edits are not on disk yet, so no checkpoint was made. " + self.saved_state().reason)
        return self._writer.run(lambda connection: backup.checkpoint(connection, self.path, name))

    def close(self) -> None:
        """Put everything on disk and give the file back. Raises StoreError when edits could not be written."""
        if self._closed:
            return
        self._closed = True
        pending = 0
        try:
            if not self._writer.close(lambda connection: log.end_launch(connection, self.launch)):
                pending = self._writer.state().pending
        finally:
            self._lock.release()
        if pending:
            raise StoreError(f"{self.path} was closed with {pending:,} edits not saved.")

    def __enter__(self) -> Project:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _check_writable(self) -> None:
        if self.read_only:
            raise EditError("The project is open for reading only. Save a copy to edit it.")


def _moved(video: Video, old: Path, new: Path) -> Video:
    def move(path: Path | None) -> Path | None:
        return new / path.relative_to(old) if path is not None and path.is_relative_to(old) else path

    return replace(video, media=move(video.media), features=move(video.features), ground_truth=move(video.ground_truth))
