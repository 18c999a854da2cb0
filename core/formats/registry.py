"""The formats by name: what each is called, how it is written and read, and what it cannot carry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import csv_table, frame_text, json_labels
from .track import ExportSummary, ExportTrack, ImportTrack

__all__ = ["FORMATS", "ExportSummary", "ExportTrack", "Format", "ImportTrack"]


@dataclass(frozen=True)
class Format:
    """One exchange format. `suffix` is empty where the export is a folder; `read` is None for export only."""

    name: str
    label: str
    suffix: str
    write: Callable[[Sequence[ExportTrack], Path], ExportSummary]
    read: Callable[[Path], list[ImportTrack]] | None
    losses: tuple[str, ...]


FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        Format(
            "frames",
            "Frame labels (MS-TCN: NAME.txt)",
            "",
            frame_text.write_with_suffix,
            frame_text.read,
            frame_text.LOSSES,
        ),
        Format(
            "frames-cte",
            "Frame labels (CTE, TOT: NAME without suffix)",
            "",
            frame_text.write_without_suffix,
            frame_text.read,
            frame_text.LOSSES,
        ),
        Format("csv", "Table of segments (CSV)", ".csv", csv_table.write, csv_table.read, csv_table.LOSSES),
        Format(
            "json", "Labels of this program (JSON)", ".json", json_labels.write, json_labels.read, json_labels.LOSSES
        ),
    )
}
