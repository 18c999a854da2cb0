"""One row a segment, in frames and seconds (RFC 4180): for pandas and scripts, and a safe twin for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from fractions import Fraction

from ..data.dataset import BACKGROUND, UNLABELLED
from ..errors import InputError
from .format import Encoded, Format, Tracks
from .names import SURROGATE, meaning, spoken
from .source import SourceFile, seconds_of, whole
from .track import FileTrack, Interval, seconds_text

COLUMNS = (
    "video",
    "segment",
    "start_s",
    "end_s",
    "start_frame",
    "end_frame_exclusive",
    "label_id",
    "label",
    "source",
    "confidence",
    "status",
    "note",
)
LOSSES = ("confidence (left empty)", "colours of actions", "comments")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def encode(tracks: Tracks, *, spreadsheet: bool = False) -> Encoded:
    """One table of all tracks; for a spreadsheet every cell is quoted and none can be a formula."""
    names = spoken(tracks, refuse=SURROGATE, escape=False, why="half a character")
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if spreadsheet else csv.QUOTE_MINIMAL)
    table.writerow(COLUMNS)
    for track in tracks:
        clock = track.timebase
        for number, s in enumerate(track.segmentation.segments):
            times = (seconds_text(clock, s.start), seconds_text(clock, s.stop), s.start, s.stop)
            row = (track.video, number, *times, s.label, names[s.label], track.source, "", track.status, track.note)
            table.writerow([_safe(cell) for cell in row] if spreadsheet else row)
    return Encoded({"labels.csv": text.getvalue()})


def _safe(cell: object) -> object:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """The tracks of a table; columns are found by name, frames come before seconds, ids before reserved words."""
    rows = csv.DictReader(io.StringIO(file.text(), newline=""))
    fields = set(rows.fieldnames or ())
    in_frames = {"start_frame", "end_frame_exclusive"} <= fields
    missing = {"video", "label"} - fields
    if missing or not (in_frames or {"start_s", "end_s"} <= fields):
        what = f"has the columns {', '.join(sorted(map(str, fields)))[:200] or '(none)'}"
        wanted = "video, label, and start_frame with end_frame_exclusive or start_s with end_s"
        raise InputError(file.path, f"{what}; wanted {wanted}.", "line 1")
    intervals: dict[str, list[Interval]] = {}
    ends: dict[str, Fraction] = {}
    try:
        for row in rows:
            _row(file, row, in_frames, f"line {rows.line_num}", intervals, ends)
    except csv.Error as error:
        file.problem(f"is not a table that can be read: {error}.", f"line {rows.line_num}")
    for video, found in intervals.items():
        if in_frames:
            yield FileTrack(video, "frames", tuple(found), file.path, end_s=ends.get(video))
        else:
            yield FileTrack(video, "seconds", tuple(found), file.path)


def _row(
    file: SourceFile,
    row: dict[str, str],
    in_frames: bool,
    place: str,
    intervals: dict[str, list[Interval]],
    ends: dict[str, Fraction],
) -> None:
    columns = ("start_frame", "end_frame_exclusive") if in_frames else ("start_s", "end_s")
    read = whole if in_frames else seconds_of
    first, last = read(row[columns[0]]), read(row[columns[1]])
    if first is None or last is None or row["video"] is None or row["label"] is None:
        what = f'"{row[columns[0]]}" to "{row[columns[1]]}" cannot be read; wanted two numbers and a label.'
        file.problem(what[:200], place)
        return
    label = whole(row.get("label_id"))
    if label == UNLABELLED:
        name = None
    elif label == BACKGROUND:
        name = ""
    else:
        name = row["label"] if label is not None else meaning(row["label"])
    intervals.setdefault(row["video"], []).append(Interval(first, last, name, place))
    end = seconds_of(row.get("end_s"))
    if end is not None:
        ends[row["video"]] = max(end, ends.get(row["video"], end))


_GROUP = "Tables and JSON"
FORMAT = Format("csv", "Table of segments (CSV)", _GROUP, ".csv", ".csv", encode, decode, LOSSES, in_seconds=False)
SPREADSHEET = Format(
    "csv-spreadsheet",
    "Table for a spreadsheet (CSV, write only)",
    _GROUP,
    ".csv",
    ".csv",
    lambda tracks: encode(tracks, spreadsheet=True),
    None,
    (*LOSSES, "exact text: cells that look like a formula get an apostrophe"),
    in_seconds=False,
)
