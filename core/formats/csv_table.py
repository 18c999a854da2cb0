"""One row a segment, in frames and seconds (RFC 4180): the table that people open in a spreadsheet or pandas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from ..cache import atomic_write
from ..data.dataset import BACKGROUND, UNLABELLED
from ..errors import InputError
from .track import ExportSummary, ExportTrack, ImportTrack, seconds_text

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
LOSSES = ("confidence (left empty)", "colours of actions")


def write(tracks: Sequence[ExportTrack], out: Path) -> ExportSummary:
    """The summary after writing one table; a folder receives ``labels.csv``."""
    path = out / "labels.csv" if out.is_dir() else out
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for track in tracks:
        clock = track.timebase
        for number, s in enumerate(track.segmentation.segments):
            table.writerow(
                (
                    track.video,
                    number,
                    seconds_text(clock, s.start),
                    seconds_text(clock, s.stop),
                    s.start,
                    s.stop,
                    s.label,
                    track.name_of(s.label),
                    track.source,
                    "",
                    track.status,
                    track.note,
                )
            )
    atomic_write(path, text.getvalue().encode("utf-8"))
    return ExportSummary("csv", path, (path,), len(tracks), sum(len(t.segmentation) for t in tracks), LOSSES)


def read(path: Path) -> list[ImportTrack]:
    """The tracks of a table that `write` made; columns are found by name.

    Raises:
        InputError: a column lacks, a number cannot be read, or segments overlap or leave a gap.
    """
    path = path / "labels.csv" if path.is_dir() else path
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(path, f"cannot be read as UTF-8 text: {error}.") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    wanted = {"video", "start_frame", "end_frame_exclusive", "label_id", "label"}
    missing = sorted(wanted - set(rows.fieldnames or ()))
    if missing:
        raise InputError(path, f"has no column {', '.join(missing)}; wanted {', '.join(COLUMNS)}.", "line 1")
    pieces: dict[str, list[tuple[int, int, str | None]]] = {}
    try:
        for row in rows:
            label = int(row["label_id"])
            name = None if label == UNLABELLED else "" if label == BACKGROUND else row["label"]
            piece = (int(row["start_frame"]), int(row["end_frame_exclusive"]), name)
            track = pieces.setdefault(row["video"], [])
            if piece[0] != (track[-1][1] if track else 0) or piece[1] <= piece[0]:
                raise InputError(
                    path,
                    f"frames {piece[0]} to {piece[1]} of {row['video']} leave a gap or overlap.",
                    f"line {rows.line_num}",
                )
            track.append(piece)
    except (TypeError, ValueError) as error:
        raise InputError(path, f"a number cannot be read: {error}.", f"line {rows.line_num}") from error
    return [
        ImportTrack(video, tuple(p[0] for p in found), tuple(p[2] for p in found), found[-1][1])
        for video, found in pieces.items()
    ]
