"""Recent projects that can be opened again; their disks are asked beside the window, for one may not answer."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from .settings import Settings


class RecentProjects(QObject):
    """`changed` says that more is known of them. What is gone is not listed, nor forgotten: a drive may come back."""

    changed = Signal()
    _seen = Signal(object, object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._times: dict[Path, float | None] = {}
        self._asked: set[Path] = set()
        self._seen.connect(self._on_seen)

    def listed(self) -> list[tuple[Path, float | None]]:
        """Projects, newest first, each with the time at which its file was changed, None while that is not known."""
        known = self._times
        return [(path, known.get(path)) for path in self._settings.recent() if known.get(path, 0.0) is not None]

    def add(self, path: Path) -> None:
        """A project was opened."""
        self._settings.add_recent(path)

    def look(self) -> None:
        """Ask the disks anew, each in a thread of its own: those that answer do not wait for the others."""
        for path in self._settings.recent():
            if path not in self._asked:  # else the last question still waits for an answer
                self._asked.add(path)
                threading.Thread(target=self._ask, args=(path,), name="recent", daemon=True).start()

    def _ask(self, path: Path) -> None:
        try:
            found = os.stat(path).st_mtime
        except (OSError, ValueError):
            found = None
        try:
            self._seen.emit(path, found)
        except RuntimeError:  # the window has closed meanwhile
            return

    def _on_seen(self, path: Path, changed: float | None) -> None:
        self._asked.discard(path)
        if path not in self._times or self._times[path] != changed:
            self._times[path] = changed
            self.changed.emit()
