"""Edits of the list of actions. An action is never deleted; tracks hold its number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from ..data.colours import colour_for
from ..data.dataset import Action, ActionId, VideoId
from ..data.words import one_spelling
from ..errors import EditError
from .document import Document
from .edit import Edit, Swap
from .merges import videos_with
from .segmentation import Segmentation
from .values import ActionKey, LabelMap, MapKey, StepTextKey, TrackKey

RESERVED = ("background", "unlabelled", "unmapped")
"""Names that mean something else everywhere."""
MAX_NAME = 200
STEP = re.compile(r"Step (\d{1,6})")
"""The name that a cluster's action has until a person gives it one."""


def add_action(document: Document, name: str) -> tuple[Edit, ActionId]:
    """A new action, and the number it gets."""
    name = _typed_name(document, name)
    number = ActionId(1 + max((int(a) for a in document.actions), default=-1))
    action = Action(number, name, colour_for(int(number)))
    return Edit(f"new action {name}", (Swap(ActionKey(number), None, action),)), number


def rename_action(document: Document, action: ActionId, name: str) -> Edit:
    """One value changes; all tracks follow."""
    before = _action(document, action)
    return _change(f"rename {before.name}", before, replace(before, name=_typed_name(document, name, action)))


def recolour_action(document: Document, action: ActionId, colour: str) -> Edit:
    """Another colour, ``#rrggbb``."""
    before = _action(document, action)
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        raise EditError(f'"{colour}" is not a colour; wanted #rrggbb.')
    return _change(f"colour of {before.name}", before, replace(before, colour=colour.lower()))


def archive_action(document: Document, action: ActionId, archived: bool = True) -> Edit:
    """Hidden from menus, kept in the segments that have it; or back again, unless its name has been given away.

    One that was merged comes back as an action of its own: ground truth that was imported with it is read as it again.
    Corrected segments and clusters stay with what it was merged into; undoing the merge brings those back.
    """
    before = _action(document, action)
    if before.archived and not archived:
        _check_free(document, before.name, action)
    after = replace(before, archived=archived, merged_into=before.merged_into if archived else None)
    return _change(f"{'retire' if archived else 'bring back'} {before.name}", before, after)


def order_actions(document: Document, order: Sequence[ActionId]) -> Edit:
    """The actions in use stand in this order, which is the order of their keys; retired ones follow.

    Raises:
        EditError: `order` does not name every action in use once, or nothing would change.
    """
    in_use = [a.id for a in document.actions.values() if not a.archived]
    if sorted(order) != sorted(in_use):
        raise EditError("The new order must name every action in use once.")
    if list(order) == in_use:
        raise EditError("Nothing would change.")
    retired = [a.id for a in document.actions.values() if a.archived]
    swaps = []
    for place, action in enumerate([*order, *retired]):
        before = document.actions[action]
        if before.rank[0] != place:
            swaps.append(Swap(ActionKey(action), before, replace(before, place=place)))
    return Edit("order of the actions", tuple(swaps))


def merge_actions(document: Document, source: ActionId, into: ActionId) -> Edit:
    """Every corrected segment and every cluster of `source` goes to `into`; `source` is retired: one edit.

    Ground truth that was imported never changes; from now on it is read with `into` where it says `source` (`merges`).
    A label map in which both had a cluster becomes many-to-one. What was written about `source` for the training kit
    stands for `into` where nothing is written yet.
    """
    old, new = _action(document, source), _action(document, into)
    if source == into:
        raise EditError("An action cannot be merged with itself.")
    if new.archived:
        raise EditError(f'"{new.name}" is retired. Bring it back before merging into it.')
    swaps: list[Swap] = []
    for video, track in document.corrected.items():
        if (track.labels == int(source)).any():
            swaps.append(Swap(TrackKey(video), track, _relabelled(track, int(source), int(into))))
    for run, label_map in document.label_maps.items():
        if int(source) in mentioned(label_map):
            swaps.append(Swap(MapKey(run), label_map, _merged(label_map, int(source), int(into))))
    if source in document.step_texts and into not in document.step_texts:
        swaps.append(Swap(StepTextKey(into), None, document.step_texts[source]))
    gone = replace(old, archived=True, merged_into=into)
    if old != gone:
        swaps.append(Swap(ActionKey(source), old, gone))
    if not swaps:
        raise EditError(f'"{old.name}" is retired and nothing has it. There is nothing to merge.')
    return Edit(f"merge {old.name} into {new.name}", tuple(swaps))


