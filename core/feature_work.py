"""Features of a project's videos: the request that makes them, and their arrival in the project."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from .annotation.changes import Changes
from .cache import cache_dir
from .data.dataset import Video, VideoId
from .errors import ConfigError, InputError
from .extract.registry import default_extractor
from .requests import ExtractRequest, ExtractSettings, ExtractVideo

if TYPE_CHECKING:
    from .project import Project


def rate_of(settings: ExtractSettings) -> Fraction:
    """Rows a second. Raises ConfigError."""
    try:
        rate = Fraction(settings.rate)
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if rate <= 0:
        raise ConfigError(f'"{settings.rate}" is no rate; wanted rows a second above 0, for example 5 or 30000/1001.')
    return rate


def cache_folder(root: Path, settings: ExtractSettings) -> Path:
    """Where the features of a dataset lie in the cache: one folder for each dataset, extractor and rate."""
    return cache_dir() / "extracted" / _dataset_name(root) / _slug(settings)


def folder_beside(root: Path, settings: ExtractSettings) -> Path:
    """The folder for features next to that of the dataset, never inside it."""
    return root.parent / f"{root.name}-features" / _slug(settings)


def _dataset_name(root: Path) -> str:
    digest = hashlib.blake2b(str(root.absolute()).encode("utf-8", "surrogateescape"), digest_size=6).hexdigest()
    return f"{_plain(root.name)}-{digest}"


def _slug(settings: ExtractSettings) -> str:
    kind, _, file = settings.extractor.partition(":")
    digest = hashlib.blake2b(file.encode("utf-8", "surrogateescape"), digest_size=4).hexdigest() if file else ""
    name = "-".join(part for part in (kind, _plain(Path(file).stem) if file else "", digest) if part)
    return f"{name}-{_plain(f'{float(rate_of(settings)):g}')}fps"


def _plain(text: str) -> str:
    return re.sub(r"[^\w.-]+", "_", text)[:60].strip(".") or "_"


def extract_request(
    root: Path, videos: Mapping[str, Path], settings: ExtractSettings, out: Path | None = None, *, job: str = ""
) -> ExtractRequest:
    """The request for features of these video files of the dataset at `root`. Raises ConfigError."""
    settings = msgspec.structs.replace(settings, extractor=settings.extractor or default_extractor())
    return ExtractRequest(
        job=job,
        videos=tuple(ExtractVideo(id=video, media=str(media.absolute())) for video, media in videos.items()),
        folder=str((out or cache_folder(root, settings)).absolute()),
        settings=settings,
    )


def project_request(
    project: Project, settings: ExtractSettings, out: Path | None = None, *, job: str = ""
) -> ExtractRequest:
    """The request for features of a project's videos. Raises InputError when none has a video file, ConfigError."""
    videos = {str(v.id): v.media for v in project.document.videos.values() if v.media is not None}
    if not videos:
        raise InputError(project.path, "no video of this project has a video file; features are made from videos.")
    return extract_request(project.document.dataset.root, videos, settings, out, job=job)


def attach(project: Project, result: Mapping[str, Any]) -> Changes | None:
    """The features that a job made become those of the project's videos; None when it made none.

    A video that has features of another number of columns from before is left out of training.
    """
    made = {VideoId(video): values for video, values in result["videos"].items()}
    made = {video: values for video, values in made.items() if video in project.document.videos}
    if not made:
        return None
    dimensions = {int(values["dimensions"]) for values in made.values()}
    changed = [_with_features(project.document.videos[video], values) for video, values in made.items()]
    for video in project.document.videos.values():
        if video.id not in made and video.features is not None and video.n_dimensions not in dimensions:
            changed.append(replace(video, is_trainable=False))
    return project.replace_videos(changed)


def _with_features(video: Video, values: Mapping[str, Any]) -> Video:
    """The video with a new matrix. Rows beyond the end of its grid (labels shorter than the video) are not used."""
    clock, n_rows = video.timebase, int(values["rows"])
    stride = Fraction(values["stride"]) / clock.picture_ratio  # grid frames a row
    row_frames = None
    if values["pictures"]:
        frames = np.array([clock.frame_of_picture(int(p)) for p in values["pictures"]], dtype=np.int64)
        n_rows = int(np.cumprod(np.diff(frames, prepend=-1) > 0).sum())  # up to the end of the grid
        row_frames = frames[:n_rows].copy()
        row_frames.setflags(write=False)
    else:
        n_rows = min(n_rows, -int(-clock.n_frames // stride))
    return replace(
        video,
        features=Path(values["matrix"]),
        n_dimensions=int(values["dimensions"]),
        transposed=False,
        is_trainable=True,
        timebase=replace(clock, n_rows=n_rows, stride=stride, rows_average=False, row_frames=row_frames),
    )
