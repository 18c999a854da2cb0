"""The mark on a score that says more than it should: an unusual label map, or videos the run was told the labels of."""

from __future__ import annotations

from core.annotation.document import Document
from core.annotation.map_notes import map_notes
from core.data.dataset import RunId, VideoId

MARK = "*"


def marked(text: str, document: Document | None, run: RunId | None, video: VideoId | None = None) -> str:
    """A score as it is shown, of all videos or of one: with the mark where its run calls for one."""
    return f"{text}{MARK}" if mark_tip(document, run, video) and text != "–" else text


def mark_tip(document: Document | None, run: RunId | None, video: VideoId | None = None) -> str:
    """Why the scores of a run, or its score of one video, carry a mark, in sentences; empty where they do not."""
    label_map = document.label_maps.get(run) if document is not None and run is not None else None
    if label_map is None or document is None or run is None:
        return ""
    told = document.runs[run].learned.note(video) if run in document.runs else ""
    return " ".join(note for note in (*map_notes(document, label_map), told) if note)
