"""The work of a training job: one run, or several side by side, of which one or what they agree on is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from .. import cut_off
from ..decode.registry import check_name
from ..errors import ConfigError, DeviceMemoryError, InputError
from ..events import JobCancelled, LogLine, Report, ShouldStop, StopKind
from ..requests import TrainRequest
from ..run_folder import write_manifest
from ..tot import weights
from ..tot.config import TrainConfig, half_batch
from ..tot.devices import use_few_threads
from ..tot.presets import rivals_of
from ..tot.save_points import SavePoints
from ..tot.trained import Paused, Trained
from .choosing import Choice, Family, shown
from .counting import found_clusters
from .examples import heard, too_far_apart
from .judging import Judge
from .learning import lesson_of
from .live import Live
from .provenance import made_of
from .saving import Saving
from .videos import load_matrices

TOO_LARGE = "All runs together are too large to be kept: at most the one that is shown can go on."


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
    as a consensus, what all runs agree on. `ensemble` in the manifest holds the figures of all. A training that was
    stopped and kept goes on with all of its runs. Now and then where it stands goes to `core.cut_off`'s file in its
    folder, which an ending in order removes.

    Raises:
        ConfigError, InputError, JobError; JobCancelled when it was discarded.
    """
    paused = _paused(request)
    config = config_of(request) if paused is None else paused.config
    check_name(config.decoder)
    if not request.videos:
        raise InputError(request.out, "no video has usable features.", hint="Extract features first.")
    use_few_threads()
    with Saving(request, report) as saving:
        work = _Work(request, device, report, should_stop, pinned or (lambda: request.pinned), saving)
        work.read()
        config = work.counted(config)
        work.prepare(config)
        work.train_methods(config, paused)
        result = work.result(config)
        write_manifest(result)
        return result


