"""Scores of the video that is shown, opened and reduced beside the window: a drive may be slow, a video long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from core.data.dataset import Video
from core.errors import TotError

from ...session.readings import NO_SCORES, VideoScores
from ..heatmap import Pyramid
from .lanes import Same

if TYPE_CHECKING:
    from ...session import Session

SAID_AFTER_MS = 200
"""Reading that takes longer is said in the rows; before, they are blank rather than flashing a sentence."""
KEY = "timeline-scores"


@dataclass(frozen=True, eq=False)
class Scores:
    """Scores of one prediction of a video, as its rows show them; nothing where their files are gone.

    `read` holds the posterior and the confidence; `pyramid` is of the source that the person chose.
    """

    read: VideoScores = NO_SCORES
    pyramid: Pyramid | None = None


class ScoresBeside(QObject):
    """Keeps what was read last, and asks for what is shown now; `changed` is called when that has come, or is late."""

    def __init__(self, session: Session, changed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._changed = session, changed
        self._known: tuple[object, Scores] | None = None
        self._asked: object = None
        self._late = QTimer(self)
        self._late.setSingleShot(True)
        self._late.setInterval(SAID_AFTER_MS)
        self._late.timeout.connect(changed)

    @property
    def is_late(self) -> bool:
        """Whether what was asked for is so late that a person should be told."""
        return self._asked is not None and not self._late.isActive()

    def get(self, video: Video, source: str) -> Scores | None:
        """The scores of the current run, by source; None until they have been read. Without a prediction: nothing."""
        session, run, document = self._session, self._session.current_run, self._session.document
        assert document is not None
        prediction = document.predictions.get((run, video.id)) if run is not None else None
        if run is None or prediction is None:
            return Scores()
        key = source, Same(prediction), Same(video.timebase)
        known = self._known[1] if self._known is not None and self._known[0] == key else None
        if (known is None or known.pyramid is None) and self._asked != key:
            self._ask(key, session.scores_reader(run, video.id, source), source)
        return known if self._known is None or self._known[0] != key else self._known[1]

    def _ask(self, key: object, read: Callable[[], VideoScores], source: str) -> None:
        before = self._known[1] if self._known is not None else Scores()

        def find() -> Scores:
            try:
                return scores_of(read(), source, before)
            except (TotError, OSError, ValueError):
                return Scores()  # the rows say that they are gone; the next look asks again

        computing = self._session.computing
        computing.forget((KEY, self._asked))
        self._asked = key
        self._late.start()
        # A key of its own: one that hangs at a drive does not hold up those that come after it.
        computing.ask((KEY, key), find, lambda found: self._on_found(key, found))

    def _on_found(self, key: object, found: Scores) -> None:
        self._asked = None
        self._late.stop()
        is_news = self._known is None or self._known[0] != key or found.pyramid is not None
        self._known = key, found
        if is_news:
            self._changed()


def scores_of(read: VideoScores, source: str, before: Scores) -> Scores:
    """What the rows show of scores that were read; a pyramid of the same matrix is not made again."""
    if read.chosen is None or not len(read.chosen):
        return Scores(read)
    if before.pyramid is not None and before.pyramid.scores is read.chosen:
        return Scores(read, before.pyramid)
    return Scores(read, Pyramid(read.chosen, top=1.0 if source == "posterior" else None))
