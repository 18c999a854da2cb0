"""ELAN annotation files (EAF 3.0): one file a video, one tier, whole milliseconds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from ..errors import InputError
from .format import Encoded, Format, Tracks, per_video
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileTrack, Interval, timed

LOSSES = ("confidence", "review status and notes", "numbers and colours of actions")
_MIME = {".mp4": "video/mp4", ".mov": "video/quicktime", ".mpg": "video/mpeg", ".mpeg": "video/mpeg"}
_VIDEO_PROPERTY = "totgui:video"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<ANNOTATION_DOCUMENT AUTHOR="" DATE={date} FORMAT="3.0" VERSION="3.0" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
{media}        <PROPERTY NAME="{name}">{video}</PROPERTY>
        <PROPERTY NAME="lastUsedAnnotationId">{last}</PROPERTY>
    </HEADER>
    <TIME_ORDER>
"""
_TIER = """    </TIME_ORDER>
    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID={name}>
"""
_TAIL = """    </TIER>
    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>
</ANNOTATION_DOCUMENT>
"""
_ANNOTATION = """        <ANNOTATION>
            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a{number}" TIME_SLOT_REF1="{first}" TIME_SLOT_REF2="{last}">
                <ANNOTATION_VALUE>{text}</ANNOTATION_VALUE>
            </ALIGNABLE_ANNOTATION>
        </ANNOTATION>
"""


def encode(tracks: Tracks) -> Encoded:
    """One document a video; neighbours share a time slot, unlabelled frames are gaps."""
    names = spoken(tracks)
    return Encoded(per_video(tracks, ".eaf", lambda track: _document(track, names)))


def _document(track: ExportTrack, names: dict[int, str]) -> str:
    pieces = timed(track)
    slots = {ms: f"ts{n}" for n, ms in enumerate(sorted({ms for p in pieces for ms in p[:2]}), 1)}
    media = ""
    if track.media:
        address, mime = quote(track.media), _MIME.get(PurePath(track.media).suffix.lower(), "video/*")
        media = (
            f'        <MEDIA_DESCRIPTOR MEDIA_URL="{address}" MIME_TYPE="{mime}" RELATIVE_MEDIA_URL="./{address}"/>\n'
        )
    head = _HEAD.format(
        date=quoteattr(track.edited), media=media, name=_VIDEO_PROPERTY, video=escape(track.video), last=len(pieces)
    )
    times = "".join(f'        <TIME_SLOT TIME_SLOT_ID="{key}" TIME_VALUE="{ms}"/>\n' for ms, key in slots.items())
    tier = _TIER.format(name=quoteattr(track.source or "labels"))
    body = "".join(
        _ANNOTATION.format(number=n, first=slots[p.start_ms], last=slots[p.stop_ms], text=escape(names[p.label]))
        for n, p in enumerate(pieces, 1)
    )
    return head + times + tier + body + _TAIL


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """A track for each tier that holds annotations with times of their own."""
    root = file.xml()
    if root.tag != "ANNOTATION_DOCUMENT":
        raise InputError(file.path, f"has the root {root.tag[:60]}; wanted ANNOTATION_DOCUMENT.")
    header = root.find("HEADER")
    video, also = _video(file, header)
    units = "milliseconds" if header is None else header.get("TIME_UNITS", "milliseconds")
    if units != "milliseconds":
        raise InputError(file.path, f'counts in "{units[:40]}"; wanted milliseconds.', "HEADER")
    slots = {slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE") for slot in root.iter("TIME_SLOT")}
    tiers = list(root.iter("TIER"))
    found = 0
    for tier in tiers:
        intervals = tuple(_annotations(file, tier, slots))
        if intervals or (len(tiers) == 1 and not len(tier)):
            found += 1
            yield FileTrack(video, "seconds", intervals, file.path, tier=tier.get("TIER_ID") or "", also=also)
        elif len(tier):
            name = tier.get("TIER_ID")
            file.problem("has no times of its own and is left out.", f'tier "{name}"', note=True)
    if not found:
        raise InputError(file.path, "holds no annotation with times.")


def _video(file: SourceFile, header: Element | None) -> tuple[str, tuple[str, ...]]:
    also = [file.video()]
    name = ""
    for item in () if header is None else header:
        if item.tag == "PROPERTY" and item.get("NAME") == _VIDEO_PROPERTY and item.text:
            name = item.text
        elif item.tag == "MEDIA_DESCRIPTOR":
            address = item.get("RELATIVE_MEDIA_URL") or item.get("MEDIA_URL") or ""
            also.append(PurePath(unquote(address)).name)
            if (item.get("TIME_ORIGIN") or "0") != "0":
                what = f"shifts its media by {item.get('TIME_ORIGIN')} ms; times were taken as they are."
                file.problem(what, "MEDIA_DESCRIPTOR", note=True)
    also = [other for other in also if other]
    return (name or also[0], tuple(also))


def _annotations(file: SourceFile, tier: Element, slots: dict[str | None, str | None]) -> Iterator[Interval]:
    for item in tier.iter("ALIGNABLE_ANNOTATION"):
        place = f'tier "{tier.get("TIER_ID")}", annotation {item.get("ANNOTATION_ID")}'
        times = [seconds_of(slots.get(item.get(f"TIME_SLOT_REF{n}"))) for n in (1, 2)]
        if times[0] is None or times[1] is None:
            file.problem("has no time at one of its ends.", place, "Align it in ELAN.")
            continue
        text = item.findtext("ANNOTATION_VALUE") or ""
        yield Interval(times[0] / 1000, times[1] / 1000, meaning(text) if text else None, place)


FORMAT = Format("eaf", "ELAN (.eaf)", "Annotation tools", "", ".eaf", encode, decode, LOSSES)
