"""Values as bytes for the project file, each with its check sum; the inverse checks before it trusts."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, cast

import msgspec
import numpy as np

from ..annotation.comment_commands import is_sound
from ..annotation.document import Document
from ..annotation.edit import Edit, Swap
from ..annotation.history import Direction
from ..annotation.segmentation import Segmentation
from ..annotation.values import (
    ActionKey,
    Comment,
    CommentId,
    CommentKey,
    Key,
    KitText,
    KitTextKey,
    LabelMap,
    Leftovers,
    MapKey,
    Review,
    ReviewKey,
    ReviewStatus,
    RunName,
    RunNameKey,
    StepText,
    StepTextKey,
    TrackKey,
    TrackKind,
    Value,
)
from ..data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, ClusterId, RunId, VideoId
from ..errors import DamagedProjectError, EditError

_PIECE = np.dtype([("start", "<u4"), ("stop", "<u4"), ("label", "<u2"), ("flags", "<u2")])
_UNLABELLED, _BACKGROUND = 65535, 65534
_MAX_ID = 1 << 53


def crc(*parts: object) -> int:
    """CRC32 over the parts of a row, each with its length, so that no two rows look alike by shifting."""
    value = 0
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        value = zlib.crc32(data, zlib.crc32(b"%d:" % len(data), value))
    return value


def _pieces(track: Segmentation) -> np.ndarray[Any, Any]:
    """(n,) records of one segmentation. Raises EditError for a label the file has no room for."""
    labels = track.labels
    if labels.min() < UNLABELLED or labels.max() >= _BACKGROUND or track.n_frames > 0xFFFFFFFF:
        raise EditError(f"A label or frame number is outside what a project can hold (0 to {_BACKGROUND - 1}).")
    pieces = np.zeros(len(track), _PIECE)
    pieces["start"], pieces["stop"] = track.starts, np.append(track.starts[1:], track.n_frames)
    pieces["label"] = labels & 0xFFFF
    pieces["label"][labels == UNLABELLED] = _UNLABELLED
    pieces["label"][labels == BACKGROUND] = _BACKGROUND
    pieces["flags"] = track.flags
    return pieces


def _segmentation(pieces: np.ndarray[Any, Any]) -> Segmentation:
    if not len(pieces) or np.any(pieces["stop"][:-1] != pieces["start"][1:]):
        raise DamagedProjectError("A track of the project has a gap. The file was left as it is.")
    labels = pieces["label"].astype(np.int64)
    labels[pieces["label"] == _UNLABELLED] = UNLABELLED
    labels[pieces["label"] == _BACKGROUND] = BACKGROUND
    try:
        return Segmentation(pieces["start"], labels, int(pieces["stop"][-1]), pieces["flags"])
    except EditError as error:
        raise DamagedProjectError(f"A track of the project is damaged: {error} The file was left as it is.") from error


def pack_track(track: Segmentation) -> bytes:
    """start u32, stop u32, label u16 (65535 unlabelled, 65534 background), flags u16 for each segment."""
    return _pieces(track).tobytes()


def unpack_track(data: bytes) -> Segmentation:
    """The inverse of `pack_track`. Raises DamagedProjectError."""
    if len(data) % _PIECE.itemsize:
        raise DamagedProjectError("A track of the project has a broken length. The file was left as it is.")
    return _segmentation(np.frombuffer(data, _PIECE))


# --- label maps, actions, reviews ------------------------------------------------------------------


def plain(value: Value) -> dict[str, Any]:
    """A small value as plain values for JSON and msgpack."""
    if isinstance(value, LabelMap):
        return {
            "k": value.n_clusters,
            "proposed": _pairs(value.proposed),
            "overrides": _pairs(value.overrides),
            "locked": sorted(int(c) for c in value.locked),
            "many": value.many_to_one,
            **_beyond_the_match(value),
        }
    if isinstance(value, Action):
        place = {} if value.place is None else {"place": value.place}
        merged = {} if value.merged_into is None else {"merged_into": int(value.merged_into)}
        named = {"id": int(value.id), "name": value.name, "colour": value.colour, "archived": value.archived}
        return {**named, **place, **merged}
    if isinstance(value, Review):
        reviewer = {"reviewer": value.reviewer} if value.reviewer else {}
        checked = {"checked": [list(span) for span in value.checked]} if value.checked else {}
        return {"status": str(value.status), "note": value.note, **reviewer, **checked}
    if isinstance(value, Comment):
        told = {"author": value.author, "written": value.written, "resolved": value.resolved}
        return {"start": value.start, "stop": value.stop, "text": value.text} | {k: v for k, v in told.items() if v}
    built: dict[str, Any] = msgspec.to_builtins(value)
    return built


def _pairs(mapping: Mapping[ClusterId, int]) -> list[list[int]]:
    return [[int(c), int(t)] for c, t in sorted(mapping.items())]


def _beyond_the_match(value: LabelMap) -> dict[str, Any]:
    """What most maps do not have; left out of the file where it is not there, as in files of earlier versions."""
    found: dict[str, Any] = {}
    if value.leftovers is not Leftovers.UNMAPPED:
        found["leftovers"] = str(value.leftovers)
    if value.fill:
        found["fill"] = _pairs(value.fill)
    if value.reference is not TrackKind.GROUND_TRUTH:
        found["reference"] = str(value.reference)
    if value.video is not None:
        found["video"] = to_json(value.video)  # a file name may hold bytes that msgpack refuses
    return found


def label_map(run: RunId, data: Mapping[str, Any]) -> LabelMap:
    """The inverse of `plain` for a label map."""
    return LabelMap(
        run,
        int(data["k"]),
        {ClusterId(c): t for c, t in data["proposed"]},
        {ClusterId(c): t for c, t in data["overrides"]},
        frozenset(ClusterId(c) for c in data["locked"]),
        bool(data["many"]),
        Leftovers(data.get("leftovers", Leftovers.UNMAPPED)),
        {ClusterId(c): t for c, t in data.get("fill", ())},
        TrackKind(data.get("reference", TrackKind.GROUND_TRUTH)),
        VideoId(json.loads(data["video"])) if "video" in data else None,
    )


def action(data: Mapping[str, Any]) -> Action:
    """The inverse of `plain` for an action."""
    place, merged = data.get("place"), data.get("merged_into")
    return Action(
        ActionId(int(data["id"])),
        str(data["name"]),
        str(data["colour"]),
        bool(data["archived"]),
        None if place is None else int(place),
        None if merged is None else ActionId(int(merged)),
    )


def review(data: Mapping[str, Any]) -> Review:
    """The inverse of `plain` for a review."""
    checked = tuple((int(start), int(stop)) for start, stop in data.get("checked", ()))
    return Review(ReviewStatus(data["status"]), str(data["note"]), str(data.get("reviewer", "")), checked)


def comment(data: Mapping[str, Any]) -> Comment:
    """The inverse of `plain` for a comment. Raises ValueError for one that nobody can have written."""
    found = msgspec.convert(data, Comment)
    if not is_sound(found):
        raise ValueError("a comment that nobody can have written")
    return found


def to_json(value: Any) -> str:
    """JSON in ASCII, so that file names that are not UTF-8 survive."""
    return json.dumps(value, separators=(",", ":"))


# --- edits -----------------------------------------------------------------------------------------

KINDS = frozenset({"track", "review", "map", "action", "step-text", "kit-text", "run-name", "comment"})
"""What a row of the log can swap. One that is added here needs no new format version as long as its value lies in a row
of its own, or beside what versions before read of a row: those follow the log past it. See `schema.VERSION`."""


WRONG = (msgspec.DecodeError, ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError)
"""What values of a stranger's row lead to that have the wrong type."""


