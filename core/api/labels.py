"""Labels on their way in and out: label map, export, import, formats."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.dataset import RunId
from ..errors import ConfigError

if TYPE_CHECKING:
    from ..annotation.changes import Changes
    from ..export_work import Chosen
    from ..formats.track import ExportSummary
    from ..label_import import Effect, ImportPlan, Meanings
    from ..project import Project, Readable


def edit_label_map(
    project: Project,
    run: RunId | None = None,
    *,
    targets: Mapping[int, str] | None = None,
    lock: Sequence[int] = (),
    rematch: bool = False,
    leftovers: str | None = None,
    many_to_one: bool | None = None,
) -> dict[str, Any]:
    """The label map of a run as plain values, after the edits that were asked for.

    `leftovers` says what becomes of clusters without a partner: ``unmapped`` (counted as wrong), ``background`` or
    ``largest``, the action that they share most frames with, which turns many-to-one on.
    """
    from ..map_work import edit_map

    return edit_map(
        project,
        run,
        targets=targets or {},
        lock=lock,
        rematch=rematch,
        leftovers=leftovers,
        many_to_one=many_to_one,
    )


def export(
    project: Readable,
    format: str,
    out: Path | str,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
    unlabelled_as_background: bool = False,
) -> ExportSummary:
    """Write labels in one of the formats; what was written, and what the format could not carry."""
    from ..export_work import export_tracks

    return export_tracks(
        project,
        format,
        Path(out),
        track=track,
        videos=videos,
        run=run,
        unlabelled_as_background=unlabelled_as_background,
    )


def export_preview(
    project: Readable,
    format: str,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
    unlabelled_as_background: bool = False,
) -> tuple[str, str]:
    """Name and text of the first file that an export of the first of the chosen videos would write."""
    from ..export_work import export_preview as preview

    return preview(
        project, format, track=track, videos=videos, run=run, unlabelled_as_background=unlabelled_as_background
    )


def guess_formats(path: Path | str) -> list[str]:
    """Names of the formats that a file or folder of labels may be of, the likeliest first."""
    from ..formats.guess import guess_formats as guess

    return guess(Path(path).absolute())


def plan_import(
    project: Readable, paths: Sequence[Path | str], *, format: str | None = None, target: str = "corrected"
) -> ImportPlan:
    """What label files would change, with every problem and its place; nothing is changed.

    Without a format the first file says which it is. Raises ConfigError where no format fits, InputError.
    """
    from ..formats.registry import find_format
    from ..label_import import plan_import as plan

    name = format or next(iter(guess_formats(paths[0])), None)
    if name is None:
        raise ConfigError(f"{paths[0]}: no format can read it. Name one: tot export --format list shows them.")
    form = find_format(name)
    if form.decode is None:
        raise ConfigError(f"{form.label} can be written, but not read.")
    return plan(project.document, form.read([Path(p).absolute() for p in paths]), format=name, target=target)


def import_effect(project: Project, plan: ImportPlan, row: int, *, names: Meanings | None = None) -> Effect | None:
    """How many frames one row of a plan would change; None for a row that cannot be imported."""
    from ..label_import import effect

    return effect(project.document, plan, row, names)


def import_labels(
    project: Project, plan: ImportPlan, rows: Collection[int] | None = None, *, names: Meanings | None = None
) -> Changes:
    """Take the rows of a plan (those that it proposes when None) into the project, as one edit.

    Ground truth is no edit but an arrival; new actions that it needs are one. Raises EditError.
    """
    from .. import label_import
    from ..annotation.commands import add_actions

    chosen = plan.proposed if rows is None else rows
    document, meanings = project.document, plan.names if names is None else names
    if plan.target == label_import.CORRECTED:
        return project.edit(label_import.import_edit(document, plan, chosen, meanings))
    tracks = label_import.chosen_tracks(document, plan, chosen, meanings)
    fresh = label_import.new_actions(document, plan, chosen, meanings)
    if fresh:
        project.edit(add_actions(document, fresh))
    return project.add_ground_truth(tracks)


def own_format(project: Readable) -> str:
    """Name of the format that the dataset's own labels came in; empty where that is none of ours."""
    from ..formats.own import own_format as own

    return own(project.document.dataset)


def formats() -> list[dict[str, Any]]:
    """Every exchange format as plain values: ours, and those of installed packages."""
    from ..formats.registry import FORMATS, all_formats

    return [
        {
            "name": f.name,
            "label": f.label,
            "group": f.group,
            "suffix": f.suffix,
            "extension": f.extension,
            "read": f.decode is not None,
            "losses": list(f.losses),
            "in_seconds": f.in_seconds,
            "has_gaps": f.has_gaps,
            "built_in": f.name in FORMATS,
        }
        for f in all_formats().values()
    ]


def format_problems() -> list[str]:
    """What is wrong with format plug-ins that are installed and cannot be used."""
    from ..formats.registry import plugin_problems

    return [str(problem) for problem in plugin_problems()]
