"""Files of the open project that are not at their place, found out beside the window: drives can be slow."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from core.data.dataset import Dataset, VideoId
from core.data.fingerprint import ChangedFile, Stamps, changed_files
from core.relink import Lost, lost_files

from .beside import Beside


class Files(QObject):
    """`lost` are the files that are missing, once `changed` has told that they were looked for; `altered` are those
    that hold something else than when the project took them in."""

    changed = Signal()
    _arrived = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lost: tuple[Lost, ...] = ()
        self.altered: tuple[ChangedFile, ...] = ()
        self._dataset: Dataset | None = None
        self._pool = Beside(1, "files")
        self._arrived.connect(self._on_arrived)

    def look(self, dataset: Dataset | None, stamps: Stamps | None = None) -> None:
        """Find out which files of a dataset are missing, and which are others than `stamps` say; None forgets them."""
        if dataset is None:
            self.lost, self.altered = (), ()
        self._dataset = dataset
        if dataset is not None:
            known = stamps or {}
            self._pool.do(lambda: self._arrived.emit(dataset, lost_files(dataset), changed_files(dataset, known)))

    def missing(self, video: VideoId | None, kind: str) -> Lost | None:
        """The file of this kind that a video should have and has not."""
        return next((lost for lost in self.lost if lost.video == video and lost.kind == kind), None)

    def close(self) -> None:
        """End the thread; one that hangs at a drive is left behind."""
        self._dataset = None
        self._pool.close(wait=False)

    def _on_arrived(self, dataset: Dataset, lost: tuple[Lost, ...], altered: tuple[ChangedFile, ...]) -> None:
        if dataset is self._dataset:
            self.lost, self.altered = lost, altered
            self.changed.emit()
