"""The strips of a report: each video's tracks as coloured rows of one width, and the legend of the colours."""

from __future__ import annotations

import re
from typing import Any

from ..annotation.segmentation import Segmentation
from ..data.colours import BACKGROUND_COLOUR, UNLABELLED_COLOUR, colour_for
from ..data.dataset import BACKGROUND, UNLABELLED, ActionId
from .content import ReportContent

WIDTH = 1000


def colour_of(content: ReportContent, label: int) -> str:
    """The colour of a label; only what is a colour gets into a page."""
    if label == BACKGROUND:
        return BACKGROUND_COLOUR
    action = content.actions.get(ActionId(label))
    if label == UNLABELLED or action is None:
        return UNLABELLED_COLOUR
    return action.colour if re.fullmatch(r"#[0-9a-fA-F]{6}", action.colour) else colour_for(label)


def name_of(content: ReportContent, label: int) -> str:
    """The name of a label, reserved ones included."""
    if label == BACKGROUND:
        return "background"
    action = content.actions.get(ActionId(label))
    return "unlabelled" if label == UNLABELLED or action is None else action.name


def strips(content: ReportContent) -> list[dict[str, Any]]:
    """One block a video: its name, its length, its review, its MoF where known, and its rows."""
    mof = (
        {row.video: row.mof for row in content.scores["Prediction"].per_video} if "Prediction" in content.scores else {}
    )
    blocks = []
    for video, tracks in content.rows.items():
        named = (("Ground truth", tracks.truth), ("Prediction", tracks.prediction), ("Corrected", tracks.corrected))
        one = content.videos[video]
        seconds = one.timebase.seconds(one.timebase.n_frames)
        blocks.append(
            {
                "name": one.name,
                "frames": one.timebase.n_frames,
                "seconds": None if seconds is None else float(seconds),
                "status": tracks.status,
                "mof": mof.get(one.name),
                "rows": [{"name": name, "parts": _parts(content, cut)} for name, cut in named if cut is not None],
            }
        )
    return blocks


def _parts(content: ReportContent, cut: Segmentation) -> list[dict[str, str]]:
    """The segments of a track as shares of the width."""
    return [
        {
            "x": f"{WIDTH * start / cut.n_frames:.2f}",
            "width": f"{WIDTH * (stop - start) / cut.n_frames:.2f}",
            "colour": colour_of(content, label),
            "title": f"{name_of(content, label)}: frames {start} to {stop}",
        }
        for start, stop, label in cut.segments
    ]


def legend(content: ReportContent) -> list[dict[str, str]]:
    """Name and colour of every label that occurs, actions in the order of the project."""
    found: set[int] = set()
    for tracks in content.rows.values():
        for cut in (tracks.truth, tracks.prediction, tracks.corrected):
            found |= set() if cut is None else {int(label) for label in cut.labels.tolist()}
    order = [*(int(a) for a in content.actions if int(a) in found), *sorted(x for x in found if x < 0)[::-1]]
    return [{"name": name_of(content, label), "colour": colour_of(content, label)} for label in order]
