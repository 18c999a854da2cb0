"""A sweep over settings of a project: here or on a cluster; mean and spread of each, and a pick without labels."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from .cluster import run_all
from .device import choose_device, trainings_at_once
from .errors import ConfigError
from .events import Report, ShouldStop
from .project import Project
from .run_work import usable_videos
from .tot.config import TrainConfig
from .work.sweeping import Piece, pieces, settings_of, sweep_piece

CRITERION = "agreement among the seeds of a setting, compared among settings of one number of clusters; no labels used"


def piece_on_device(piece: Piece, *, report: Report, should_stop: ShouldStop) -> list[dict[str, Any]]:
    """The work of a piece, on the device that it asks for as this computer has it."""
    return sweep_piece(piece, device=choose_device(piece.device)[0], report=report, should_stop=should_stop)


def sweep_project(
    project: Project,
    base: TrainConfig,
    grid: dict[str, list[str]],
    *,
    seeds: int,
    device: str,
    cluster: str,
    report: Report,
    should_stop: ShouldStop,
) -> dict[str, Any]:
    """The sweep as plain values; nothing is added to the project.

    Raises ConfigError: no grid, a value out of range, fewer than two seeds, or a cluster that does not answer.
    """
    if seeds < 2:
        raise ConfigError(f"{seeds} seeds; a setting is judged by how far its seeds agree: wanted 2 or more.")
    if base.method == "cte":
        raise ConfigError("CTE trains one run at a time; a sweep needs another method.")
    configs = settings_of(base, grid)
    work = pieces(configs, seeds, usable_videos(project), device)
    done = run_all(
        piece_on_device,
        work,
        cluster=cluster,
        text="Settings",
        workers=trainings_at_once() if cluster else None,
        report=report,
        should_stop=should_stop,
    )
    by_number = {each["number"]: each for piece in done for each in piece}
    rows = []
    for number, config in enumerate(configs):
        plain = msgspec.structs.asdict(config)
        scores = by_number[number]["scores"]
        spread = {
            key: {
                "mean": float(np.mean([s[key] for s in scores])),
                "deviation": float(np.std([s[key] for s in scores])),
            }
            for key in (scores[0] if scores else {})
        }
        values = {name: plain[name] for name in grid}
        rows.append({"values": values, "agreement": by_number[number]["agreement"], "spread": spread})
    picks: dict[int, int] = {}
    for number, config in enumerate(configs):
        best = picks.get(config.n_clusters)
        if best is None or rows[number]["agreement"] > rows[best]["agreement"]:
            picks[config.n_clusters] = number
    return {
        "method": base.method,
        "seeds": seeds,
        "cluster": cluster,
        "pieces": len(work),
        "criterion": CRITERION,
        "settings": rows,
        "picks": {str(clusters): number for clusters, number in picks.items()},
    }
