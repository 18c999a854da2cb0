"""The `tot` command: one verb for each function of `core.api`, and no logic of its own."""

from __future__ import annotations

import argparse
import json
import sys
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import __version__, api, cli_text
from .data.dataset import Dataset, RunId
from .errors import ConfigError, JobError, TotError
from .events import JobCancelled
from .progress import ProgressPrinter

if TYPE_CHECKING:
    from .project import Project

DONE, CHECK_FAILED, WRONG_INPUT, JOB_FAILED, INTERRUPTED = 0, 1, 2, 3, 130
Answer = tuple[Any, str]
"""The JSON document of a verb, and the same for people."""


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code of one command line."""
    options = parser().parse_args(argv)
    try:
        document, text = options.verb(options)
    except KeyboardInterrupt:
        print("Interrupted. Nothing half-done was left.", file=sys.stderr)
        return INTERRUPTED
    except JobCancelled:
        return INTERRUPTED
    except (TotError, OSError, MemoryError) as error:
        return _failed(error, options.debug)
    print(json.dumps(document, ensure_ascii=False, indent=1) if options.json else text)
    return CHECK_FAILED if options.name == "check" and not document["ok"] else DONE


def _flush(project: Project) -> None:
    if not project.flush(60):
        reason = project.saved_state().reason
        raise JobError(f"{project.path} could not be written: {reason or 'no answer for a minute'}.", kind="not-saved")


def _failed(error: BaseException, debug: bool) -> int:
    if debug:
        traceback.print_exception(error)
    hint = getattr(error, "hint", "") if isinstance(error, JobError) else ""
    print(f"tot: {error or 'out of memory'} {hint}".rstrip(), file=sys.stderr)
    inside = isinstance(error, JobError | MemoryError | OSError) and not isinstance(error, FileNotFoundError)
    return JOB_FAILED if inside else WRONG_INPUT


# --- the verbs -----------------------------------------------------------------------------------------


def demo(options: argparse.Namespace) -> Answer:
    """Render the demo dataset."""
    with ProgressPrinter() as report:
        folder = api.render_demo(options.out, n_videos=options.videos, seed=options.seed, report=report)
    return {"folder": str(folder)}, f"The demo dataset lies in {folder}.\nNext: tot new demo.tot {folder}"


def info(options: argparse.Namespace) -> Answer:
    """Say what was found in a dataset."""
    with ProgressPrinter() as report:
        dataset = api.open_dataset(options.dataset, report=report)
    return cli_text.dataset_values(dataset), cli_text.dataset_text(dataset)


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
        _flush(project)
    found = {
        "project": str(options.project),
        "activity": dataset.activity,
        "videos": len(dataset.videos),
        "trainable": len(dataset.trainable),
        "problems": [str(p) for p in dataset.problems],
    }
    lines = [f"{options.project}: {len(dataset.videos)} videos, {len(dataset.trainable)} can be trained on."]
    return found, "\n".join([*lines, *(f"{p.severity}: {p}" for p in dataset.problems)])


def train(options: argparse.Namespace) -> Answer:
    """Train a run."""
    with api.open_project(options.project) as project, ProgressPrinter() as report:
        config = api.configure(
            project.document.dataset,
            method=options.method,
            preset=options.preset,
            n_clusters=options.clusters,
            iterations=options.iterations,
            seed=options.seed,
            values=_pairs(options.set),
            official_compatible=options.official_compatible,
        )
        run, result = api.train_project(project, config, device=options.device, report=report)
        _flush(project)
    losses = {key: float(result["losses"].get(key, 0.0)) for key in ("total", "cross_entropy", "temporal_coherence")}
    answer = {
        "run": run,
        "method": result["config"]["method"],
        "iterations": result["iterations"],
        "seconds": result["seconds"],
        "device": result["device"],
        "loss": losses,
        "metrics": result["metrics"],
    }
    return answer, cli_text.train_text(answer)


def segment(options: argparse.Namespace) -> Answer:
    """Write a prediction track for every video of a run."""
    with api.open_project(options.project) as project, ProgressPrinter() as report:
        run, changes = api.segment_project(
            project, options.run, decoder=options.decoder, device=options.device, report=report
        )
        _flush(project)
        found = {p.video: len(p.segmentation) for (r, _), p in project.document.predictions.items() if r == run}
    answer = {"run": run, "videos": [{"video": v, "segments": n} for v, n in found.items() if v in changes.videos]}
    return answer, f"{run}: {len(answer['videos'])} videos segmented."


def evaluate(options: argparse.Namespace) -> Answer:
    """Score a run or the corrected labels against ground truth."""
    with api.open_project(options.project, read_only=True) as project:
        report = api.evaluate(project, options.run, track=options.track, level=options.level)
    values = api.plain(report)
    return values, cli_text.report_text(values)


def map_labels(options: argparse.Namespace) -> Answer:
    """Show or edit the label map."""
    pairs = _pairs(options.set)
    for key in pairs:
        if not key.isdecimal():
            raise ConfigError(f'--set "{key}={pairs[key]}": wanted CLUSTER=ACTION, for example 3=pour_milk.')
    edits = bool(pairs or options.lock or options.rematch)
    with api.open_project(options.project, read_only=not edits) as project:
        found = api.edit_label_map(
            project,
            options.run,
            targets={int(k): v for k, v in pairs.items()},
            lock=options.lock,
            rematch=options.rematch,
        )
        if edits:
            _flush(project)
    return found, cli_text.map_text(found)


def export(options: argparse.Namespace) -> Answer:
    """Write the labels in one of the formats."""
    if options.format == "list":
        found = api.formats()
        return found, "\n".join(f"{f['name']:<12}{f['label']}; not in it: {'; '.join(f['losses'])}" for f in found)
    if options.out is None or options.project is None:
        raise ConfigError("tot export needs PROJECT.tot, --format NAME and --out PATH.")
    with api.open_project(options.project, read_only=True) as project:
        summary = api.export(
            project,
            options.format,
            options.out,
            track=options.track,
            videos=options.videos,
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
    )
    values = api.plain(report)
    return values, cli_text.report_text(values)


def check(options: argparse.Namespace) -> Answer:
    """Verify every row of a project."""
    findings = api.check(options.project)
    text = "\n".join(findings) if findings else f"{options.project}: every row is whole."
    return {"project": str(options.project), "ok": not findings, "findings": findings}, text


def doctor(options: argparse.Namespace) -> Answer:
    """Say what this installation consists of."""
    found = api.doctor()
    return found, cli_text.doctor_text(found)


# --- the grammar ---------------------------------------------------------------------------------------


def parser() -> argparse.ArgumentParser:
    """The grammar of the command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="one JSON document on standard output")
    common.add_argument("--debug", action="store_true", help="show the traceback of an error")
    top = argparse.ArgumentParser(prog="tot", description="Unsupervised segmentation of activities in video.")
    top.add_argument("--version", action="version", version=f"tot {__version__}")
    verbs = top.add_subparsers(dest="name", required=True, metavar="VERB")

    def verb(name: str, function: Callable[[argparse.Namespace], Answer]) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=function.__doc__, description=function.__doc__, parents=[common])
        sub.set_defaults(verb=function)
        return sub

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
    add("--feature-rate", type=_rate, metavar="R", help="feature rows per second, for example 5 or 30000/1001")
    add("--orientation", choices=("td", "dt"))
    _train_grammar(verb("train", train).add_argument)
    add = _with_run(verb("segment", segment))
    add("--decoder", metavar="NAME", help="fixed-order, skip")
    add("--device", default="auto")
    add = _with_run(verb("evaluate", evaluate))
    add("--track", choices=("prediction", "corrected"), default="prediction")
    add("--level", choices=("activity", "video"), default="activity")
    add = _with_run(verb("map", map_labels))
    add("--set", nargs="+", action="extend", default=[], metavar="CLUSTER=ACTION")
    add("--lock", nargs="+", action="extend", type=int, default=[], metavar="CLUSTER")
    add("--rematch", action="store_true")
    add = _with_run(verb("export", export), optional=True)
    add("--format", required=True, metavar="NAME", help="a name from --format list")
    add("--out", type=Path, metavar="PATH")
    add("--track", choices=("corrected", "prediction", "ground-truth"), default="corrected")
    add("--videos", default="accepted", metavar="accepted|all|NAME,...")
    add("--unlabelled-as-background", action="store_true")
    add = verb("score", score).add_argument
    add("--ground-truth", type=Path, required=True, metavar="PATH")
    add("--prediction", type=Path, required=True, metavar="PATH")
    add("--mapping", type=Path, metavar="FILE")
    add("--level", choices=("activity", "video"), default="activity")
    add("--background", nargs="+", action="extend", default=[], metavar="LABEL")
    add = verb("check", check).add_argument
    add("project", type=Path, metavar="PROJECT.tot")
    verb("doctor", doctor)
    return top


