"""What the verbs say of learning from corrections."""

from __future__ import annotations

from typing import Any

from ..annotation.document import Document
from ..data.dataset import RunId


def learned_values(document: Document, run: RunId) -> dict[str, Any]:
    """What a run learned from as plain values: source, videos by name with their corrected frames, frames in all."""
    learned = document.runs[run].learned
    rows = [{"video": document.videos[v].name, "frames": taught.frames} for v, taught in learned.videos.items()]
    return {"source": learned.source, "frames": learned.frames, "videos": rows}
