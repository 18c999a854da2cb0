"""Scores of predictions and of corrected labels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..data.dataset import RunId
from ..requests import EvaluateRequest

if TYPE_CHECKING:
    from ..metrics.report import Report as Scores
    from ..metrics.totals import Totals
    from ..project import Readable


def evaluate_request(request: EvaluateRequest) -> dict[str, Any]:
    """Scores of a request as plain values."""
    from ..device import memory_explained
    from ..work import scoring

    with memory_explained("cpu"):
        return plain(scoring.evaluate(request))


def plain(report: Scores) -> dict[str, Any]:
    """A report as the plain values of its JSON."""
    values: dict[str, Any] = msgspec.to_builtins(report, str_keys=True, enc_hook=lambda number: number.item())
    return values


def evaluate(
    project: Readable,
    run: RunId | None = None,
    *,
    track: str = "prediction",
    level: str = "activity",
    kmeans: bool = False,
    split_sil: str | None = None,
) -> Scores:
    """Scores of a run's predictions or of the corrected labels against ground truth.

    `kmeans` puts k-means of the features beside the other baselines; `split_sil` names the action that is read as
    two, at the start and at the end of a video. Both are off because they cost time, or comparability.
    """
    from ..evaluation import evaluate_track

    return evaluate_track(project, run, track=track, level=level, kmeans=kmeans, split_sil=split_sil)


def evaluate_activities(
    projects: Sequence[Readable],
    *,
    track: str = "prediction",
    kmeans: bool = False,
    split_sil: str | None = None,
) -> dict[str, Any]:
    """Each project scored by itself (its newest run), and all of them as tables of several activities do.

    MoF is right frames over frames of all activities, F1 the mean over activities, mIoU the mean over all their actions
    (docs/algorithm.md); each project's report is under `activities`. Raises ConfigError where one has nothing to score.
    """
    reports = [evaluate(each, track=track, kmeans=kmeans, split_sil=split_sil) for each in projects]
    names = [(str(each.path), each.document.dataset.activity) for each in projects]
    rows = [
        {"project": path, "activity": activity, **plain(report)}
        for (path, activity), report in zip(names, reports, strict=True)
    ]
    frames = [sum(each.frames for each in report.per_class) for report in reports]
    actions = [len(report.per_class) for report in reports]

    def together(totals: Sequence[Totals]) -> dict[str, float]:
        return {
            "mof": weighted_mean([each.mof for each in totals], frames),
            "f1": weighted_mean([each.f1 for each in totals], [1] * len(totals)),
            "f1_majority": weighted_mean([each.f1_majority for each in totals], [1] * len(totals)),
            "miou": weighted_mean([each.miou for each in totals], actions),
        }

    kinds = [name for name in reports[0].baselines if all(name in report.baselines for report in reports)]
    return {
        "level": "activity",
        "videos": sum(report.videos for report in reports),
        "frames": sum(report.frames for report in reports),
        **together(reports),
        "baselines": {name: together([report.baselines[name] for report in reports]) for name in kinds},
        "activities": rows,
    }


def weighted_mean(values: Sequence[float], weights: Sequence[int]) -> float:
    """The mean of values by whole weights; 0 where all weights are 0."""
    return sum(value * weight for value, weight in zip(values, weights, strict=True)) / max(1, sum(weights))


def evaluate_global(projects: Sequence[Readable]) -> Scores:
    """Scores of the newest runs of several projects, such as the groups of `group`, under one matching."""
    from ..global_evaluation import evaluate_global as score_all

    return score_all(projects)


def label_free(project: Readable, run: RunId | None = None) -> dict[str, Any]:
    """What can be said of a run's predictions without ground truth, as plain values."""
    from ..evaluation import label_free_of

    found: dict[str, Any] = msgspec.to_builtins(label_free_of(project, run))
    return found


def score(
    ground_truth: Path | str,
    prediction: Path | str,
    *,
    mapping: Path | str | None = None,
    level: str = "activity",
    background: Sequence[str] = (),
    split_sil: str | None = None,
) -> Scores:
    """Scores of label files against label files, no project needed; see `core.score_files.score_files`."""
    from ..score_files import score_files

    return score_files(
        Path(ground_truth),
        Path(prediction),
        mapping=Path(mapping) if mapping else None,
        level=level,
        background=background,
        split_sil=split_sil,
    )