class _Work:
    """One training job: videos are read, methods are trained one after another, what they found is put together."""

    def __init__(
        self,
        request: TrainRequest,
        device: str,
        report: Report,
        should_stop: ShouldStop,
        pinned: Callable[[], str],
        saving: Saving,
    ) -> None:
        self.request, self.device, self.pinned = request, device, pinned
        self.report, self.should_stop = report, should_stop
        self.families: list[Family] = []
        self.lives: list[Live | None] = []
        """Of each family; None for one that was trained before this job."""
        self.shortage = ""
        self.saving, self.saves = saving, SavePoints(self._save)
        self.known: cut_off.Curves = saving.known.curves if saving.known is not None else []
        self.found: dict[str, Any] | None = saving.known.counted if saving.known is not None else None
        """How the number of clusters was found, where nobody gave it."""

    def read(self) -> None:
        """The features of all videos. Raises InputError, JobCancelled."""
        self.matrices = load_matrices(self.request.videos, self.report, self.should_stop)

    def counted(self, config: TrainConfig) -> TrainConfig:
        """The settings with a number of clusters, which is found where nobody gave it."""
        if config.clusters != "auto":
            return config
        options: dict[str, Any] = {"device": self.device, "report": self.report, "should_stop": self.should_stop}
        config, self.found = found_clusters(self.matrices, config, **options)
        self._heed_discard()
        named = len({label for _, labels in self.request.corrections.values() for label in labels if label >= 0})
        return msgspec.structs.replace(config, n_clusters=max(config.n_clusters, named))

    def prepare(self, config: TrainConfig) -> None:
        """What a person taught, and how the training is scored."""
        request = self.request
        self.lesson = lesson_of(request, config, [len(matrix) for matrix in self.matrices], self.report)
        lesson = self.lesson
        self.lessons = None if lesson is None else lesson.lessons
        self.judge = Judge.of(
            request.videos, lesson.bound if lesson else {}, frozenset(lesson.videos if lesson else ())
        )

    def train_methods(self, config: TrainConfig, paused: Paused | None) -> None:
        """One family of runs a method, from where it stood; those after a stop or a lack of memory are left out."""
        self.config = config
        methods = [config, *rivals_of(config)]
        self.methods = methods if self.lesson is None else [self.lesson.steer(settings) for settings in methods]
        earlier = () if paused is None else paused.families
        for number, settings in enumerate(self.methods):
            if (number and self.should_stop() is not None) or self.shortage:
                break
            self._train_method(number, settings, earlier[number] if number < len(earlier) else ())
        self._heed_discard()

    def _train_method(self, number: int, settings: TrainConfig, earlier: Sequence[Trained]) -> None:
        self.live = live = self._live(number, settings, earlier)
        try:
            family = Family.train(
                settings,
                self.request,
                self.matrices,
                self.device,
                self.should_stop,
                live,
                earlier,
                self.lessons,
                self.saves,
            )
        except DeviceMemoryError as error:
            if not self.families:
                raise
            self.shortage = f"{error} The methods that were trained before are kept."
            return
        self.families.append(family)
        self.lives.append(live if not earlier or live.curves else None)
        self.shortage = next((run.warning for run in family.runs if run.out_of_memory), "")

    def _live(self, number: int, settings: TrainConfig, earlier: Sequence[Trained]) -> Live:
        states = [run.training_state for run in earlier if run.training_state is not None]
        return Live(
            self.request.videos,
            self.matrices,
            settings,
            self.report,
            self.pinned,
            self.judge,
            self.device,
            before=sum(m.iterations for m in self.methods[:number]),
            after=sum(m.iterations for m in self.methods[number + 1 :]),
            begun=states[0].iteration if states else 0,
            text=_step_text(settings, number, len(self.methods)),
        )

    def _save(self, runs: list[Trained]) -> None:
        """Keep the runs that are trained now as they stand, with those of the methods before."""
        lives = [*self.lives, self.live]
        counts = [*(len(each.runs) for each in self.families), len(runs)]
        curves = [
            [self._rows(number, run, live) for run in range(count)]
            for number, (live, count) in enumerate(zip(lives, counts, strict=True))
        ]
        done, total = self.live.before + runs[0].iterations, sum(method.iterations for method in self.methods)
        paused = Paused(self.config, (*(tuple(each.runs) for each in self.families), tuple(runs)))
        self.saving.write(paused, cut_off.note_now(done, total, curves, self.found))

    def _rows(self, family: int, run: int, live: Live | None) -> list[list[float | None]]:
        own = live.curves[run] if live is not None and live.curves else []
        return cut_off.rows_of(self.known, family, run, own)

    def result(self, config: TrainConfig) -> dict[str, Any]:
        """The manifest; the weights are written."""
        choice = Choice.of(config, self.families, self.request, self.matrices, lessons=self.lessons)
        trained, judge, paused = choice.trained, self.judge, self._paused_now(config)
        if paused is not None:  # all runs go on, not this one alone
            trained = replace(trained, paused=paused, training_state=None)
        path = Path(self.request.out) / "weights.safetensors"
        weights.save(trained, path)
        metrics = judge.scores(choice.decoded, config.n_clusters)
        self._say(choice)
        lesson = self.lesson
        can_go_on = trained.training_state is not None or trained.paused is not None
        return {
            "weights": str(path),
            "config": msgspec.to_builtins(trained.config)
            | ({} if self.found is None else {"counted": self.found})
            | {"made": made_of(self.matrices)},
            "device": self.device,
            "iterations": trained.iterations,
            "seconds": sum(
                each.runs[0].seconds for each, live in zip(self.families, self.lives, strict=True) if live is not None
            ),
            "losses": dict(trained.losses),
            "curve": self._curve(choice, metrics),
            "stopped_early": any(each.is_partial for each in self.families) or can_go_on or bool(self.shortage),
            "label_map": judge.label_map(choice.decoded, config.n_clusters),
            "learned": None
            if lesson is None
            else lesson.plain(self.request)
            | {"examples_agree": choice.examples_agree, "examples_share": choice.examples_share},
            "metrics": metrics,
            "ensemble": choice.plain(judge, self.families) if self._n_runs > 1 else None,
            "out_of_memory": _way_out(self.shortage, config, self.device, can_go_on),
        }

    @property
    def _n_runs(self) -> int:
        return sum(len(each.runs) for each in self.families)

    def _paused_now(self, config: TrainConfig) -> Paused | None:
        """All runs, where several were stopped before their end and can go on; else None."""
        runs = [run for each in self.families for run in each.runs]
        is_all_there = len(self.families) == len(self.methods)
        if is_all_there and (len(runs) == 1 or all(run.training_state is None for run in runs)):
            return None
        paused = Paused(config, tuple(tuple(each.runs) for each in self.families))
        if weights.bytes_of(paused) > weights.MAX_PAUSED:
            self.report(LogLine(text=TOO_LARGE, level="warning"))
            return None
        return paused

    def _curve(self, choice: Choice, metrics: dict[str, float] | None) -> list[list[float | None]]:
        curve = self._rows(choice.family, choice.run, self.lives[choice.family])
        if metrics is not None and curve:
            curve[-1][4:6] = [metrics["mof"], metrics["f1"]]
        return curve

    def _say(self, choice: Choice) -> None:
        trained = choice.trained
        if trained.warning or self.shortage:
            self.report(LogLine(text=self.shortage or trained.warning, level="warning"))
        if len(self.families) > 1:
            self.report(LogLine(text=choice.said(self.families)))
        if choice.examples_agree is not None:
            told = heard(choice.examples_share) if choice.examples_share else too_far_apart(choice.examples_agree)
            self.report(LogLine(text=told))
        self.report(LogLine(text=f"{trained.iterations} iterations in {trained.seconds:.1f} s on {self.device}"))

    def _heed_discard(self) -> None:
        if self.should_stop() is StopKind.DISCARD:
            raise JobCancelled


def _way_out(shortage: str, config: TrainConfig, device: str, can_go_on: bool) -> dict[str, Any] | None:
    """What was short, in words, and what can be done: half the batch (0 where that is too small), going on."""
    if not shortage:
        return None
    half = half_batch(config)
    return {"what": shortage, "device": device, "half_batch": half.batch if half else 0, "can_go_on": can_go_on}


def _step_text(config: TrainConfig, number: int, count: int) -> str:
    """What the progress calls the training of one of several methods."""
    return "Training" if count == 1 else f"{shown(config)}: {number + 1} of {count} methods"


def _paused(request: TrainRequest) -> Paused | None:
    """Where the training stood that is to go on; None for a new one. Raises ConfigError, InputError."""
    if not request.resume:
        return None
    found = weights.load(Path(request.resume))
    if found.paused is None and found.training_state is None:
        raise ConfigError("This run was not stopped before its end: there is nothing to go on with. Train a new one.")
    return found.paused or Paused(config_of(request), ((found,),))
