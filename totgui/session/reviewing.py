"""The review queue of the open project: computed beside the window when somebody looks at it, and walked through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from core.annotation.changes import Changes, What
from core.annotation.document import Document
from core.annotation.merges import read_through
from core.annotation.segmentation import Segmentation
from core.data.dataset import RunId, VideoId
from core.metrics.kappa import Agreement
from core.review.odds import NOTHING_SAID
from core.review.place import DoubtedPlace
from core.review_work import Judged, judge

from .computing import Computing

WAIT_MS = 350
"""Edits that follow one another this closely make one computation."""
AFFECTS = What.SEGMENTATION | What.LABEL_MAP | What.PREDICTION | What.RUNS | What.REVIEW | What.DATASET | What.ACTIONS


class Reviewing(QObject):
    """Places to look at, the one with most frames to correct first, and the one that is looked at now.

    `second` are the labels of another person, by video, `second_name` whose they are, and `agreement` how far they
    agree with the corrected tracks: over all videos, and video by video. The queue is not computed before `watch` was
    called; from then on every change that matters asks for a new one.
    """

    changed = Signal()
    currentChanged = Signal()
    agreementChanged = Signal()

    def __init__(self, computing: Computing, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.places: list[DoubtedPlace] = []
        self.odds = NOTHING_SAID
        self.current: DoubtedPlace | None = None
        self._shown: DoubtedPlace | None = None
        self.is_ready = False
        self.second: Mapping[VideoId, Segmentation] = {}
        self.second_name = ""
        self.agreement: tuple[Agreement, dict[VideoId, Agreement]] | None = None
        self.reviewer = ""
        self._document: Document | None = None
        self._run: RunId | None = None
        self._watched = self._with_odds = False
        self._computing = computing
        self._read: dict[object, Any] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self._compute)

    def watch(self, *, with_odds: bool = False) -> None:
        """Somebody looks at the queue, or at the odds of all segments: keep it up to date from now on."""
        if not self._watched or (with_odds and not self._with_odds):
            self._watched = True
            self._with_odds |= with_odds
            self._ask(at_once=True)

    def set_document(self, document: Document | None, run: RunId | None) -> None:
        """Another project, or none: everything of the old one is forgotten."""
        self._document, self._run = document, run
        self.places, self.odds, self.current, self.is_ready = [], NOTHING_SAID, None, False
        self.second, self.second_name, self.agreement = {}, "", None
        self._shown = None
        self._read.clear()
        self._timer.stop()
        self.changed.emit()
        self.agreementChanged.emit()
        self._ask(at_once=True)

    def set_run(self, run: RunId | None) -> None:
        """Another run's prediction is in question."""
        if run != self._run:
            self._run = run
            self._ask()

    def set_second(self, name: str, tracks: Mapping[VideoId, Segmentation]) -> None:
        """Compare with another person's labels; an empty name and no tracks end it."""
        self.second_name, self.second, self.agreement = name, dict(tracks), None
        self.agreementChanged.emit()
        self._ask_agreement()
        self._ask(at_once=True)

    def second_track(self, video: VideoId | None) -> Segmentation | None:
        """The labels of the other person for a video, merged actions under the name that they have now."""
        track = self.second.get(video) if video is not None else None
        return None if track is None or self._document is None else read_through(track, self._document.merges)

    def on_changes(self, changes: Changes) -> None:
        """The document changed; places that a person has just edited leave the queue."""
        if changes.what & AFFECTS:
            self._ask()
        if changes.what & What.SEGMENTATION:
            self._ask_agreement()

    def step(self, direction: int) -> DoubtedPlace | None:
        """Make the place after (+1) or before (-1) the current one current; the first one after the last."""
        if not self.places:
            return None
        self.go(self.places[self._beside(direction)])
        return self.current

    def go(self, place: DoubtedPlace) -> None:
        """Make a place current."""
        self.current = place
        self._follow_current()
        self.currentChanged.emit()

    @property
    def shown_place(self) -> DoubtedPlace | None:
        """The place that is looked at as the queue has it now; None where it has left the queue, corrected or right."""
        return self._shown

    def _follow_current(self) -> None:
        """Find the current place in a queue that may be another one: the one there that shares most frames with it."""
        now = self.current
        if now is None:
            self._shown = None
            return
        same = [each for each in self.places if each.video == now.video and _shared(each, now) > 0]
        self._shown = max(same, key=lambda each: _shared(each, now), default=None)

    def _beside(self, direction: int) -> int:
        """The number of the place beside the current one, also when that has left the queue since."""
        now = self.current
        if now is None:
            return 0 if direction > 0 else len(self.places) - 1
        ranks, mine = [place.rank for place in self.places], now.rank
        if direction > 0:
            return next((i for i, rank in enumerate(ranks) if rank > mine), 0)
        return max((i for i, rank in enumerate(ranks) if rank < mine), default=len(ranks) - 1)

    def _ask(self, *, at_once: bool = False) -> None:
        if self._watched and self._document is not None:
            self.is_ready = False
            self._timer.start(0 if at_once else WAIT_MS)

    def _ask_agreement(self) -> None:
        if self._document is not None and self.second_name:
            from core.second_reviewer import agreement  # brings every format along: not at the start of the window

            document, second = self._document.snapshot(), dict(self.second)
            self._computing.ask("agreement", lambda: agreement(document, second), self._on_agreement)

    def _on_agreement(self, found: tuple[Agreement, dict[VideoId, Agreement]]) -> None:
        self.agreement = found
        self.agreementChanged.emit()

    def _compute(self) -> None:
        if self._document is None:
            return
        document, run, second, read = self._document.snapshot(), self._run, dict(self.second), self._read
        with_odds = self._with_odds
        self._computing.ask(
            "review",
            lambda: judge(document, run, second=second or None, read=read, with_odds=with_odds),
            self._on_judged,
        )

    def _on_judged(self, found: Judged) -> None:
        self.places, self.odds, self.is_ready = (
            found.places,
            found.odds,
            not self._timer.isActive(),
        )  # else a newer one has been asked for
        self._follow_current()
        self.changed.emit()


def _shared(one: DoubtedPlace, other: DoubtedPlace) -> int:
    """How many frames two places of a video have in common; 0 or less where they are apart."""
    return min(one.stop, other.stop) - max(one.start, other.start)