def pack_edit(edit: Edit, places: Mapping[VideoId, int]) -> bytes:
    """An edit as msgpack: for two tracks only the splice, else both values. Raises EditError (unknown video, text)."""
    rows = []
    for swap in edit.swaps:
        name, number = key_name(swap.key, places)
        if isinstance(swap.before, Segmentation) and isinstance(swap.after, Segmentation):
            rows.append([name, number, "splice", *_splice(_pieces(swap.before), _pieces(swap.after))])
        else:
            rows.append([name, number, "swap", _packed(swap.before), _packed(swap.after)])
    try:
        return msgspec.msgpack.encode(rows)
    except UnicodeEncodeError as error:
        raise EditError("The text holds characters that cannot be stored. Type it again.") from error


def key_name(key: Key, places: Mapping[VideoId, int]) -> tuple[str, int | str]:
    """The kind of a key and its number in the file."""
    if isinstance(key, MapKey):
        return "map", str(key.run)
    if isinstance(key, ActionKey):
        return "action", int(key.action)
    if isinstance(key, StepTextKey):
        return "step-text", int(key.action)
    if isinstance(key, KitTextKey):
        return "kit-text", 0
    if isinstance(key, RunNameKey):
        return "run-name", str(key.run)
    if key.video not in places:
        raise EditError(f'There is no video "{key.video}" in this project.')
    if isinstance(key, CommentKey):
        return "comment", f"{places[key.video]}.{int(key.id)}"
    return ("track" if isinstance(key, TrackKey) else "review"), places[key.video]


