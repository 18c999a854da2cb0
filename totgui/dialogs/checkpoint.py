"""A field that takes the name of a checkpoint: Enter writes it, Esc gives up, everything goes on meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from .field_popup import FieldPopup

EXAMPLE = "before the second pass"
LONGEST = 80


class CheckpointName(FieldPopup):
    """Calls `then` once with the name that was typed, never after Esc. `folder` is where the backups lie."""

    def __init__(self, folder: str, then: Callable[[str], object], parent: QWidget) -> None:
        self._folder, self._then = folder, then
        super().__init__("Make checkpoint", "Name of the checkpoint", parent, example=EXAMPLE, longest=LONGEST)

    def said_of(self, text: str) -> str:
        """What Enter would do."""
        if not text.strip():
            return "A named copy of the project as it is now. Edits are saved without it."
        room = self.field.width() - self.fontMetrics().averageCharWidth()
        folder = self.fontMetrics().elidedText(self._folder, Qt.TextElideMode.ElideMiddle, room)
        return f"Enter writes it beside the project, into\n{folder}"

    def take(self, text: str) -> None:
        """Write it, if it has a name."""
        if name := text.strip():
            then = self._then
            self.close()
            then(name)
