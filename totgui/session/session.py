"""The open project, spoken as Qt signals: what views show, and the one place they ask for edits and jobs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core import new_project
from core.annotation import commands
from core.annotation.changes import Changes, What
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.learned import Amount
from core.data.dataset import Dataset, RunId, VideoId
from core.errors import StoreError, TotError
from core.learning_work import amount_for
from core.project import Project

from ..companion import Companion
from ..playback import Playback
from ..proxies import Proxies
from ..sound import Sound, Waveforms
from .chosen import CORRECTED, Chosen
from .comments import Comments
from .comparing import Comparing
from .copies import Copies
from .datasets import Datasets
from .editing import Editing
from .exchange import Exchange
from .features import Features
from .files import Files
from .jobs import Jobs
from .opening import Opening, Wish, read
from .painting import Painting
from .part import Part
from .parting import Parting
from .past import Past
from .pictures import Pictures
from .proposals import Proposals
from .reader import Reader
from .reviewing import Reviewing
from .runs import Runs
from .segments import Segments
from .taught import Taught

CLOSE_S = 3.0
"""How long the end of the program waits for drives that do not answer, altogether."""
LEAST_S = 0.05
WAIT_S = 10.0
"""How long a caller that wants to wait does so until a project is closed."""
SHOWN_AFTER_MS = 200


class Session(Reader):
    """One open project, its playback and its jobs."""

    projectOpened = Signal()
    leaving = Signal()  # the project is about to be closed: what is still being typed can be kept
    savedStateChanged = Signal(object)
    jobEvent = Signal(object)
    jobsChanged = Signal()
    selectionChanged = Signal()
    pinnedChanged = Signal()
    clusterSelected = Signal(int)
    stopAsked = Signal(object)  # StopKind: the running job has been asked to end
    datasetScanned = Signal(object)  # Dataset
    stepsFound = Signal(str)  # what a run found whose steps nobody has named yet
    message = Signal(str, str)  # text, level
    done = Signal(str)  # what the newest edit did, which Undo takes back
    puttingAway = Signal(str)  # name of the project that is being closed beside the window; empty once it is
    _savedArrived = Signal(object, object)  # the project that it is about, and its state

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.begin_at: Callable[[Path], tuple[str, int] | None] = lambda _project: None
        """Where a project is opened: video and frame; None is the start of its first video."""
        self._make_media()
        self._make_parts()
        self._connect()

    def _make_media(self) -> None:
        self.playback = Playback(self)
        self.companion = Companion(self.playback, self)
        self.sound = Sound(self.playback, self)
        self.waveforms = Waveforms(self)
        self.proxies = Proxies(self)
        self.pictures = Pictures(self)

    def _make_parts(self) -> None:
        self.jobs = jobs = Jobs(self)
        self.datasets, self.runs, self.features = Datasets(jobs, self), Runs(jobs, self), Features(jobs, self)
        self.opening, self.parting = Opening(jobs, self), Parting(self)
        self.opening.may_exchange = self.parting.may_leave
        self.exchange, self.copies = Exchange(jobs, self), Copies(jobs, self)
        self.files = Files(self.playback, self.features, jobs, self)
        self._editing, self.past = Editing(self), Past(self)
        self.chosen, self.comments = Chosen(self), Comments(self)
        self.painting = Painting(self.playback, self._paint, self)
        self.comparing = Comparing(self._mapped, self)
        self.reviewing = Reviewing(self.computing, self)
        self.proposals, self._taught = Proposals(self), Taught(self, self.runs)
        self.segments = Segments(self, self.reviewing)

    def _connect(self) -> None:
        self._savedArrived.connect(self._on_saved)
        self.parting.saving.connect(self.savedStateChanged)
        self.jobs.happened.connect(self.jobEvent)
        self.jobs.changed.connect(self.jobsChanged)
        self.jobs.stopAsked.connect(self.stopAsked)
        self.runs.trained.connect(self.select_run)
        self.runs.trained.connect(self.comparing.arrived)
        self.datasets.scanned.connect(self.datasetScanned)
        self.proxies.made.connect(self._on_proxy)
        self.playback.slowChanged.connect(self._on_slow)
        self.playback.videoChanged.connect(lambda: self.waveforms.follow(self.playback.video))
        self.files.back.connect(self.waveforms.again)
        self.chosen.changed.connect(self.selectionChanged)
        self.files.noted.connect(lambda changes: self.documentChanged.emit(changes, None))
        self._editing.changed.connect(self._changed)
        self.leaving.connect(self.painting.stop)
        for part in self._parts:
            part.changedProject.connect(lambda changes: self._changed(changes, None))
        self.past.stepped.connect(lambda changes: self._changed(changes, None))
        self._taught.stepsFound.connect(self.stepsFound)
        beside = [
            self.opening.message,
            self._reports.message,
            self.proxies.message,
            self.comparing.message,
            self.computing.message,
        ]
        at_work = [self.jobs.message, self._editing.message, self.past.message, self._taught.message]
        for message in (*at_work, *(part.message for part in self._parts), *beside):
            message.connect(self.message)

    @property
    def _parts(self) -> tuple[Part, ...]:
        """The parts that work on the open project with jobs."""
        return self.runs, self.features, self.files, self.exchange, self.copies

    def _hand_out(self, project: Project | None) -> None:
        self.project = self._editing.project = self.past.project = self.parting.project = project
        self.pictures.document = self.document
        for part in self._parts:
            part.project = project

    # --- the project -------------------------------------------------------------------------------

    def open_project(self, path: Path, *, as_copy: bool = False, trusted: bool = False) -> None:
        """Open a project file as `opening.read` does, while the caller waits; a window asks `open_soon`.

        Raises StoreError; what was open stays open then.
        """
        self.opening.give_up()
        self._close_to_reopen(path)
        if self._is_open(path):
            return
        project = read(Wish(path.absolute(), as_copy, trusted))
        if project is None:
            raise StoreError(f"{path} is a folder; wanted a project file (.tot).")
        self.close_project()
        self._enter(project)

    def open_soon(
        self,
        path: Path,
        then: Callable[[TotError | None], None],
        *,
        as_copy: bool = False,
        trusted: bool = False,
        folder: Callable[[], None] | None = None,
        given_up: Callable[[], None] = lambda: None,
    ) -> None:
        """Open a project file beside the window; what is open stays open until then, or for good where that fails.

        Only the same file, open for reading, is closed before: its own lock would be in the way.
        `then` gets None once the project is open, or why it could not be; `folder` is called instead when the path is
        one. Neither is called when the person has given it up, or wants another one meanwhile, but `given_up`.
        """
        self._close_to_reopen(path, wait=False)
        if self._is_open(path):
            self.opening.give_up()
            then(None)
            return

        def take(project: Project | None) -> None:
            if project is not None:
                self._enter(project)
                then(None)
            elif folder is not None:
                folder()
            else:
                then(StoreError(f"{path} is a folder; wanted a project file (.tot)."))

        self.opening.ask(Wish(path.absolute(), as_copy, trusted), take, then, given_up)

    def _is_open(self, path: Path) -> bool:
        """Whether this project is open for editing."""
        project = self.project
        return project is not None and project.path == path.absolute() and not project.read_only

    def _close_to_reopen(self, path: Path, *, wait: bool = True) -> None:
        """Close this project where it is open for reading and its lock would keep it from being opened anew."""
        project = self.project
        if project is not None and project.path == path.absolute() and project.read_only and project.is_locked:
            self.close_project() if wait else self._put_away()

    def create_project(self, path: Path, dataset: Dataset) -> None:
        """Make a project from a scanned dataset and open it, at once. Unreadable labels become messages."""
        unreadable: list[str] = []
        project = new_project.create(path, dataset, unreadable=lambda error: unreadable.append(str(error)))
        self.close_project()
        self._begin_new(project, unreadable)

    def make_project(self, path: Path, dataset: Dataset, then: Callable[[], None]) -> None:
        """Make a project from a scanned dataset in the background, open it, and go on with `then`."""

        def take(project: Project, unreadable: list[str]) -> None:
            self._begin_new(project, unreadable)
            then()

        def made(project: Project, unreadable: list[str]) -> None:
            self.opening.hand_over(project, lambda project: take(project, unreadable))

        self.opening.give_up()
        self.datasets.make_project(path, dataset, made)

    def _begin_new(self, project: Project, unreadable: list[str]) -> None:
        for text in unreadable:
            self.message.emit(text, "warning")
        self._enter(project)

    def _enter(self, project: Project) -> None:
        self._put_away()
        self._hand_out(project)
        project.on_saved = partial(self._savedArrived.emit, project)
        document = project.document
        runs = document.shown_runs
        self.current_run = runs[-1].id if runs else None
        self.comparing.reset(document)
        self.reviewing.set_document(document, self.current_run)
        self.comments.set_document(document)
        self.projectChanged.emit()
        self.savedStateChanged.emit(project.saved_state())
        self.files.look()
        self._begin(project)
        project.keep_backups(lambda text: self.message.emit(text, "warning"))
        self.projectOpened.emit()

    def _begin(self, project: Project) -> None:
        videos = project.document.videos
        name, frame = self.begin_at(project.path) or ("", 0)
        if (video := VideoId(name)) in videos:
            self.select_video(video, min(frame, videos[video].timebase.n_frames - 1))
        elif videos:
            self.select_video(next(iter(videos)))

    def _on_saved(self, project: Project, state: object) -> None:
        """Tell how the open project stands; what was still under way from one that was closed is no news any more."""
        if project is self.project:
            self.savedStateChanged.emit(state)

    def close_soon(self) -> None:
        """Close the open project beside the window, once its edits are on disk or a person agrees (`parting`)."""
        self.parting.soon(self._put_away)

    def close_project(self) -> None:
        """Close the open project after its edits are on disk, while the caller waits; a window asks `close_soon`."""
        self._put_away()(WAIT_S)

    def _put_away(self) -> Callable[[float], None]:
        """Show nothing of the open project any more, and close it beside the window. Returns how to wait for that."""
        if self.project is None:
            return lambda _seconds: None
        self.leaving.emit()
        self.jobs.leave_requests()
        project = self.project
        self._hand_out(None)
        self.exchange.previews.forget()
        self.proxies.cancel(everything=True)
        self.past.close()
        self.files.forget()
        self.playback.set_video(None)
        self.parting.forget()
        project.on_saved = None
        wait = self.opening.put_away(project, self._on_put_away)
        self.current_video = self.current_run = self.runs.pinned = None
        self.chosen.start(None)
        self.chosen.activate(CORRECTED)  # the row of another reviewer ends with the project
        self.chosen.show_runs(())
        self.features.notes.clear()
        self._forget()
        self.pictures.clear()
        self.comparing.reset(None)
        self.reviewing.set_document(None, None)
        self.comments.set_document(None)
        self.projectChanged.emit()
        QTimer.singleShot(SHOWN_AFTER_MS, self, lambda: self._tell_putting_away(project))
        return wait

    def _tell_putting_away(self, project: Project) -> None:
        if self.opening.is_with(project.path) and self.project is None:
            self.puttingAway.emit(project.path.name)

    def _on_put_away(self, problem: str) -> None:
        self.puttingAway.emit("")
        if problem:
            self.message.emit(problem, "error")

    def close(self) -> None:
        """Close the project; end playback, jobs and threads. What hangs at a drive is left behind after a moment."""
        self._put_away()
        media = (self.playback, self.companion, self.sound, self.waveforms, self.proxies, self.files, self.pictures)
        rest = (self.exchange, self._reports, self.turns, self.computing)
        parts = (self.opening, self.jobs, *media, *rest)  # what writes has the longest time
        until = time.monotonic() + CLOSE_S
        for part in parts:
            part.close(0.0)  # all are told before one is waited for
        for part in parts:
            part.close(max(LEAST_S, until - time.monotonic()))

    # --- edits -------------------------------------------------------------------------------------

    def edit(self, edit: Edit, initiator: object = None) -> bool:
        """Apply and store an edit; a refused one becomes a message and changes nothing."""
        return self.do(lambda: edit, initiator)

    def do(self, make: Callable[[], Edit], initiator: object = None) -> bool:
        """Make an edit with a command and apply it; True when it was accepted."""
        return self._editing.do(make, initiator, run=self.current_run)

    def undo(self, *, stay: bool = False) -> None:
        """Take the newest edit back and show its video, or `stay` in the one that is shown."""
        self.past.step("undo", (lambda _video: None) if stay else self.select_video, self.current_video)

    def redo(self, *, stay: bool = False) -> None:
        """Apply the edit that was taken back last and show its video, or `stay` in the one that is shown."""
        self.past.step("redo", (lambda _video: None) if stay else self.select_video, self.current_video)

    def _paint(self, start: int, stop: int, action: int) -> None:
        """Frames that were painted while playing become one edit."""
        video, run = self.current_video, self.current_run
        if self.document is not None and video is not None:
            document = self.document
            self.do(
                lambda: commands.relabel_spans(
                    document, video, [(start, stop)], action, run=run, blank=True, verb="paint"
                )
            )

    def _changed(self, changes: Changes, initiator: object) -> None:
        if changes.what & What.DATASET:
            self.files.on_moved()
        self._reports.forget(changes)
        if changes.what & What.RUNS and self.document is not None:
            self._on_runs(self.document)
        if changes.what & (What.RUNS | What.PREDICTION) and self.document is not None:
            runs = self.document.runs
            self.chosen.show_runs(run for run in self.chosen.runs if run in runs and not runs[run].hidden)
        self.chosen.follow(self.base())
        self.reviewing.on_changes(changes)
        self.comments.on_changes(changes)
        self.documentChanged.emit(changes, initiator)

    def _on_runs(self, document: Document) -> None:
        """A run that is hidden is shown nowhere any more; the newest of the others takes its place."""
        self.comparing.forget_hidden(document)
        shown = document.shown_runs
        current = document.runs.get(self.current_run) if self.current_run is not None else None
        if current is None or current.hidden:
            self.select_run(shown[-1].id if shown else None)

    # --- what is looked at -------------------------------------------------------------------------

    def select_video(self, video: VideoId, frame: int | None = None) -> None:
        """Show a video in every view, at a frame; without one it begins at its start, or stays where it is."""
        if self.document is None or video not in self.document.videos:
            return
        if video == self.current_video:
            self.playback.seek(frame) if frame is not None else None
            return
        self.playback.pause()  # first: a stretch that is being painted belongs to the video that played
        self.current_video = video
        self.chosen.start(self.base())
        self.playback.set_video(self.document.videos[video], frame or 0)
        self.currentVideoChanged.emit()

    def _on_proxy(self, video: VideoId) -> None:
        """A proxy has come or gone: pictures of the video that is shown come from it, or from the file again."""
        if self.playback.video is not None and self.playback.video.id == video:
            self.playback.reload()

    def _on_slow(self, is_slow: bool) -> None:
        if is_slow and self.playback.video is not None and not self.playback.has_proxy:
            self.proxies.smooth(self.playback.video)

    def select_run(self, run: RunId | None) -> None:
        """Show the predictions of a run."""
        if run != self.current_run:
            self.current_run = run
            self.chosen.follow(self.base())
            self.reviewing.set_run(run)
            self.currentRunChanged.emit()

    def select_cluster(self, cluster: int) -> None:
        """Point at a cluster of the current run, in every view that lists them."""
        self.clusterSelected.emit(cluster)

    @property
    def selection(self) -> frozenset[int]:
        """The selected segments, by number in what Corrected shows."""
        return self.chosen.segments

    def select_segments(self, segments: Iterable[int]) -> None:
        """Select segments of the corrected track by number."""
        self.chosen.select(segments)

    @property
    def pinned(self) -> VideoId | None:
        """The video that training shows live."""
        return self.runs.pinned

    def set_pinned(self, video: VideoId | None) -> None:
        """Choose the video that training shows live."""
        self.runs.pin(video)
        self.pinnedChanged.emit()

    # --- jobs --------------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Start the engine ahead of need."""
        self.jobs.warm_up()
        self.exchange.warm_up()

    def lessons(self, source: str) -> Amount:
        """How much a training would learn from, by the name of the source (`core.annotation.learnable.SOURCES`)."""
        return amount_for(self.document, source) if self.document else Amount()

    def train(self, config: Any, device: str = "auto", learn_from: str | None = None) -> str | None:
        """Train a run on the trainable videos, then segment them. Returns the job, or None with a message.

        `learn_from` None learns from what was corrected, where the method can.
        """
        return self.runs.train(config, device, self.pinned or self.current_video, learn_from=learn_from)

    def resume(self, run: RunId, device: str = "auto") -> str | None:
        """Go on with a training that was stopped and kept. Returns the job, or None with a message."""
        return self.runs.resume(run, device, self.pinned or self.current_video)
