"""Learning from corrections: which videos to correct next, and what a run learned from."""

from __future__ import annotations

import argparse
from typing import Any

from .. import api
from ..annotation.document import Document
from ..data.dataset import RunId
from .common import AddVerb, Answer, with_run


def register(verb: AddVerb) -> None:
    """Adds the verb of this module to the command line."""
    add = with_run(verb("next", propose))
    add("--count", type=int, default=5, metavar="N", help="how many videos to name; 5 when left out")


def propose(options: argparse.Namespace) -> Answer:
    """Name the videos whose correction would teach the next training most."""
    with api.open_project(options.project, read_only=True) as project:
        run, videos = api.next_videos(project, options.run, count=options.count)
        names = [project.document.videos[video].name for video in videos]
    lines = [f"{place}. {name}" for place, name in enumerate(names, start=1)]
    return {"run": run, "videos": names}, "\n".join(lines or ["Every video is corrected or decided on."])


def learned_values(document: Document, run: RunId) -> dict[str, Any]:
    """What a run learned from as plain values: source, videos by name with their corrected frames, frames in all."""
    learned = document.runs[run].learned
    rows = [{"video": document.videos[v].name, "frames": taught.frames} for v, taught in learned.videos.items()]
    return {"source": learned.source, "frames": learned.frames, "videos": rows}
