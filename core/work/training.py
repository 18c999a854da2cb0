"""The work of a training job: one run, or several side by side, of which one or what they agree on is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from ..decode.registry import check_name
from ..errors import ConfigError, DeviceMemoryError, InputError
from ..events import JobCancelled, LogLine, Report, ShouldStop, StopKind
from ..requests import TrainRequest
from ..run_folder import write_manifest
from ..tot import weights
from ..tot.checkpoint import Checkpoint
from ..tot.config import TrainConfig, half_batch
from ..tot.devices import use_few_threads
from ..tot.presets import rivals_of
from .choosing import Choice, Family, shown
from .counting import found_clusters
from .examples import too_far_apart
from .judging import Judge
from .learning import lesson_of
from .live import Live
from .videos import load_matrices


def config_of(request: TrainRequest) -> TrainConfig:
    """The settings of a request, checked. Raises ConfigError."""
    if isinstance(request.config, TrainConfig):
        return request.config
    try:
        return msgspec.convert(request.config, TrainConfig)
    except msgspec.ValidationError as error:
        raise ConfigError(f"A setting cannot be read: {error}.") from error


def train(
    request: TrainRequest,
    *,
    device: str,
    report: Report,
    should_stop: ShouldStop,
    pinned: Callable[[], str] | None = None,
) -> dict[str, Any]:
    """What a training made: path of the weights, settings, losses, curve, and scores where truth is known.

    With `seeds` above 1 that many runs are trained side by side. The one that agrees most with the others is
    kept: a choice that needs no labels. With rivals the method whose seeds agree more among themselves is kept, or,
    as a consensus, what all runs agree on. `ensemble` in the manifest holds the figures of all.

    Raises:
        ConfigError, InputError, JobError; JobCancelled when it was discarded.
    """
    config = config_of(request)
    check_name(config.decoder)
    if not request.videos:
        raise InputError(request.out, "no video has usable features.", hint="Extract features first.")
    use_few_threads()
    matrices = load_matrices(request.videos, report, should_stop)
    resume = _checkpoint(request)
    counted = None
    if config.clusters == "auto":
        config, counted = found_clusters(matrices, config, device=device, report=report, should_stop=should_stop)
        if should_stop() is StopKind.DISCARD:
            raise JobCancelled
        named = len({label for _, labels in request.corrections.values() for label in labels if label >= 0})
        config = msgspec.structs.replace(config, n_clusters=max(config.n_clusters, named))
    lesson = lesson_of(request, config, [len(matrix) for matrix in matrices], report)
    judge = Judge.of(request.videos, lesson.bound if lesson else {}, frozenset(lesson.videos if lesson else ()))
    methods = [config, *rivals_of(config)]
    methods = methods if lesson is None else [lesson.steer(settings) for settings in methods]
    lives, families, shortage = [], [], ""
    for number, settings in enumerate(methods):
        if number and should_stop() is not None:
            break
        lives.append(
            Live(
                request.videos,
                matrices,
                settings,
                report,
                pinned or (lambda: request.pinned),
                judge,
                device,
                before=sum(m.iterations for m in methods[:number]),
                after=sum(m.iterations for m in methods[number + 1 :]),
                begun=resume.iteration if resume is not None else 0,
                text=_step_text(settings, number, len(methods)),
            )
        )
        lessons = None if lesson is None else lesson.lessons
        try:
            families.append(Family.train(settings, request, matrices, device, should_stop, lives[-1], resume, lessons))
        except DeviceMemoryError as error:
            if not families:
                raise
            shortage = f"{error} The methods that were trained before are kept."
        else:
            shortage = next((run.warning for run in families[-1].runs if run.out_of_memory), "")
        if shortage:
            break
    if should_stop() is StopKind.DISCARD:
        raise JobCancelled
    choice = Choice.of(config, families, request, matrices, lessons=None if lesson is None else lesson.lessons)
    trained, found = choice.trained, choice.decoded
    ensemble = choice.plain(judge, families) if sum(len(each.runs) for each in families) > 1 else None
    path = Path(request.out) / "weights.safetensors"
    weights.save(trained, path)
    label_map, metrics = judge.label_map(found, config.n_clusters), judge.scores(found, config.n_clusters)
    curves = lives[choice.family].curves
    curve = curves[choice.run] if curves else []
    if metrics is not None and curve:
        curve[-1][4:6] = [metrics["mof"], metrics["f1"]]
    if trained.warning or shortage:
        report(LogLine(text=shortage or trained.warning, level="warning"))
    if len(families) > 1:
        report(LogLine(text=choice.said(families)))
    if choice.examples_agree is not None and trained.examples is None:
        report(LogLine(text=too_far_apart(choice.examples_agree)))
    report(LogLine(text=f"{trained.iterations} iterations in {trained.seconds:.1f} s on {device}"))
    result = {
        "weights": str(path),
        "config": msgspec.to_builtins(trained.config) | ({} if counted is None else {"counted": counted}),
        "device": device,
        "iterations": trained.iterations,
        "seconds": sum(each.runs[0].seconds for each in families),
        "losses": dict(trained.losses),
        "curve": curve,
        "stopped_early": trained.stopped_early or bool(shortage),
        "label_map": label_map,
        "learned": None if lesson is None else lesson.plain(request) | {"examples_agree": choice.examples_agree},
        "metrics": metrics,
        "ensemble": ensemble,
        "out_of_memory": _way_out(shortage, config, device, trained.checkpoint is not None),
    }
    write_manifest(result)
    return result


def _way_out(shortage: str, config: TrainConfig, device: str, can_go_on: bool) -> dict[str, Any] | None:
    """What was short, in words, and what can be done: half the batch (0 where that is too small), going on."""
    if not shortage:
        return None
    half = half_batch(config)
    return {"what": shortage, "device": device, "half_batch": half.batch if half else 0, "can_go_on": can_go_on}


def _step_text(config: TrainConfig, number: int, count: int) -> str:
    """What the progress calls the training of one of several methods."""
    return "Training" if count == 1 else f"{shown(config)}: {number + 1} of {count} methods"


def _checkpoint(request: TrainRequest) -> Checkpoint | None:
    if not request.resume:
        return None
    found = weights.load(Path(request.resume)).checkpoint
    if found is None:
        raise ConfigError("This run was not stopped before its end: there is nothing to go on with. Train a new one.")
    return found
