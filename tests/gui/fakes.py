"""A session without threads or files, for tests of single views: a real document, the signals of the contract."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from PySide6.QtCore import QObject, Signal

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.segmentation import EDITED, Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import TotError
from totgui.session.chosen import Chosen
from totgui.session.comments import Comments
from totgui.session.painting import Painting
from totgui.session.readings import VideoScores
from totgui.session.reviewing import Reviewing
from totgui.sound import Waveforms

COLOURS = ("#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7", "#7a5195")
NAMES = ("take bowl", "crack egg", "whisk", "add <b>oil</b> & salt", "fry", "turn over", "plate", "season")
VIDEO, RUN = VideoId("P03"), RunId("r1")


class FakePlayback(QObject):
    """A playback whose frame follows at once."""

    frameChanged = Signal(int)
    wantedChanged = Signal(int)
    sought = Signal(int)
    loopChanged = Signal()
    playingChanged = Signal(bool)
    videoChanged = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.frame = self.wanted = 0
        self.playing = False
        self.speed = 1.0
        self.timebase: Timebase | None = None
        self.loop: tuple[int, int] | None = None

    def seek(self, frame: int) -> None:
        self.sought.emit(self.frame)
        self.show(frame)

    def show(self, frame: int) -> None:
        """The next frame of play is on screen."""
        self.frame = self.wanted = frame
        self.wantedChanged.emit(frame)
        self.frameChanged.emit(frame)

    def play(self) -> None:
        self.playing = True
        self.playingChanged.emit(True)

    def pause(self) -> None:
        if self.playing:
            self.playing = False
            self.playingChanged.emit(False)

    def set_speed(self, speed: float) -> None:
        self.speed = speed

    def set_loop(self, start: int, stop: int) -> None:
        self.loop = (start, stop)
        self.loopChanged.emit()

    def clear_loop(self) -> None:
        self.loop = None
        self.loopChanged.emit()


class FakeSession(QObject):
    """The part of a session that views of one video use."""

    projectChanged = Signal()
    documentChanged = Signal(object, object)
    currentVideoChanged = Signal()
    currentRunChanged = Signal()
    selectionChanged = Signal()
    message = Signal(str, str)

    def __init__(self, document: Document | None = None) -> None:
        super().__init__()
        self.document = document
        self.playback = FakePlayback()
        self.current_video = VIDEO if document else None
        self.current_run = RUN if document and document.runs else None
        self.chosen = Chosen(self)
        self.chosen.changed.connect(self.selectionChanged)
        self.chosen.start(self.base())
        if document is not None:
            self.playback.timebase = document.videos[VIDEO].timebase
        self.painting = Painting(self.playback, self.paint, self)
        self.reviewing = Reviewing(None, self)
        self.waveforms = Waveforms(self)
        self.project = None
        self.comments = Comments(self)
        self.comments.set_document(document)
        self.turns = np.empty(0, np.int64)
        self.computing = SimpleNamespace(ask=lambda key, function, then: then(function()), forget=lambda key: None)
        self.matrices: dict[str, np.ndarray] = {}
        self.edits: list[object] = []
        self.clusters: list[int] = []

    def do(self, make, initiator=None) -> bool:
        try:
            edit = make()
            changes = self.document.apply(edit)
        except TotError as error:
            self.message.emit(str(error), "warning")
            return False
        self.edits.append(edit)
        self.chosen.follow(self.base())
        self.comments.on_changes(changes)
        self.documentChanged.emit(changes, initiator)
        return True

    def paint(self, start: int, stop: int, action: int) -> None:
        self.do(
            lambda: commands.relabel_spans(
                self.document, VIDEO, [(start, stop)], action, run=self.current_run, blank=True, verb="paint"
            )
        )

    @property
    def selection(self) -> frozenset[int]:
        return self.chosen.segments

    def select_cluster(self, cluster) -> None:
        self.clusters.append(cluster)

    def select_segments(self, segments) -> None:
        self.chosen.select(segments)

    def base(self):
        if self.document is None:
            return None
        tracks = self.tracks(VIDEO)
        return tracks["corrected"] or tracks["prediction"]

    def mapped_prediction(self, run, video):
        prediction = self.document.predictions.get((run, video))
        if prediction is None:
            return None
        return prediction.segmentation.mapped(self.document.label_maps[run].table(), default=UNLABELLED)

    def change_points(self, run, video):
        return self.turns

    def tracks(self, video):
        return {
            "ground-truth": self.document.ground_truth.get(video),
            "prediction": self.mapped_prediction(self.current_run, video),
            "corrected": self.document.corrected.get(video),
        }

    def scores(self, run, video, source):
        return self.matrices.get(source)

    def scores_reader(self, run, video, source):
        return lambda: VideoScores(self.scores(run, video, source), self.confidence(run, video))

    def confidence(self, run, video):
        scores = self.matrices.get("posterior")
        if scores is None:
            return None
        best = np.sort(scores, axis=1)
        return (best[:, -1] - best[:, -2])[self.document.videos[video].timebase.rows()]

    def action_colour(self, label: int) -> str:
        action = self.document.actions.get(ActionId(label))
        return action.colour if action else "#9a9fa8" if label == BACKGROUND else "#c8ccd2"

    def action_name(self, label: int) -> str:
        action = self.document.actions.get(ActionId(label))
        return action.name if action else "background" if label == BACKGROUND else "unlabelled"


def a_document(n_frames: int = 1000, *, rate: Fraction | None = Fraction(25)) -> Document:
    """One video "P03" of `n_frames` with eight actions and nothing else."""
    timebase = Timebase(n_frames, rate, n_rows=n_frames)
    actions = tuple(Action(ActionId(i), name, COLOURS[i]) for i, name in enumerate(NAMES))
    return Document(Dataset(Path("."), "cooking", (Video(VIDEO, "P03", timebase),), actions))


def cut(starts: list[int], labels: list[int], n_frames: int, flags: list[int] | None = None) -> Segmentation:
    """A segmentation from lists."""
    return Segmentation(
        np.array(starts), np.array(labels), n_frames, None if flags is None else np.array(flags, np.uint8)
    )


def a_session(n_frames: int = 1000) -> FakeSession:
    """A session with all three tracks, one run of eight clusters and its scores."""
    document = a_document(n_frames)
    unit = n_frames // 20
    document.ground_truth[VIDEO] = cut(
        [0, 2 * unit, 5 * unit, 8 * unit, 11 * unit, 15 * unit, 18 * unit], [BACKGROUND, 0, 1, 2, 3, 4, 6], n_frames
    )
    starts = [0, 3 * unit, 5 * unit + 7, 8 * unit - 9, 10 * unit, 15 * unit + 4, 17 * unit]
    prediction = cut(starts, [7, 0, 1, 2, 3, 4, 5], n_frames)
    table = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6}
    run = Run(RUN, 1, {"n_clusters": 8}, "cpu", 1.0, 10, False, "", {})
    document.add_run(run, LabelMap(RUN, 8, table))
    document.add_predictions([Prediction(RUN, VIDEO, prediction)])
    document.corrected[VIDEO] = cut(
        [0, 2 * unit, 5 * unit + 7, 8 * unit - 9, 10 * unit, 15 * unit + 4, 18 * unit],
        [UNLABELLED, 0, 1, 2, 3, 4, 6],
        n_frames,
        [1, EDITED, 1, 1, EDITED, 1, 1],
    )
    session = FakeSession(document)
    generator = np.random.default_rng(0)
    centres = np.clip((prediction.to_frames()[:, None] == np.arange(8)) * 3.2, 0, None)
    noise = np.cumsum(generator.normal(size=(n_frames, 8)), axis=0)
    noise -= noise.mean(0)
    logits = centres + noise / np.abs(noise).max() * 2.5
    posterior = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    t, k = np.arange(n_frames)[:, None] / n_frames, (np.arange(8) + 0.5)[None] / 8
    prior = np.exp(-((t - k) ** 2) / 0.02)
    session.matrices = {
        "posterior": posterior.astype(np.float32),
        "prior": prior.astype(np.float32),
        "plan": (posterior * prior / n_frames).astype(np.float32),
    }
    return session
