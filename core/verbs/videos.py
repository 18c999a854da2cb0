"""The verbs that look after the files of videos: relink, smooth."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import api
from ..errors import InputError
from ..progress import ProgressPrinter
from .common import AddVerb, Answer, flush


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = verb("relink", relink).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("folder", type=Path, metavar="FOLDER", help="the missing files are looked for anywhere below it")
    add = verb("smooth", smooth).add_argument
    add("source", type=Path, metavar="VIDEO|PROJECT.tot|DATASET")
    add("--delete", action="store_true", help="delete the proxies instead")
    add("--all", action="store_true", help="also of videos in which seeking is fast")


def relink(options: argparse.Namespace) -> Answer:
    """Find files of a project that were moved, by name and content, and name their new places."""
    with ProgressPrinter() as report, api.open_project(options.project) as project:
        names = {video.id: video.name for video in project.document.videos.values()}
        matches = api.relink(project, options.folder, report=report)
        flush(project)
        root = str(project.document.dataset.root)
    rows = [
        {
            "video": names[match.lost.video],
            "file": match.lost.kind,
            "was": str(match.lost.path),
            "is": None if match.path is None else str(match.path),
            "reason": match.reason,
        }
        for match in matches
    ]
    found = sum(row["is"] is not None for row in rows)
    lines = [f"{found} of {len(rows)} missing files were found."] if rows else ["No file is missing."]
    lines += [f"{row['video']}: {row['is'] or row['reason']}" for row in rows]
    return {"project": str(options.project), "dataset": root, "files": rows}, "\n".join(lines)


def smooth(options: argparse.Namespace) -> Answer:
    """Make proxies of videos in which seeking is slow: small copies in the cache with the same frames and times."""
    with ProgressPrinter() as report:
        rows: list[dict[str, Any]] = api.smooth(
            options.source, everything=options.all, delete=options.delete, report=report
        )
    if all(row["error"] for row in rows):
        raise InputError(options.source, rows[0]["error"] if rows else "no video was found.")
    lines = [f"{row['video']}: {row['error'] or row['proxy'] or row['note']}" for row in rows]
    return {"videos": rows}, "\n".join(lines)