def _train_grammar(add: Callable[..., Any]) -> None:
    add("project", type=Path, metavar="PROJECT.tot")
    add("--method", default="tot", metavar="NAME", help="tot, tot+tcl")
    add("--preset", metavar="NAME")
    add("--clusters", type=int, metavar="K")
    add("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE")
    add("--iterations", type=int, metavar="N")
    add("--seed", type=int, metavar="S")
    add("--device", default="auto", metavar="auto|cpu|cuda|cuda:N|mps")
    add("--official-compatible", action="store_true")


def _with_run(sub: argparse.ArgumentParser, *, optional: bool = False) -> Callable[..., Any]:
    if optional:
        sub.add_argument("project", type=Path, nargs="?", metavar="PROJECT.tot")
    else:
        sub.add_argument("project", type=Path, metavar="PROJECT.tot")
    sub.add_argument("--run", type=RunId, metavar="ID", help="the newest when left out")
    return sub.add_argument


def _pairs(texts: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ConfigError(f'--set "{text}": wanted NAME=VALUE.')
        found[key] = value
    return found


def _rate(text: str) -> Fraction:
    with suppress(ValueError, ZeroDivisionError):
        rate = Fraction(text)
        if rate > 0:
            return rate
    raise argparse.ArgumentTypeError(f'"{text}" is no rate; wanted a number above 0, for example 5 or 30000/1001')


if __name__ == "__main__":
    sys.exit(main())
