"""The thread that keeps backups: at opening, every half hour while something changes, and before what is risky."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path

from ..errors import StoreError
from . import backup

INTERVAL_S, INTERVAL_ELSEWHERE_S = 30 * 60.0, 10 * 60.0
"""Seconds between two backups; the second on a network drive, in a cloud folder, on FAT."""
_Asked = tuple[str, "Future[backup.Draft | None]"]


class Keeper:
    """Finishes the backups that are asked for, thins the old ones, and asks for one itself from time to time.

    Args:
        start: queues the copy of the present state (`ProjectFile.start_backup`).
        on_problem: told in a sentence, from this thread, when a backup could not be made; once until one is.
    """

    def __init__(
        self,
        project: Path,
        start: Callable[[str], Future[backup.Draft | None]],
        on_problem: Callable[[str], None],
        *,
        interval_s: float = INTERVAL_S,
    ) -> None:
        self._project, self._start, self._on_problem = project, start, on_problem
        self._interval_s = interval_s
        self._key = ""
        self._told = False
        self._asked: queue.Queue[_Asked | None] = queue.Queue()
        self._thread = threading.Thread(target=self._work, name="store-backups", daemon=True)
        self._thread.start()

    def ask(self, reason: str) -> None:
        """A backup of the state as it is now; nothing is waited for."""
        with suppress(StoreError):  # the project is being closed
            self._asked.put((reason, self._start(self._key)))

    def close(self) -> None:
        """End after the backups that were asked for."""
        self._asked.put(None)
        self._thread.join()

    def _work(self) -> None:
        self._key = self._newest_key()
        self.ask("")
        while True:
            try:
                asked = self._asked.get(timeout=self._interval_s)
            except queue.Empty:
                self.ask("")
                continue
            if asked is None:
                return
            self._finish(*asked)

    def _finish(self, reason: str, copied: Future[backup.Draft | None]) -> None:
        try:
            draft = copied.result()
            if draft is None:
                return
            if draft.key == self._key:
                draft.path.unlink(missing_ok=True)
                return
            backup.finish(draft, self._project, reason=reason)
            self._key, self._told = draft.key, False
            backup.thin(self._project)
        except (StoreError, OSError) as error:
            if not self._told:
                self._told = True
                self._on_problem(f"No backup could be made. {error}")

    def _newest_key(self) -> str:
        present = backup.listing(self._project)
        return backup.stored_key(present[-1].path) if present else ""
