"""Lists of segments by video, as benchmarks keep them: ActivityNet and COIN. What has no segment is background."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..data.dataset import BACKGROUND
from ..errors import InputError
from .format import Encoded, Format, Tracks, json_text
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileTrack, Interval, end_milliseconds, refuse_unlabelled, timed

LOSSES = (
    "background as a label of its own (it is what has no segment)",
    "confidence",
    "review status, notes and comments",
)
_BASE = "seconds from the first picture, end exclusive; what has no segment is background"


def activitynet(tracks: Tracks) -> Encoded:
    """The ground truth that the public ActivityNet evaluator reads."""
    database = {}
    for track, segments in _segments(tracks):
        media = track.timebase.media
        database[track.video] = {
            "duration": end_milliseconds(track) / 1000,
            "subset": "validation",
            "resolution": f"{media.width}x{media.height}" if media else "",
            "url": "",
            "annotations": [{"segment": list(times), "label": name} for times, name, _ in segments],
        }
    return Encoded({"activitynet.json": json_text({"version": _BASE, "taxonomy": [], "database": database})})


def coin(tracks: Tracks) -> Encoded:
    """The annotation file of COIN."""
    database = {}
    for track, segments in _segments(tracks):
        end = end_milliseconds(track) / 1000
        database[track.video] = {
            "video_url": "",
            "class": "",
            "recipe_type": 0,
            "subset": "training",
            "duration": end,
            "start": 0.0,
            "end": end,
            "annotation": [{"id": str(n), "segment": list(times), "label": name} for times, name, n in segments],
        }
    return Encoded({"coin.json": json_text({"version": _BASE, "database": database})})


_Segment = tuple[tuple[float, float], str, int]


def _segments(tracks: Tracks) -> Iterator[tuple[ExportTrack, list[_Segment]]]:
    refuse_unlabelled(tracks)
    names = spoken(tracks)
    for track in tracks:
        pieces = timed(track, leave_out=frozenset({int(BACKGROUND)}))
        yield track, [((p.start_ms / 1000, p.stop_ms / 1000), names[p.label], p.label) for p in pieces]


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """The tracks of a list of either kind, or of the results that the ActivityNet evaluator reads."""
    content = file.json()
    if not isinstance(content, dict):
        raise InputError(file.path, 'is not an object with "database" or "results".')
    database = content.get("database", content.get("results"))
    if not isinstance(database, dict):
        raise InputError(file.path, 'has neither "database" nor "results".')
    for video, entry in database.items():
        found = entry.get("annotations", entry.get("annotation")) if isinstance(entry, dict) else entry
        if not isinstance(found, list):
            file.problem("has no list of annotations.", f'video "{video}"')
            continue
        intervals = tuple(_intervals(file, found, f'video "{video}"'))
        yield FileTrack(video, "seconds", intervals, file.path, gap="")


def _intervals(file: SourceFile, found: list[Any], where: str) -> Iterator[Interval]:
    for number, item in enumerate(found, 1):
        place = f"{where}, annotation {number}"
        piece = item.get("segment") if isinstance(item, dict) else None
        times = [seconds_of(t) for t in piece] if isinstance(piece, list) else []
        if len(times) != 2 or times[0] is None or times[1] is None or "label" not in item:
            file.problem('has no "segment" of two numbers, or no "label".', place)
        else:
            yield Interval(times[0], times[1], meaning(str(item["label"])), place)


def _format(name: str, label: str, encode: Callable[[Tracks], Encoded]) -> Format:
    return Format(name, label, "Benchmarks", ".json", ".json", encode, decode, LOSSES, has_gaps=False)


ACTIVITYNET = _format("activitynet", "ActivityNet (.json)", activitynet)
COIN = _format("coin", "COIN (.json)", coin)
