"""BORIS, aggregated events: one row a segment in the columns of BORIS 9, between commas or tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ..errors import InputError
from .format import Encoded, Format, Tracks
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import NO_DATE, ExportTrack, FileTrack, Interval, Timed, decimal, end_milliseconds, timed

SUBJECT = "No focal subject"
LOSSES = (
    "confidence",
    "review status and comments",
    "numbers and colours of actions",
    "videos without any labelled frame",
)
COLUMNS = (
    "Observation id",
    "Observation date",
    "Description",
    "Observation type",
    "Source",
    "Time offset (s)",
    "Coding duration",
    "Media duration (s)",
    "FPS (frame/s)",
    "Subject",
    "Observation duration by subject by observation",
    "Behavior",
    "Behavioral category",
    "Behavior type",
    "Start (s)",
    "Stop (s)",
    "Duration (s)",
    "Media file name",
    "Image index start",
    "Image index stop",
    "Image file path start",
    "Image file path stop",
    "Comment start",
    "Comment stop",
)


def encode(tracks: Tracks, name: str, delimiter: str) -> Encoded:
    """One table of all tracks; unlabelled frames have no row."""
    names = spoken(tracks)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n", delimiter=delimiter)
    table.writerow(COLUMNS)
    for track in tracks:
        pieces, end = timed(track), end_milliseconds(track)
        coded = decimal(sum(p.stop_ms - p.start_ms for p in pieces))
        for piece in pieces:
            table.writerow(_row(track, piece, names[piece.label], coded, decimal(end)))
    return Encoded({name: text.getvalue()})


def _row(track: ExportTrack, piece: Timed, name: str, coded: str, end: str) -> tuple[object, ...]:
    clock, media = track.timebase, track.media or track.video
    rate = clock.media.rate if clock.media else clock.rate
    date = "" if track.edited == NO_DATE else track.edited
    pictures = (clock.picture_boundary(piece.start), clock.picture_boundary(piece.stop))
    return (
        *(track.video, date, track.note, "Media file", f"player #1:{media}", "0", coded, end),
        *(f"{float(rate):.3f}" if rate else "", SUBJECT, end, name, "", "STATE"),
        *(decimal(piece.start_ms), decimal(piece.stop_ms), decimal(piece.stop_ms - piece.start_ms), media),
        *(*pictures, "", "", "", ""),
    )


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """A track for each observation and subject; columns are found by name, between commas or tabs."""
    lines = file.text().split("\n")
    top = next((n for n, line in enumerate(lines[:50]) if "Behavior" in line and "Start (s)" in line), None)
    if top is None:
        what = 'has no line with the columns "Behavior" and "Start (s)"; wanted aggregated events of BORIS.'
        raise InputError(file.path, what, "first 50 lines")
    delimiter = "\t" if "\t" in lines[top] else ","
    rows = csv.DictReader(io.StringIO("\n".join(lines[top:]), newline=""), delimiter=delimiter)
    missing = {"Behavior", "Start (s)", "Stop (s)"} - set(rows.fieldnames or ())
    if missing:
        raise InputError(file.path, f"has no column {', '.join(sorted(missing))}.", f"line {top + 1}")
    found: dict[tuple[str, str], list[Interval]] = {}
    also: dict[str, tuple[str, ...]] = {}
    try:
        for row in rows:
            place = f"line {top + rows.line_num}"
            interval = _interval(file, row, place)
            if interval is None:
                continue
            video = row.get("Observation id") or file.path.stem
            found.setdefault((video, row.get("Subject") or ""), []).append(interval)
            also[video] = tuple(n for n in (row.get("Media file name"), row.get("Media file")) if n)
    except csv.Error as error:
        file.problem(f"is not a table that can be read: {error}.", f"line {top + rows.line_num}")
    for (video, subject), intervals in found.items():
        tier = "" if subject == SUBJECT else subject
        yield FileTrack(video, "seconds", tuple(intervals), file.path, tier=tier, also=also[video])


def _interval(file: SourceFile, row: dict[str, str], place: str) -> Interval | None:
    start, stop, name = seconds_of(row["Start (s)"]), seconds_of(row["Stop (s)"]), row["Behavior"]
    if (row.get("Behavior type") or "").upper().startswith("POINT"):
        file.problem(f'"{name}" is a point event and is left out.', place, note=True)
        return None
    if start is None or stop is None or not name:
        file.problem("has no start, stop and behaviour that can be read.", place)
        return None
    return Interval(start, stop, meaning(name), place)


_GROUP = "Annotation tools"
COMMA = Format(
    "boris",
    "BORIS aggregated events (.csv)",
    _GROUP,
    ".csv",
    ".csv",
    lambda tracks: encode(tracks, "boris.csv", ","),
    decode,
    LOSSES,
)
TAB = Format(
    "boris-tsv",
    "BORIS aggregated events (.tsv)",
    _GROUP,
    ".tsv",
    ".tsv",
    lambda tracks: encode(tracks, "boris.tsv", "\t"),
    decode,
    LOSSES,
)
