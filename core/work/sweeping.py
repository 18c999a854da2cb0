"""The work of a sweep: settings trained side by side, with the agreement of each setting's seeds, and its scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from ..errors import ConfigError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from ..metrics.agreement import agreement
from ..requests import TrainVideo
from ..tot.config import TrainConfig, check, with_values
from ..tot.devices import use_few_threads
from ..tot.train import train_many
from .judging import Judge
from .videos import load_matrices, predictions

BESIDE = ("rho", "sigma", "n_clusters")
"""Settings that may differ among runs along one leading axis."""


class Piece(msgspec.Struct, frozen=True):
    """Settings that are trained together, by the numbers of the sweep, and all that a worker needs for them."""

    numbers: list[int]
    configs: list[TrainConfig]
    seeds: int
    videos: tuple[TrainVideo, ...]
    device: str
    """As it was asked for; the one that works says what that is there."""


def settings_of(base: TrainConfig, grid: dict[str, list[str]]) -> list[TrainConfig]:
    """Every combination of the values of a grid. Raises ConfigError: unknown names, values out of range, no grid."""
    if not grid:
        raise ConfigError("A sweep needs values to go through, for example: --grid rho=0.05,0.07 sigma=1,2")
    found = [base]
    for name, values in grid.items():
        found = [with_values(each, {name: value}) for each in found for value in values]
    for config in found:
        check(config)
    return found


def pieces(configs: Sequence[TrainConfig], seeds: int, videos: tuple[TrainVideo, ...], device: str) -> list[Piece]:
    """The settings, those that can share a leading axis together. ASOT shares one number of clusters only."""
    alike: dict[bytes, list[int]] = {}
    for number, config in enumerate(configs):
        free = tuple(name for name in BESIDE if not (config.method == "asot" and name == "n_clusters"))
        rest = {name: value for name, value in msgspec.structs.asdict(config).items() if name not in free}
        alike.setdefault(msgspec.json.encode(rest), []).append(number)
    return [Piece(numbers, [configs[n] for n in numbers], seeds, videos, device) for numbers in alike.values()]


def sweep_piece(
    piece: Piece, *, device: str, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> list[dict[str, Any]]:
    """For each setting of a piece: number, agreement among its seeds, and scores of each seed where truth is known.

    Raises JobCancelled when it was stopped: a part of a training is no answer.
    """
    use_few_threads()
    matrices = load_matrices(piece.videos, report, should_stop)
    judge = Judge.of(piece.videos, {}, frozenset())
    runs = train_many(
        matrices,
        [
            msgspec.structs.replace(config, seed=config.seed + n, seeds=1, rival="none", ensemble="typical")
            for config in piece.configs
            for n in range(piece.seeds)
        ],
        device=device,
        should_stop=should_stop,
        on_step=lambda info: report(Progress(done=info.iteration, total=info.iterations, text="Training")),
    )
    if should_stop() is not None:
        raise JobCancelled
    found = []
    for place, (number, config) in enumerate(zip(piece.numbers, piece.configs, strict=True)):
        mine = runs[place * piece.seeds : (place + 1) * piece.seeds]
        labels = [predictions(run, piece.videos, matrices) for run in mine]
        shares = agreement([[each[v.id] for v in piece.videos] for each in labels], config.n_clusters)
        scores = [score for each in labels if (score := judge.scores(each, config.n_clusters)) is not None]
        found.append({"number": number, "agreement": float(np.mean(shares)), "scores": scores})
    return found
