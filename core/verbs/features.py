"""The verb that makes features from videos: features."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import api
from ..data.names import by_name
from ..errors import InputError
from ..progress import ProgressPrinter
from ..requests import ExtractSettings
from .common import AddVerb, Answer, flush, rate


def register(verb: AddVerb) -> None:
    """Adds the verb of this module to the command line."""
    add = verb("features", features).add_argument
    add("source", type=Path, metavar="DATASET|PROJECT.tot")
    add("--out", type=Path, metavar="DIR", help="where the matrices go; the user cache folder when left out")
    add(
        "--extractor",
        default="",
        metavar="NAME",
        help="efficientnet-lite0 (the usual one), resnet18[:FILE], onnx:FILE, descriptor",
    )
    add("--rate", "--fps", type=rate, default="5", metavar="R", help="rows a second, for example 5 or 30000/1001")
    add("--device", default="auto", metavar="auto|cpu|cuda|cuda:N|mps", help="where the network runs")
    add("--batch", type=int, metavar="N", help="pictures at a time")
    add("--half", action="store_true", help="count in 16 bits, on a GPU")
    add("--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler, or local; here when left out")


def features(options: argparse.Namespace) -> Answer:
    """Make features from the videos of a folder or a project."""
    settings = ExtractSettings(
        extractor=options.extractor,
        rate=str(options.rate),
        device=options.device,
        batch=options.batch,
        half=options.half,
    )
    names: dict[str, str] = {}
    with ProgressPrinter() as report:
        if options.source.is_file():
            with api.open_project(options.source) as project:
                found = api.extract_project(project, settings, options.out, cluster=options.cluster, report=report)
                names = {str(v.id): v.name for v in project.document.videos.values()}
                flush(project)
        else:
            found = api.extract_dataset(options.source, settings, options.out, cluster=options.cluster, report=report)
    if not found["videos"]:
        reason = next(iter(found["failed"].values()), "no video was found")
        raise InputError(options.source, f"no video could be described. {reason}")
    return _values(found, names), _text(found, names)


def _values(found: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    keys = ("rows", "dimensions", "rate", "replaced", "reused")
    videos = [
        {"video": names.get(v, v), "features": e["matrix"], **{k: e[k] for k in keys}, "error": None}
        for v, e in found["videos"].items()
    ]
    empty = {"features": None, **dict.fromkeys(keys)}
    videos += [{"video": names.get(v, v), **empty, "error": reason} for v, reason in found["failed"].items()]
    shown = ("folder", "extractor", "device", "seconds", "rows_per_second")
    return {**{k: found[k] for k in shown}, "videos": sorted(videos, key=lambda row: by_name(str(row["video"])))}


def _text(found: dict[str, Any], names: dict[str, str]) -> str:
    made, failed = found["videos"], found["failed"]
    lines = [f"{len(made)} of {len(made) + len(failed)} videos have features, in {found['folder']}"]
    reused = sum(entry["reused"] for entry in made.values())
    if found["rows_made"]:
        lines.append(
            f"{found['rows_made']:,} rows by {found['extractor']} on {found['device']} in {found['seconds']:.1f} s, "
            f"{found['rows_per_second']:.1f} frames/s" + (f"; {reused} videos were done before" if reused else "")
        )
    elif reused:
        lines.append("All of them were done before.")
    for video, entry in made.items():
        if entry["replaced"]:
            lines.append(f"note: {names.get(video, video)}: {entry['replaced']:,} of {entry['rows']:,} pictures could "
                         "not be decoded; the one before each stands in.")  # fmt: skip
    lines += [f"error: {names.get(video, video)}: {reason}" for video, reason in failed.items()]
    return "\n".join(lines)
