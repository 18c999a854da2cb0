"""The verbs that make and judge runs: train, segment, evaluate."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .. import api
from ..annotation.learnable import SOURCES
from ..data.dataset import RunId
from ..decode.registry import DECODERS
from ..decode.settings import FIELDS
from ..errors import ConfigError, DeviceMemoryError
from ..events import never_stop
from ..progress import ProgressPrinter
from ..tot.config import half_batch
from . import wording
from .common import AddVerb, Answer, flush, kept_when_interrupted, opened, pairs, split_sil, with_run
from .learning import learned_values

if TYPE_CHECKING:
    from ..annotation.learned import Learned
    from ..project import Project
    from ..tot.config import TrainConfig

_DECODER_SETTINGS = "settings of the decoder: " + ", ".join(
    f"{field.name} ({', '.join(field.decoders) or 'all'})" for field in FIELDS
)


def register(verb: AddVerb) -> None:
    """Adds the verbs of this module to the command line."""
    _train_grammar(verb("train", train).add_argument)
    add = with_run(verb("segment", segment))
    add("--decoder", metavar="NAME", help=f"{', '.join(DECODERS)}; the run's own when left out")
    add("--set", nargs="+", action="extend", default=[], metavar="NAME=VALUE", help=_DECODER_SETTINGS)
    add("--device", default="auto", help="where the network runs: auto, cpu, cuda, cuda:N, mps")
    sub = verb("evaluate", evaluate)
    add = sub.add_argument
    add(
        "project",
        type=Path,
        nargs="+",
        metavar="PROJECT.tot",
        help="several activities are scored each alone and together",
    )
    add("--run", type=RunId, metavar="ID", help="the newest that is not hidden when left out")
    add("--track", choices=("prediction", "corrected"), default="prediction", help="the track that is scored")
    add(
        "--level",
        choices=("activity", "video", "global"),
        default="activity",
        help="match clusters over all videos, in each alone, or over the runs of several projects (tot group)",
    )
    add("--kmeans", action="store_true", help="k-means of the features beside the other baselines")
    split_sil(add)


def _train_grammar(add: Callable[..., Any]) -> None:
    add("project", type=Path, nargs="+", metavar="PROJECT.tot", help="several activities are trained one by one")
    add("--method", metavar="NAME", help="tot, tot+tcl, tot+entropy, ot, asot, cte; the preset's own when left out")
    add("--preset", metavar="NAME", help="settings to begin with; those that fit the dataset when left out")
    add("--clusters", type=_clusters, metavar="K|auto", help="auto finds the number, and says why")
    add(
        "--set",
        nargs="+",
        action="extend",
        default=[],
        metavar="NAME=VALUE",
        help="settings of the training, over those of the preset",
    )
    add("--iterations", type=int, metavar="N", help="updates; the preset's own when left out")
    add("--seed", type=int, metavar="S", help="the same seed gives the same run on the same device")
    add("--seeds", type=int, metavar="N", help="train N seeds side by side and keep the most typical run")
    add("--from", dest="again", type=RunId, metavar="RUN", help="repeat a run with its own settings")
    add("--resume", type=RunId, metavar="RUN", help="go on with a run that was stopped and kept")
    add(
        "--learn-from",
        choices=tuple(SOURCES),
        help="corrections to learn from: accepted videos and what was corrected in others (corrected; the default), "
        "accepted videos only, or none; --from RUN repeats those that the run learned from when left out",
    )
    add("--keep", action="store_true", help="Ctrl+C keeps what was learned until then, to go on with: --resume RUN")
    add("--device", default="auto", metavar="auto|cpu|cuda|cuda:N|mps", help="on a cluster: of every worker")
    add("--cluster", default="", metavar="ADDRESS", help="of a Dask scheduler, or local: each activity on a worker")
    add("--official-compatible", action="store_true", help="do as the released code does (docs/algorithm.md)")


def _clusters(text: str) -> int | Literal["auto"]:
    if text == "auto":
        return "auto"
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is no number of clusters; wanted a whole number or auto') from None


def train(options: argparse.Namespace) -> Answer:
    """Train a run, of each project where there are several."""
    earlier = options.again or options.resume
    if options.resume and options.learn_from:
        raise ConfigError("A training that goes on learns from what it began with. Leave --learn-from out.")
    if earlier and len(options.project) > 1:
        raise ConfigError(f"{len(options.project)} projects: a run to repeat or to go on with is one project's alone.")
    if options.keep and options.cluster:
        raise ConfigError("What workers have learned half-way cannot be kept: leave --keep or --cluster out.")
    with opened(options.project) as projects, ProgressPrinter() as report:
        activities = [_activity(project, options) for project in projects]
        with kept_when_interrupted() if options.keep else nullcontext(never_stop) as should_stop:
            endings = api.train_activities(
                activities, device=options.device, cluster=options.cluster, report=report, should_stop=should_stop
            )
        for project in projects:
            flush(project)
        if len(endings) == 1:
            if endings[0].error is not None:
                raise _explained(endings[0].error, activities[0].config)
            answer = _trained(activities[0], endings[0])
            if options.again:
                answer["differs"] = api.differences(projects[0], options.again, endings[0].result or {})
            return answer, wording.train_text(answer)
        return _all_trained(options, activities, endings)


def _activity(project: Project, options: argparse.Namespace) -> api.Activity:
    api.require_features(project)
    earlier = options.again or options.resume
    learned = api.lessons(project, options.learn_from, method=options.method or "", again=earlier)
    config = api.settings_of(project, earlier) if earlier else _configured(project, options, learned)
    return api.Activity(project, config, learned, options.resume)


def _explained(error: Exception, config: TrainConfig) -> Exception:
    """The error, with what to do about it where memory was short."""
    if isinstance(error, DeviceMemoryError):
        return DeviceMemoryError(str(error), hint=_way_out(config, error.device), device=error.device)
    return error


def _trained(activity: api.Activity, ending: api.Ending) -> dict[str, Any]:
    """The answer about one training."""
    result, run = ending.result, ending.run
    assert result is not None and run is not None
    losses = {key: float(result["losses"].get(key, 0.0)) for key in ("total", "cross_entropy", "temporal_coherence")}
    answer = {
        "run": run,
        "method": result["config"]["method"],
        "iterations": result["iterations"],
        "seconds": result["seconds"],
        "device": result["device"],
        "loss": losses,
        "metrics": result["metrics"],
        "learned": learned_values(activity.project.document, run),
        "made": result["config"]["made"],
    }
    if shortage := result["out_of_memory"]:
        to_resume = str(run) if shortage["can_go_on"] else ""
        answer["out_of_memory"] = f"{shortage['what']} {_way_out(activity.config, shortage['device'], to_resume)}"
    elif result["stopped_early"] and api.can_go_on(activity.project, run):
        answer["stopped"] = str(run)
    if counted := result["config"].get("counted"):
        answer["clusters"] = counted
    if result["ensemble"]:
        answer["ensemble"] = result["ensemble"]
    return answer


def _all_trained(
    options: argparse.Namespace, activities: Sequence[api.Activity], endings: Sequence[api.Ending]
) -> Answer:
    """The answer about several; `unfinished` names those that have no run, or not the whole of one, and why."""
    rows: list[dict[str, Any]] = []
    unfinished: list[str] = []
    for activity, ending in zip(activities, endings, strict=True):
        name = str(activity.project.path)
        row: dict[str, Any] = {"project": name, "activity": activity.project.document.dataset.activity, "error": None}
        if ending.error is not None:
            row["error"] = str(_explained(ending.error, activity.config))
        if ending.run is not None:
            row |= _trained(activity, ending)
        if trouble := row["error"] or row.get("out_of_memory"):
            unfinished.append(f"{name}: {trouble}")
        rows.append(row)
    answer = {"cluster": options.cluster, "activities": rows, "unfinished": unfinished}
    return answer, wording.trainings_text(rows)


def _configured(project: Project, options: argparse.Namespace, learned: Learned) -> TrainConfig:
    return api.configure(
        project.document.dataset,
        method=options.method,
        preset=options.preset,
        n_clusters=options.clusters,
        iterations=options.iterations,
        seed=options.seed,
        seeds=options.seeds,
        values=pairs(options.set),
        official_compatible=options.official_compatible,
        at_least=learned.n_actions,
    )


def _way_out(config: TrainConfig, device: str, run: str = "") -> str:
    half = half_batch(config)
    return wording.after_no_memory(half.batch if half else 0, device, run)


def segment(options: argparse.Namespace) -> Answer:
    """Write a prediction track for every video of a run."""
    with api.open_project(options.project) as project, ProgressPrinter() as report:
        run, changes = api.segment_project(
            project,
            options.run,
            decoder=options.decoder,
            settings=pairs(options.set),
            device=options.device,
            report=report,
        )
        flush(project)
        found = {p.video: p for (r, _), p in project.document.predictions.items() if r == run}
        free = api.label_free(project, run)
    rows = [{"video": v, "segments": len(p.segmentation)} for v, p in found.items() if v in changes.videos]
    answer = {"run": run, "decoder": next((p.decoder for p in found.values()), ""), "videos": rows, "label_free": free}
    return answer, wording.segment_text(answer)


def evaluate(options: argparse.Namespace) -> Answer:
    """Score a run or the corrected labels against ground truth."""
    if options.level == "global":
        return _evaluate_global(options)
    if len(options.project) > 1:
        return _evaluate_several(options)
    with api.open_project(options.project[0], read_only=True) as project:
        report = api.evaluate(
            project,
            options.run,
            track=options.track,
            level=options.level,
            kmeans=options.kmeans,
            split_sil=options.split_sil,
        )
    values = api.plain(report)
    return values, wording.report_text(values)


def _evaluate_several(options: argparse.Namespace) -> Answer:
    if options.run or options.level == "video":
        raise ConfigError("Several projects are scored by their newest runs, at activity or global level.")
    with opened(options.project, read_only=True) as projects:
        values = api.evaluate_activities(
            projects, track=options.track, kmeans=options.kmeans, split_sil=options.split_sil
        )
    return values, wording.activities_text(values)


def _evaluate_global(options: argparse.Namespace) -> Answer:
    if options.run or options.track != "prediction" or options.kmeans or options.split_sil:
        raise ConfigError("The global level scores the newest run of each project; leave the other options out.")
    with opened(options.project, read_only=True) as projects:
        values = api.plain(api.evaluate_global(projects))
    return values, wording.report_text(values)
