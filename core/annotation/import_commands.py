"""The edit of an import: tracks that were read from files, and the actions that they bring along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, VideoId
from ..errors import EditError
from .action_commands import checked_name
from .document import Document
from .edit import Edit, Swap
from .on_track import review_of_unseen
from .segmentation import Segmentation
from .values import ActionKey, TrackKey


def add_actions(document: Document, actions: Sequence[Action]) -> Edit:
    """New actions, with the numbers and colours that they have."""
    if not actions:
        raise EditError("Nothing would change.")
    return Edit(_actions_text(actions), tuple(_action_swaps(document, actions)))


def import_tracks(document: Document, tracks: Mapping[VideoId, Segmentation], actions: Sequence[Action] = ()) -> Edit:
    """Corrected of several videos becomes what was read from files, with the new actions of those: one edit.

    A video that was accepted is in review again; frames whose labels change are checked no longer.
    """
    known = {int(a) for a in document.actions} | {int(a.id) for a in actions} | {int(BACKGROUND), int(UNLABELLED)}
    swaps = _action_swaps(document, actions)
    changed = []
    for video, after in tracks.items():
        if video not in document.videos:
            raise EditError(f'There is no video "{video}" in this project.')
        unknown = {int(label) for label in after.labels.tolist()} - known
        if unknown:
            raise EditError(f"There is no action {min(unknown)} in this project.")
        before = document.corrected.get(video)
        if before is not None and before.same_labels(after):
            continue
        changed.append(document.videos[video].name)
        swaps.append(Swap(TrackKey(video), before, after))
        swaps += review_of_unseen(document.reviews.get(video), video, before, after)
    if not changed:
        raise EditError("Nothing would change: the labels of the files are those of the project.")
    where = changed[0] if len(changed) == 1 else f"{len(changed)} videos"
    return Edit(f"import labels in {where}", tuple(swaps))


def _action_swaps(document: Document, actions: Sequence[Action]) -> list[Swap]:
    swaps: list[Swap] = []
    names: set[str] = set()
    for action in actions:
        if action.id in document.actions or action.name in names:
            raise EditError(f'There is an action "{action.name}" already.')
        names.add(checked_name(document, action.name))
        swaps.append(Swap(ActionKey(ActionId(action.id)), None, action))
    return swaps


def _actions_text(actions: Sequence[Action]) -> str:
    return f"new action {actions[0].name}" if len(actions) == 1 else f"{len(actions)} new actions"
