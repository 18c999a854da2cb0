"""The open project: one door through which edits and arrivals get in and reach the disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from .annotation.changes import Changes, What
from .annotation.document import Document
from .annotation.edit import Edit
from .annotation.history import Direction, History, Step
from .annotation.segmentation import Segmentation
from .annotation.undoing import fitting
from .annotation.values import LabelMap, Prediction, Run, TrackKind
from .data.dataset import BACKGROUND, UNLABELLED, Dataset, RunId, Video, VideoId
from .data.fingerprint import Stamps, stamps_of
from .errors import EditError, ForeignFoldersError, StoreError
from .store import backup, log, opening, pack, places, roots, rows, tracks
from .store.create import create
from .store.emergency import HeldRow
from .store.file import ProjectFile
from .store.keeper import INTERVAL_ELSEWHERE_S, INTERVAL_S, Keeper
from .store.schema import Connection
from .store.waiting import SavedState as SavedState


@dataclass(frozen=True)
class Snapshot:
    """The values of a project at one moment: for reading on another thread while the person goes on."""

    path: Path
    document: Document
    history: History


class Project:
    """A project file and its present values; made by `create` or `open`, ended by `close`.

    `restored_edits` counts the edits of a launch before this one that did not end cleanly, `recovered` names those
    that came back from the emergency file, and `notes` says in sentences what else opening it took. Every method is
    for one thread, that of the caller, but those of which the text says otherwise.
    """

    def __init__(self, path: Path, *, read_only: bool, copy: Path | None = None) -> None:
        self.path = path
        self._file = ProjectFile(path, read_only=read_only, copy=copy)
        self._writer = self._file.writer
        self.read_only, self.uid = self._file.read_only, self._file.uid
        contents = self._file.contents
        self.document: Document = contents.document
        self.history: History = contents.history
        self._places = {video: place for place, video in enumerate(self.document.videos)}
        self._seq, self.launch = contents.head, contents.launch.id
        self.restored_edits: int = contents.launch.restored_edits
        self.recovered: list[str] = []
        self.notes: list[str] = self._notes()
        self.stamps: Stamps = contents.stamps
        """What the files of the dataset held when they were taken in; see `core.data.fingerprint`."""
        self._arriving: dict[RunId, bytes] = {}
        self._keeper: Keeper | None = None
        self._closed = False
        self._recover()
        if not self.read_only:
            self._file.keep_emergency_file()

    def _notes(self) -> list[str]:
        found = []
        if self._file.why_read_only:
            found.append(f"The project can only be read ({self._file.why_read_only}). Save a copy to edit it.")
        if self._file.migrated is not None:
            found.append(
                f'The project was brought to a newer format. As it was, it is kept: "{self._file.migrated.name}".'
            )
        kind = "" if self.read_only else places.kind_of(self.path)
        if kind and self._file.contents.place_told != kind:
            found.append(
                f"The project lies in a {kind}. Locks and saving are less sure there: open it in one program only. "
                f"Backups are made every ten minutes, in {backup.folder_of(self.path)}."
            )
            self._writer.put(lambda connection: rows.put_meta(connection, "place", kind))  # said once
        return found

    def _recover(self) -> None:
        """Take the edits of the emergency file in, as far as they continue the log."""
        held = [row for row in self._file.held if row.seq > self._seq]
        if held and self.read_only:
            self.notes.append(f"{len(held)} edits wait in {self._file.emergency.path}; open the project for writing.")
            return
        if held and held[0].seq == self._seq + 1 and any(pack.is_newer(row.values[6]) for row in held):
            self.read_only = True  # an edit made now would take the place of those that wait
            wait = f"{len(held)} edit{' waits' if len(held) == 1 else 's wait'} in {self._file.emergency.path}"
            self.notes.append(
                f"{wait}, made with a newer version of the program. Open the project with that one and nothing is "
                "lost; here it can only be read. Save a copy to edit it without them."
            )
            return
        videos = list(self._places)
        for place, row in enumerate(held):
            try:
                if row.seq != self._seq + 1:
                    raise StoreError(f"edit {self._seq + 1} is not there")
                self._take_back(row, videos)
            except (StoreError, EditError) as error:
                aside = self._file.emergency.put_aside()
                self.notes.append(f"{len(held) - place} edits of {aside or 'the emergency file'} do not fit: {error}")
                return
            self.recovered.append(row.text)

    def _take_back(self, row: HeldRow, videos: list[VideoId]) -> None:
        seq, ts, launch, kind, text, group, swaps, undo_of = row.values
        edit = replace(
            pack.unpack_edit(swaps, text, "undo" if kind == "undo" else "redo", self.document, videos), group=group
        )
        self.document.apply(edit)
        log.follow(self.history, row.values, videos)
        self._queue(log.Row(seq, launch, kind, edit, swaps, undo_of, ts))
        self._seq = seq

    @classmethod
    def create(cls, path: Path, dataset: Dataset, *, ground_truth: Mapping[VideoId, Segmentation]) -> Project:
        """A new project, open, that holds the dataset's ground truth. Raises StoreError when the file exists."""
        path = Path(path).absolute()
        create(path, dataset, ground_truth)
        roots.remember_dataset(dataset)
        return cls(path, read_only=False)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Project:
        """An existing project. A file or folder that cannot be written is opened for reading.

        Raises:
            ProjectLockedError, NewerProjectError, DamagedProjectError, StoreError: the file stays as it was.
        """
        return cls(Path(path).absolute(), read_only=read_only)

    @classmethod
    def open_copy(cls, path: Path) -> Project:
        """A project that another program has open, for reading, as it is at this moment.

        Raises:
            ProjectLockedError: this program has it open.   StoreError: no whole copy could be had.
        """
        path = Path(path).absolute()
        return cls(path, read_only=True, copy=opening.copy_of_open_project(path))

    @property
    def is_locked(self) -> bool:
        """Whether the file cannot be opened for writing meanwhile: true of every project but one of `open_copy`."""
        return self._file.is_locked

    def check_folders(self) -> None:
        """Nothing when every folder that the project names was chosen on this computer. Raises ForeignFoldersError.

        Ask before anything is read there: a project may come from anybody.
        """
        roots.check(self.path, self.document)

    def trust_folders(self) -> tuple[Path, ...]:
        """The person wants them read: remember the folders that were not chosen yet, and name them."""
        try:
            self.check_folders()
        except ForeignFoldersError as error:
            roots.remember(error.folders)
            return (*error.folders, *self.trust_folders())  # where links in them lead
        return ()

    def snapshot(self) -> Snapshot:
        """The present values; later edits do not show in them."""
        return Snapshot(self.path, self.document.snapshot(), self.history.snapshot())

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
        steps = self.history.next(direction)
        for step in steps:  # all or none of a group
            if step.is_newer:
                raise EditError(f'"{step.text}": only the program that made it can {direction} it.')
        for step in steps:
            edit = fitting(self.document, step.resolve(self.document, direction))
            changes = self._accept(
                direction, edit, pack.pack_edit(edit.inverse() if direction == "undo" else edit, self._places), step.seq
            )
            self.history.move(direction)
            found = changes if found is None else found | changes
        return found

    def _accept(self, kind: log.Kind, edit: Edit, swaps: bytes, undo_of: int | None) -> Changes:
        changes = self.document.apply(edit)
        row = log.Row(self._seq + 1, self.launch, kind, edit, swaps, undo_of, log.now())
        try:
            self._queue(row)
        except StoreError:
            self.document.apply(edit.inverse())
            raise
        self._seq = row.seq
        return changes

    def _queue(self, row: log.Row) -> None:
        self._writer.put(lambda connection: log.append(connection, row, self._places), row=row.values)

    def _next_text(self, direction: Direction) -> str | None:
        steps = self.history.next(direction)
        return max(steps, key=lambda step: step.seq).text if steps else None

    @property
    def undo_text(self) -> str | None:
        """What undo would take back, None when there is nothing."""
        return self._next_text("undo")

    @property
    def redo_text(self) -> str | None:
        """What redo would apply again, None when there is nothing."""
        return self._next_text("redo")

    # --- arrivals ----------------------------------------------------------------------------------

    def add_run(
        self, run: Run, label_map: LabelMap, weights: bytes, *, then: Callable[[], None] | None = None
    ) -> Changes:
        """A trained run arrives. `then` is called on another thread when it is on disk. Raises StoreError."""
        self._check_writable()
        if run.id in self.document.runs:
            raise EditError(f'There is a run "{run.id}" already.')
        tracks.check_weights(weights)
        self._arriving[run.id] = weights

        def arrived() -> None:
            self._arriving.pop(run.id, None)
            if then is not None:
                then()

        self._writer.put(lambda connection: tracks.put_run(connection, run, label_map, weights), then=arrived)
        return self.document.add_run(run, label_map)

    def hide_run(self, run: RunId, hidden: bool = True) -> Changes:
        """Leave a run out of every list, or bring it back. Its weights, label map and predictions stay."""
        self._check_writable()
        if run not in self.document.runs:
            raise EditError(f'There is no run "{run}" in this project.')
        value = replace(self.document.runs[run], hidden=hidden)
        self._writer.put(lambda connection: tracks.put_run_values(connection, value))
        return self.document.hide_run(run, hidden)

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

    def add_ground_truth(self, found: Mapping[VideoId, Segmentation]) -> Changes:
        """Ground truth of videos that have none arrives; what a video has never changes. Raises EditError."""
        self._check_writable()
        known = {int(a) for a in self.document.actions} | {int(BACKGROUND), int(UNLABELLED)}
        for video, track in found.items():
            values = self.document.videos.get(video)
            if values is None:
                raise EditError(f'There is no video "{video}" in this project.')
            if video in self.document.ground_truth:
                raise EditError(f"{values.name} has ground truth, and that never changes.")
            if track.n_frames != values.timebase.n_frames:
                raise EditError(
                    f"{values.name} has {values.timebase.n_frames:,} frames; the labels {track.n_frames:,}."
                )
            if unknown := {int(label) for label in track.labels.tolist()} - known:
                raise EditError(f"There is no action {min(unknown)} in this project.")
        packed = {self._places[video]: pack.pack_track(track) for video, track in found.items()}

        def write(connection: Connection) -> None:
            for place, data in packed.items():
                tracks.put_track(connection, place, TrackKind.GROUND_TRUTH, data)

        self._writer.put(write)
        return self.document.add_ground_truth(found)

    def set_dataset_root(self, path: Path) -> Changes:
        """The dataset lies elsewhere now: every path below the old root is looked for below the new one."""
        self._check_writable()
        old, new = self.document.dataset.root, Path(path).absolute()
        videos = tuple(_moved(video, old, new) for video in self.document.dataset.videos)
        dataset = replace(self.document.dataset, root=new, videos=videos)
        return self._put_dataset(dataset, frozenset(self.document.videos))

    def replace_videos(self, videos: Sequence[Video]) -> Changes:
        """Videos of the dataset have other files or clocks now, such as features that were made from them."""
        self._check_writable()
        new = {video.id: video for video in videos}
        if unknown := new.keys() - self.document.videos.keys():
            raise EditError(f'There is no video "{min(unknown)}" in this project.')
        for video in videos:
            if video.timebase.n_frames != self.document.videos[video.id].timebase.n_frames:
                raise EditError(f"{video.name} has {video.timebase.n_frames:,} frames now; its labels count others.")
        dataset = self.document.dataset
        everything = tuple(new.get(video.id, video) for video in dataset.videos)
        changes = self._put_dataset(replace(dataset, videos=everything), frozenset(new))
        self._take_stamps(videos)
        return changes

    def accept_files(self, videos: Sequence[VideoId]) -> None:
        """What the files of these videos hold now is what the project goes by from here on."""
        self._check_writable()
        self._take_stamps([self.document.videos[video] for video in videos])

    def _take_stamps(self, videos: Sequence[Video]) -> None:
        stamps: dict[str, Mapping[str, str]] = dict(self.stamps)
        stamps.update((video.id, stamps_of(video)) for video in videos)
        self._writer.put(lambda connection: rows.put_meta(connection, "fingerprints", stamps))
        self.stamps = stamps

    def _put_dataset(self, dataset: Dataset, changed: frozenset[VideoId]) -> Changes:
        self._writer.put(lambda connection: rows.put_dataset(connection, dataset))
        roots.remember_dataset(dataset)
        self.document.dataset = dataset
        self.document.videos = {video.id: video for video in dataset.videos}
        return Changes(What.DATASET, changed)

    def weights(self, run: RunId) -> bytes:
        """The weights of a run as safetensors. Raises StoreError."""
        arriving = self._arriving.get(run)
        return arriving or self._writer.ask(lambda connection: tracks.get_weights(connection, run))

    # --- the file ----------------------------------------------------------------------------------

    @property
    def on_saved(self) -> Callable[[SavedState], None] | None:
        """Called from the writer's threads whenever the saved state changes."""
        return self._writer.watch.on_saved

    @on_saved.setter
    def on_saved(self, listener: Callable[[SavedState], None] | None) -> None:
        self._writer.watch.on_saved = listener

    def saved_state(self) -> SavedState:
        """Whether every edit is on disk, in the words of the status line."""
        return self._writer.state()

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until every edit is on disk; False when it is not within `timeout` seconds."""
        return self._writer.flush(timeout)

    def checkpoint(self, name: str) -> Path:
        """The verified backup with this name, beside the project. On any thread. Raises StoreError."""
        if not self.flush():
            raise StoreError("Edits are not on disk yet, so no checkpoint was made. " + self.saved_state().reason)
        draft = self._file.start_backup().result()
        assert draft is not None  # it differs from nothing
        return backup.finish(draft, self.path, name=name)

    def keep_backups(self, on_problem: Callable[[str], None]) -> None:
        """From now on make backups on a thread of their own, at once and every half hour; see `back_up`."""
        if not self.read_only and self._keeper is None:
            interval = INTERVAL_ELSEWHERE_S if places.kind_of(self.path) else INTERVAL_S
            self._keeper = Keeper(self.path, self._file.start_backup, on_problem, interval_s=interval)

    def back_up(self, reason: str) -> None:
        """Ask for a backup of the present state; it is copied before any edit that comes later."""
        if self._keeper is not None:
            self._keeper.ask(reason)

    def save_copy(self, out: Path) -> list[str]:
        """A project of its own at `out` with every edit, also those not on disk; sentences on what is missing.

        On any thread while no edit is made. Raises StoreError.
        """
        return self._file.save_copy(Path(out).absolute(), self.document)

    def close(self, timeout: float = 10.0) -> None:
        """Put everything on disk and give the file back. Edits have `timeout` seconds to get there; backups end.

        Raises:
            StoreError: edits could not be written; they wait in the emergency file for the next opening.
        """
        if self._closed:
            return
        self._closed = True
        keeper, until = self._keeper, time.monotonic() + timeout
        # A backup that was asked for stands behind the edits: where those cannot be written it would never come.
        if keeper is not None and self._writer.flush(timeout, edits_only=True):
            keeper.close()
        left = max(0.0, until - time.monotonic()) if self.saved_state().pending else timeout
        pending = self._file.close(lambda connection: log.end_launch(connection, self.launch), timeout=left)
        if keeper is not None:
            keeper.close()
        if pending:
            held, file = self._file.emergency.count, self._file.emergency.path
            comes = "comes" if held == 1 else "come"
            comes_back = f" {held:,} of them {comes} back when it is opened again ({file})." if held else ""
            raise StoreError(f"{self.path} was closed with {pending:,} edits not saved.{comes_back}")

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


Readable = Project | Snapshot
"""What an export reads: an open project on its own thread, or its values at one moment."""
