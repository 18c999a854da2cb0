"""The choice of what the next training learns from, with how much there is of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from core.annotation.changes import Changes, What
from core.annotation.learned import Amount
from core.tot.config import METHODS

from ...models.chooser import Chooser
from ...models.widgets import tip
from ...session import Session

WORDS = {"corrected": "Corrections", "accepted": "Accepted videos only", "none": "Nothing"}
TIP = (
    "Frames that you corrected steer the training, and its clusters carry the names you used, so that correcting a few "
    "videos improves all the others. Corrections: accepted videos, and in the others the segments you edited, drew or "
    "imported, and what you checked. What was only taken from a prediction counts once it is checked, or its video is "
    "accepted. Your labels are never changed."
)
SHOWN = What.SEGMENTATION | What.REVIEW | What.DATASET


class LearnFrom(Chooser):
    """Corrections, accepted videos only, or nothing; `changed` tells that what it stands for is another."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._method = ""
        self._found: dict[str, Amount] = {}
        self.setAccessibleName("Learn from")
        self.setMinimumContentsLength(12)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for source, words in WORDS.items():
            self.addItem(words, source)
            self.setItemData(self.count() - 1, tip(TIP), Qt.ItemDataRole.ToolTipRole)
        self.currentIndexChanged.connect(self.changed)
        session.projectChanged.connect(self._count)
        session.documentChanged.connect(self._on_changes)
        self._count()

    @property
    def source(self) -> str:
        """What is chosen; nothing for a method that cannot learn from corrections."""
        return str(self.currentData()) if self.isEnabled() else "none"

    @property
    def learned(self) -> Amount:
        """How much a training would learn from now."""
        return self._found.get(self.source, Amount())

    def set_method(self, method: str) -> None:
        """The chosen method; CTE clusters after it has trained, so it cannot learn from corrections."""
        self._method = method
        self.setEnabled(method != "cte")
        no = f"{METHODS[method]} clusters after it has trained: it cannot learn from corrections."
        self.setToolTip(tip(no if method == "cte" else TIP))

    def _on_changes(self, changes: Changes, _initiator: object) -> None:
        if changes.what & SHOWN:
            self._count()

    def _count(self) -> None:
        document = self._session.document
        before = self.learned
        self._found = {} if document is None else {s: self._session.lessons(s) for s in WORDS}
        for row, (source, words) in enumerate(WORDS.items()):
            found = self._found.get(source, Amount())
            n = found.videos
            count = "none yet" if not n else f"{n} video{'s' if n > 1 else ''}, {found.frames:,} frames"
            self.setItemText(row, words if source == "none" else f"{words} ({count})")
        if self.learned != before:
            self.changed.emit()
