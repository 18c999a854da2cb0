"""The mark on a score that rests on a label map which is not the plain match of the activity."""

from __future__ import annotations

from core.annotation.document import Document
from core.annotation.map_notes import map_notes
from core.data.dataset import RunId

MARK = "*"


def marked(text: str, document: Document | None, run: RunId | None) -> str:
    """A score as it is shown: with the mark where the label map of its run calls for one."""
    return f"{text}{MARK}" if mark_tip(document, run) and text != "–" else text


def mark_tip(document: Document | None, run: RunId | None) -> str:
    """Why the scores of a run carry a mark, in sentences; empty where they do not."""
    label_map = document.label_maps.get(run) if document is not None and run is not None else None
    return "" if label_map is None or document is None else " ".join(map_notes(document, label_map))
