"""The verb that lists the runs of a project and gives them names."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import api
from ..errors import ConfigError
from .common import AddVerb, Answer, flush


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = verb("runs", runs).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add(
        "--rename",
        nargs="+",
        action="extend",
        default=[],
        metavar="RUN=NAME",
        help="what a run is called from now on; without a name as it came",
    )


def runs(options: argparse.Namespace) -> Answer:
    """List the runs of a project, or rename them."""
    names = [_pair(text) for text in options.rename]
    with api.open_project(options.project, read_only=not names) as project:
        for run, name in names:
            api.rename_run(project, run, name)
        if names:
            flush(project)
        rows = api.list_runs(project)
    return {"project": str(options.project), "runs": rows}, _text(rows)


def _pair(text: str) -> tuple[str, str]:
    run, equals, name = text.partition("=")
    if not equals or not run:
        raise ConfigError(f'--rename "{text}": wanted RUN=NAME, for example r1="Fisher vectors".')
    return run, name


def _text(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "No run yet. Train one: tot train PROJECT.tot"
    width = max(len(row["run"]) for row in rows)
    lines = []
    for row in rows:
        about = f"{row['method'] or '?'}, K {row['clusters']}, {row['iterations']:,} iterations, {row['finished']}"
        lines.append(f"{row['run']:<{width}}  {row['name']}: {about}{', hidden' if row['hidden'] else ''}")
    return "\n".join(lines)
