"""The jobs of a project: train, segment, scan, render the demo, export. What arrives is told by signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import QObject, Signal

from core import events, feature_work, run_work
from core.annotation.changes import Changes, What
from core.annotation.step_commands import has_unnamed_steps
from core.cache import atomic_write
from core.data.dataset import RunId, Video, VideoId
from core.errors import JobError, TotError
from core.learning_work import lessons_for
from core.project import Project
from core.relink import Lost, Match
from core.requests import ExtractSettings

from ..jobs import tasks
from ..jobs.protocol import DemoRequest
from .exchange import Exchange
from .jobs import new_job

EXTRACT = "extract"


class Training(NamedTuple):
    """What a training was asked for with; `resume` and `learn_from` as in `Work.train`."""

    job: str
    config: Any
    device: str
    pinned: VideoId | None
    resume: RunId | None
    learn_from: str | None


class Work(Exchange):
    """Starts the jobs of the open project and puts their results into it."""

    runTrained = Signal(object)  # RunId
    datasetScanned = Signal(object)  # Dataset
    extracted = Signal(str, float)  # kind of extractor, rows a second
    pinned: VideoId | None = None
    last_training: Training | None = None
    """The newest training that was started, to be tried again in another way."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.notes: dict[VideoId, str] = {}
        """Why a video has no features, by video; what the last extraction found."""
        self._ending = ""

    def pin(self, video: VideoId | None) -> None:
        """Choose the video that training shows live, also while it runs."""
        self.pinned = video
        if video is not None:
            self.pin_in_engine(video)

    def train(
        self,
        config: Any,
        device: str,
        pinned: VideoId | None,
        resume: RunId | None = None,
        *,
        learn_from: str | None = None,
    ) -> str | None:
        """Train a run, if it can be with `pinned` shown live, then segment. Returns the job, or None with a message.

        `resume` is a run that was stopped; the training goes on where it stood, learns from what it began with, and
        makes a new run.
        """
        project = self.project
        if project is None:
            return None
        if self.engine_busy:
            self.message.emit(f"{self._what_runs()} is under way. Stop it first.", "warning")
            return None
        try:
            learned = lessons_for(project.document, learn_from, method=getattr(config, "method", ""))
            request = run_work.train_request(project, config, device, resume=resume, learned=learned)
        except TotError as error:
            self.message.emit(str(error), "warning")
            return None
        project.back_up("before training")
        known = {video.id for video in request.videos}
        self.pinned = pinned if pinned in known else VideoId(request.videos[0].id)
        request = msgspec.structs.replace(request, job=new_job("train"), pinned=self.pinned)
        self.last_training = Training(request.job, config, device, pinned, resume, learn_from)
        return self.in_engine(request, "Training", lambda finished: self._on_trained(project, finished, resume))

    def train_again(self, training: Training) -> str | None:
        """Train with these settings. Returns the job, or None with a message."""
        return self.train(
            training.config, training.device, training.pinned, training.resume, learn_from=training.learn_from
        )

    def resume(self, run: RunId, device: str, pinned: VideoId | None) -> str | None:
        """Go on with a training that was stopped. Returns the job, or None with a message."""
        if self.project is None:
            return None
        chosen = self.project.document.runs[run]
        try:
            if not run_work.can_go_on(self.project, run):
                self.message.emit(f"{chosen.name} holds no state to go on from. Train a new run.", "warning")
                return None
        except TotError as error:
            self.message.emit(str(error), "warning")
            return None
        return self.train(dict(chosen.config), device, pinned, run)

    def _on_trained(self, project: Project, finished: events.Finished, parent: RunId | None) -> None:
        if self.project is not project:
            text = "A training of a project that is closed has finished. It is offered when that project is opened."
            self.message.emit(text, "info")
            return
        self.take_run({**finished.result, "stopped_early": finished.stopped_early}, parent)

    def hide_run(self, run: RunId, hidden: bool) -> None:
        """Leave a run out of every list, or bring it back."""
        if self.project is None:
            return
        try:
            self.changedProject.emit(self.project.hide_run(run, hidden))
        except TotError as error:
            self.message.emit(str(error), "warning")

    def take_run(self, result: Mapping[str, Any], parent: RunId | None = None) -> None:
        """Take a finished training into the project, show it, and segment the videos with it."""
        if self.project is None:
            return
        try:
            run = run_work.add_run(self.project, result, parent=parent)
        except (TotError, OSError) as error:  # its files lie in the cache, which may be emptied at any time
            self.message.emit(f"The training could not be taken in. {error}", "error")
            return
        self.changedProject.emit(Changes(What.RUNS | What.LABEL_MAP, runs=frozenset([run])))
        self.runTrained.emit(run)
        self.segment(run)

    def left_runs(self) -> list[Mapping[str, Any]]:
        """Trainings of the open project that ended while no window was there to take them."""
        return run_work.left_runs(self.project) if self.project else []

    def forget_run(self, result: Mapping[str, Any]) -> None:
        """Remove such a training."""
        run_work.forget_run(result)

    # --- features ----------------------------------------------------------------------------------

    def extractors(self) -> list[dict[str, Any]]:
        """Every extractor of features as plain values."""
        return tasks.extractors()

    def feature_places(self, settings: ExtractSettings) -> tuple[Path, Path]:
        """Where features can be kept: the folder in the cache, and the one beside the dataset."""
        assert self.project is not None
        root = self.project.document.dataset.root
        return feature_work.cache_folder(root, settings), feature_work.folder_beside(root, settings)

    def extract(self, settings: ExtractSettings, out: Path | None) -> str | None:
        """Make features of the videos, in the cache without `out`. Returns the job, or None with a message."""
        project = self.project
        if project is None:
            return None
        if self.engine_busy:
            self.message.emit(f"{self._what_runs()} is under way. Stop it first.", "warning")
            return None
        try:
            request = feature_work.project_request(project, settings, out, job=new_job(EXTRACT))
        except TotError as error:
            self.message.emit(str(error), "warning")
            return None
        return self.in_engine(request, "Extracting features", lambda finished: self._on_extracted(project, finished))

    @property
    def extracting(self) -> bool:
        """Whether features are being made."""
        return any(job.startswith(EXTRACT) for job in self.running)

    def end_job(self) -> None:
        """End what runs now. An extraction uses what it has finished; asked twice, it is discarded like other jobs."""
        job = next((job for job in self.running if job.startswith(EXTRACT)), "")
        keep = bool(job) and job != self._ending
        self._ending = job
        self.stop(events.StopKind.KEEP if keep else events.StopKind.DISCARD)

    def _on_extracted(self, project: Project, finished: events.Finished) -> None:
        result = finished.result
        if self.project is not project:
            text = "Features of a project that is closed are made. They are found when you extract them there again."
            self.message.emit(text, "info")
            return
        changes = feature_work.attach(project, result)
        self.notes = {VideoId(video): reason for video, reason in result["failed"].items()}
        if changes is not None:
            self.changedProject.emit(changes)
        if result["rows_made"]:
            self.extracted.emit(str(result["extractor"]).partition(":")[0], float(result["rows_per_second"]))
        self.message.emit(*_told(result, len(project.document.videos), finished.stopped_early))

    def segment(self, run: RunId) -> None:
        """Segment every trainable video with a run."""
        project = self.project
        if project is None:
            return
        try:
            request = run_work.segment_request(project, run, None, "auto")
        except (TotError, OSError) as error:
            self.message.emit(str(error), "warning")
            return
        request = msgspec.structs.replace(request, job=new_job("segment"))
        self.in_engine(request, "Segmenting", lambda finished: self._on_segmented(project, run, finished))

    def _on_segmented(self, project: Project, run: RunId, finished: events.Finished) -> None:
        if self.project is not project:
            self.message.emit("A project that is closed was segmented. Segment it again once it is open.", "info")
            return
        self.changedProject.emit(run_work.add_predictions(project, run, finished.result))
        text = f"{project.document.runs[run].name}: {len(finished.result['videos'])} videos segmented."
        if has_unnamed_steps(project.document, run):
            text += " Nothing says what its steps are called: name them in the Label map."
        self.message.emit(text, "info")

    def scan(self, root: Path, **choices: Any) -> None:
        """Look what a folder holds, in the background; `datasetScanned` brings the result."""
        self.in_background(
            "scan",
            "Reading the dataset",
            tasks.scan(root, **choices),
            lambda finished: self.datasetScanned.emit(finished.result["dataset"]),
        )

    def locate(self, folder: Path, lost: Sequence[Lost], then: Callable[[Sequence[Match]], None]) -> str | None:
        """Look for lost files below a folder in the background. Returns the job."""
        if self.project is None:
            return None
        work = tasks.locate(self.project.document.dataset, lost, folder)
        return self.in_background("locate", "Looking for the files", work, lambda f: then(f.result["matches"]))

    def streams(self, video: Video, then: Callable[[Sequence[Any]], None]) -> None:
        """Look which video streams a video's file has, in the background."""
        if video.media is not None:
            work = tasks.streams(video.media)
            self.in_background("streams", "Looking at the file", work, lambda f: then(f.result["streams"]))

    def use_stream(self, video: Video, number: int) -> None:
        """Show another stream of a video's file from now on, in the background; refused where its labels do not fit."""
        project = self.project

        def take(finished: events.Finished) -> None:
            if self.project is project and project is not None:
                self.changedProject.emit(project.replace_videos([finished.result["video"]]))

        self.in_background("stream", "Choosing the stream", tasks.take_stream(video, number), take)

    def render_demo(self, out: Path, then: Callable[[Path], None]) -> None:
        """Render the demo dataset unless it is there, then go on with its folder."""
        request = DemoRequest(job=new_job("demo"), out=str(out))
        self.in_engine(request, "Rendering the demo", lambda f: then(Path(f.result["folder"])))

    def read_second_reviewer(self, path: Path, then: Callable[[Any], None]) -> None:
        """Read another person's labels in the background; `then` gets the `SecondReviewer`."""
        if self.project is not None:
            work = tasks.second_reviewer(self.project, path)
            self.in_background("second", "Reading the other labels", work, lambda f: then(f.result["second"]))

    def save_picture(self, path: Path, make: Callable[[], bytes]) -> None:
        """Write what `make` draws, whole or not at all, in the background."""

        def work(_report: object, _should_stop: object) -> dict[str, Any]:
            try:
                atomic_write(path, make())
            except OSError as error:
                raise JobError(f"{path} cannot be written: {error.strerror}.") from error
            return {}

        self.in_background(
            "picture", "Saving the picture", work, lambda _: self.message.emit(f"Saved {path.name}.", "info")
        )

    # --- copies ------------------------------------------------------------------------------------

    def checkpoint(self, name: str) -> None:
        """Write a named backup in the background."""
        if self.project is not None:
            work = tasks.checkpoint(self.project, name)
            self.in_background("checkpoint", "Writing the checkpoint", work, self._on_checkpoint)

    def _on_checkpoint(self, finished: events.Finished) -> None:
        self.message.emit(f"Checkpoint written to {finished.result['path'].name}.", "info")

    def save_copy(self, out: Path, then: Callable[[list[str]], None]) -> None:
        """Save the project under another name in the background; `then` gets sentences on what is missing in it."""
        if self.project is not None:
            work = tasks.save_copy(self.project, out)
            self.in_background("copy", "Saving a copy", work, lambda finished: then(finished.result["lost"]))

    def salvage(self, path: Path, out: Path, then: Callable[[Mapping[str, Any]], None]) -> None:
        """Save what a damaged project still holds into a new one in the background."""
        work = tasks.salvage(path, out)
        self.in_background("salvage", "Saving what is left", work, lambda finished: then(finished.result))

    def whole_backup(self, path: Path, then: Callable[[tuple[Path, datetime] | None], None]) -> None:
        """Look in the background for the newest whole backup of a project; `then` gets it and when it was made."""
        work = tasks.whole_backup(path)
        self.in_background("backup", "Looking for a whole backup", work, lambda found: then(found.result["backup"]))

    def _what_runs(self) -> str:
        return next(iter(self.running.values()), "A job")


def _told(result: Mapping[str, Any], n_videos: int, stopped_early: bool) -> tuple[str, str]:
    """A sentence on an extraction that ended, and its level."""
    made, failed = len(result["videos"]), result["failed"]
    text = f"{made} of {n_videos} videos have features now."
    if stopped_early:
        text += " Extract again to go on with the rest."
    if not failed:
        return text, "info"
    video, reason = next(iter(failed.items()))
    more = f" ({len(failed) - 1} more in the list of videos)" if len(failed) > 1 else ""
    return f"{text} {video} has none: {reason}{more}", "warning"
