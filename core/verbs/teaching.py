"""The verbs that tell others of labels: kit for those who learn the work, report for colleagues."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import api
from ..kit.source import KitOptions
from ..progress import ProgressPrinter
from .common import AddVerb, Answer, chosen_videos, with_run, with_videos


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = with_run(verb("kit", kit))
    add("--out", type=Path, required=True, metavar="DIR", help="the folder that the kit becomes")
    with_videos(add)
    add(
        "--track",
        choices=("corrected", "prediction", "ground-truth"),
        default="corrected",
        help="the track whose segments become steps",
    )
    add("--formats", nargs="*", metavar="NAME", help="formats of the labels; csv, json, eaf and vtt when left out")
    add("--photos-only", action="store_true", help="neither video nor clips")
    add("--background", action="store_true", help="background is a step as well")
    add("--min-step", type=float, default=0.5, metavar="S", help="seconds; shorter steps are left out")
    add("--join-gap", type=float, default=1.0, metavar="S", help="seconds; equal steps with less between them are one")
    add("--handle", type=float, default=0.0, metavar="S", help="seconds of video before and after each clip")
    add("--zip", action="store_true", help="also as DIR.zip, for a learning platform")
    add = with_run(verb("report", report))
    add("--out", type=Path, required=True, metavar="FILE.html", help="the page, or a folder for report.html")


def kit(options: argparse.Namespace) -> Answer:
    """Write the worker-training kit: a folder with a page to teach from."""
    chosen = KitOptions(
        include_background=options.background,
        min_step_s=options.min_step,
        join_gap_s=options.join_gap,
        handle_s=options.handle,
        photos_only=options.photos_only,
        as_zip=options.zip,
        formats=None if options.formats is None else tuple(options.formats),
    )
    with api.open_project(options.project, read_only=True) as project, ProgressPrinter() as progress:
        summary = api.make_kit(
            project,
            options.out,
            chosen,
            track=options.track,
            videos=chosen_videos(options),
            run=options.run,
            report=progress,
        )
    answer = {
        "out": str(summary.out),
        "zip": str(summary.archive) if summary.archive else None,
        "title": summary.title,
        "steps": summary.n_steps,
        "videos": summary.n_videos,
        "files": summary.n_files,
        "bytes": summary.n_bytes,
        "notes": list(summary.notes),
    }
    return answer, "\n".join([str(summary), *summary.notes, f"Open {summary.out / 'index.html'}"])


def report(options: argparse.Namespace) -> Answer:
    """Write the report of the activity: one page with scores, strips, durations and how to repeat it."""
    with api.open_project(options.project, read_only=True) as project:
        path = api.write_report(project, options.out, run=options.run)
    return {"out": str(path)}, f"The report lies in {path}."
