"""The verbs of reviewing: queue (where to look next), agree (two people compared), comments (what was written)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from .. import api
from ..data.dataset import RunId
from ..project import Project
from .common import AddVerb, Answer, flush

SHOWN = 20


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = verb("queue", queue).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("--run", metavar="ID", help="whose prediction is in question; the newest that is not hidden when left out")
    add("--limit", type=int, default=SHOWN, metavar="N", help=f"places that are printed ({SHOWN}); --json has all")
    add = verb("agree", agree).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("labels", type=Path, metavar="LABELS", help="another project, or label files of any format that is read")
    add = verb("comments", comments).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("--video", nargs="+", action="extend", metavar="NAME", help="only the comments on these videos")
    add("--resolved", action="store_true", help="those that are settled too")
    add("--take", type=Path, metavar="LABELS", help="first take those of another project, or of ELAN or JSON files")


def queue(options: argparse.Namespace) -> Answer:
    """List the places where a correction is most likely, the largest first."""
    with api.open_project(options.project, read_only=True) as project:
        run = RunId(options.run) if options.run else None
        places = api.review_queue(project, run)
        rows = [_place(project, place) for place in places]
    total = sum(row["expected_frames"] for row in rows)
    lines = [f"{len(rows)} places; about {total:.0f} frames to correct."]
    for row in rows[: options.limit]:
        why = ", ".join(reason["kind"] for reason in row["reasons"])
        lines.append(f"{row['video']}  {row['start']:>7} to {row['stop']:<7} {row['expected_frames']:7.1f}  {why}")
    return {"project": str(options.project), "places": rows}, "\n".join(lines)


def comments(options: argparse.Namespace) -> Answer:
    """Print what people wrote at places of the videos, or take the comments of another project."""
    taken = 0
    with api.open_project(options.project, read_only=options.take is None) as project:
        if options.take is not None:
            taken = api.take_comments(project, options.take)
            flush(project)
        rows = api.list_comments(project, videos=options.video, resolved=options.resolved)
    n_open = sum(not row["resolved"] for row in rows)
    settled = f", {len(rows) - n_open} resolved" if options.resolved else ""
    lines = [f"{taken} comments taken."] if taken else []
    lines.append(f"{n_open} open comments{settled}.")
    for row in rows:
        by = ", ".join(part for part in (row["author"], row["written"][:10], "resolved" * row["resolved"]) if part)
        lines.append(f"{row['video']}  {row['at']}{f'  ({by})' if by else ''}")
        lines += [f"    {line}" for line in row["text"].split("\n")]
    return {"project": str(options.project), "taken": taken, "comments": rows}, "\n".join(lines)


def _place(project: Project, place: Any) -> dict[str, Any]:
    """A place as plain values; frames count from 0, ``[start, stop)``."""
    actions = project.document.actions
    reasons = []
    for reason in place.reasons:
        values = {"kind": str(reason.kind), "expected_frames": round(reason.expected_frames, 2)}
        action = actions.get(reason.label)
        other = actions.get(reason.other) if reason.other is not None else None
        values |= {"other": other.name} if other is not None else {}
        reasons.append({**values, "action": action.name if action else None, "found": reason.found})
    return {
        "video": project.document.videos[place.video].name,
        "start": place.start,
        "stop": place.stop,
        "expected_frames": round(place.expected_frames, 2),
        "reasons": reasons,
    }


def agree(options: argparse.Namespace) -> Answer:
    """Compare the corrected labels with another person's: Cohen's kappa and boundaries."""
    with api.open_project(options.project, read_only=True) as project:
        second, whole, each = api.agreement(project, options.labels)
        names = {video: project.document.videos[video].name for video in each}
    answer = {
        "project": str(options.project),
        "second": second.name,
        **msgspec.to_builtins(whole),
        "per_video": [{"video": names[video], **msgspec.to_builtins(found)} for video, found in each.items()],
        "notes": list(second.notes),
    }
    lines = [f"{len(each)} videos that both have labelled, {whole.frames:,} frames."]
    agree = "unknown" if whole.agreement is None else f"{100 * whole.agreement:.1f} %"
    lines.append(f"Frames that agree: {agree}; Cohen's kappa {_number(whole.kappa)}.")
    lines.append(
        f"Boundaries: {whole.boundaries[0]} and {whole.boundaries[1]}; F1 {_number(whole.boundary_f1)} within "
        f"{whole.tolerance_frames} frames, median offset {_number(whole.median_offset_frames)} frames."
    )
    return answer, "\n".join([*lines, *second.notes])


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3g}"
