"""The work of a training job: one run, or several seeds side by side of which the most typical is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..decode.registry import check_name
from ..errors import ConfigError, InputError
from ..events import JobCancelled, LogLine, Report, ShouldStop, StopKind
from ..metrics.agreement import agreement
from ..requests import TrainRequest
from ..run_folder import write_manifest
from ..tot import weights
from ..tot.checkpoint import Checkpoint
from ..tot.config import METHODS, TrainConfig
from ..tot.devices import use_few_threads
from ..tot.presets import rival_of
from ..tot.supervision import Lessons
from ..tot.train import train as fit
from ..tot.train import train_many as fit_many
from ..tot.trained import StepInfo, Trained
from .judging import Judge
from .learning import lesson_of
from .live import Live
from .videos import load_matrices, predictions

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

STEP_EVERY = 10


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
    kept: a choice that needs no labels. With a rival the method whose seeds agree more among themselves is kept.
    `ensemble` in the manifest holds the figures of all.

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
    lesson = lesson_of(request, config, [len(matrix) for matrix in matrices], report)
    judge = Judge.of(request.videos, lesson.bound if lesson else {}, frozenset(lesson.videos if lesson else ()))
    methods = [config] if config.rival == "none" else [config, rival_of(config)]
    methods = methods if lesson is None else [lesson.steer(settings) for settings in methods]
    lives, families = [], []
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
                text=_step_text(settings.method, number, len(methods)),
            )
        )
        lessons = None if lesson is None else lesson.lessons
        families.append(_Family.train(settings, request, matrices, device, should_stop, lives[-1], resume, lessons))
    if should_stop() is StopKind.DISCARD:
        raise JobCancelled
    kept = max(range(len(families)), key=lambda number: families[number].consistency)
    family = families[kept]
    trained, found = family.runs[family.chosen], family.decoded[family.chosen]
    ensemble = _ensemble(judge, families, family) if len(family.runs) > 1 else None
    path = Path(request.out) / "weights.safetensors"
    weights.save(trained, path)
    label_map, metrics = judge.label_map(found, config.n_clusters), judge.scores(found, config.n_clusters)
    curves = lives[kept].curves
    curve = curves[family.chosen] if curves else []
    if metrics is not None and curve:
        curve[-1][4:6] = [metrics["mof"], metrics["f1"]]
    if trained.warning:
        report(LogLine(text=trained.warning, level="warning"))
    if len(families) > 1:
        each = ", ".join(f"{METHODS[f.runs[0].config.method]} {f.consistency:.0%}" for f in families)
        report(LogLine(text=f"{METHODS[trained.config.method]} is kept. Its seeds agree most: {each}"))
    report(LogLine(text=f"{trained.iterations} iterations in {trained.seconds:.1f} s on {device}"))
    result = {
        "weights": str(path),
        "config": msgspec.to_builtins(trained.config),
        "device": device,
        "iterations": trained.iterations,
        "seconds": sum(each.runs[0].seconds for each in families),
        "losses": dict(trained.losses),
        "curve": curve,
        "stopped_early": trained.stopped_early,
        "label_map": label_map,
        "learned": None if lesson is None else lesson.plain(request),
        "metrics": metrics,
        "ensemble": ensemble,
    }
    write_manifest(result)
    return result


def _step_text(method: str, number: int, count: int) -> str:
    """What the progress calls the training of one of several methods."""
    return "Training" if count == 1 else f"{METHODS[method].split(' (')[0]}, {number + 1} of {count} methods"


def _checkpoint(request: TrainRequest) -> Checkpoint | None:
    if not request.resume:
        return None
    found = weights.load(Path(request.resume)).checkpoint
    if found is None:
        raise ConfigError("This run was not stopped before its end: there is nothing to go on with. Train a new one.")
    return found


@dataclass(frozen=True)
class _Family:
    """Runs of one method from several seeds, their labels, and how far each agrees with the others."""

    runs: list[Trained]
    decoded: list[dict[str, IntArray]]
    shares: FloatArray

    @classmethod
    def train(
        cls,
        config: TrainConfig,
        request: TrainRequest,
        matrices: list[FloatArray],
        device: str,
        should_stop: ShouldStop,
        on_step: Callable[[StepInfo], None],
        resume: Checkpoint | None,
        lessons: Lessons | None,
    ) -> _Family:
        """Train all seeds of one method side by side, and decode every video with each."""
        options: dict[str, Any] = {"device": device, "should_stop": should_stop, "on_step": on_step}
        options |= {"step_every": STEP_EVERY, "lessons": lessons}
        if config.seeds > 1 and config.method != "cte":
            alone = msgspec.structs.replace(config, seeds=1, rival="none")
            configs = [msgspec.structs.replace(alone, seed=config.seed + n) for n in range(config.seeds)]
            runs = fit_many(matrices, configs, **options)
        else:
            runs = [fit(matrices, config, resume=resume, **options)]
        if should_stop() is StopKind.DISCARD:
            raise JobCancelled
        decoded = [predictions(trained, request.videos, matrices) for trained in runs]
        names = [video.id for video in request.videos]
        return cls(runs, decoded, agreement([[found[n] for n in names] for found in decoded], config.n_clusters))

    @property
    def chosen(self) -> int:
        """The most typical run: a choice without labels."""
        return int(np.argmax(self.shares))

    @property
    def consistency(self) -> float:
        """Mean agreement of two runs; 0 for a single one."""
        return float(self.shares.mean())


def _ensemble(judge: Judge, families: Sequence[_Family], family: _Family) -> dict[str, Any]:
    """Seed, agreement with the others and scores of each run; which one is the most typical."""
    n_clusters = family.runs[0].config.n_clusters
    scores = [judge.scores(found, n_clusters) for found in family.decoded]
    known = [score for score in scores if score is not None]
    spread = {
        key: {"mean": float(np.mean([s[key] for s in known])), "deviation": float(np.std([s[key] for s in known]))}
        for key in (known[0] if known else {})
    }
    return {
        "criterion": "agreement with the other runs, after matching their clusters; no labels used",
        "methods": {each.runs[0].config.method: each.consistency for each in families},
        "chosen": family.chosen,
        "runs": [
            {"seed": run.config.seed, "agreement": float(share), "metrics": score}
            for run, share, score in zip(family.runs, family.shares, scores, strict=True)
        ],
        "spread": spread,
    }
