"""Edits of label maps: targets, locks, a new match."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..data.dataset import BACKGROUND, Action, ActionId, ClusterId, RunId
from ..errors import EditError
from .action_commands import add_action, find_action
from .document import Document
from .edit import Edit, Swap
from .values import UNMAPPED, LabelMap, MapKey, Target


def set_target(document: Document, run: RunId, cluster: int, target: Target) -> Edit:
    """A cluster goes to an action, BACKGROUND or UNMAPPED.

    One-to-one: a cluster that has the action already takes the old target in exchange.

    Raises:
        EditError: unknown cluster or action, the other cluster is locked, or nothing would change.
    """
    before = _map(document, run, cluster)
    if target not in (BACKGROUND, UNMAPPED) and ActionId(target) not in document.actions:
        raise EditError(f"There is no action {target} in this project.")
    return _change(
        document,
        f"map cluster {cluster} to {_name(document, target)}",
        _with_target(before, ClusterId(cluster), target),
    )


def set_lock(document: Document, run: RunId, cluster: int, locked: bool) -> Edit:
    """A rematch leaves a locked cluster alone."""
    before, key = _map(document, run, cluster), frozenset([ClusterId(cluster)])
    after = replace(before, locked=before.locked | key if locked else before.locked - key)
    return _change(document, f"{'lock' if locked else 'unlock'} cluster {cluster}", after)


def rematch(document: Document, run: RunId, proposed: Mapping[int, Target]) -> Edit:
    """A new match replaces the old one and every override but those of locked clusters."""
    before = _map(document, run, 0)
    kept = {c: before.target(c) for c in before.locked}
    taken = {t for t in kept.values() if t >= 0} if not before.many_to_one else set()
    fresh = {ClusterId(int(c)): int(t) for c, t in proposed.items() if ClusterId(int(c)) in kept or int(t) not in taken}
    overrides = {c: t for c, t in kept.items() if fresh.get(c, UNMAPPED) != t}
    after = replace(before, proposed=fresh, overrides=overrides)
    return _change(document, f"match clusters of {document.runs[run].name}", after)


def set_many_to_one(document: Document, run: RunId, many_to_one: bool) -> Edit:
    """Several clusters may share an action, or (refused while some do) none may."""
    before = _map(document, run, 0)
    used = [t for t in before.table().values() if t >= 0]
    if not many_to_one and len(set(used)) < len(used):
        raise EditError("Several clusters share an action. Give each its own before going back to one-to-one.")
    text = "allow clusters to share actions" if many_to_one else "one cluster for each action"
    return _change(document, text, replace(before, many_to_one=many_to_one))


def name_cluster(document: Document, run: RunId, cluster: int, name: str) -> Edit:
    """A cluster goes to the action with this name, which is made when there is none: one edit."""
    known = find_action(document, name)
    if known is not None:
        return set_target(document, run, cluster, known.id)
    before = _map(document, run, cluster)
    added, action = add_action(document, name)
    after = _with_target(before, ClusterId(cluster), action)
    return Edit(f"name cluster {cluster} {name.strip()}", (*added.swaps, Swap(MapKey(run), before, after)))


def _with_target(before: LabelMap, cluster: ClusterId, target: Target) -> LabelMap:
    old, overrides = before.target(cluster), dict(before.overrides)
    if target >= 0 and not before.many_to_one:
        for other in range(before.n_clusters):
            if other != cluster and before.target(other) == target:
                if ClusterId(other) in before.locked:
                    raise EditError(f"Cluster {other} has this action and is locked. Unlock it first.")
                _override(before, overrides, ClusterId(other), old)
    _override(before, overrides, cluster, target)
    return replace(before, overrides=overrides)


def _override(label_map: LabelMap, overrides: dict[ClusterId, Target], cluster: ClusterId, target: Target) -> None:
    overrides.pop(cluster, None)
    if label_map.proposed.get(cluster, UNMAPPED) != target:
        overrides[cluster] = target


def _map(document: Document, run: RunId, cluster: int) -> LabelMap:
    label_map = document.label_maps.get(run)
    if label_map is None:
        raise EditError(f'There is no run "{run}" in this project.')
    if not 0 <= cluster < label_map.n_clusters:
        raise EditError(f"There is no cluster {cluster}; this run has 0 to {label_map.n_clusters - 1}.")
    return label_map


def _change(document: Document, text: str, after: LabelMap) -> Edit:
    before = document.label_maps[after.run]
    if before == after:
        raise EditError("Nothing would change.")
    return Edit(text, (Swap(MapKey(after.run), before, after),))


def _name(document: Document, target: Target) -> str:
    action: Action | None = document.actions.get(ActionId(target))
    return action.name if action else "background" if target == BACKGROUND else "nothing"
