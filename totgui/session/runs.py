"""The runs of a project: trained, taken in, hidden, and used to segment its videos."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from PySide6.QtCore import QTimer, Signal

from core import events, run_work
from core.annotation.changes import Changes, What
from core.cut_off import CutOff
from core.data.dataset import RunId, VideoId
from core.errors import ConfigError, TotError
from core.learning_work import lessons_for
from core.project import Project
from core.requests import SegmentRequest, TrainRequest

from .jobs import new_job
from .part import Part

TRAINED_CLOSED = "A training of a project that is closed has finished. It is offered when that project is opened."
SEGMENTED_CLOSED = "A project that is closed was segmented. Segment it again once it is open."


class Training(NamedTuple):
    """What a training was asked for with; `resume` and `learn_from` as in `Runs.train`."""

    job: str
    config: Any
    device: str
    pinned: VideoId | None
    resume: RunId | None
    learn_from: str | None


TOLD_AFTER_MS = 50
"""A prediction is on the screen before it is told of: a message moves the whole window."""


class Runs(Part):
    """Starts trainings of the open project and puts what they learned into it."""

    trained = Signal(object)  # RunId
    segmented = Signal(object, str)  # RunId, and what there is to say of it
    pinned: VideoId | None = None
    last_training: Training | None = None
    """The newest training that was started, to be tried again in another way."""
    _folder: tuple[str, Path] | None = None
    """The job of the newest training, and its folder once that is known."""

    def pin(self, video: VideoId | None) -> None:
        """Choose the video that training shows live, also while it runs."""
        self.pinned = video
        if video is not None:
            self._jobs.pin_in_engine(video)

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
        if project is None or not self._jobs.may_begin():
            return None
        now = project.snapshot()
        known = [VideoId(video.id) for video in run_work.train_videos(now.document)]
        shown = pinned if pinned in known or not known else known[0]

        def make(job: str) -> TrainRequest:
            learned = lessons_for(now.document, learn_from, method=getattr(config, "method", ""))
            if resume is not None and not run_work.can_go_on(project, resume):
                name = now.document.runs[resume].name
                raise ConfigError(f"{name} holds no state to go on from. Train a new run.")
            request = run_work.train_request(project, config, device, resume=resume, learned=learned, now=now)
            self._folder = job, Path(request.out)
            return msgspec.structs.replace(request, job=job, pinned=shown)

        then = self._of_this(lambda finished: self._on_trained(finished, resume), closed=TRAINED_CLOSED)
        if resume is not None:  # what it goes on from is read from the drive of the project
            job = self._jobs.in_engine_soon("train", "Training", make, then, run_work.forget_request)
        else:
            try:
                request = make(new_job("train"))
            except TotError as error:
                self.message.emit(str(error), "warning")
                return None
            job = self._jobs.in_engine(request, "Training", then)
        if job is not None:
            project.back_up("before training")
            self.pinned = shown
            self.last_training = Training(job, config, device, pinned, resume, learn_from)
        return job

    def train_again(self, training: Training) -> str | None:
        """Train with these settings. Returns the job, or None with a message."""
        return self.train(
            training.config, training.device, training.pinned, training.resume, learn_from=training.learn_from
        )

    def resume(self, run: RunId, device: str, pinned: VideoId | None) -> str | None:
        """Go on with a training that was stopped. Returns the job, or None with a message."""
        if self.project is None:
            return None
        return self.train(dict(self.project.document.runs[run].config), device, pinned, run)

    def cut_off(self, job: str) -> CutOff | None:
        """What a training of the open project left, whose job did not come to its end; None where it left nothing."""
        if self.project is None or self.project.read_only or self._folder is None or self._folder[0] != job:
            return None
        return next((left for left in self.left_cut_off() if left.folder == self._folder[1]), None)

    def left_cut_off(self) -> list[CutOff]:
        """Trainings of the open project whose process died before their end, and that are not at work."""
        return run_work.cut_off_trainings(self.project) if self.project else []

    def go_on(self, left: CutOff) -> str | None:
        """Go on with such a training, as it was asked for. Returns the job, or None with a message."""
        project = self.project
        if project is None or not self._jobs.may_begin():
            return None
        job = new_job("train")
        request = msgspec.structs.replace(run_work.go_on_request(left, pinned=self.pinned or ""), job=job)
        parent = RunId(request.parent) if request.parent else None
        then = self._of_this(lambda finished: self._on_trained(finished, parent), closed=TRAINED_CLOSED)
        if self._jobs.in_engine(request, "Training", then) is None:
            return None
        project.back_up("before training")
        self.pinned = VideoId(request.pinned) if request.pinned else None
        self._folder = job, left.folder
        self.last_training = Training(job, request.config, request.device, self.pinned, parent, request.learn_from)
        return job

    def forget_cut_off(self, left: CutOff) -> None:
        """Remove what such a training left."""
        run_work.forget_cut_off(left)

    def _on_trained(self, finished: events.Finished, parent: RunId | None) -> None:
        self.take({**finished.result, "stopped_early": finished.stopped_early}, parent)

    def hide(self, run: RunId, hidden: bool = True) -> None:
        """Leave a run out of every list, or bring it back; nothing of it is lost."""
        if self.project is None:
            return
        try:
            self.changedProject.emit(self.project.hide_run(run, hidden))
        except TotError as error:
            self.message.emit(str(error), "warning")

    def take(self, result: Mapping[str, Any], parent: RunId | None = None) -> None:
        """Take a finished training into the project, show it, and segment the videos with it."""
        if self.project is None:
            return
        try:
            run = run_work.add_run(self.project, result, parent=parent)
        except (TotError, OSError) as error:  # its files lie in the cache, which may be emptied at any time
            self.message.emit(f"The training could not be taken in. {error}", "error")
            return
        self.changedProject.emit(Changes(What.RUNS | What.LABEL_MAP, runs=frozenset([run])))
        self.trained.emit(run)
        self.segment(run)

    def left(self) -> list[Mapping[str, Any]]:
        """Trainings of the open project that ended while no window was there to take them."""
        return run_work.left_runs(self.project) if self.project else []

    def forget(self, result: Mapping[str, Any]) -> None:
        """Remove such a training."""
        run_work.forget_run(result)

    def segment(self, run: RunId) -> None:
        """Segment every trainable video with a run."""
        project = self.project
        if project is None:
            return
        now = project.snapshot()

        def make(job: str) -> SegmentRequest:
            return msgspec.structs.replace(run_work.segment_request(project, run, None, "auto", now=now), job=job)

        then = self._of_this(lambda finished: self._on_segmented(project, run, finished), closed=SEGMENTED_CLOSED)
        self._jobs.in_engine_soon("segment", "Segmenting", make, then, run_work.forget_request)

    def _on_segmented(self, project: Project, run: RunId, finished: events.Finished) -> None:
        self.changedProject.emit(run_work.add_predictions(project, run, finished.result))
        text = f"{project.document.runs[run].name}: {len(finished.result['videos'])} videos segmented."

        def tell() -> None:
            if self.project is project and run in project.document.runs:
                self.segmented.emit(run, text)

        QTimer.singleShot(TOLD_AFTER_MS, self, tell)
