"""The verb that reads labels of other programs into a project: a plan first, then one edit."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .. import api
from ..errors import ConfigError, InputError
from .common import AddVerb, Answer, flush

if TYPE_CHECKING:
    from ..label_import import ImportPlan
    from ..project import Project

SHOWN = 20


def register(verb: AddVerb) -> None:
    """Adds the verb of this module to the command line."""
    add = verb("import", import_labels).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("paths", type=Path, nargs="+", metavar="PATH", help="files or folders of labels")
    add("--format", metavar="NAME", help="told by the first file when left out")
    add(
        "--as",
        dest="target",
        choices=("corrected", "ground-truth"),
        default="corrected",
        help="the track that the labels become",
    )
    add("--tier", metavar="NAME", help="of the tracks that a file has of one video, this one")
    add("--name", nargs="+", action="extend", default=[], metavar="NAME=ACTION", help="what a name of the files means")
    add("--skip-errors", action="store_true", help="import what has no error, and leave the rest")
    add("--plan", action="store_true", help="say what would change, and change nothing")


def import_labels(options: argparse.Namespace) -> Answer:
    """Read labels of another program into a track, as one edit."""
    with api.open_project(options.project, read_only=options.plan) as project:
        plan = api.plan_import(project, options.paths, format=options.format, target=options.target)
        names = dict(plan.names) | _meanings(project, options.name, plan)
        chosen = [n for n, row in enumerate(plan.rows) if row.is_proposed]
        if options.tier is not None:
            chosen = [n for n, row in enumerate(plan.rows) if row.is_usable and row.track.tier == options.tier]
        answer = _answer(project, plan, chosen, names)
        errors = [p for p in plan.all_problems if p.severity == "error"]
        if options.plan:
            return answer, _text(project, plan, chosen, "would change")
        if errors and not options.skip_errors:
            raise InputError(
                options.paths[0],
                f"{len(errors)} problems; nothing was imported.\n" + _listed(errors),
                hint="Mend them, or import the rest with --skip-errors.",
            )
        if not chosen and not plan.comments:
            raise InputError(options.paths[0], "holds no labels that fit this project.\n" + _listed(plan.all_problems))
        api.import_labels(project, plan, chosen, names=names)
        flush(project)
        return answer | {"imported": len(chosen)}, _text(project, plan, chosen, "were changed")


def _meanings(project: Project, texts: Sequence[str], plan: ImportPlan) -> dict[str, int | None]:
    """What ``NAME=ACTION`` says of names in the files; the action may be background, or new."""
    known = {a.name: int(a.id) for a in project.document.actions.values() if not a.archived}
    found: dict[str, int | None] = {}
    for text in texts:
        name, equals, action = text.rpartition("=")
        if not equals or name not in plan.names:
            there = ", ".join(plan.names) or "none"
            raise ConfigError(f'--name "{text}": wanted NAME=ACTION with a name of the files; there are: {there}.')
        if action not in known and action != "background":
            raise ConfigError(f'There is no action "{action}" in this project; there are: {", ".join(known)}.')
        found[name] = -1 if action == "background" else known[action]
    return found


def _answer(project: Project, plan: ImportPlan, chosen: Sequence[int], names: dict[str, int | None]) -> dict[str, Any]:
    rows = []
    for number, row in enumerate(plan.rows):
        effect = api.import_effect(project, plan, number, names=names)
        rows.append(
            {
                "file": str(row.track.path),
                "tier": row.track.tier,
                "video": project.document.videos[row.video].name if row.video else None,
                "name": row.track.video,
                "intervals": len(row.track.intervals),
                "chosen": number in chosen,
                "changed_frames": effect.changed if effect else None,
                "frames": effect.n_frames if effect else None,
            }
        )
    return {
        "format": plan.format,
        "as": plan.target,
        "rows": rows,
        "new_actions": [name for name, meaning in names.items() if meaning is None],
        "notes": list(plan.notes),
        "problems": [
            {"severity": p.severity, "path": p.path, "where": p.where, "what": p.what, "hint": p.hint}
            for p in plan.all_problems
        ],
        "comments": plan.n_comments,
        "imported": 0,
    }


def _text(project: Project, plan: ImportPlan, chosen: Sequence[int], verb: str) -> str:
    videos = len({plan.rows[n].video for n in chosen})
    fresh = [name for name, meaning in plan.names.items() if meaning is None]
    lines = [f"{plan.format}: {len(plan.rows)} tracks read; {videos} videos {verb}."]
    lines += [f"New actions: {', '.join(fresh)}."] if fresh else []
    n = plan.n_comments
    lines += [f"{n} comment{' comes' if n == 1 else 's come'} along."] if n else []
    lines += plan.notes
    return "\n".join([*lines, *([_listed(plan.all_problems)] if plan.all_problems else [])])


def _listed(problems: Sequence[Any]) -> str:
    lines = [f"{'note: ' if p.severity == 'note' else ''}{p}" for p in problems[:SHOWN]]
    return "\n".join([*lines, *([f"and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else [])])
