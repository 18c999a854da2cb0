"""ELAN annotation files (EAF 3.0): one file a video, a tier of labels, tiers of comments, whole milliseconds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from ..errors import InputError
from .format import Encoded, Format, Tracks, per_video
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileComment, FileComments, FileTrack, Interval, comment_milliseconds, timed

LOSSES = ("confidence", "review status and notes", "numbers and colours of actions", "when comments were written")
_MIME = {".mp4": "video/mp4", ".mov": "video/quicktime", ".mpg": "video/mpeg", ".mpeg": "video/mpeg"}
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
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
_TIER = """    <TIER {annotator}LINGUISTIC_TYPE_REF="{kind}" TIER_ID={name}>
"""
_TYPE = """    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="{kind}" TIME_ALIGNABLE="true"/>
"""
_LABELS = "default-lt"
_COMMENTS = {"comment": False, "resolved comment": True}
"""The types of tiers that hold comments, and whether those are settled: ELAN keeps the type of a tier."""
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
    pieces, tiers = timed(track), _comment_tiers(track)
    spans = [p[:2] for p in pieces] + [span for tier in tiers for span, _ in tier.pieces]
    slots = {ms: f"ts{n}" for n, ms in enumerate(sorted({ms for span in spans for ms in span}), 1)}
    media = ""
    if track.media:
        address, mime = quote(track.media), _MIME.get(PurePath(track.media).suffix.lower(), "video/*")
        media = (
            f'        <MEDIA_DESCRIPTOR MEDIA_URL="{address}" MIME_TYPE="{mime}" RELATIVE_MEDIA_URL="./{address}"/>\n'
        )
    last = len(spans)
    head = _HEAD.format(
        date=quoteattr(track.edited), media=media, name=_VIDEO_PROPERTY, video=escape(track.video), last=last
    )
    times = "".join(f'        <TIME_SLOT TIME_SLOT_ID="{key}" TIME_VALUE="{ms}"/>\n' for ms, key in slots.items())
    labels = _Tier(track.source or "labels", _LABELS, "", [(p[:2], names[p.label]) for p in pieces])
    number, text = 1, head + times + "    </TIME_ORDER>\n"
    for tier in (labels, *tiers):
        text += _tier(tier, slots, number)
        number += len(tier.pieces)
    kinds = dict.fromkeys([_LABELS, *(tier.kind for tier in tiers)])
    return text + "".join(_TYPE.format(kind=kind) for kind in kinds) + "</ANNOTATION_DOCUMENT>\n"


@dataclass(frozen=True)
class _Tier:
    """A tier of the document: pieces that do not overlap, in milliseconds, with their text."""

    name: str
    kind: str
    annotator: str
    pieces: list[tuple[tuple[int, int], str]]


def _tier(tier: _Tier, slots: dict[int, str], number: int) -> str:
    annotator = f"ANNOTATOR={quoteattr(_fit(tier.annotator))} " if tier.annotator else ""
    head = _TIER.format(annotator=annotator, kind=tier.kind, name=quoteattr(tier.name))
    body = "".join(
        _ANNOTATION.format(number=n, first=slots[first], last=slots[last], text=escape(_fit(text)))
        for n, ((first, last), text) in enumerate(tier.pieces, number)
    )
    return f"{head}{body}    </TIER>\n"


def _fit(text: str) -> str:
    """The text without what no XML document can hold."""
    return _NO_XML.sub("\ufffd", text)


def _comment_tiers(track: ExportTrack) -> list[_Tier]:
    """A tier for the comments of each author, open and settled ones apart, and more where some lie over others."""
    tiers: list[_Tier] = []
    used: dict[str, int] = {}
    for kind, resolved in _COMMENTS.items():
        own: dict[str, list[_Tier]] = {}
        for comment in track.comments:
            if comment.resolved is not resolved:
                continue
            span = comment_milliseconds(track, comment)
            lanes = own.setdefault(comment.author, [])
            lane = next((lane for lane in lanes if lane.pieces[-1][0][1] <= span[0]), None)
            if lane is None:
                word = "resolved comments" if resolved else "comments"
                used[word] = used.get(word, 0) + 1
                name = word if used[word] == 1 else f"{word} {used[word]}"
                lane = _Tier(name if name != track.source else f"{name} *", kind, comment.author, [])
                lanes.append(lane)
                tiers.append(lane)
            lane.pieces.append((span, comment.text))
    return tiers


def decode(file: SourceFile) -> Iterator[FileTrack | FileComments]:
    """A track for each tier that holds annotations with times of their own, and what tiers of comments hold."""
    root = file.xml()
    if root.tag != "ANNOTATION_DOCUMENT":
        raise InputError(file.path, f"has the root {root.tag[:60]}; wanted ANNOTATION_DOCUMENT.")
    header = root.find("HEADER")
    video, also = _video(file, header)
    units = "milliseconds" if header is None else header.get("TIME_UNITS", "milliseconds")
    if units != "milliseconds":
        raise InputError(file.path, f'counts in "{units[:40]}"; wanted milliseconds.', "HEADER")
    slots = {slot.get("TIME_SLOT_ID"): slot.get("TIME_VALUE") for slot in root.iter("TIME_SLOT")}
    comments = FileComments(video, "seconds", tuple(_comments(file, root, slots)), file.path, also=also)
    if comments.comments:
        yield comments
    tiers = [tier for tier in root.iter("TIER") if tier.get("LINGUISTIC_TYPE_REF") not in _COMMENTS]
    found = len(comments.comments)
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


def _comments(file: SourceFile, root: Element, slots: dict[str | None, str | None]) -> Iterator[FileComment]:
    for tier in root.iter("TIER"):
        resolved = _COMMENTS.get(tier.get("LINGUISTIC_TYPE_REF") or "")
        if resolved is None:
            continue
        author = tier.get("ANNOTATOR") or tier.get("PARTICIPANT") or ""
        for item in tier.iter("ALIGNABLE_ANNOTATION"):
            place = f'tier "{tier.get("TIER_ID")}", annotation {item.get("ANNOTATION_ID")}'
            times = [seconds_of(slots.get(item.get(f"TIME_SLOT_REF{n}"))) for n in (1, 2)]
            text = (item.findtext("ANNOTATION_VALUE") or "").strip()
            if times[0] is None or times[1] is None:
                file.problem("has no time at one of its ends.", place, "Align it in ELAN.", note=True)
            elif text:
                yield FileComment(times[0] / 1000, times[1] / 1000, text, author, 0, resolved, place)


FORMAT = Format("eaf", "ELAN (.eaf)", "Annotation tools", "", ".eaf", encode, decode, LOSSES)
