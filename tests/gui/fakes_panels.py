"""A session for tests of panels: a real document and the signals of the contract, no threads, no files."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from fakes import FakePlayback
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QImage

from core.annotation.document import Document
from core.annotation.learned import Amount
from core.annotation.mapped import MappedTracks
from core.annotation.segmentation import Segmentation
from core.annotation.values import LabelMap, Prediction, Run
from core.data.colours import BACKGROUND_COLOUR, UNLABELLED_COLOUR, colour_for
from core.data.dataset import BACKGROUND, Action, ActionId, Choice, Dataset, Problem, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import TotError
from core.learning_work import amount_for
from core.metrics.learned import evaluate_learned
from totgui.session.chosen import Chosen
from totgui.session.comments import Comments
from totgui.session.comparing import Comparing
from totgui.session.proposals import Proposals

NAMES = ("take bowl", "crack egg", "whisk", "add <b>oil</b> & salt", "fry", "turn over", "plate")
RUN = RunId("r1")


class AtOnce:
    """Computes what is asked for before it returns, or holds it until `flow`."""

    def __init__(self) -> None:
        self.held: dict[object, tuple] | None = None

    def ask(self, key, function, then) -> None:
        if self.held is None:
            then(function())
        else:
            self.held[key] = function, then

    def flow(self) -> None:
        held, self.held = self.held or {}, None
        for function, then in held.values():
            then(function())


class FakeSession(QObject):
    """The part of a session that the panels use; edits go into a real document."""

    projectChanged = Signal()
    documentChanged = Signal(object, object)
    jobEvent = Signal(object)
    jobsChanged = Signal()
    currentVideoChanged = Signal()
    currentRunChanged = Signal()
    pinnedChanged = Signal()
    reportReady = Signal()
    ready = Signal()  # of the pictures
    message = Signal(str, str)
    done = Signal(str)
    clusterSelected = Signal(int)
    stopAsked = Signal(object)

    lost_features = 0
    changed = Signal()  # of the files

    def missing(self, video, kind):
        return None  # every file is at its place

    def missing_features(self):
        return self.lost_features

    def __init__(self, document: Document | None) -> None:
        super().__init__()
        self.playback, self.comparing, self.computing = FakePlayback(), Comparing(MappedTracks(), self), AtOnce()
        self.chosen, self.comments = Chosen(self), Comments(self)
        self.comments.set_document(document)
        self.comparing.reset(document)
        self.comparing.message.connect(self.message)
        self.jobs = self.runs = self.features = self.files = self.exchange = self.pictures = self
        self.project, self.extracting = None, False
        self.proposals = Proposals(self)
        self.engine_busy, self.running = False, dict[str, str]()
        self.notes: dict[VideoId, str] = {}
        self.document = document
        self.current_run = next(reversed(document.runs), None) if document else None
        self.current_video = next(iter(document.videos)) if document else None
        self.pinned = self.current_video
        self.device_text = ""
        self.calls: list[tuple[object, ...]] = []
        self.messages: list[str] = []
        self.message.connect(lambda text, _level: self.messages.append(text))
        self.done.connect(self.messages.append)

    def do(self, make, initiator=None) -> bool:
        try:
            changes = self.document.apply(make())
        except TotError as error:
            self.message.emit(str(error), "warning")
            return False
        self.comments.on_changes(changes)
        self.documentChanged.emit(changes, initiator)
        return True

    def lessons(self, source):
        return amount_for(self.document, source) if self.document else Amount()

    def train(self, config, device="auto", learn_from=None):
        self.learn_from = learn_from
        self.calls.append(("train", config, device))
        self.engine_busy = True
        return "job1"

    def resume(self, run, device="auto"):
        self.calls.append(("resume", run))

    def hide(self, run, hidden=True) -> None:
        changes = self.document.hide_run(run, hidden)
        self.comparing.forget_hidden(self.document)
        self.documentChanged.emit(changes, None)

    def segment(self, run) -> None:
        self.calls.append(("segment", run))

    def stop(self, kind) -> None:
        self.calls.append(("stop", kind))

    def select_run(self, run) -> None:
        self.current_run = run
        self.currentRunChanged.emit()

    def select_video(self, video, frame=0) -> None:
        self.calls.append(("select_video", video, frame))
        if video != self.current_video:
            self.current_video = video
            self.currentVideoChanged.emit()

    def select_cluster(self, cluster) -> None:
        self.calls.append(("select_cluster", cluster))
        self.clusterSelected.emit(cluster)

    def save_picture(self, path, make) -> None:
        path.write_bytes(make())

    def set_pinned(self, video) -> None:
        self.pinned = video
        self.pinnedChanged.emit()

    def report(self, run, track="prediction"):
        document = self.document
        if document is None or not document.ground_truth or run is None or track != "prediction":
            return None
        found = {v: p.segmentation.to_frames() for (r, v), p in document.predictions.items() if r == run}
        truths = {v: document.ground_truth[v].to_frames() for v in found}
        return evaluate_learned(
            truths,
            found,
            learned=document.runs[run].learned.videos,
            actions={int(a.id): a.name for a in document.actions.values()},
            n_clusters=document.runs[run].n_clusters,
            label_map=document.label_maps[run].table(),
        )

    def action_colour(self, label: int) -> str:
        action = self.document.actions.get(ActionId(label)) if self.document else None
        return action.colour if action else BACKGROUND_COLOUR if label == BACKGROUND else UNLABELLED_COLOUR

    def action_name(self, label: int) -> str:
        action = self.document.actions.get(ActionId(label)) if self.document else None
        return action.name if action else "background" if label == BACKGROUND else "unlabelled"

    def edit(self, edit, initiator=None) -> bool:
        return self.do(lambda: edit, initiator)

    def clip(self, video, frames):
        return [self.thumbnail(video, frame) for frame in frames]

    def thumbnail(self, video, frame):
        image = QImage(160, 96, QImage.Format.Format_RGB32)
        image.fill(QColor(colour_for(frame // 10)))
        return image


def a_dataset(*, actions: bool = True, n_videos: int = 5) -> Dataset:
    """Videos of 600 frames with features; one problem."""
    videos = tuple(
        Video(
            VideoId(f"P{i:02}"),
            f"P{i:02}",
            Timebase(600, Fraction(25), n_rows=600),
            features=Path("x.npy"),
            n_dimensions=64,
            ground_truth=Path("x.txt") if actions else None,
        )
        for i in range(n_videos)
    )
    found = tuple(Action(ActionId(i), n, colour_for(i)) for i, n in enumerate(NAMES)) if actions else ()
    problem = Problem(
        "proposed", "features/P01.npy", "598 rows, 600 labels.", hint="Trim 2 frames.", video=VideoId("P01")
    )
    return Dataset(
        Path("/data/cooking"),
        "eggs",
        videos,
        found,
        (problem,),
        layout="cte",
        activities=("eggs", "tea"),
        granularities=("eval", "mid"),
        granularity="eval",
        findings=("Rows are frames.",),
        choices=(
            Choice("activity", "2 activities: eggs, tea; eggs is open.", ("eggs", "tea"), "eggs"),
            Choice("granularity", "The mapping has 2 granularities.", ("eval", "mid"), "eval"),
        ),
    )


def a_session(*, truth: bool = True, runs: int = 2) -> FakeSession:
    """A session with runs of eight clusters over five videos; the map of the last misses one action."""
    document = Document(a_dataset(actions=truth))
    generator = np.random.default_rng(1)
    for number in range(1, runs + 1):
        run = RunId(f"r{number}")
        curve = tuple(
            (
                i,
                3 * np.exp(-i / 900) + 0.4 + 0.02 * generator.normal(),
                2 * np.exp(-i / 900) + 0.3,
                0.7 * np.exp(-i / 500),
                0.4 + 0.2 * i / 3000,
                0.3 + 0.2 * i / 3000,
            )
            for i in range(0, 3000, 100)
        )
        config = {"method": "tot", "n_clusters": 8, "rho": 0.07, "sigma": 2.0}
        table = {0: 0, 1: 1, 2: 2, 3: 3, 4: 4, 5: 6} if truth else {}
        document.add_run(
            Run(run, number, config, "cpu", 61.0, 3000, False, "2026-01-02T03:04:05", {"total": 0.41}, curve),
            LabelMap(run, 8, table),
        )
    for video in document.videos:
        cuts = np.sort(generator.choice(np.arange(40, 560), 6, replace=False))
        labels = np.repeat(np.arange(7), np.diff([0, *cuts, 600]))
        if truth:
            frames = labels.copy()
            frames[:15] = BACKGROUND
            document.ground_truth[video] = Segmentation.from_frames(frames)
        moved = np.clip(np.sort(cuts + generator.integers(-25, 25, 6)), 1, 599)
        clusters = np.repeat(np.arange(7), np.diff([0, *moved, 600]))
        clusters[-12:] = 7
        document.add_predictions(
            [Prediction(RunId(f"r{n}"), video, Segmentation.from_frames(clusters)) for n in range(1, runs + 1)]
        )
    return FakeSession(document)


__all__ = ["FakeSession", "a_dataset", "a_session"]
