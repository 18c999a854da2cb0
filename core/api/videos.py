"""Video files: their streams, and proxies in which seeking is fast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..data.dataset import Video
from ..errors import MediaError
from ..events import Report, ShouldStop, ignore, never_stop
from .datasets import open_dataset
from .projects import open_project

if TYPE_CHECKING:
    from ..media.streams import Stream


def video_streams(path: Path | str) -> tuple[Stream, ...]:
    """The video streams of a file. Raises MediaError."""
    from ..media.streams import video_streams as streams

    return streams(Path(path).absolute())


def with_stream(video: Video, number: int) -> Video:
    """A video with pictures from another stream of its file. Raises MediaError where its labels do not fit."""
    from ..media.streams import with_stream as chosen

    return chosen(video, number)


def smooth(
    source: Path | str,
    *,
    everything: bool = False,
    delete: bool = False,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> list[dict[str, Any]]:
    """Make or delete the proxies of a video, a project's videos, or a dataset's; a row of plain values for each.

    Without `everything` videos in which seeking is fast are left alone.
    """
    from ..media import proxy
    from ..media.index import load_index

    rows: list[dict[str, Any]] = []
    for name, media in _videos_of(Path(source).absolute()).items():
        row: dict[str, Any] = {"video": name, "proxy": None, "note": "", "error": None}
        try:
            if delete:
                row["note"] = f"{proxy.delete_proxy(media):,} bytes are free"
            elif everything or proxy.is_long_way(load_index(media)):
                row["proxy"] = str(proxy.make_proxy(media, report=report, should_stop=should_stop).path)
            else:
                row["note"] = "seeking is fast; no proxy is needed"
        except MediaError as error:
            row["error"] = str(error)
        rows.append(row)
    return rows


def _videos_of(source: Path) -> dict[str, Path]:
    """The video files of a project or dataset by name, or the one file that was named."""
    if source.suffix == ".tot" and source.is_file():
        with open_project(source, read_only=True) as project:
            videos = list(project.document.videos.values())
    elif source.is_dir():
        videos = list(open_dataset(source).videos)
    else:
        return {source.name: source}
    return {video.name: video.media for video in videos if video.media is not None}