def _splice(before: np.ndarray[Any, Any], after: np.ndarray[Any, Any]) -> tuple[int, bytes, bytes]:
    """Number of equal records at the head, and the records between head and equal tail, before and after."""
    shorter = min(len(before), len(after))
    differs = np.flatnonzero(before[:shorter] != after[:shorter])
    head = int(differs[0]) if len(differs) else shorter
    room = shorter - head
    differs = np.flatnonzero(before[len(before) - room :][::-1] != after[len(after) - room :][::-1])
    tail = int(differs[0]) if len(differs) else room
    return head, before[head : len(before) - tail].tobytes(), after[head : len(after) - tail].tobytes()


def _packed(value: Value | None) -> Any:
    if value is None:
        return None
    return pack_track(value) if isinstance(value, Segmentation) else plain(value)


def is_newer(data: bytes) -> bool:
    """Whether a packed edit swaps values of a kind that a newer version of the program added."""
    return any(row[0] not in KINDS for row in msgspec.msgpack.decode(data))


def unpack_edit(data: bytes, text: str, direction: Direction, document: Document, videos: list[VideoId]) -> Edit:
    """The edit that takes a row back or applies it again, from the present values of the document.

    Values of kinds that a newer version added are not in it: see `is_newer`.

    Raises:
        DamagedProjectError: the row does not fit the present values.
    """
    try:
        rows = [row for row in msgspec.msgpack.decode(data) if row[0] in KINDS]
        swaps = [_swap(row, direction, document, videos) for row in rows]
    except WRONG as error:
        raise DamagedProjectError(f'The record of "{text}" cannot be read. The file was left as it is.') from error
    return Edit(text, tuple(swaps))


def edit_videos(data: bytes, videos: list[VideoId]) -> frozenset[VideoId]:
    """The videos whose track, review or comments a packed edit touches."""
    places = {
        comment_place(row[1])[0] if row[0] == "comment" else row[1]
        for row in msgspec.msgpack.decode(data)
        if row[0] in ("track", "review", "comment")
    }
    return frozenset(videos[place] for place in places)


def comment_place(number: object) -> tuple[int, CommentId]:
    """Place of the video and number of the comment, as an edit names them: ``2.17``. Raises ValueError."""
    place, _, own = number.partition(".") if isinstance(number, str) else ("", "", "")
    if int(place) < 0 or not 0 <= int(own) < _MAX_ID:
        raise ValueError("no place of a comment")
    return int(place), CommentId(int(own))


def _swap(row: list[Any], direction: Direction, document: Document, videos: list[VideoId]) -> Swap:
    key = _key(row[0], row[1], videos)
    present = document.value(key)
    if row[2] == "swap":
        old, new = (row[4], row[3]) if direction == "undo" else (row[3], row[4])
        return Swap(key, _value(key, old), _value(key, new))
    head, old, new = row[3], *((row[5], row[4]) if direction == "undo" else (row[4], row[5]))
    if not isinstance(present, Segmentation):
        raise ValueError("no track to change")
    pieces = _pieces(present)
    count = len(old) // _PIECE.itemsize
    if pieces[head : head + count].tobytes() != old:
        raise ValueError("the track is not the one that was edited")
    joined = np.concatenate([pieces[:head], np.frombuffer(new, _PIECE), pieces[head + count :]])
    return Swap(key, present, _segmentation(joined))


def _key(name: str, number: Any, videos: list[VideoId]) -> Key:
    if name == "map":
        return MapKey(RunId(number))
    if name == "action":
        return ActionKey(ActionId(number))
    if name == "step-text":
        return StepTextKey(ActionId(number))
    if name == "kit-text":
        return KitTextKey()
    if name == "run-name":
        return RunNameKey(RunId(number))
    if name == "comment":
        place, own = comment_place(number)
        return CommentKey(videos[place], own)
    return TrackKey(videos[number]) if name == "track" else ReviewKey(videos[number])


def _value(key: Key, data: Any) -> Value | None:
    if data is None:
        return None
    if isinstance(key, TrackKey):
        return unpack_track(cast(bytes, data))
    if isinstance(key, MapKey):
        return label_map(key.run, data)
    if isinstance(key, StepTextKey):
        return msgspec.convert(data, StepText)
    if isinstance(key, KitTextKey):
        return msgspec.convert(data, KitText)
    if isinstance(key, RunNameKey):
        return msgspec.convert(data, RunName)
    if isinstance(key, CommentKey):
        return comment(data)
    return action(data) if isinstance(key, ActionKey) else review(data)


def check(stored: int, *parts: object, place: str) -> None:
    """Nothing when the check sum of a row holds. Raises DamagedProjectError."""
    if crc(*parts) != stored:
        raise DamagedProjectError(f"The project is damaged: {place} fails its check. The file was left as it is.")
