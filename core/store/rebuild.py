"""A document put together from the rows that survived, and from the log where rows are gone or too old."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ..annotation.document import Document
from ..annotation.segmentation import Segmentation
from ..annotation.values import CommentId, CommentKey, LabelMap, TrackKind
from ..data.colours import colour_for
from ..data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from ..data.timebase import Timebase
from ..errors import StoreError, TotError
from . import comments, kit_text, pack, rows, tracks
from .survivors import META, Survivors


def rebuilt(found: Survivors, path: Path, lost: list[str]) -> Document:
    """The document, `path` being where the project lay; what could not be saved is added to `lost` in sentences."""
    document = _document(found, path, lost)
    _rebuild(found, document, lost)
    _name_nameless(document, lost)
    return document


def _document(found: Survivors, path: Path, lost: list[str]) -> Document:
    """What the rows say, videos in their old places; a video whose row is gone gets a name and its tracks' length."""
    meta = found.meta
    if missing := sorted(META - {"uid", "fingerprints", "place"} - meta.keys()):
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
    for (place, number), comment in sorted(found.comments.items()):
        if place >= len(videos) or not comments.add(document, CommentKey(videos[place].id, CommentId(number)), comment):
            lost.append(f"Comment {number} on video {place + 1}: it does not fit its video.")
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


def _add_runs(found: Survivors, document: Document, lost: list[str]) -> None:
    for name, run in sorted(found.runs.items(), key=lambda item: item[1].number):
        label_map = found.label_maps.get(name)
        if label_map is None:
            lost.append(f"The label map of {run.name}.")
            label_map = LabelMap(run.id, run.n_clusters)
        if name not in found.weights:
            lost.append(f"The weights of {run.name}.")
        document.add_run(run, label_map)


def _rebuild(found: Survivors, document: Document, lost: list[str]) -> None:
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
        try:
            for swap in msgspec.msgpack.decode(found.edits[seq][6]):
                if swap[0] == "track" and 0 <= swap[1] < len(videos):
                    _replay_track(replayed, found.edits[seq], swap, videos, stuck)
                    last[swap[1]] = seq
                elif swap[2] == "swap":
                    newest[swap[0], swap[1]] = swap[3 if found.edits[seq][3] == "undo" else 4]
        except pack.WRONG:
            lost.append(f"Edit {seq} of the log: its values are of the wrong kind.")
    _take_values(found, document, newest, lost)
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


def _take_values(found: Survivors, document: Document, newest: Mapping[tuple[str, Any], Any], lost: list[str]) -> None:
    """Reviews, maps, comments and actions whose rows are gone, as the log last had them."""
    for (kind, key), data in newest.items():
        try:
            if data is not None:
                _take_value(found, document, kind, key, data)
        except pack.WRONG:
            lost.append(f"The {kind} {key!s:.40} of the log: its value is of the wrong kind.")


def _take_value(found: Survivors, document: Document, kind: str, key: Any, data: Any) -> None:
    videos = list(document.videos)
    if kind == "review" and key not in found.reviews and key < len(videos):
        document.reviews[videos[key]] = pack.review(data)
    elif kind == "map" and key not in found.label_maps and RunId(key) in document.runs:
        document.label_maps[RunId(key)] = pack.label_map(RunId(key), data)
    elif kind == "comment":
        place, number = pack.comment_place(key)
        if (place, int(number)) not in found.comments and place < len(videos):
            comments.add(document, CommentKey(videos[place], number), pack.comment(data))
    elif kind == "action" and key not in found.actions:
        document.actions[ActionId(int(key))] = pack.action(data)


def _name_nameless(document: Document, lost: list[str]) -> None:
    """Segments keep their numbers; an action whose row is gone gets a name that says so."""
    found = [*document.corrected.values(), *document.imported.values()]
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
