"""The verb that goes through settings: sweep."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import api
from ..errors import ConfigError
from ..progress import ProgressPrinter
from .common import AddVerb, Answer, pairs


def register(verb: AddVerb) -> None:
    """Adds the verb of this module to the command line."""
    add = verb("sweep", sweep).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("--grid", nargs="+", action="extend", default=[], metavar="NAME=A,B,...", help="for example rho=0.05,0.07")
    add("--method", metavar="NAME", help="one of the methods of tot train; the preset's own when left out")
    add("--preset", metavar="NAME", help="settings to begin with; those that fit the dataset when left out")
    add("--clusters", metavar="K[,K...]", help="one number of clusters, or several to try")
    add("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help="settings that all trainings share")
    add("--iterations", type=int, metavar="N", help="updates of each training; the preset's own when left out")
    add("--seed", type=int, metavar="S", help="the first seed of each setting")
    add("--seeds", type=int, default=3, metavar="N", help="seeds of each setting (3)")
    add("--device", default="auto", metavar="auto|cpu|cuda|cuda:N|mps", help="on a cluster: of every worker")
    add("--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler, or local; here when left out")


def sweep(options: argparse.Namespace) -> Answer:
    """Train settings side by side, here or on a cluster, and say which agrees most with itself."""
    grid = {name: text.split(",") for name, text in pairs(options.grid).items()}
    try:
        counts = [int(text) for text in options.clusters.split(",")] if options.clusters else []
    except ValueError:
        raise ConfigError(f'--clusters "{options.clusters}": wanted whole numbers, for example 6,8.') from None
    if len(counts) > 1:
        grid["n_clusters"] = [str(count) for count in counts]
    with api.open_project(options.project, read_only=True) as project, ProgressPrinter() as report:
        api.require_features(project)
        base = api.configure(
            project.document.dataset,
            method=options.method,
            preset=options.preset,
            n_clusters=counts[0] if counts else None,
            iterations=options.iterations,
            seed=options.seed,
            values=pairs(options.set),
        )
        found = api.sweep(
            project,
            base,
            grid,
            seeds=options.seeds,
            device=options.device,
            cluster=options.cluster,
            report=report,
        )
    return found, _text(found)


def _text(found: dict[str, Any]) -> str:
    lines = [f"{found['method']}, {len(found['settings'])} settings, {found['seeds']} seeds of each"]
    picked = set(found["picks"].values())
    for number, row in enumerate(found["settings"]):
        values = " ".join(
            f"{name}={value:g}" if not isinstance(value, str) else f"{name}={value}"
            for name, value in row["values"].items()
        )
        scores = "".join(
            f"  {name} {100 * each['mean']:.1f} ({100 * each['deviation']:.1f})" for name, each in row["spread"].items()
        )
        mark = "*" if number in picked else " "
        lines.append(f"{mark} {values:<40} agreement {100 * row['agreement']:.1f} %{scores}")
    return "\n".join([*lines, f"* is the pick: {found['criterion']}."])
