"""The verbs that deal with labels: map, export, score."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import api
from ..errors import ConfigError
from . import wording
from .common import AddVerb, Answer, chosen_videos, flush, pairs, split_sil, with_run, with_videos


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = with_run(verb("map", map_labels))
    add(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="CLUSTER=ACTION",
        help="map a cluster to an action, background or none",
    )
    add(
        "--lock",
        nargs="+",
        action="extend",
        type=int,
        default=[],
        metavar="CLUSTER",
        help="matching again leaves these clusters alone",
    )
    add("--rematch", action="store_true", help="match the clusters that are not locked again")
    add("--leftovers", choices=("unmapped", "background", "largest"), help="what clusters without a partner become")
    add("--many-to-one", action=argparse.BooleanOptionalAction, help="let clusters share an action, or not")
    add = with_run(verb("export", export), optional=True)
    add("--format", required=True, metavar="NAME", help="a name from --format list")
    add("--out", type=Path, metavar="PATH", help="the file or folder to write")
    add(
        "--track",
        choices=("corrected", "prediction", "ground-truth"),
        default="corrected",
        help="the track whose labels are written",
    )
    with_videos(add)
    add("--unlabelled-as-background", action="store_true", help="frames that nobody labelled are written as background")
    add = verb("score", score).add_argument
    add("--ground-truth", type=Path, required=True, metavar="PATH", help="a folder of label files, or one of them")
    add(
        "--prediction",
        type=Path,
        required=True,
        metavar="PATH",
        help="cluster numbers or names of the same videos, joined by stem",
    )
    add("--mapping", type=Path, metavar="FILE", help="the numbers of the names; in natural order when left out")
    add(
        "--level",
        choices=("activity", "video"),
        default="activity",
        help="match clusters over all videos, or in each alone",
    )
    add("--background", nargs="+", action="extend", default=[], metavar="LABEL", help="labels that are background")
    split_sil(add)


def map_labels(options: argparse.Namespace) -> Answer:
    """Show or edit the label map."""
    chosen = pairs(options.set)
    for key, value in chosen.items():
        if not key.isdecimal():
            raise ConfigError(f'--set "{key}={value}": wanted CLUSTER=ACTION, for example 3=pour_milk.')
    edits = bool(chosen or options.lock or options.rematch or options.leftovers or options.many_to_one is not None)
    with api.open_project(options.project, read_only=not edits) as project:
        found = api.edit_label_map(
            project,
            options.run,
            targets={int(k): v for k, v in chosen.items()},
            lock=options.lock,
            rematch=options.rematch,
            leftovers=options.leftovers,
            many_to_one=options.many_to_one,
        )
        if edits:
            flush(project)
    return found, wording.map_text(found)


def export(options: argparse.Namespace) -> Answer:
    """Write the labels in one of the formats."""
    if options.format == "list":
        found = api.formats()
        lines = [f"{f['name']:<16}{f['label']}; not in it: {'; '.join(f['losses'])}" for f in found]
        return found, "\n".join([*lines, *api.format_problems()])
    if options.out is None or options.project is None:
        raise ConfigError("tot export needs PROJECT.tot, --format NAME and --out PATH.")
    with api.open_project(options.project, read_only=True) as project:
        summary = api.export(
            project,
            options.format,
            options.out,
            track=options.track,
            videos=chosen_videos(options),
            run=options.run,
            unlabelled_as_background=options.unlabelled_as_background,
        )
    answer = {
        "format": summary.format,
        "out": str(summary.out),
        "files": [str(p) for p in summary.files],
        "videos": summary.n_videos,
        "segments": summary.n_segments,
        "losses": list(summary.losses),
    }
    return answer, str(summary)


def score(options: argparse.Namespace) -> Answer:
    """Score label files against label files."""
    report = api.score(
        options.ground_truth,
        options.prediction,
        mapping=options.mapping,
        level=options.level,
        background=options.background,
        split_sil=options.split_sil,
    )
    values = api.plain(report)
    return values, wording.report_text(values)
