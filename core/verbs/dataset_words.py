"""What `tot info` and `tot new` say of a dataset: as plain values, and as text for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..data.dataset import Choice, Dataset, Video

_CONTROL = {n: f"\\x{n:02x}" for n in (*range(32), *range(127, 160)) if n != 10}
"""Control characters in names of files would move the cursor of a terminal."""


def dataset_values(dataset: Dataset) -> dict[str, Any]:
    """What was found, as plain values; rates as exact fractions in text."""
    return {
        "dataset": str(dataset.root),
        "layout": dataset.layout,
        "activity": dataset.activity,
        "activities": list(dataset.activities),
        "granularity": dataset.granularity,
        "granularities": list(dataset.granularities),
        "videos": [_video_values(video) for video in dataset.videos],
        "actions": [{"id": int(a.id), "name": a.name} for a in dataset.actions],
        "background": sorted(dataset.background_names),
        "findings": list(dataset.findings),
        "choices": [
            {"name": c.name, "found": c.found, "options": list(c.options), "taken": c.taken, "open": c.is_open}
            for c in dataset.choices
        ],
        "problems": [
            {"severity": p.severity, "path": p.path, "where": p.where, "what": p.what, "hint": p.hint, "video": p.video}
            for p in dataset.problems
        ],
    }


def _video_values(video: Video) -> dict[str, Any]:
    clock = video.timebase
    return {
        "video": video.name,
        "frames": clock.n_frames,
        "rate": _text(clock.rate),
        "pictures": clock.media.n_pictures if clock.media else None,
        "picture_rate": _text(clock.media.rate) if clock.media else None,
        "rows": clock.n_rows,
        "feature_rate": _text(clock.feature_rate),
        "stride": _text(clock.stride),
        "dimensions": video.n_dimensions,
        "transposed": video.transposed,
        "labels": video.ground_truth is not None,
        "scores": video.scores is not None,
        "trainable": video.features is not None and video.is_trainable,
    }


def dataset_text(dataset: Dataset) -> str:
    """What was found, for people: a line a video, how it was decided, what is open, and every problem."""
    several = f" (of {', '.join(dataset.activities)})" if len(dataset.activities) > 1 else ""
    lines = [
        f"{dataset.root} (layout {dataset.layout or 'unknown'})",
        f"Activity: {dataset.activity or '-'}{several}",
        f"{len(dataset.videos)} videos, {len(dataset.actions)} actions: {', '.join(a.name for a in dataset.actions)}",
        f"{'video':<32}{'frames':>8}{'rate':>12}{'pictures':>10}{'rows':>8}{'rows/s':>10}{'columns':>9}  labels",
        *map(_video_line, dataset.videos),
        *dataset.findings,
        *map(_choice_line, dataset.choices),
        *(_problem_lines(dataset) or ["No problems."]),
    ]
    return "\n".join(line.translate(_CONTROL).replace("\n", "\\n") for line in lines)


def new_values(project: str, dataset: Dataset) -> dict[str, Any]:
    """What became of a dataset, as plain values."""
    return {
        "project": project,
        "activity": dataset.activity,
        "videos": len(dataset.videos),
        "trainable": len(dataset.trainable),
        "problems": [str(p) for p in dataset.problems],
    }


def new_text(project: str, dataset: Dataset) -> str:
    """The same for people."""
    head = f"{project}: {len(dataset.videos)} videos, {len(dataset.trainable)} can be trained on."
    lines = [head, *(_choice_line(c) for c in dataset.choices if c.is_open), *_problem_lines(dataset)]
    return "\n".join(line.translate(_CONTROL).replace("\n", "\\n") for line in lines)


def _video_line(video: Video) -> str:
    clock = video.timebase
    pictures = clock.media.n_pictures if clock.media else "-"
    return (
        f"{video.name[:31]:<32}{clock.n_frames:>8}{_text(clock.rate) or '-':>12}{pictures:>10}"
        f"{clock.n_rows:>8}{_text(clock.feature_rate) or '-':>10}{video.n_dimensions:>9}"
        f"  {'yes' if video.ground_truth is not None else 'no'}"
    )


def _choice_line(choice: Choice) -> str:
    flag = f"--{choice.name.replace('_', '-')} {'|'.join(choice.options) or 'R'}"
    return f"{'to choose' if choice.is_open else 'choice'}: {choice.found} {flag}"


def _problem_lines(dataset: Dataset) -> list[str]:
    return [f"{p.severity}: {p}" for p in dataset.problems]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def group_text(found: Mapping[str, Any]) -> str:
    """Groups of videos, a line a group; how pure they are where the folder names activities."""
    lines = []
    for each in found["groups"]:
        inside = ", ".join(f"{n} {name}" for name, n in sorted(each["activities"].items(), key=lambda item: -item[1]))
        lines.append(f"{each['project']}: {len(each['videos'])} videos ({inside})")
    if found["purity"] is not None:
        lines.append(f"{100 * found['purity']:.1f} % of the videos lie with the commonest activity of their group.")
    return "\n".join([*lines, "Next: tot train, once a project."])
