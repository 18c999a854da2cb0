"""A new project from what a damaged one still holds: rows with a right check sum, tracks rebuilt from the log."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec

from ..annotation.document import Document
from ..annotation.edit import Edit, Swap
from ..annotation.segmentation import Segmentation
from ..annotation.values import KitTextKey, LabelMap, ReviewKey, Run, StepTextKey, TrackKey, TrackKind
from ..cache import publish
from ..data.colours import colour_for
from ..data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from ..data.timebase import Timebase
from ..errors import InputError, StoreError, TotError
from . import kit_text, log, opening, pack, rows, tracks
from .check import read_all
from .create import fill
from .pages import Value, records
from .schema import connect

_META = {
    "uid", "root", "activity", "layout", "granularity", "activities", "granularities", "findings", "background_names",
    "fingerprints", "place",
}  # fmt: skip


@dataclass(frozen=True)
class Salvaged:
    """What was saved into `out`, in numbers, and one sentence for each thing that was not."""

    out: Path
    videos: int
    corrected: int
    runs: int
    edits: int
    lost: tuple[str, ...]


@dataclass
class _Found:
    """Rows with a right check sum by table and key, as their columns."""

    meta: dict[str, Any] = field(default_factory=dict)
    videos: dict[int, Video] = field(default_factory=dict)
    actions: dict[int, Action] = field(default_factory=dict)
    runs: dict[str, Run] = field(default_factory=dict)
    weights: dict[str, bytes] = field(default_factory=dict)
    label_maps: dict[str, LabelMap] = field(default_factory=dict)
    reviews: dict[int, Any] = field(default_factory=dict)
    tracks: dict[tuple[int, str, str], tuple[Any, ...]] = field(default_factory=dict)
    edits: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    broken: int = 0


def salvage(path: Path, out: Path) -> Salvaged:
    """Save what can be read of a project into a new file; the damaged one is not changed.

    Raises:
        InputError: nothing of a project is in the file.   StoreError: `out` exists, or cannot be written.
    """
    if out.exists():
        raise StoreError(f"{out} exists already. Choose a name that is free.")
    if not path.is_file():
        raise InputError(path, "is not there; wanted a project file (.tot).")
    found = _read(path)
    if not found.videos and not found.tracks:
        raise InputError(path, "nothing of a project could be read from it.", hint=_where_else(path))
    lost: list[str] = []
    document = _document(found, path, lost)
    _rebuild(found, document, lost)
    _name_nameless(document, lost)
    if found.broken:
        lost.append(f"{found.broken} rows that fail their check; where the log had their values, those were taken.")
    temporary = out.with_name(f".{out.name}.partial-{uuid4().hex[:8]}")
    try:
        write_values(temporary, document, weights=found.weights)
        read_all(temporary)
        publish(temporary, out)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{out} cannot be written: {error}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    n_videos, n_corrected = len(document.videos), len(document.corrected)
    return Salvaged(out, n_videos, n_corrected, len(document.runs), len(found.edits), tuple(lost))


def _where_else(path: Path) -> str:
    from .backup import newest_whole

    backup = newest_whole(path)
    return f"A whole backup is {backup.path}." if backup else "Look for a copy of the file elsewhere."


# --- reading ---------------------------------------------------------------------------------------


def _read(path: Path) -> _Found:
    """Every row with a right check sum, read from the bytes of a copy after its journal was rolled back."""
    with opening.private_copy(path) as copy:
        with suppress(StoreError, sqlite3.Error):
            if opening.is_hot(copy):
                opening.recover(copy)
        data = copy.read_bytes()
    found = _Found()
    for rowid, columns in records(data):
        try:
            _take(found, rowid, columns)
        except (ValueError, KeyError, TypeError, IndexError, ZeroDivisionError, zlib.error, msgspec.MsgspecError,
                TotError, RecursionError):  # fmt: skip
            found.broken += 1
    return found


def _take(found: _Found, rowid: int, columns: list[Value]) -> None:
    """File a row that is one of ours, told by its shape and its check sum; count it when only the shape is."""
    kinds = "".join("_" if v is None else "b" if isinstance(v, bytes) else type(v).__name__[0] for v in columns)
    take = _SHAPES.get(kinds) or (_edit if len(columns) == 9 and kinds[3:5] == "ss" else None)
    if take is not None and not take(found, rowid, columns):
        found.broken += 1


def _keyed(found: _Found, rowid: int, columns: list[Any]) -> bool:
    key, text, stored = columns
    if pack.crc(key, text) != stored:
        return False
    value = json.loads(text)
    if isinstance(value, dict) and "proposed" in value:
        found.label_maps[key] = pack.label_map(RunId(key), value)
    elif key in _META or key == "kit" or key.startswith("kit."):
        found.meta[key] = value
    return True


def _numbered(found: _Found, rowid: int, columns: list[Any]) -> bool:
    _, text, stored = columns
    if pack.crc(rowid, text) != stored:
        return False
    value = json.loads(text)
    if "colour" in value:
        found.actions[rowid] = pack.action(value)
    else:
        found.reviews[rowid] = pack.review(value)
    return True


def _video(found: _Found, rowid: int, columns: list[Any]) -> bool:
    _, text, pts, stored = columns
    if pack.crc(rowid, text, pts) != stored:
        return False
    found.videos[rowid] = rows.unpack_video(json.loads(text), pts, Path("/"))
    found.meta.setdefault("_rows", {})[rowid] = (text, pts)  # the root may be read later
    return True


def _run(found: _Found, rowid: int, columns: list[Any]) -> bool:
    name, _, text, stored = columns
    if pack.crc(name, text) != stored:
        return False
    found.runs[name] = msgspec.convert(json.loads(text), Run)
    return True


def _weights(found: _Found, rowid: int, columns: list[Any]) -> bool:
    run, digest, data = columns
    if hashlib.sha256(data).hexdigest() != digest:
        return False
    found.weights[run] = data
    return True


def _track(found: _Found, rowid: int, columns: list[Any]) -> bool:
    *values, stored = columns
    if pack.crc(*values) != stored:
        return False
    place, kind, run, seq = values[:4]
    older = found.tracks.get((place, kind, run))
    if older is None or older[3] <= seq:
        found.tracks[place, kind, run] = tuple(values)
    return True


def _edit(found: _Found, rowid: int, columns: list[Any]) -> bool:
    _, ts, *rest, stored = columns
    values = (rowid, float(ts), *rest)  # SQLite stores a whole REAL as an integer
    if pack.crc(*values) != stored:
        return False
    found.edits[rowid] = values
    return True


_SHAPES: dict[str, Callable[[_Found, int, list[Any]], bool]] = {
    "ssi": _keyed, "_si": _numbered, "_sbi": _video, "sisi": _run, "ssb": _weights, "issibsi": _track,
}  # fmt: skip


# --- putting together ------------------------------------------------------------------------------


def _document(found: _Found, path: Path, lost: list[str]) -> Document:
    """What the rows say, videos in their old places; a video whose row is gone gets a name and its tracks' length."""
    meta = found.meta
    if missing := sorted(_META - {"uid", "fingerprints", "place"} - meta.keys()):
        lost.append(f"The settings {', '.join(missing)} of the project.")
    root = Path(meta.get("root", str(path.parent)))
    known = {place: rows.unpack_video(json.loads(t), p, root) for place, (t, p) in meta.get("_rows", {}).items()}
    lengths = {key[0]: pack.unpack_track(row[4]).n_frames for key, row in found.tracks.items()}
    videos = []
    for place in range(1 + max([*known, *lengths], default=-1)):
        if place not in known:
            lost.append(f"Name, files and clock of video {place + 1}.")
            name = f"video {place + 1} (salvaged)"
            known[place] = Video(VideoId(name), name, Timebase(lengths.get(place, 1)))
        videos.append(known[place])
    dataset = Dataset(
        root,
        str(meta.get("activity", "")),
        tuple(videos),
        tuple(found.actions.values()),
        (),
        str(meta.get("layout", "")),
        tuple(meta.get("activities", ())),
        str(meta.get("granularity", "")),
        tuple(meta.get("granularities", ())),
        tuple(meta.get("findings", ())),
        frozenset(meta.get("background_names", ())),
    )
    document = Document(dataset)
    _add_runs(found, document, lost)
    with suppress(StoreError):
        kit_text.load(meta, document)
    for place, value in found.reviews.items():
        if place < len(videos):
            document.reviews[videos[place].id] = value
    for (place, kind, run), row in sorted(found.tracks.items()):
        name = videos[place].name
        if kind == TrackKind.PREDICTION and RunId(run) not in document.runs:
            lost.append(f"The prediction of {name} by run {run}, whose row is gone.")
            continue
        try:
            tracks.add_track(document, videos[place].id, kind, RunId(run), pack.unpack_track(row[4]), row[5])
        except (StoreError, ValueError, KeyError):
            lost.append(f"The {kind} track of {name}: it does not fit its video.")
    return document


