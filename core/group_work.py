"""A dataset of unknown activities as one project a group: what `tot group` does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from .data.colours import colour_for
from .data.dataset import UNLABELLED, Action, ActionId, Dataset, Video
from .data.features import load_matrix
from .errors import InputError
from .events import Progress, Report
from .metrics.grouping import group_videos, purity
from .new_project import ground_truth_of
from .project import Project


def group_dataset(
    activities: Sequence[Dataset], out: Path, n_groups: int, *, seed: int, report: Report
) -> dict[str, Any]:
    """Write ``group-1.tot``, ``group-2.tot``, ... into the new folder `out`, each a project of the videos of a group.

    Args:
        activities: the same folder, opened once for each activity that its names tell; they take no part in grouping.
    Returns:
        The groups as plain values: path, videos, actions by ground truth; and, where the folder names several
        activities, the purity of the groups against them.
    Raises:
        InputError: `out` exists, no video has usable features, or they have other widths.
        ConfigError: the number of groups is out of range.
    """
    if out.exists():
        raise InputError(out, "is there already.", hint="Choose a new folder.")
    places = [(dataset, video) for dataset in activities for video in dataset.trainable]
    if not places:
        raise InputError(activities[0].root, "no video has usable features.", hint="Make them with: tot features")
    widths = {video.n_dimensions for _, video in places}
    if len(widths) > 1:
        raise InputError(activities[0].root, f"features of {sorted(widths)} columns; wanted one number for all.")
    matrices = []
    for number, (_, video) in enumerate(places):
        matrices.append(load_matrix(video))
        report(Progress(done=number + 1, total=len(places), text="Reading features"))
    groups = group_videos(matrices, n_groups, seed=seed)
    out.mkdir(parents=True)
    found = []
    for group in range(n_groups):
        mine = [place for place, of in zip(places, groups.tolist(), strict=True) if of == group]
        path = out / f"group-{group + 1}.tot"
        found.append(_write(path, f"group {group + 1}", mine))
    known = [dataset.activity for dataset, _ in places]
    several = len(set(known)) > 1
    return {"folder": str(out), "groups": found, "purity": purity(groups, known) if several else None}


def _write(path: Path, name: str, places: Sequence[tuple[Dataset, Video]]) -> dict[str, Any]:
    """One project of videos that may come from several activities; what it holds, as plain values."""
    actions: dict[int, Action] = {}
    truths = {}
    for dataset, video in places:
        numbers = _joined(actions, dataset.actions)
        if (truth := ground_truth_of(dataset, video)) is not None:
            truths[video.id] = truth.mapped(numbers, default=UNLABELLED)
    used = {label for truth in truths.values() for label in truth.labels.tolist()}
    kept = tuple(actions[number] for number in sorted(actions) if number in used or not truths)
    videos = tuple(video for _, video in places)
    whole = replace(
        places[0][0],
        activity=name,
        activities=(name,),
        videos=videos,
        actions=kept,
        problems=(),
        background_names=frozenset().union(*(dataset.background_names for dataset, _ in places)),
    )
    with Project.create(path, whole, ground_truth=truths) as project:
        project.flush(60)
    counts: dict[str, int] = {}
    for dataset, _ in places:
        counts[dataset.activity] = counts.get(dataset.activity, 0) + 1
    return {
        "project": str(path),
        "videos": [video.name for video in videos],
        "actions": len(kept),
        "activities": counts,
    }


def _joined(actions: dict[int, Action], more: Sequence[Action]) -> dict[int, int]:
    """Bring the actions of another activity in; the number here of each label there.

    Names tell which are the same. Activities of one mapping keep its numbers; those that number their actions alone
    get other numbers where theirs are taken.
    """
    known = {action.name: number for number, action in actions.items()}
    numbers: dict[int, int] = {}
    for action in more:
        number = known.get(action.name)
        if number is None:
            number = int(action.id) if int(action.id) not in actions else 1 + max(actions)
            is_moved = number != int(action.id)
            actions[number] = replace(action, id=ActionId(number), colour=colour_for(number)) if is_moved else action
        numbers[int(action.id)] = number
    return numbers
