"""Save points of a training job on disk: one file in its folder, which is gone once the job has ended in order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any

from .. import cut_off
from ..events import JobCancelled, LogLine, Report
from ..requests import TrainRequest
from ..tot import weights
from ..tot.trained import Paused

TOO_LARGE = "All runs together are too large to be saved on the way: a training that is cut off starts again."


class Saving:
    """Keeps where a training stands. Used as a context: an error leaves what was saved, every other ending does not.

    `known` is what a training that was cut off, and goes on here, had noted.
    """

    def __init__(self, request: TrainRequest, report: Report) -> None:
        self._request, self._report = request, report
        self._folder = Path(request.out)
        self.path = self._folder / cut_off.STATE
        self.known = cut_off.read_note(self.path) if request.resume == str(self.path) else None
        self._hold: cut_off.Hold | None = None
        self._said = False

    def __enter__(self) -> Saving:
        if self.known is not None:
            self._take_hold()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self._hold is not None:
            self._hold.release()
        if not isinstance(error, Exception) or isinstance(error, JobCancelled):
            cut_off.remove(self._folder)

    def write(self, paused: Paused, note: cut_off.Note) -> None:
        """Replace what was saved before. What cannot be written is said once, and ends nothing."""
        if weights.bytes_of(paused) > weights.MAX_PAUSED:
            self._say(TOO_LARGE)
            return
        try:
            if self._hold is None or not self.path.exists():
                self._take_hold()
                cut_off.write_request(self._request)
            first: Any = paused.families[-1][0]
            whole = replace(first, training_state=None, bank=None, paused=paused)
            weights.save(whole, self.path, notes={cut_off.NOTE: note.text()})
        except (OSError, ValueError) as error:  # a full disk, a name without UTF-8
            self._say(f"Where the training stands could not be saved on the way ({error}). It goes on.")

    def _take_hold(self) -> None:
        if self._hold is None:
            self._hold = cut_off.Hold(self._folder)

    def _say(self, text: str) -> None:
        if not self._said:
            self._report(LogLine(text=text, level="warning"))
        self._said = True
