"""The formats by name, and which of them a file may be of."""

from __future__ import annotations

from functools import cache

from ..data.dataset import Problem
from ..errors import ConfigError
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
    plugins,
    segment_lists,
    srt,
    textgrid,
    via,
    webvtt,
)
from .format import Format
from .track import ExportSummary, ExportTrack

__all__ = ["FORMATS", "ExportSummary", "ExportTrack", "Format", "all_formats", "find_format", "plugin_problems"]

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
"""The formats of this program; `all_formats` adds those of installed packages."""


@cache
def _plugins() -> plugins.Plugins:
    return plugins.load(FORMATS)


def all_formats() -> dict[str, Format]:
    """Every format by name: ours, then those of installed packages."""
    return FORMATS | dict(_plugins().formats)


def plugin_problems() -> tuple[Problem, ...]:
    """What is wrong with format plug-ins that are installed and cannot be used."""
    return _plugins().problems


def find_format(name: str) -> Format:
    """The format of this name. Raises ConfigError, which lists those that there are."""
    known = all_formats()
    if name not in known:
        broken = "".join(f" The {problem}" for problem in plugin_problems())
        raise ConfigError(f'There is no format "{name}"; there are: {", ".join(known)}.{broken}')
    return known[name]
