"""The bar that shows what matching again would change, before anything is changed."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.map_commands import rematched
from core.annotation.map_notes import map_notes
from core.annotation.overlap import Match, solve
from core.annotation.values import LabelMap
from core.data.dataset import RunId

from ...session import Session
from .bars import AskBar
from .counted import Counted
from .effect import Effects
from .words import target_name

MAX_ROWS = 6


class Rematching(AskBar):
    """Asks whether to take a new match of the rows that are not locked; an edit or other counts put it away."""

    tableShown = Signal(object)
    """The table that waits for Apply, None for none."""

    def __init__(self, session: Session, counted: Counted, effects: Effects, parent: QWidget | None = None) -> None:
        super().__init__("Apply", "Cancel", parent)
        self._session, self._counted, self._effects = session, counted, effects
        self._match: Match | None = None
        self._is_asked = False
        """Whether a match is being computed that nothing has made outdated since."""
        self.accepted.connect(self.apply)
        self.dismissed.connect(self.drop)
        counted.outdated.connect(self.drop)

    def solve(self) -> None:
        """Match the free rows again, beside the window, and show what that would change."""
        document, run, found = self._session.document, self._counted.run, self._counted.overlap
        if document is None or run is None or found is None or not found.has_truth:
            return
        label_map = document.label_maps[run]
        self.drop()
        self._is_asked = True
        self._session.computing.ask("label-map-solve", lambda: solve(found, label_map), self._on_match)

    def _on_match(self, match: Match) -> None:
        document, run = self._session.document, self._counted.run
        if document is None or run is None or not self._is_asked:
            return
        self._is_asked, before = False, document.label_maps[run]
        if self._after(document, run, match) == before:
            self._session.message.emit("The match is the same. Nothing would change.", "info")
            return
        self._match = match
        self._effects.ask(before.table(), match.table)
        self.tableShown.emit(match.table)
        self.refresh()
        self.yes.setFocus()

    def _scope(self) -> dict[str, Any]:
        """Which tracks the counts were made on, for the label map's record of it."""
        assert self._counted.overlap is not None
        inputs = self._counted.overlap.inputs
        return {"reference": inputs.reference, "video": inputs.video}

    def _after(self, document: Document, run: RunId, match: Match) -> LabelMap:
        return rematched(document.label_maps[run], match.proposed, table=match.table, fill=match.fill, **self._scope())

    def refresh(self) -> None:
        """Say what the match that waits would change, with the scores as far as they are known."""
        document, run, match = self._session.document, self._counted.run, self._match
        if document is None or run is None or match is None:
            return
        before = document.label_maps[run].table()
        name_of = self._session.action_name
        rows = [
            (c, target_name(name_of, before[c]), target_name(name_of, t))
            for c, t in match.table.items()
            if t != before[c]
        ]
        gain = " · ".join(self._effects.changes(before, match.table)) if rows else ""
        notes = map_notes(document, self._after(document, run, match))
        self.say(proposal_text(rows, len(before), gain, notes))

    def apply(self) -> None:
        """Take the match that is shown: one edit."""
        document, run, match = self._session.document, self._counted.run, self._match
        if document is None or run is None or match is None:
            return
        scope = self._scope()
        self.drop()
        self._session.do(
            lambda: commands.rematch(document, run, match.proposed, table=match.table, fill=match.fill, **scope), self
        )

    def drop(self) -> None:
        """Leave the map as it is."""
        self._match, self._is_asked = None, False
        self.say("")
        self.tableShown.emit(None)


def proposal_text(rows: list[tuple[int, str, str]], n_clusters: int, gain: str, notes: list[str]) -> str:
    """What a new match changes: ``(cluster, before, after)`` a row, then the gain and what must be said of it."""
    if not rows:
        head = "The match changes no row; rows that were set by hand to the same action lose their mark."
    else:
        listed = [f"{cluster}: {before} → {after}" for cluster, before, after in rows[:MAX_ROWS]]
        rest = f" and {len(rows) - MAX_ROWS} more" if len(rows) > MAX_ROWS else ""
        head = f"Re-solve changes {len(rows)} of {n_clusters} rows. {'; '.join(listed)}{rest}."
    return "\n".join([head, *([gain] if gain else []), *notes])
