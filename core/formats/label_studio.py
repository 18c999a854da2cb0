"""Label Studio: its labelling configuration and one task a video, in pictures counted from 1, last one included."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import PurePath
from typing import Any
from xml.sax.saxutils import quoteattr

from ..data.dataset import UNLABELLED
from ..errors import InputError
from .format import README, Encoded, Format, Tracks, json_text
from .names import meaning, spoken
from .source import SourceFile, seconds_of, whole
from .track import ExportTrack, FileTrack, Interval

LOSSES = ("confidence", "review status, notes and comments", "numbers of actions")
_README = """config.xml: paste it under Settings, Labeling Interface. tasks.json: import it.
Ranges count the pictures of the video from 1, the last one included. What has no range is unlabelled.
"video" in a task is a file name: put the address there under which your Label Studio finds the file.
"""
_CONFIG = """<View>
  <Video name="video" value="$video" frameRate="$fps"/>
  <TimelineLabels name="tl" toName="video">
{labels}  </TimelineLabels>
</View>
"""


def encode(tracks: Tracks) -> Encoded:
    """``config.xml``, ``tasks.json`` and a text that says how ranges count."""
    names = spoken(tracks)
    used = sorted({label for t in tracks for label in t.segmentation.labels.tolist() if label != UNLABELLED})
    colours = {int(k): a.colour for t in tracks for k, a in t.actions.items()}
    labels = "".join(f"    <Label value={quoteattr(names[n])}{_background(colours.get(n, ''))}/>\n" for n in used)
    tasks = [_task(number, track, names) for number, track in enumerate(tracks, 1)]
    variable = [t.video for t in tracks if t.timebase.media is not None and t.timebase.media.is_variable]
    notes: tuple[str, ...] = ()
    if variable:
        notes = (f"Label Studio counts pictures at a fixed rate; {variable[0]} has a variable one.",)
    return Encoded(
        {"config.xml": _CONFIG.format(labels=labels), "tasks.json": json_text(tasks), README: _README}, notes
    )


def _background(colour: str) -> str:
    return f" background={quoteattr(colour)}" if colour else ""


def _rate(track: ExportTrack) -> Fraction | None:
    media = track.timebase.media
    return media.rate if media is not None and media.rate else track.timebase.rate


def _task(number: int, track: ExportTrack, names: dict[int, str]) -> dict[str, Any]:
    rate, picture = _rate(track), track.timebase.picture_boundary
    result = []
    for index, segment in enumerate(track.segmentation.segments):
        if segment.label == UNLABELLED:
            continue
        first, last = picture(segment.start) + 1, picture(segment.stop)
        if last < first:
            what = f'"{names[segment.label]}" lasts less than one picture, and this format counts pictures.'
            raise InputError(track.video, what, f"frames {segment.start} to {segment.stop}")
        result.append(
            {
                "id": f"{number}-{index}",
                "from_name": "tl",
                "to_name": "video",
                "type": "timelinelabels",
                "value": {"ranges": [{"start": first, "end": last}], "timelinelabels": [names[segment.label]]},
            }
        )
    data: dict[str, Any] = {"video": track.media or track.video, "name": track.video}
    if rate is not None:
        data["fps"] = float(rate)
    return {"id": number, "data": data, "annotations": [{"result": result}]}


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """A track for each annotation of each task; regions of other kinds are passed over."""
    tasks = file.json()
    tasks = [tasks] if isinstance(tasks, dict) else tasks
    if not isinstance(tasks, list) or not all(isinstance(t, dict) and isinstance(t.get("data"), dict) for t in tasks):
        raise InputError(file.path, 'is not a list of tasks with "data"; wanted tasks of Label Studio.')
    for number, task in enumerate(tasks, 1):
        data = task["data"]
        address = str(data.get("video") or "")
        media = PurePath(address.split("?")[0]).name
        video = str(data.get("name") or media)
        place = f"task {number}"
        found = task.get("annotations") or task.get("predictions") or []
        if not isinstance(found, list) or not video:
            file.problem("has no list of annotations, or names no video.", place)
            continue
        for count, annotation in enumerate(found, 1):
            results = annotation.get("result") if isinstance(annotation, dict) else None
            if not isinstance(results, list):
                file.problem('has no list "result".', f"{place}, annotation {count}")
                continue
            intervals = tuple(_intervals(file, results, f"{place}, annotation {count}"))
            yield FileTrack(
                video,
                "pictures",
                intervals,
                file.path,
                tier=f"annotation {count}" if len(found) > 1 else "",
                also=_without_prefix(media),
                rate=seconds_of(data.get("fps")),
            )


def _intervals(file: SourceFile, results: list[Any], where: str) -> Iterator[Interval]:
    for number, region in enumerate(results, 1):
        place = f"{where}, region {number}"
        if not isinstance(region, dict) or region.get("type") != "timelinelabels":
            continue
        value = region.get("value")
        names = value.get("timelinelabels") if isinstance(value, dict) else None
        ranges = value.get("ranges") if isinstance(value, dict) else None
        if not isinstance(names, list) or len(names) != 1 or not isinstance(ranges, list):
            file.problem("has no ranges, or not one label.", place)
            continue
        for piece in ranges:
            first = whole(piece.get("start")) if isinstance(piece, dict) else None
            last = whole(piece.get("end")) if isinstance(piece, dict) else None
            if first is None or last is None:
                file.problem("has a range without two whole numbers.", place)
            else:
                yield Interval(first - 1, last, meaning(str(names[0])), place)


def _without_prefix(media: str) -> tuple[str, ...]:
    """The names that an uploaded file may have had: Label Studio puts eight digits and a hyphen in front."""
    head, hyphen, tail = media.partition("-")
    return (media, tail) if hyphen and len(head) == 8 else (media,)


FORMAT = Format(
    "label-studio",
    "Label Studio (configuration and tasks)",
    "Annotation tools",
    "",
    ".json",
    encode,
    decode,
    LOSSES,
    in_seconds=False,
)
