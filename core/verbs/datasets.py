"""The verbs that look at datasets and make projects: demo, info, new."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import api
from ..data.dataset import Dataset
from ..progress import ProgressPrinter
from . import wording
from .common import AddVerb, Answer, flush, rate


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = verb("demo", demo).add_argument
    add("--out", type=Path, required=True, metavar="DIR")
    add("--videos", type=int, metavar="N")
    add("--seed", type=int, default=0, metavar="S")
    verb("info", info).add_argument("dataset", type=Path, metavar="DATASET")
    add = verb("new", new).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    add("dataset", type=Path, metavar="DATASET")
    add("--activity", metavar="A")
    add("--granularity", metavar="NAME")
    add("--lengths", choices=("trim", "resample", "skip"))
    add("--feature-rate", type=rate, metavar="R", help="feature rows per second, for example 5 or 30000/1001")
    add("--orientation", choices=("td", "dt"))


def demo(options: argparse.Namespace) -> Answer:
    """Render the demo dataset."""
    with ProgressPrinter() as report:
        folder = api.render_demo(options.out, n_videos=options.videos, seed=options.seed, report=report)
    return {"folder": str(folder)}, f"The demo dataset lies in {folder}.\nNext: tot new demo.tot {folder}"


def info(options: argparse.Namespace) -> Answer:
    """Say what was found in a dataset."""
    with ProgressPrinter() as report:
        dataset = api.open_dataset(options.dataset, report=report)
    return wording.dataset_values(dataset), wording.dataset_text(dataset)


def new(options: argparse.Namespace) -> Answer:
    """Make a project that refers to a dataset."""
    with ProgressPrinter() as report:
        dataset: Dataset = api.open_dataset(
            options.dataset,
            activity=options.activity,
            granularity=options.granularity,
            lengths=options.lengths,
            feature_rate=options.feature_rate,
            orientation=options.orientation,
            report=report,
        )
    with api.create_project(options.project, dataset) as project:
        flush(project)
    found = {
        "project": str(options.project),
        "activity": dataset.activity,
        "videos": len(dataset.videos),
        "trainable": len(dataset.trainable),
        "problems": [str(p) for p in dataset.problems],
    }
    lines = [f"{options.project}: {len(dataset.videos)} videos, {len(dataset.trainable)} can be trained on."]
    return found, "\n".join([*lines, *(f"{p.severity}: {p}" for p in dataset.problems)])
