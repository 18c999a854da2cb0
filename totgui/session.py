"""The open project, spoken as Qt signals: what views show, and the one place they ask for edits and jobs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from core import events, project_work
from core.annotation.changes import Changes, What
from core.annotation.document import Document
from core.annotation.edit import Edit
from core.annotation.segmentation import Segmentation
from core.annotation.values import TrackKind
from core.cache import cache_path
from core.data.colours import BACKGROUND_COLOUR, UNLABELLED_COLOUR
from core.data.dataset import BACKGROUND, UNLABELLED, ActionId, Dataset, RunId, VideoId
from core.data.features import open_matrix
from core.data.labels import load_ground_truth
from core.errors import TotError
from core.metrics.report import evaluate
from core.project import Project

from .decoder import decode_small
from .jobs import tasks
from .jobs.background import Background
from .jobs.protocol import DemoRequest, TrainRequest
from .jobs.runner import Runner
from .playback import Playback

THUMBNAIL_HEIGHT = 240


class Session(QObject):
    """One open project, its playback and its jobs."""

    projectChanged = Signal()
    documentChanged = Signal(object, object)  # Changes, initiator
    savedStateChanged = Signal(object)
    jobEvent = Signal(object)
    jobsChanged = Signal()
    currentVideoChanged = Signal()
    currentRunChanged = Signal()
    selectionChanged = Signal()
    pinnedChanged = Signal()
    reportReady = Signal()
    thumbnailReady = Signal()
    datasetScanned = Signal(object)  # Dataset
    message = Signal(str, str)  # text, level
    _eventArrived = Signal(object)
    _savedArrived = Signal(object)
    _reportArrived = Signal(object, object)
    _thumbnailArrived = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.playback = Playback(self)
        self.current_video: VideoId | None = None
        self.current_run: RunId | None = None
        self.selection: frozenset[int] = frozenset()
        self.pinned: VideoId | None = None
        self.device_text = ""
        self.jobs: dict[str, str] = {}
        self._then: dict[str, Callable[[events.Finished], None]] = {}
        self._arrays: dict[Path, Any] = {}
        self._reports: dict[object, object] = {}
        self._thumbnails: dict[tuple[VideoId, int], QImage | None] = {}
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="scores")
        self._pictures = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._eventArrived.connect(self._on_event)
        self._savedArrived.connect(self.savedStateChanged)
        self._reportArrived.connect(self._on_report)
        self._thumbnailArrived.connect(self._on_thumbnail)
        self._runner = Runner(self._eventArrived.emit)
        self._background = Background(self._eventArrived.emit)

    # --- the project -------------------------------------------------------------------------------

    @property
    def document(self) -> Document | None:
        """The present values of the open project, or None."""
        return self.project.document if self.project else None

    def open_project(self, path: Path) -> None:
        """Open a project file. Raises StoreError or InputError; what was open stays open then."""
        self._adopt(Project.open(path))

    def create_project(self, path: Path, dataset: Dataset) -> None:
        """Make a project from a scanned dataset and open it. Unreadable labels become messages."""
        truth: dict[VideoId, Segmentation] = {}
        for video in dataset.videos:
            if video.ground_truth is None:
                continue
            try:
                truth[video.id] = Segmentation.from_frames(load_ground_truth(dataset, video))
            except TotError as error:
                self.message.emit(str(error), "warning")
        self._adopt(Project.create(path, dataset, ground_truth=truth))

    def _adopt(self, project: Project) -> None:
        self.close_project()
        self.project = project
        project.on_saved = self._savedArrived.emit
        document = project.document
        runs = [run for run in document.runs.values() if not run.hidden]
        self.current_run = runs[-1].id if runs else None
        self.projectChanged.emit()
        self.savedStateChanged.emit(project.saved_state())
        if document.videos:
            self.select_video(next(iter(document.videos)))
        if project.restored_edits:
            self.message.emit(
                f"The program did not end cleanly last time. {project.restored_edits:,} edits were restored; "
                "nothing was lost.",
                "info",
            )

    def close_project(self) -> None:
        """Close the open project after its edits are on disk."""
        if self.project is None:
            return
        project, self.project = self.project, None
        self.playback.set_video(None)
        project.on_saved = None
        project.close()
        self.current_video = self.current_run = self.pinned = None
        self.selection = frozenset()
        self._arrays.clear()
        self._reports.clear()
        self._thumbnails.clear()
        self.projectChanged.emit()

    def close(self) -> None:
        """End playback, jobs and threads; close the project."""
        self.playback.close()
        self._runner.close()
        self._background.close()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._pictures.shutdown(wait=True, cancel_futures=True)
        self.close_project()

    # --- edits -------------------------------------------------------------------------------------

    def edit(self, edit: Edit, initiator: object = None) -> bool:
        """Apply and store an edit; a refused one becomes a message and changes nothing."""
        return self.do(lambda: edit, initiator)

    def do(self, make: Callable[[], Edit], initiator: object = None) -> bool:
        """Make an edit with a command and apply it; True when it was accepted."""
        if self.project is None:
            return False
        try:
            edit = make()
            changes = self.project.edit(edit)
        except TotError as error:
            self.message.emit(str(error), "warning")
            return False
        self._changed(changes, initiator)
        return True

    def undo(self) -> None:
        """Take the newest edit back."""
        self._step_history("undo")

    def redo(self) -> None:
        """Apply the edit that was taken back last."""
        self._step_history("redo")

    def _step_history(self, verb: str) -> None:
        if self.project is None:
            return
        text = self.project.undo_text if verb == "undo" else self.project.redo_text
        try:
            changes = self.project.undo() if verb == "undo" else self.project.redo()
        except TotError as error:
            self.message.emit(str(error), "warning")
            return
        if changes is None:
            return
        if changes.videos and self.current_video not in changes.videos:
            self.select_video(sorted(changes.videos)[0])
        self._changed(changes, None)
        self.message.emit(f"{verb.capitalize()}: {text}", "info")

    def _changed(self, changes: Changes, initiator: object) -> None:
        if changes.what & (What.SEGMENTATION | What.LABEL_MAP | What.PREDICTION | What.ACTIONS):
            self._reports.clear()
        corrected = self.document.corrected.get(self.current_video) if self.document and self.current_video else None
        count = len(corrected) if corrected else 0
        if any(index >= count for index in self.selection):
            self.selection = frozenset()
            self.selectionChanged.emit()
        self.documentChanged.emit(changes, initiator)

    # --- what is looked at -------------------------------------------------------------------------

    def select_video(self, video: VideoId, frame: int = 0) -> None:
        """Show a video in every view."""
        if self.document is None or video not in self.document.videos:
            return
        if video == self.current_video:
            self.playback.seek(frame) if frame else None
            return
        self.current_video = video
        self.selection = frozenset()
        self.playback.set_video(self.document.videos[video], frame)
        self.currentVideoChanged.emit()
        self.selectionChanged.emit()

    def select_run(self, run: RunId | None) -> None:
        """Show the predictions of a run."""
        if run != self.current_run:
            self.current_run = run
            self.currentRunChanged.emit()

    def select_segments(self, segments: Iterable[int]) -> None:
        """Select segments of the corrected track by number."""
        self.selection = frozenset(segments)
        self.selectionChanged.emit()

    def set_pinned(self, video: VideoId | None) -> None:
        """Choose the video that training shows live."""
        self.pinned = video
        if video is not None and self._runner.busy:
            self._runner.pin(video)
        self.pinnedChanged.emit()

    def tracks(self, video: VideoId) -> dict[str, Segmentation | None]:
        """Ground truth, mapped prediction of the current run, and corrected track of a video."""
        document = self.document
        if document is None:
            return {kind.value: None for kind in TrackKind}
        prediction = self.mapped_prediction(self.current_run, video) if self.current_run else None
        return {
            TrackKind.GROUND_TRUTH.value: document.ground_truth.get(video),
            TrackKind.PREDICTION.value: prediction,
            TrackKind.CORRECTED.value: document.corrected.get(video),
        }

    def mapped_prediction(self, run: RunId, video: VideoId) -> Segmentation | None:
        """A run's segmentation of a video in actions, through its label map."""
        document = self.document
        prediction = document.predictions.get((run, video)) if document else None
        if document is None or prediction is None:
            return None
        table = document.label_maps[run].table()
        return prediction.segmentation.mapped(table, default=UNLABELLED)

    def scores(self, run: RunId, video: VideoId, source: str) -> np.ndarray | None:
        """(rows, K) float32 posterior, plan or prior of a video, memory-mapped; None when it is gone."""
        prediction = self.document.predictions.get((run, video)) if self.document else None
        if prediction is None or prediction.scores is None:
            return None
        path: Path = getattr(prediction.scores, source)
        if path not in self._arrays:
            try:
                self._arrays[path] = open_matrix(path)
            except (TotError, OSError):
                return None
        return self._arrays[path]

    def confidence(self, run: RunId, video: VideoId) -> np.ndarray | None:
        """(n_frames,) float32 margin between the two best clusters of each frame; None without scores."""
        scores = self.scores(run, video, "posterior")
        if scores is None or scores.shape[1] < 2 or self.document is None:
            return None
        best = np.partition(np.asarray(scores), -2, axis=1)[:, -2:]
        return (best[:, 1] - best[:, 0])[self.document.videos[video].timebase.rows()]

    def action_colour(self, label: int) -> str:
        """Colour of an action, of background, or of what nobody has looked at."""
        if label == BACKGROUND:
            return BACKGROUND_COLOUR
        action = self.document.actions.get(ActionId(label)) if self.document else None
        if label == UNLABELLED or action is None:
            return UNLABELLED_COLOUR
        return action.colour

    def action_name(self, label: int) -> str:
        """Name of an action, or of the two reserved labels."""
        if label == BACKGROUND:
            return "background"
        action = self.document.actions.get(ActionId(label)) if self.document else None
        return action.name if action is not None else "unlabelled"

    # --- scores ------------------------------------------------------------------------------------

    def report(self, run: RunId | None, track: str = "prediction") -> Any:
        """The `Report` of a run or of the corrected labels; None while it is computed or without ground truth.

        `reportReady` is sent when a report that was asked for has come.
        """
        document = self.document
        if document is None or not document.ground_truth or (track == "prediction" and run is None):
            return None
        key = (run if track == "prediction" else None, track)
        if key in self._reports:
            return self._reports[key]
        self._reports[key] = None
        if track == "prediction":
            assert run is not None
            segmentations = {v: p.segmentation for (r, v), p in document.predictions.items() if r == run}
            label_map: dict[int, int] | None = document.label_maps[run].table()
            clusters: int | None = document.runs[run].n_clusters
        else:
            segmentations, label_map, clusters = dict(document.corrected), None, None
        pairs = {v: (document.ground_truth[v], s) for v, s in segmentations.items() if v in document.ground_truth}
        if not pairs:
            return None
        names = {int(a.id): a.name for a in document.actions.values()}
        self._pool.submit(self._compute_report, key, pairs, names, clusters, label_map)
        return None

    def _compute_report(
        self,
        key: object,
        pairs: dict[VideoId, tuple[Segmentation, Segmentation]],
        names: dict[int, str],
        clusters: int | None,
        label_map: dict[int, int] | None,
    ) -> None:
        try:
            report: object = evaluate(
                {v: t.to_frames() for v, (t, _) in pairs.items()},
                {v: s.to_frames() for v, (_, s) in pairs.items()},
                actions=names,
                n_clusters=clusters,
                label_map=label_map,
            )
        except TotError as error:
            report = error
        self._reportArrived.emit(key, report)

    def _on_report(self, key: object, report: object) -> None:
        if isinstance(report, TotError):
            self.message.emit(str(report), "warning")
        elif key in self._reports:
            self._reports[key] = report
            self.reportReady.emit()

    # --- pictures of clusters ----------------------------------------------------------------------

    def cluster_frames(self, run: RunId) -> dict[int, list[tuple[VideoId, int]]]:
        """Up to three frames of each cluster, from different videos: the surest frame of its longest segment."""
        document = self.document
        if document is None:
            return {}
        longest: dict[int, list[tuple[int, VideoId, int]]] = {}
        for (of_run, video), prediction in document.predictions.items():
            if of_run != run:
                continue
            best: dict[int, tuple[int, int]] = {}
            for segment in prediction.segmentation.segments:
                length = segment.stop - segment.start
                if length > best.get(segment.label, (0, 0))[0]:
                    best[segment.label] = (length, (segment.start + segment.stop) // 2)
            for cluster, (length, middle) in best.items():
                longest.setdefault(cluster, []).append((-length, video, middle))
        return {c: [(v, f) for _, v, f in sorted(found)[:3]] for c, found in longest.items()}

    def thumbnail(self, video: VideoId, frame: int) -> QImage | None:
        """A small picture of a frame, or None until it is decoded (`thumbnailReady` tells) or without a video."""
        key = (video, frame)
        if key not in self._thumbnails and self.document is not None:
            self._thumbnails[key] = None
            source = self.document.videos[video]
            picture = source.timebase.picture(frame)
            if source.media is not None and picture is not None:
                self._pictures.submit(self._decode_thumbnail, key, source.media, source.timebase.media, picture)
        return self._thumbnails.get(key)

    def _decode_thumbnail(self, key: object, media: Path, info: Any, picture: int) -> None:
        image = decode_small(media, info, picture, THUMBNAIL_HEIGHT)
        if image is not None:
            self._thumbnailArrived.emit(key, image)

    def _on_thumbnail(self, key: tuple[VideoId, int], image: QImage) -> None:
        if key in self._thumbnails:
            self._thumbnails[key] = image
            self.thumbnailReady.emit()

    # --- jobs --------------------------------------------------------------------------------------

    @property
    def training(self) -> bool:
        """Whether the engine is at work."""
        return self._runner.busy

    def warm_up(self) -> None:
        """Start the engine ahead of need."""
        self._runner.warm_up()

    def train(self, config: Any, device: str = "auto") -> str | None:
        """Train a run on the trainable videos, then segment them. Returns the job, or None with a message."""
        document, project = self.document, self.project
        if document is None or project is None:
            return None
        videos = project_work.train_videos(document)
        if not videos:
            self.message.emit("No video has usable features. Extract features first.", "warning")
            return None
        if self._runner.busy:
            self.message.emit("A training is running. Stop it first.", "warning")
            return None
        pinned = self.pinned or self.current_video
        if pinned not in {video.id for video in videos}:
            pinned = VideoId(videos[0].id)
        self.pinned = pinned
        job = f"train-{uuid.uuid4().hex[:8]}"
        out = cache_path("runs", project.uid, job)
        request = TrainRequest(job=job, videos=videos, config=config, device=device, out=str(out), pinned=pinned or "")
        self._start(job, "Training", self._on_trained)
        self._runner.start(request)
        return job

    def _on_trained(self, finished: events.Finished) -> None:
        document, project = self.document, self.project
        if document is None or project is None:
            return
        run = project_work.add_run(project, {**finished.result, "stopped_early": finished.stopped_early})
        self._changed(Changes(What.RUNS | What.LABEL_MAP, runs=frozenset([run])), None)
        self.select_run(run)
        self.segment(run)

    def segment(self, run: RunId) -> str | None:
        """Segment every trainable video with a run."""
        document, project = self.document, self.project
        if document is None or project is None:
            return None
        job = f"segment-{uuid.uuid4().hex[:8]}"
        request = msgspec.structs.replace(project_work.segment_request(project, run, None, "auto"), job=job)
        self._start(job, "Segmenting", lambda finished: self._on_segmented(run, finished))
        self._runner.start(request)
        return job

    def _on_segmented(self, run: RunId, finished: events.Finished) -> None:
        document, project = self.document, self.project
        if document is None or project is None:
            return
        predictions = project_work.predictions_of(document, run, finished.result)
        self._changed(project.add_predictions(predictions), None)
        self.message.emit(f"{document.runs[run].name}: {len(predictions)} videos segmented.", "info")

    def stop(self, kind: events.StopKind) -> None:
        """End the running job: keep what it learned, or discard it."""
        if self._runner.busy:
            self._runner.stop(kind)
        else:
            self._background.stop(kind)

    def scan(self, root: Path, **choices: Any) -> None:
        """Look what a folder holds, in the background; `datasetScanned` brings the result."""
        job = f"scan-{uuid.uuid4().hex[:8]}"
        self._start(job, "Reading the dataset", lambda f: self.datasetScanned.emit(f.result["dataset"]))
        self._background.start(job, "Reading the dataset", tasks.scan(root, **choices))

    def render_demo(self, out: Path, then: Callable[[Path], None]) -> None:
        """Render the demo dataset in the background unless it is there, then go on with its folder."""
        job = f"demo-{uuid.uuid4().hex[:8]}"
        self._start(job, "Rendering the demo", lambda f: then(Path(f.result["folder"])))
        self._runner.start(DemoRequest(job=job, out=str(out)))

    def export(self, name: str, out: Path, track: str, videos: str) -> None:
        """Write labels in one of the formats, in the background."""
        if self.project is None:
            return
        job = f"export-{uuid.uuid4().hex[:8]}"
        self._start(job, "Exporting", lambda f: self.message.emit(f.result["summary"], "info"))
        self._background.start(job, "Exporting", tasks.export(self.project, name, out, track, videos))

    def export_formats(self) -> list[tuple[str, str, str]]:
        """Name, label and losses of every format."""
        return tasks.export_formats()

    def export_preview(self, name: str, track: str) -> str:
        """The first lines that an export would write, or the reason why it cannot."""
        return tasks.export_preview(self.project, name, track) if self.project else ""

    def _start(self, job: str, text: str, then: Callable[[events.Finished], None]) -> None:
        self.jobs[job] = text
        self._then[job] = then
        self.jobsChanged.emit()

    def _on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Started) and event.device:
            self.device_text = f"{event.device}: {event.device_reason}" if event.device_reason else event.device
        if isinstance(event, events.ENDINGS):
            text = self.jobs.pop(event.job, "The job")
            then = self._then.pop(event.job, None)
            if isinstance(event, events.Failed):
                self.message.emit(f"{text} failed. {event.message} {event.hint}".strip(), "error")
            elif isinstance(event, events.Cancelled):
                self.message.emit(f"{text} was discarded. Nothing was changed.", "info")
            self.jobEvent.emit(event)
            if isinstance(event, events.Finished) and then is not None:
                try:
                    then(event)
                except (TotError, OSError) as error:
                    self.message.emit(str(error), "error")
            self.jobsChanged.emit()
            return
        self.jobEvent.emit(event)
