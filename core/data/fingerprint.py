"""What a file held when a project took it in: its size, its time of change, a digest of its head, middle and tail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..foreign import open_regular
from .dataset import Dataset, Video, VideoId

KINDS = ("media", "features", "ground_truth")
_PIECE = 4096
Stamps = Mapping[str, Mapping[str, str]]
"""The fingerprint of each file by its video and its kind."""


@dataclass(frozen=True)
class ChangedFile:
    """A file that holds something else than when the project took it in."""

    video: VideoId
    kind: str
    path: Path


def stamp(path: Path) -> str:
    """``size:time:digest`` of a file as it is now; empty when it cannot be read."""
    try:
        stat = path.stat()
        digest = hashlib.blake2b(str(stat.st_size).encode(), digest_size=12)
        with open_regular(path) as stream:
            for place in (0, stat.st_size // 2, max(0, stat.st_size - _PIECE)):
                stream.seek(place)
                digest.update(stream.read(_PIECE))
    except (OSError, ValueError):
        return ""
    return f"{stat.st_size}:{stat.st_mtime_ns}:{digest.hexdigest()}"


def stamps_of(video: Video) -> dict[str, str]:
    """The fingerprints of a video's files by their kind."""
    found = {kind: stamp(path) for kind in KINDS if (path := getattr(video, kind)) is not None and path.is_file()}
    return {kind: text for kind, text in found.items() if text}


def changed_files(dataset: Dataset, stamps: Stamps) -> tuple[ChangedFile, ...]:
    """The files that are there and hold something else now. One that was only copied or touched is the same."""
    return tuple(
        ChangedFile(video.id, kind, path)
        for video in dataset.videos
        for kind, known in stamps.get(video.id, {}).items()
        if kind in KINDS and (path := getattr(video, kind)) is not None and _is_other(path, known)
    )


def _is_other(path: Path, known: str) -> bool:
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return False  # missing is not changed
    size, time, digest = [*known.split(":"), "", ""][:3]
    if size == str(stat.st_size) and time == str(stat.st_mtime_ns):
        return False
    now = stamp(path)
    return bool(now) and now.split(":")[2] != digest
