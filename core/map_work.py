"""The label map of a run of an open project, read and edited by the names of its actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .annotation import commands
from .annotation.document import Document
from .annotation.map_notes import map_notes
from .annotation.overlap import Counter, Match, inputs_of, solve
from .annotation.values import UNMAPPED, Leftovers, Run
from .data.dataset import BACKGROUND, ActionId, ClusterId, RunId
from .errors import ConfigError, EditError
from .run_work import choose_run

if TYPE_CHECKING:
    from .project import Project


def edit_map(
    project: Project,
    run: RunId | None,
    *,
    targets: Mapping[int, str],
    lock: Sequence[int],
    rematch: bool,
    leftovers: str | None = None,
    many_to_one: bool | None = None,
) -> dict[str, Any]:
    """The label map as plain values, after the edits that were asked for, in the order of the arguments."""
    document = project.document
    chosen = choose_run(document, run)
    for cluster in (*targets, *lock):
        if not 0 <= cluster < chosen.n_clusters:
            raise ConfigError(f"There is no cluster {cluster}; {chosen.name} has 0 to {chosen.n_clusters - 1}.")
    wanted = {cluster: _action_called(document, name) for cluster, name in targets.items()}
    if many_to_one is not None and document.label_maps[chosen.id].many_to_one != many_to_one:
        project.edit(commands.set_many_to_one(document, chosen.id, many_to_one))
    for cluster, target in wanted.items():
        if document.label_maps[chosen.id].target(cluster) != target:
            project.edit(commands.set_target(document, chosen.id, ClusterId(cluster), target))
    for cluster in lock:
        if cluster not in document.label_maps[chosen.id].locked:
            project.edit(commands.set_lock(document, chosen.id, ClusterId(cluster), True))
    if leftovers is not None:
        _set_leftovers(project, chosen, Leftovers(leftovers))
    if rematch:
        _rematch(project, chosen)
    return _map_values(document, chosen)


def _match(project: Project, run: Run) -> Match:
    document = project.document
    found = Counter().count(inputs_of(document, run.id))
    if not found.has_truth:
        raise ConfigError("Matching needs predictions of videos with ground truth. Run tot segment first.")
    return solve(found, document.label_maps[run.id])


def _set_leftovers(project: Project, run: Run, policy: Leftovers) -> None:
    fill = _match(project, run).fill if policy is Leftovers.LARGEST else {}
    with suppress(EditError):  # the policy that is set already
        project.edit(commands.set_leftovers(project.document, run.id, policy, fill))


def _rematch(project: Project, run: Run) -> None:
    found = _match(project, run)
    with suppress(EditError):  # the same match again changes nothing
        project.edit(commands.rematch(project.document, run.id, found.proposed, table=found.table, fill=found.fill))


def _action_called(document: Document, name: str) -> int:
    if name in ("null", "none", "unmapped", ""):
        return int(UNMAPPED)
    if name == "background":
        return int(BACKGROUND)
    for action in document.actions.values():
        if action.name == name and not action.archived:
            return int(action.id)
    if name.isdigit() and ActionId(int(name)) in document.actions:
        return int(name)
    known = ", ".join(a.name for a in document.actions.values() if not a.archived)
    raise ConfigError(f'There is no action "{name}" in this project; there are: {known}.')


def _map_values(document: Document, run: Run) -> dict[str, Any]:
    label_map = document.label_maps[run.id]
    clusters = []
    for cluster, target in label_map.table().items():
        action = document.actions.get(ActionId(target))
        name = "background" if target == BACKGROUND else action.name if action else None
        clusters.append(
            {
                "cluster": cluster,
                "action": name,
                "locked": cluster in label_map.locked,
                "by_hand": cluster in label_map.by_hand,
            }
        )
    return {
        "run": run.id,
        "label_map": {str(c["cluster"]): c["action"] for c in clusters},
        "clusters": clusters,
        "many_to_one": label_map.many_to_one,
        "leftovers": str(label_map.leftovers),
        "notes": map_notes(document, label_map),
    }
