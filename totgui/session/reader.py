"""The open project as it is read: its document, what of it is looked at, tracks, scores, colours and names."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.annotation.document import Document
from core.annotation.mapped import MappedTracks
from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId, VideoId
from core.project import Project

from . import readings
from .computing import Computing
from .readings import VideoScores
from .reports import Reports
from .turns import IntArray, Turns

if TYPE_CHECKING:
    from core.metrics.report import Report


class Reader(QObject):
    """Everything that needs no edit and no job; what takes longer than a frame is computed beside the window."""

    projectChanged = Signal()
    documentChanged = Signal(object, object)  # Changes, initiator
    currentVideoChanged = Signal()
    currentRunChanged = Signal()
    reportReady = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.project: Project | None = None
        self.current_video: VideoId | None = None
        self.current_run: RunId | None = None
        self._scores, self._mapped = readings.ScoreFiles(), MappedTracks()
        self.turns, self._reports, self.computing = Turns(self), Reports(self), Computing(self)
        self._reports.ready.connect(self.reportReady)

    def _forget(self) -> None:
        """The project is closed: what was read of it goes."""
        for part in (self._scores, self._mapped, self._reports, self.turns, self.computing):
            part.clear()

    @property
    def document(self) -> Document | None:
        """The present values of the open project, or None."""
        return self.project.document if self.project else None

    def tracks(self, video: VideoId) -> dict[str, Segmentation | None]:
        """Ground truth, mapped prediction of the current run, and corrected track of a video."""
        return readings.tracks_of(self.document, self._mapped, self.current_run, video)

    def mapped_prediction(self, run: RunId, video: VideoId) -> Segmentation | None:
        """A run's segmentation of a video in actions, through its label map."""
        return self._mapped.get(self.document, run, video) if self.document else None

    def base(self) -> Segmentation | None:
        """What an edit of the current video starts from: its corrected track, else the prediction it would take."""
        if self.document is None or self.current_video is None:
            return None
        tracks = self.tracks(self.current_video)
        return tracks["corrected"] or tracks["prediction"]

    def change_points(self, run: RunId, video: VideoId) -> IntArray:
        """(n,) int64 rising frames at which the scores of a run turn; empty until they are found, or without scores."""
        assert self.document is not None
        return self.turns.get(self.scores(run, video, "posterior"), self.document.videos[video].timebase)

    def scores(self, run: RunId, video: VideoId, source: str) -> np.ndarray | None:
        """(rows, K) float32 posterior, plan or prior of a video, memory-mapped; None when it is gone."""
        return self._scores.get(self.document, run, video, source)

    def confidence(self, run: RunId, video: VideoId) -> np.ndarray | None:
        """(n_frames,) float32 margin between the two best clusters of each frame; None without scores."""
        return self._scores.confidence(self.document, run, video)

    def scores_reader(self, run: RunId, video: VideoId, source: str) -> Callable[[], VideoScores]:
        """What reads the scores of a video as they are now, on any thread."""
        return partial(self._scores.read, self.document, run, video, source)

    def action_colour(self, label: int) -> str:
        """Colour of an action, of background, or of what nobody has looked at."""
        return readings.action_colour(self.document, label)

    def action_name(self, label: int) -> str:
        """Name of an action, or of the two reserved labels; says so where it is neither."""
        return readings.action_name(self.document, label)

    def report(self, run: RunId | None, track: str = "prediction") -> Report | None:
        """The `Report` of a run or of the corrected labels; None while it is computed or without ground truth.

        `reportReady` is sent when a report that was asked for has come.
        """
        return self._reports.get(self.document, run, track) if self.document else None