def uses_of(document: Document, action: ActionId) -> tuple[int, list[VideoId], int]:
    """Corrected segments of an action, the videos they lie in, and frames of it in the ground truth."""
    segments = {v: int((t.labels == int(action)).sum()) for v, t in document.corrected.items()}
    true = sum(
        int((track.stops - track.starts)[track.labels == int(action)].sum()) for track in document.ground_truth.values()
    )
    return sum(segments.values()), [v for v, count in segments.items() if count], true


def is_unnamed_step(document: Document, action: ActionId) -> bool:
    """Whether an action still has the name that its cluster came with, and is in no ground truth."""
    known = document.actions.get(action)
    return (
        known is not None and bool(STEP.fullmatch(known.name)) and not videos_with(document.ground_truth, {int(action)})
    )


def find_action(document: Document, name: str) -> Action | None:
    """The action in use with this name, or None; two ways to write one letter are one name."""
    wanted = one_spelling(name)
    return next((a for a in document.actions.values() if not a.archived and one_spelling(a.name) == wanted), None)


def name_problem(document: Document, name: str, own: ActionId | None = None) -> str:
    """Why a name cannot be given to a new action, or to `own`; empty where it can."""
    try:
        _typed_name(document, name, own)
    except EditError as error:
        return str(error)
    return ""


def _relabelled(track: Segmentation, source: int, into: int) -> Segmentation:
    labels = [into if label == source else label for label in track.labels.tolist()]
    flags = track.flags.tolist() if track.flags is not None else None
    return Segmentation.from_pieces(track.starts.tolist(), labels, track.n_frames, flags)


def mentioned(label_map: LabelMap) -> set[int]:
    """The targets that a label map names, used now or not."""
    return {*label_map.proposed.values(), *label_map.overrides.values(), *label_map.fill.values()}


def _merged(before: LabelMap, source: int, into: int) -> LabelMap:
    proposed = {c: into if t == source else t for c, t in before.proposed.items()}
    overrides = {c: into if t == source else t for c, t in before.overrides.items()}
    fill = {c: into if t == source else t for c, t in before.fill.items()}
    used = list(before.table().values())
    shared = before.many_to_one or (source in used and into in used)
    return replace(before, proposed=proposed, overrides=overrides, fill=fill, many_to_one=shared)


def _action(document: Document, action: ActionId) -> Action:
    if action not in document.actions:
        raise EditError(f"There is no action {action} in this project.")
    return document.actions[action]


def checked_name(document: Document, name: str, own: ActionId | None = None) -> str:
    """The name as an action may have it; `own` is the action that has it already. Raises EditError."""
    name = _storable(name)
    if any(a.name == name and not a.archived and a.id != own for a in document.actions.values()):
        raise EditError(f'There is an action "{name}" already.')
    return name


def seen_name(name: str) -> str:
    """The name of anything as a person may type it: one line that can be stored and seen. Raises EditError."""
    name = _storable(name)
    if all(unicodedata.category(c)[0] in "ZC" for c in name):
        raise EditError("The name holds nothing that can be seen. Type it again.")
    return name


def _storable(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME or any(_is_control(c) for c in name):
        raise EditError(f"A name has 1 to {MAX_NAME} characters, without line breaks and tabs.")
    if any("\ud800" <= c <= "\udfff" for c in name):
        raise EditError("The name holds characters that cannot be stored. Type it again.")
    return name


def _typed_name(document: Document, name: str, own: ActionId | None = None) -> str:
    """The same for what a person types, who could not tell two ways to write one name apart."""
    name = seen_name(checked_name(document, name, own))
    if name.casefold() in RESERVED:
        raise EditError(f'"{name}" has a meaning of its own. Choose another name.')
    _check_free(document, name, own)
    return name


def _check_free(document: Document, name: str, own: ActionId | None) -> None:
    same = find_action(document, name)
    if same is not None and same.id != own:
        raise EditError(f'There is an action "{same.name}" already.')


def _is_control(c: str) -> bool:
    return ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u2028\u2029"


def _change(text: str, before: Action, after: Action) -> Edit:
    if before == after:
        raise EditError("Nothing would change.")
    return Edit(text, (Swap(ActionKey(before.id), before, after),))
