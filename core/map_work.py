"""The label map of a run of an open project, read and edited by the names of its actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from .annotation import commands
from .annotation.document import Document
from .annotation.edit import Edit, Swap
from .annotation.map_notes import map_notes
from .annotation.overlap import Counter, Match, inputs_of, solve
from .annotation.values import UNMAPPED, LabelMap, Leftovers, MapKey, Run
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
    """The label map as plain values, after what was asked for in the order of the arguments: one edit, or none.

    Raises:
        ConfigError: an unknown run, cluster or action, or nothing to match with.   EditError: one of the changes is
            refused; then none is made.
    """
    document = project.snapshot().document
    chosen = choose_run(document, run)
    for cluster in (*targets, *lock):
        if not 0 <= cluster < chosen.n_clusters:
            raise ConfigError(f"There is no cluster {cluster}; {chosen.name} has 0 to {chosen.n_clusters - 1}.")
    wanted = {cluster: _action_called(document, name) for cluster, name in targets.items()}
    draft = _Draft(document, chosen.id)
    if many_to_one is not None and draft.map.many_to_one != many_to_one:
        draft.change(commands.set_many_to_one(document, chosen.id, many_to_one))
    if not draft.map.many_to_one:
        _refuse_shared(targets, wanted)
    for cluster, target in wanted.items():
        if draft.map.target(cluster) != target:
            draft.change(commands.set_target(document, chosen.id, ClusterId(cluster), target))
    for cluster in lock:
        if cluster not in draft.map.locked:
            draft.change(commands.set_lock(document, chosen.id, ClusterId(cluster), True))
    if leftovers is not None:
        policy = Leftovers(leftovers)
        fill = _match(document, chosen).fill if policy is Leftovers.LARGEST else {}
        with suppress(EditError):  # the policy that is set already
            draft.change(commands.set_leftovers(document, chosen.id, policy, fill))
    if rematch:
        match = _match(document, chosen)
        with suppress(EditError):  # the same match again changes nothing
            draft.change(commands.rematch(document, chosen.id, match.proposed, table=match.table, fill=match.fill))
    edit = draft.edit()
    if edit is not None:
        project.edit(edit)
    return _map_values(project.document, chosen)


def _refuse_shared(names: Mapping[int, str], wanted: Mapping[int, int]) -> None:
    """In a map of one to one the last of two clusters would take the action from the first without a word."""
    holders: dict[int, int] = {}
    for cluster, target in wanted.items():
        other = holders.setdefault(target, cluster)
        if other != cluster and target >= 0:
            raise ConfigError(
                f"Clusters {other} and {cluster} are both to be {names[cluster]}, but this map gives an action to one "
                "cluster only. Name one of them, or let several share an action with --many-to-one."
            )


class _Draft:
    """Changes of one label map, made on values of their own until they are one edit of the project."""

    def __init__(self, document: Document, run: RunId) -> None:
        self._document, self._run = document, run
        self._before = self.map
        self._texts: list[str] = []

    @property
    def map(self) -> LabelMap:
        return self._document.label_maps[self._run]

    def change(self, edit: Edit) -> None:
        self._document.apply(edit)
        self._texts.append(edit.text)

    def edit(self) -> Edit | None:
        """All of it as one edit; None where the map is as it was."""
        if self.map == self._before:
            return None
        return Edit("; ".join(self._texts), (Swap(MapKey(self._run), self._before, self.map),))


def _match(document: Document, run: Run) -> Match:
    found = Counter().count(inputs_of(document, run.id))
    if not found.has_truth:
        raise ConfigError("Matching needs predictions of videos with ground truth. Run tot segment first.")
    return solve(found, document.label_maps[run.id])


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
