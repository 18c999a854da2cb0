"""What an undo must leave: runs and ground truth arrive beside the history and may use an action that it made."""

from __future__ import annotations

from dataclasses import replace

from ..data.dataset import ActionId
from .action_commands import mentioned
from .document import Document
from .edit import Edit, Swap
from .merges import videos_with
from .values import ActionKey, LabelMap, MapKey


def fitting(document: Document, edit: Edit) -> Edit:
    """An undo or redo without what is done already, and without removing an action that something else holds.

    A run that learned an action's name arrives outside the history; taking back the action alone would leave clusters,
    and every track that took them, with a number that means nothing. The action stays instead, and a redo finds it.
    """
    kept = tuple(swap for swap in edit.swaps if not _is_done(document, swap) and not _is_held(document, edit, swap))
    return edit if len(kept) == len(edit.swaps) else replace(edit, swaps=kept)


def _is_done(document: Document, swap: Swap) -> bool:
    return isinstance(swap.key, ActionKey) and swap.before is None and document.value(swap.key) == swap.after


def _is_held(document: Document, edit: Edit, swap: Swap) -> bool:
    if not isinstance(swap.key, ActionKey) or swap.after is not None:
        return False
    action: ActionId = swap.key.action
    then = {s.key.run: s.after for s in edit.swaps if isinstance(s.key, MapKey) and isinstance(s.after, LabelMap)}
    maps = (then.get(run, label_map) for run, label_map in document.label_maps.items())
    if any(int(action) in mentioned(label_map) for label_map in maps):
        return True
    return bool(videos_with(document.imported, {int(action)}))
