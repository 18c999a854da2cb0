"""The verbs that look at datasets and make projects: demo, info, new."""

from __future__ import annotations

import argparse
from pathlib import Path

from .. import api
from ..data.clocks import LENGTHS
from ..data.dataset import Dataset
from ..errors import ConfigError, InputError
from ..progress import ProgressPrinter
from . import dataset_words
from .common import AddVerb, Answer, flush, rate


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    add = verb("demo", demo).add_argument
    add("--out", type=Path, required=True, metavar="DIR", help="a new folder for the dataset")
    add("--videos", type=int, metavar="N", help="how many are rendered; all of the demo when left out")
    add("--seed", type=int, default=0, metavar="S", help="the same seed renders the same videos")
    sub = verb("info", info)
    sub.add_argument("dataset", type=Path, metavar="DATASET")
    _add_choices(sub)
    sub = verb("new", new)
    sub.add_argument("project", type=Path, metavar="PROJECT.tot")
    sub.add_argument("dataset", type=Path, metavar="DATASET")
    _add_choices(sub)
    sub.add_argument(
        "--each-activity",
        action="store_true",
        help="a project of each activity, in a new folder that PROJECT.tot names then",
    )
    sub = verb("group", group)
    sub.add_argument("dataset", type=Path, metavar="DATASET")
    sub.add_argument("--groups", type=int, required=True, metavar="N", help="how many groups to make")
    sub.add_argument("--out", type=Path, required=True, metavar="DIR", help="a new folder; one project a group")
    sub.add_argument("--seed", type=int, default=0, metavar="S", help="the same seed makes the same groups")


def _add_choices(sub: argparse.ArgumentParser) -> None:
    """What a person may decide about a dataset (docs/datasets.md)."""
    add = sub.add_argument
    add("--activity", metavar="A", help="one of several")
    add("--granularity", metavar="NAME", help="a variant of the mapping, for example mid or eval")
    add("--split", metavar="NAME", help="only the videos that splits/NAME lists")
    add("--lengths", choices=LENGTHS, help="what to do where lengths differ by over 1 %%")
    add("--feature-rate", type=rate, metavar="R", help="feature rows per second, for example 5 or 30000/1001")
    add("--orientation", choices=("td", "dt", "each"), help="features lie as (T, D), as (D, T), or some turned")


def _open(options: argparse.Namespace) -> Dataset:
    names = ("activity", "granularity", "split", "lengths", "feature_rate", "orientation")
    with ProgressPrinter() as report:
        chosen = {name: getattr(options, name) for name in names}
        return api.open_dataset(options.dataset, report=report, **chosen)


def demo(options: argparse.Namespace) -> Answer:
    """Render the demo dataset."""
    with ProgressPrinter() as report:
        folder = api.render_demo(options.out, n_videos=options.videos, seed=options.seed, report=report)
    return {"folder": str(folder)}, f"The demo dataset lies in {folder}.\nNext: tot new demo.tot {folder}"


def info(options: argparse.Namespace) -> Answer:
    """Say what was found in a dataset."""
    dataset = _open(options)
    return dataset_words.dataset_values(dataset), dataset_words.dataset_text(dataset)


def group(options: argparse.Namespace) -> Answer:
    """Group videos of unknown activity by what they show, one project a group."""
    with ProgressPrinter() as report:
        found = api.group(options.dataset, options.out, options.groups, seed=options.seed, report=report)
    return found, dataset_words.group_text(found)


def new(options: argparse.Namespace) -> Answer:
    """Make a project that refers to a dataset."""
    if options.each_activity:
        return _new_of_each(options)
    dataset, name = _open(options), str(options.project)
    with api.create_project(options.project, dataset) as project:
        flush(project)
    return dataset_words.new_values(name, dataset), dataset_words.new_text(name, dataset)


def _new_of_each(options: argparse.Namespace) -> Answer:
    if options.activity:
        raise ConfigError("--each-activity makes a project of every activity; leave --activity out.")
    if options.project.exists():
        raise InputError(options.project, "is there already.", hint="Choose a new folder.")
    first = _open(options)
    datasets = [first]
    for activity in first.activities:
        if activity != first.activity:
            options.activity = activity
            datasets.append(_open(options))
    options.project.mkdir(parents=True)
    rows, texts = [], []
    for path, dataset in zip(api.project_paths(options.project, datasets), datasets, strict=True):
        with api.create_project(path, dataset) as project:
            flush(project)
        rows.append(dataset_words.new_values(str(path), dataset))
        texts.append(dataset_words.new_text(str(path), dataset))
    return {"folder": str(options.project), "projects": rows}, "\n".join(texts)
