"""Training: its settings, one run, many runs, and what corrections teach it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ..data.dataset import Dataset, RunId, VideoId
from ..errors import ConfigError
from ..events import LogLine, Report, ShouldStop, Started, ignore, never_stop
from ..requests import TrainRequest
from .devices import choose_device

if TYPE_CHECKING:
    from ..annotation.learned import Learned
    from ..project import Project
    from ..tot.config import TrainConfig


def configure(
    dataset: Dataset,
    *,
    method: str | None = None,
    preset: str | None = None,
    n_clusters: int | Literal["auto"] | None = None,
    iterations: int | None = None,
    seed: int | None = None,
    seeds: int | None = None,
    values: Mapping[str, str] | None = None,
    official_compatible: bool = False,
    at_least: int = 0,
) -> TrainConfig:
    """The settings of a training: a preset (one that fits the dataset when None), its method or another, values.

    K comes from the actions of the dataset where neither preset nor caller states it, is found by the training where
    it is ``auto``, and is in both cases no less than `at_least`, such as the number of actions that a person used.
    `official_compatible` takes the settings of the released code (docs/algorithm.md, last section) where they are
    settings here, of TOT+TCL where neither caller nor preset says of which of its methods.
    """
    from ..tot import config, presets

    name = preset or presets.default_preset(dataset)
    is_open = n_clusters == "auto"
    if n_clusters == "auto":
        n_clusters = max(config.START_CLUSTERS, at_least)
    elif n_clusters is None:  # 0 is an answer, and a wrong one: it is refused with the range
        n_clusters = max(presets.clusters_for(name, dataset) or 0, at_least) or None
    chosen = presets.preset(name, method=method, n_clusters=n_clusters)
    stated = dict(values or {}) | ({"clusters": "auto"} if is_open else {})
    if iterations is not None:
        stated["iterations"] = str(iterations)
    if seed is not None:
        stated["seed"] = str(seed)
    if seeds is not None:
        stated["seeds"] = str(seeds)
    if not official_compatible:
        return config.with_values(chosen, stated)
    if method is None and chosen.method == "asot":  # a preset of our own, of which the released code knows nothing
        chosen = presets.preset(name, method="tot+tcl", n_clusters=n_clusters)
    chosen = config.with_values(chosen, stated)
    return config.with_values(chosen, {n: v for n, v in presets.official(chosen).items() if n not in stated})


def settings_of(project: Project, run: RunId | None) -> TrainConfig:
    """The settings of an earlier run (the newest when None), to train again with."""
    from ..run_work import choose_run
    from ..tot.config import TrainConfig

    return msgspec.convert(dict(choose_run(project.document, run).config), TrainConfig)


def can_go_on(project: Project, run: RunId) -> bool:
    """Whether a run was stopped and kept, so that its training can go on. Raises StoreError."""
    from ..run_work import can_go_on as can

    return can(project, run)


def differences(project: Project, run: RunId, result: Mapping[str, Any]) -> list[str]:
    """Why a run that was repeated may have other labels than `run`: other features, versions or device, in words."""
    from ..run_work import choose_run

    earlier = choose_run(project.document, run)
    before, now = earlier.config.get("made"), result["config"]["made"]
    found = [] if earlier.device == result["device"] else [f"device {result['device']} instead of {earlier.device}"]
    if before is None:
        return [*found, f"what {run} was made from and with was not recorded then"]
    found += ["other features"] if before["data"] != now["data"] else []
    for name, version in now["versions"].items():
        known = before["versions"].get(name, "none")
        found += [f"{name} {version} instead of {known}"] if known != version else []
    return found


def lessons(
    project: Project, learn_from: str | None = None, *, method: str = "", again: RunId | None = None
) -> Learned:
    """The corrections of a project that a training can learn from; see `core.learning_work.lessons_for`."""
    from ..learning_work import lessons_for
    from ..run_work import choose_run

    run = None if again is None else choose_run(project.document, again)
    return lessons_for(project.document, learn_from, method=method, again=run)


def next_videos(project: Project, run: RunId | None = None, *, count: int = 5) -> tuple[RunId, list[VideoId]]:
    """The run that was gone by (the newest when None), and the videos to correct next, best first; no labels used.

    Raises ConfigError: no run, a run without scores, or a count below 1.
    """
    from ..learning_work import next_videos as next_of
    from ..run_work import choose_run

    if count < 1:
        raise ConfigError(f"{count} videos to name; wanted 1 or more.")
    chosen = choose_run(project.document, run)
    return chosen.id, next_of(project.document, chosen.id, count)


def train(
    request: TrainRequest,
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
    pinned: Callable[[], str] | None = None,
) -> dict[str, Any]:
    """The manifest of a finished training (weights, config, losses, curve); see `core.work.training`."""
    device, reason = choose_device(request.device)
    report(Started(text="Training", device=device, device_reason=reason))
    report(LogLine(text=f"device {device}: {reason}"))
    from ..device import memory_explained
    from ..work import training

    with memory_explained(device):
        return training.train(request, device=device, report=report, should_stop=should_stop, pinned=pinned)


def sweep(
    project: Project,
    base: TrainConfig,
    grid: dict[str, list[str]],
    *,
    seeds: int = 3,
    device: str = "auto",
    cluster: str = "",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Every combination of a grid's settings from several seeds, here or on a cluster; see `core.sweep_work`."""
    from ..sweep_work import sweep_project

    return sweep_project(
        project,
        base,
        grid,
        seeds=seeds,
        device=device,
        cluster=cluster,
        report=report,
        should_stop=should_stop,
    )