def _add_runs(found: _Found, document: Document, lost: list[str]) -> None:
    for name, run in sorted(found.runs.items(), key=lambda item: item[1].number):
        label_map = found.label_maps.get(name)
        if label_map is None:
            lost.append(f"The label map of {run.name}.")
            label_map = LabelMap(run.id, run.n_clusters)
        if name not in found.weights:
            lost.append(f"The weights of {run.name}.")
        document.add_run(run, label_map)


def _rebuild(found: _Found, document: Document, lost: list[str]) -> None:
    """Corrected tracks, reviews, maps and actions that the rows lack or have too old, from the log's own values."""
    if not found.edits:
        return
    gaps = sorted(set(range(1, max(found.edits) + 1)) - found.edits.keys())
    if gaps:
        some = ", ".join(map(str, gaps[:5])) + (" ..." if len(gaps) > 5 else "")
        lost.append(f"{len(gaps)} of {max(found.edits)} rows of the log ({some}).")
    videos = list(document.videos)
    present = {(key[0]): row[3] for key, row in found.tracks.items() if key[1] == TrackKind.CORRECTED}
    replayed = Document(document.dataset)
    last: dict[int, int] = {}
    stuck: dict[int, int] = {}
    newest: dict[tuple[str, Any], Any] = {}
    for seq in sorted(found.edits):
        for swap in msgspec.msgpack.decode(found.edits[seq][6]):
            if swap[0] == "track" and swap[1] < len(videos):
                _replay_track(replayed, found.edits[seq], swap, videos, stuck)
                last[swap[1]] = seq
            elif swap[2] == "swap":
                newest[swap[0], swap[1]] = swap[3 if found.edits[seq][3] == "undo" else 4]
    _take_values(found, document, newest)
    for place, seq in last.items():
        if present.get(place, 0) == seq:
            continue
        video, name = videos[place], document.videos[videos[place]].name
        if place not in stuck:
            document.corrected.pop(video, None)
            if video in replayed.corrected:
                document.corrected[video] = replayed.corrected[video]
        elif place not in present:
            lost.append(f"The corrected track of {name} from edit {stuck[place]} on.")
            if video in replayed.corrected:
                document.corrected[video] = replayed.corrected[video]
        else:
            lost.append(f"The corrected track of {name} after edit {present[place]}.")


