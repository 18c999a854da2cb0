"""VIA 3 (VGG Image Annotator): one project of all videos, the actions as options of one attribute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..data.dataset import UNLABELLED
from ..errors import InputError
from .format import Encoded, Format, Tracks, json_text
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileTrack, Interval, timed

LOSSES = ("confidence", "review status, notes and comments", "numbers and colours of actions")
_VIDEO, _LOCAL, _SELECT = 4, 1, 4
_ANCHOR = "FILE1_Z2_XY0"


def encode(tracks: Tracks) -> Encoded:
    """One project; unlabelled frames have no segment."""
    names = spoken(tracks)
    used = sorted({label for t in tracks for label in t.segmentation.labels.tolist() if label != UNLABELLED})
    options = {label: str(number) for number, label in enumerate(used)}
    ids = [str(number) for number in range(1, len(tracks) + 1)]
    metadata = {
        f"{number}_{index}": {
            "vid": number,
            "flg": 0,
            "z": [piece.start_ms / 1000, piece.stop_ms / 1000],
            "xy": [],
            "av": {"1": options[piece.label]},
        }
        for number, track in zip(ids, tracks, strict=True)
        for index, piece in enumerate(timed(track), 1)
    }
    project = {
        "project": {
            "pid": "__VIA_PROJECT_ID__",
            "rev": "__VIA_PROJECT_REV_ID__",
            "rev_timestamp": "__VIA_PROJECT_REV_TIMESTAMP__",
            "pname": "labels",
            "data_format_version": "3.1.1",
            "creator": "totgui",
            "created": max((_timestamp(t) for t in tracks), default=0),
            "vid_list": ids,
        },
        "config": {
            "file": {"loc_prefix": {"1": "", "2": "", "3": "", "4": ""}},
            "ui": {"file_content_align": "center", "file_metadata_editor_visible": True},
        },
        "attribute": {
            "1": {
                "aname": "action",
                "anchor_id": _ANCHOR,
                "type": _SELECT,
                "desc": "seconds from the first picture, end exclusive; a gap is unlabelled",
                "options": {options[label]: names[label] for label in used},
                "default_option_id": "",
            }
        },
        "file": {n: _file(int(n), track) for n, track in zip(ids, tracks, strict=True)},
        "metadata": metadata,
        "view": {n: {"fid_list": [int(n)]} for n in ids},
    }
    return Encoded({"via.json": json_text(project)})


def _file(number: int, track: ExportTrack) -> dict[str, Any]:
    return {"fid": number, "fname": track.media or track.video, "type": _VIDEO, "loc": _LOCAL, "src": ""}


def _timestamp(track: ExportTrack) -> int:
    return int(datetime.fromisoformat(track.edited).timestamp() * 1000)


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """A track for each file and each attribute of segments in time."""
    project = file.json()
    parts = {key: project.get(key) if isinstance(project, dict) else None for key in ("attribute", "file", "metadata")}
    lacking = [key for key, part in parts.items() if not isinstance(part, dict)]
    if lacking:
        raise InputError(file.path, f'has no object "{lacking[0]}"; wanted a project of VIA 3.')
    attributes, files, metadata = parts["attribute"] or {}, parts["file"] or {}, parts["metadata"] or {}
    views = project.get("view") if isinstance(project.get("view"), dict) else {}
    found: dict[tuple[str, str], list[Interval]] = {}
    for key, item in metadata.items():
        _collect(file, item, attributes, f'metadata "{key}"', found)
    several = len({attribute for _, attribute in found}) > 1
    for vid in views or files:
        number = _file_of(vid, views)
        entry = files.get(number)
        name = entry.get("fname") if isinstance(entry, dict) else None
        if not isinstance(name, str):
            file.problem("names no file.", f'view "{vid}"')
            continue
        mine = {attribute: found.pop((v, attribute)) for v, attribute in list(found) if v == vid}
        for attribute, intervals in mine.items() or [("", [])]:
            tier = attribute if several else ""
            yield FileTrack(name, "seconds", tuple(intervals), file.path, tier=tier)
    for (vid, _), _intervals in found.items():
        file.problem(f'belongs to view "{vid}", which is not there.', "metadata")


def _file_of(vid: str, views: dict[str, Any]) -> str:
    view = views.get(vid)
    fids = view.get("fid_list") if isinstance(view, dict) else None
    return str(fids[0]) if isinstance(fids, list) and fids else vid


def _collect(
    file: SourceFile, item: Any, attributes: dict[str, Any], place: str, found: dict[tuple[str, str], list[Interval]]
) -> None:
    """Put the segment of one entry, once for each attribute, to its view."""
    if not isinstance(item, dict) or not isinstance(item.get("av"), dict) or not isinstance(item.get("z"), list):
        file.problem("is not a segment that can be read.", place)
        return
    times = [seconds_of(t) for t in item["z"]]
    if len(times) != 2:
        file.problem("is no segment in time and is left out.", place, note=True)
        return
    if times[0] is None or times[1] is None:
        file.problem('has no two numbers in "z".', place)
        return
    for key, value in item["av"].items():
        attribute = attributes.get(key)
        options = attribute.get("options") if isinstance(attribute, dict) else None
        name = options.get(value, value) if isinstance(options, dict) and isinstance(value, str) else value
        label = str(attribute.get("aname")) if isinstance(attribute, dict) else key
        interval = Interval(times[0], times[1], meaning(str(name)), place)
        found.setdefault((str(item.get("vid")), label), []).append(interval)


FORMAT = Format("via", "VIA 3 project (.json)", "Annotation tools", ".json", ".json", encode, decode, LOSSES)
