"""Edits of the list of actions. An action is never deleted; tracks hold its number."""

from __future__ import annotations

import re
from dataclasses import replace

from ..data.colours import colour_for
from ..data.dataset import Action, ActionId
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .values import ActionKey, MapKey, TrackKey

MAX_NAME = 200


def add_action(document: Document, name: str) -> tuple[Edit, ActionId]:
    """A new action, and the number it gets."""
    name = checked_name(document, name)
    number = ActionId(1 + max((int(a) for a in document.actions), default=-1))
    action = Action(number, name, colour_for(int(number)))
    return Edit(f"new action {name}", (Swap(ActionKey(number), None, action),)), number


def rename_action(document: Document, action: ActionId, name: str) -> Edit:
    """One value changes; all tracks follow."""
    before = _action(document, action)
    return _change(f"rename {before.name}", before, replace(before, name=checked_name(document, name, action)))


def recolour_action(document: Document, action: ActionId, colour: str) -> Edit:
    """Another colour, ``#rrggbb``."""
    before = _action(document, action)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise EditError(f'"{colour}" is not a colour; wanted #rrggbb.')
    return _change(f"colour of {before.name}", before, replace(before, colour=colour.lower()))


def archive_action(document: Document, action: ActionId, archived: bool = True) -> Edit:
    """Hidden from menus, kept in the segments that have it; or back again."""
    before = _action(document, action)
    return _change(
        f"{'retire' if archived else 'bring back'} {before.name}", before, replace(before, archived=archived)
    )


def merge_actions(document: Document, source: ActionId, into: ActionId) -> Edit:
    """Every corrected segment and every cluster of `source` goes to `into`; `source` is retired: one edit.

    Ground truth never changes. A label map in which both had a cluster becomes many-to-one.
    """
    old, new = _action(document, source), _action(document, into)
    if source == into:
        raise EditError("An action cannot be merged with itself.")
    swaps: list[Swap] = []
    for video, track in document.corrected.items():
        if (track.labels == int(source)).any():
            labels = [int(into) if label == source else label for label in track.labels.tolist()]
            flags = track.flags.tolist() if track.flags is not None else None
            swaps.append(
                Swap(
                    TrackKey(video),
                    track,
                    type(track).from_pieces(track.starts.tolist(), labels, track.n_frames, flags),
                )
            )
    for run, before in document.label_maps.items():
        targets = list(before.table().values())
        if int(source) in targets:
            proposed = {c: int(into) if t == source else t for c, t in before.proposed.items()}
            overrides = {c: int(into) if t == source else t for c, t in before.overrides.items()}
            shared = before.many_to_one or int(into) in targets
            swaps.append(
                Swap(MapKey(run), before, replace(before, proposed=proposed, overrides=overrides, many_to_one=shared))
            )
    swaps.append(Swap(ActionKey(source), old, replace(old, archived=True)))
    return Edit(f"merge {old.name} into {new.name}", tuple(swaps))


def find_action(document: Document, name: str) -> Action | None:
    """The action in use with this name, or None."""
    return next((a for a in document.actions.values() if a.name == name.strip() and not a.archived), None)


def _action(document: Document, action: ActionId) -> Action:
    if action not in document.actions:
        raise EditError(f"There is no action {action} in this project.")
    return document.actions[action]


def checked_name(document: Document, name: str, own: ActionId | None = None) -> str:
    """The name as an action may have it; `own` is the action that has it already. Raises EditError."""
    name = name.strip()
    if (
        not name
        or len(name) > MAX_NAME
        or any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029" for c in name)
    ):
        raise EditError(f"A name has 1 to {MAX_NAME} characters, without line breaks and tabs.")
    if any("\ud800" <= c <= "\udfff" for c in name):
        raise EditError("The name holds characters that cannot be stored. Type it again.")
    same = find_action(document, name)
    if same is not None and same.id != own:
        raise EditError(f'There is an action "{name}" already.')
    return name


def _change(text: str, before: Action, after: Action) -> Edit:
    if before == after:
        raise EditError("Nothing would change.")
    return Edit(text, (Swap(ActionKey(before.id), before, after),))
