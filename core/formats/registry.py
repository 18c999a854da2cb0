"""The formats by name, and which of them a file may be of."""

from __future__ import annotations

from . import (
    audacity,
    boris_project,
    boris_table,
    csv_table,
    eaf,
    ffmetadata,
    frame_text,
    json_labels,
    label_studio,
    segment_lists,
    srt,
    textgrid,
    via,
    webvtt,
)
from .format import Format
from .track import ExportSummary, ExportTrack

__all__ = ["FORMATS", "ExportSummary", "ExportTrack", "Format"]

FORMATS: dict[str, Format] = {
    f.name: f
    for f in (
        frame_text.WITH_SUFFIX,
        frame_text.WITHOUT_SUFFIX,
        csv_table.FORMAT,
        csv_table.SPREADSHEET,
        json_labels.FORMAT,
        eaf.FORMAT,
        textgrid.FORMAT,
        boris_table.COMMA,
        boris_table.TAB,
        boris_project.FORMAT,
        label_studio.FORMAT,
        via.FORMAT,
        audacity.FORMAT,
        webvtt.SUBTITLES,
        webvtt.CHAPTERS,
        srt.FORMAT,
        ffmetadata.FORMAT,
        segment_lists.ACTIVITYNET,
        segment_lists.COIN,
    )
}
