"""Edits of label maps: targets, locks, a new match, what becomes of the clusters that it leaves out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..data.dataset import BACKGROUND, Action, ActionId, ClusterId, RunId, VideoId
from ..errors import EditError
from .action_commands import add_action, find_action, is_unnamed_step, merge_actions, rename_action, uses_of
from .document import Document
from .edit import Edit, Swap
from .values import UNMAPPED, LabelMap, Leftovers, MapKey, Target, TrackKind


def set_target(document: Document, run: RunId, cluster: int, target: Target) -> Edit:
    """A cluster goes to an action, BACKGROUND or UNMAPPED.

    One-to-one: a cluster that has the action already takes the old target in exchange.

    Raises:
        EditError: unknown cluster or action, the other cluster is locked, or nothing would change.
    """
    before = _map(document, run, cluster)
    if target not in (BACKGROUND, UNMAPPED) and ActionId(target) not in document.actions:
        raise EditError(f"There is no action {target} in this project.")
    if holder := locked_holder(before, cluster, target):
        raise EditError(_refusal(document, holder, target))
    return _change(
        document, f"map cluster {cluster} to {_name(document, target)}", with_target(before, cluster, target)
    )


def set_lock(document: Document, run: RunId, cluster: int, locked: bool) -> Edit:
    """A rematch leaves a locked cluster alone."""
    before, key = _map(document, run, cluster), frozenset([ClusterId(cluster)])
    after = replace(before, locked=before.locked | key if locked else before.locked - key)
    return _change(document, f"{'lock' if locked else 'unlock'} cluster {cluster}", after)


def rematch(
    document: Document,
    run: RunId,
    proposed: Mapping[int, Target],
    *,
    table: Mapping[int, Target] | None = None,
    fill: Mapping[int, Target] | None = None,
    reference: TrackKind = TrackKind.GROUND_TRUTH,
    video: VideoId | None = None,
) -> Edit:
    """A new match replaces the old one and every override but those of locked clusters.

    `proposed` is the match as if nothing were locked, so that rows which a person keeps away from it stay marked;
    `table` is the target of every cluster once the locks are kept, `fill` the largest action of each cluster that the
    match leaves out. `reference` and `video` say what was counted.
    """
    before = _map(document, run, 0)
    after = rematched(before, proposed, table=table, fill=fill, reference=reference, video=video)
    return _change(document, f"match clusters of {document.runs[run].name}", after)


def set_many_to_one(document: Document, run: RunId, many_to_one: bool) -> Edit:
    """Several clusters may share an action, or (refused while some do) none may."""
    before = _map(document, run, 0)
    text = "allow clusters to share actions" if many_to_one else "one cluster for each action"
    after = replace(before, many_to_one=many_to_one)
    if not many_to_one and before.leftovers is Leftovers.LARGEST:
        after = _keep_locked(before, replace(after, leftovers=Leftovers.UNMAPPED, fill={}))
    if not many_to_one and shares_actions(after):
        raise EditError("Several clusters share an action. Give each its own before going back to one-to-one.")
    return _change(document, text, after)


def set_leftovers(document: Document, run: RunId, policy: Leftovers, fill: Mapping[int, Target] | None = None) -> Edit:
    """What becomes of clusters that neither the match nor a person gave a target; locked ones keep what they have.

    LARGEST lets clusters share actions, so it turns many-to-one on; leaving it turns that off where nothing is shared.
    """
    before = _map(document, run, 0)
    is_largest = policy is Leftovers.LARGEST
    filled = {ClusterId(int(c)): int(t) for c, t in (fill or {}).items()} if is_largest else {}
    after = _keep_locked(before, replace(before, leftovers=policy, fill=filled))
    if is_largest:
        after = replace(after, many_to_one=True)
    elif before.leftovers is Leftovers.LARGEST and not shares_actions(after):
        after = replace(after, many_to_one=False)
    words = {
        Leftovers.UNMAPPED: "leave clusters without a partner unmapped",
        Leftovers.BACKGROUND: "map clusters without a partner to background",
        Leftovers.LARGEST: "map clusters without a partner to their largest action",
    }
    return _change(document, words[policy], after)


def name_cluster(document: Document, run: RunId, cluster: int, name: str) -> Edit:
    """A cluster goes to the action with this name, which is made when there is none: one edit.

    An action that still has the name which it came with ("Step 4") is the cluster itself: it takes the new name, or
    becomes one with the action that has it, in every map and every track. One that was named here and that nothing else
    has yet takes a new name as well: whoever mends a name wants no second action.
    """
    before = _map(document, run, cluster)
    known, held = find_action(document, name), ActionId(before.target(cluster))
    if known is None and _is_of_cluster_alone(document, run, cluster, held):
        return rename_action(document, held, name)
    if is_unnamed_step(document, held) and not (known is not None and known.id == held):
        return rename_action(document, held, name) if known is None else merge_actions(document, held, known.id)
    if known is not None:
        return set_target(document, run, cluster, known.id)
    added, action = add_action(document, name)
    after = with_target(before, cluster, action)
    return Edit(f"name cluster {cluster} {name.strip()}", (*added.swaps, Swap(MapKey(run), before, after)))


def _is_of_cluster_alone(document: Document, run: RunId, cluster: int, action: ActionId) -> bool:
    """Whether an action was made by a person, and neither a track nor another cluster has it."""
    if action not in document.actions or any(each.id == action for each in document.dataset.actions):
        return False
    segments, _, true_frames = uses_of(document, action)
    holders = [(m.run, c) for m in document.label_maps.values() for c in range(m.n_clusters) if m.target(c) == action]
    return not segments and not true_frames and holders == [(run, cluster)]


# --- what a change leads to, without a document: views preview with these ---------------------------------------


def with_target(before: LabelMap, cluster: int, target: Target) -> LabelMap:
    """The map in which a cluster has a target; in one-to-one the row that had it takes the old one in exchange."""
    old, overrides = before.target(cluster), dict(before.overrides)
    if target >= 0 and not before.many_to_one:
        for other in range(before.n_clusters):
            if other != cluster and before.target(other) == target:
                _override(before, overrides, ClusterId(other), old)
    _override(before, overrides, ClusterId(cluster), target)
    return replace(before, overrides=overrides)


def locked_holder(label_map: LabelMap, cluster: int, target: Target) -> tuple[int, ...]:
    """The locked clusters that an assignment would have to take an action from; empty where it may be done."""
    if target < 0 or label_map.many_to_one or label_map.target(cluster) == target:
        return ()
    return tuple(int(c) for c in sorted(label_map.locked) if c != cluster and label_map.target(c) == target)


def rematched(
    before: LabelMap,
    proposed: Mapping[int, Target],
    *,
    table: Mapping[int, Target] | None = None,
    fill: Mapping[int, Target] | None = None,
    reference: TrackKind = TrackKind.GROUND_TRUTH,
    video: VideoId | None = None,
) -> LabelMap:
    """The map after a new match; see `rematch`. Without `table` an action that a lock keeps is nobody else's."""
    fresh = {ClusterId(int(c)): int(t) for c, t in proposed.items()}
    is_filled = before.leftovers is Leftovers.LARGEST
    filled = {ClusterId(int(c)): int(t) for c, t in (fill or {}).items()} if is_filled else {}
    after = replace(before, proposed=fresh, overrides={}, fill=filled, reference=reference, video=video)
    left_out = replace(after, proposed={})
    kept = {int(c): before.target(c) for c in before.locked}
    taken = {t for t in kept.values() if t >= 0} if not before.many_to_one else set()
    wanted = {c: left_out.matched(c) if t in taken else t for c, t in after.table().items()}
    wanted |= {} if table is None else {int(c): int(t) for c, t in table.items()}
    wanted |= kept
    return replace(after, overrides={ClusterId(c): t for c, t in wanted.items() if after.matched(c) != t})


def shares_actions(label_map: LabelMap) -> bool:
    """Whether two clusters have one action."""
    used = [t for t in label_map.table().values() if t >= 0]
    return len(set(used)) < len(used)


def _keep_locked(before: LabelMap, after: LabelMap) -> LabelMap:
    overrides = dict(after.overrides)
    for cluster in before.locked:
        _override(after, overrides, cluster, before.target(cluster))
    return replace(after, overrides=overrides)


def _override(label_map: LabelMap, overrides: dict[ClusterId, Target], cluster: ClusterId, target: Target) -> None:
    overrides.pop(cluster, None)
    if label_map.matched(cluster) != target:
        overrides[cluster] = target


def _refusal(document: Document, holders: tuple[int, ...], target: Target) -> str:
    name = _name(document, target)
    if len(holders) == 1:
        return f'Cluster {holders[0]} has "{name}" and is locked. Unlock it first.'
    return f'Clusters {", ".join(map(str, holders))} have "{name}" and are locked. Unlock them first.'


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