def _take_values(found: _Found, document: Document, newest: Mapping[tuple[str, Any], Any]) -> None:
    """Reviews, maps and actions whose rows are gone, as the log last had them."""
    videos = list(document.videos)
    for (kind, key), data in newest.items():
        if data is None:
            continue
        if kind == "review" and key not in found.reviews and key < len(videos):
            document.reviews[videos[key]] = pack.review(data)
        elif kind == "map" and key not in found.label_maps and RunId(key) in document.runs:
            document.label_maps[RunId(key)] = pack.label_map(RunId(key), data)
        elif kind == "action" and key not in found.actions:
            document.actions[ActionId(key)] = pack.action(data)


def _name_nameless(document: Document, lost: list[str]) -> None:
    """Segments keep their numbers; an action whose row is gone gets a name that says so."""
    found = [*document.corrected.values(), *document.ground_truth.values()]
    used = {int(label) for track in found for label in track.labels if label >= 0}
    for number in sorted(used - {int(action) for action in document.actions}):
        document.actions[ActionId(number)] = Action(ActionId(number), f"action {number} (salvaged)", colour_for(number))
        lost.append(f"The name of action {number}.")


def _replay_track(
    replayed: Document, row: tuple[Any, ...], swap: list[Any], videos: list[VideoId], stuck: dict[int, int]
) -> None:
    place = swap[1]
    if place in stuck:
        if swap[2] != "swap":
            return
        del stuck[place]  # a whole value does not depend on what was before
    direction: Any = "undo" if row[3] == "undo" else "redo"
    try:
        edit = pack.unpack_edit(msgspec.msgpack.encode([swap]), row[4], direction, replayed, videos)
        after = edit.swaps[0].after
        replayed.corrected.pop(videos[place], None)
        if isinstance(after, Segmentation):
            replayed.corrected[videos[place]] = after
    except (TotError, ValueError):
        stuck[place] = row[0]


# --- writing ---------------------------------------------------------------------------------------


def write_values(path: Path, document: Document, *, weights: Mapping[str, bytes] | None = None) -> None:
    """A new project with the values of a document; corrected tracks and reviews come in as one edit.

    Raises:
        OSError, sqlite3.Error.
    """
    fill(path, document.dataset, document.ground_truth)
    places = {video: place for place, video in enumerate(document.videos)}
    connection = connect(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for action in document.actions.values():
            tracks.put_action(connection, action)
        for run in document.runs.values():
            tracks.put_run(connection, run, document.label_maps[run.id], (weights or {}).get(run.id))
        for prediction in document.predictions.values():
            tracks.put_prediction(connection, prediction, places[prediction.video])
        swaps = [Swap(TrackKey(video), None, track) for video, track in document.corrected.items()]
        swaps += [Swap(ReviewKey(video), None, review) for video, review in document.reviews.items()]
        swaps += [Swap(StepTextKey(action), None, text) for action, text in document.step_texts.items()]
        if document.kit_text is not None:
            swaps.append(Swap(KitTextKey(), None, document.kit_text))
        if swaps:
            edit = Edit("what was saved", tuple(swaps))
            row = log.Row(1, 0, "edit", edit, pack.pack_edit(edit, places), None, log.now())
            log.append(connection, row, places)
        connection.execute("COMMIT")
    finally:
        connection.close()
