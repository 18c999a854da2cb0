"""Files of a project that lie elsewhere now: found below a folder by name and content, and named anew in one step."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from .annotation.changes import Changes
from .data.dataset import Dataset, Video, VideoId
from .data.names import VIDEO_SUFFIXES, folded
from .data.npy import read_header
from .errors import InputError, MediaError
from .events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from .foreign import open_regular
from .media.index import probe
from .media.source import content_fingerprint
from .project import Project

KINDS = {"media": "video file", "features": "features", "ground_truth": "labels"}
"""The files of a video that are looked for, by the name of their field."""
MAX_FILES = 500_000
MAX_BESIDE = 5_000
"""Files below the folder of a project among which its lost videos are looked for unasked."""


@dataclass(frozen=True)
class Lost:
    """A file that the project names and that is not there."""

    video: VideoId
    kind: str
    path: Path


@dataclass(frozen=True)
class Match:
    """What a search found for a lost file: its new place, or None and why."""

    lost: Lost
    path: Path | None
    reason: str = ""


def lost_files(dataset: Dataset) -> tuple[Lost, ...]:
    """Every file of the dataset that is no regular file at its place now."""
    return tuple(
        Lost(video.id, kind, path)
        for video in dataset.videos
        for kind in KINDS
        if (path := getattr(video, kind)) is not None and not is_file(path)
    )


def search(
    dataset: Dataset,
    lost: Sequence[Lost],
    folder: Path,
    *,
    most: int = MAX_FILES,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> tuple[Match, ...]:
    """What lies below a folder of the files that are lost, in their order.

    A video file is the one that was meant when its content is: under its name, or renamed. Features count by name,
    place and size, labels by name and place.

    Raises:
        InputError: `folder` is none, or holds over `most` files.
        JobCancelled: `should_stop` said so.
    """
    if not folder.is_dir():
        raise InputError(folder, "is no folder.", hint="Choose the one below which the files lie now.")
    tree = _Tree(folder.absolute(), most, should_stop)
    found = []
    for number, each in enumerate(lost):
        report(Progress(done=number, total=len(lost), text="Looking for the files"))
        tree.ask()
        found.append(_match(dataset.video(each.video), each, tree))
    return tuple(found)


def beside(
    dataset: Dataset, lost: Sequence[Lost], folder: Path, *, should_stop: ShouldStop = never_stop
) -> tuple[Match, ...]:
    """The lost videos that lie beside a project, below its `folder`; none where that holds too much to look at unasked.

    A project that comes from another computer often comes with its videos.
    """
    videos = [each for each in lost if each.kind == "media"]
    if not videos:
        return ()
    try:
        matches = search(dataset, videos, folder, most=MAX_BESIDE, should_stop=should_stop)
    except (InputError, JobCancelled):
        return ()
    return tuple(match for match in matches if match.path is not None)


def apply(project: Project, matches: Iterable[Match]) -> Changes | None:
    """The files that were found are those of the project from now on; None when there are none.

    No label changes, and the history stays: undo works on as before. Where the whole dataset moved, its folder moves.
    """
    found = [match for match in matches if match.path is not None]
    if not found:
        return None
    dataset = project.document.dataset
    new_root = _moved_root(dataset, found)
    changed: Changes | None = None
    if new_root is not None:
        changed = project.set_dataset_root(new_root)
    videos = project.document.videos
    paths: dict[VideoId, dict[str, Any]] = defaultdict(dict)
    for match in found:
        if getattr(videos[match.lost.video], match.lost.kind) != match.path:
            paths[match.lost.video][match.lost.kind] = match.path
    if paths:
        moved = project.replace_videos([replace(videos[video], **where) for video, where in paths.items()])
        changed = moved if changed is None else changed | moved
    return changed


class _Tree:
    """The files below a folder by name, and its videos by content, which is read once and only when needed."""

    def __init__(self, folder: Path, most: int, should_stop: ShouldStop) -> None:
        self.folder, self._should_stop = folder, should_stop
        self.by_name: dict[str, list[Path]] = defaultdict(list)
        self._by_content: dict[str, list[Path]] | None = None
        count = 0
        for parent, folders, names in os.walk(folder):
            folders.sort()
            for name in sorted(names):
                self.by_name[folded(name)].append(Path(parent, name))
            count += len(names)
            self.ask()
            if count > most:
                raise InputError(folder, f"holds over {most:,} files.", hint="Choose a folder nearer to them.")

    def ask(self) -> None:
        """Raises JobCancelled when the work is to stop."""
        if self._should_stop() is not None:
            raise JobCancelled

    def with_content(self, fingerprint: str) -> list[Path]:
        """The video files that hold this content, under any name."""
        if self._by_content is None:
            self._by_content = defaultdict(list)
            for paths in self.by_name.values():
                self.ask()
                for path in paths:
                    if path.suffix.lower() in VIDEO_SUFFIXES and (content := _content(path)):
                        self._by_content[content].append(path)
        return self._by_content.get(fingerprint, [])


def _match(video: Video, lost: Lost, tree: _Tree) -> Match:
    named = [path for path in tree.by_name.get(folded(lost.path.name), ()) if is_file(path)]
    named.sort(key=lambda path: (-_common_tail(path, lost.path), len(path.parts), path))
    if lost.kind == "media":
        return _match_media(video, lost, named, tree)
    fitting = [path for path in named if lost.kind != "features" or _fits(path, video)]
    if not fitting:
        why = f"{named[0]} has another size." if named else f'no file "{lost.path.name}" below {tree.folder}.'
        return Match(lost, None, why)
    tails = [_common_tail(path, lost.path) for path in fitting[:2]]
    if len(fitting) > 1 and tails[0] == tails[1]:
        return Match(lost, None, f'"{lost.path.name}" lies there more than once: {fitting[0]}, {fitting[1]}.')
    return Match(lost, fitting[0])


def _match_media(video: Video, lost: Lost, named: list[Path], tree: _Tree) -> Match:
    info = video.timebase.media
    if info is None:
        return Match(lost, None, "the project does not know its pictures.")
    if not info.fingerprint:  # a project of an early version: the times of the pictures tell
        same = [path for path in named if _has_times(path, video)]
    else:
        same = [path for path in named if _content(path) == info.fingerprint]
        same = same or sorted(tree.with_content(info.fingerprint))
    if same:
        return Match(lost, same[0])
    if named:
        return Match(lost, None, f"{named[0]} has the name but other content.")
    return Match(lost, None, f'no file "{lost.path.name}", and none with its content, below {tree.folder}.')


def _moved_root(dataset: Dataset, found: Sequence[Match]) -> Path | None:
    """The folder that the whole dataset moved to; None where some of its files stay, or went elsewhere."""
    roots = set()
    for match in found:
        assert match.path is not None
        if not match.lost.path.is_relative_to(dataset.root):
            continue
        inside = match.lost.path.relative_to(dataset.root)
        if match.path.parts[-len(inside.parts) :] != inside.parts:
            return None
        roots.add(match.path.parents[len(inside.parts) - 1])
    if len(roots) != 1:
        return None
    (root,) = roots
    named = [getattr(video, kind) for video in dataset.videos for kind in KINDS]
    inside_old = [path.relative_to(dataset.root) for path in named if path and path.is_relative_to(dataset.root)]
    return root if all(is_file(root / path) or not is_file(dataset.root / path) for path in inside_old) else None


def _common_tail(path: Path, other: Path) -> int:
    """How many parts two paths share, from their ends."""
    count = 0
    for a, b in zip(reversed(path.parts), reversed(other.parts), strict=False):
        if folded(a) != folded(b):
            break
        count += 1
    return count


def _fits(path: Path, video: Video) -> bool:
    """Whether a matrix has the rows and columns that the project knows; what is no `.npy` counts by its name."""
    if path.suffix.lower() != ".npy":
        return True
    try:
        with open_regular(path) as stream:
            shape = read_header(stream, path).shape
    except (OSError, InputError):
        return False
    rows, columns = (shape[::-1] if video.transposed else shape) if len(shape) == 2 else (shape[0], 1)
    return bool(columns == video.n_dimensions and rows >= video.timebase.n_rows)


def _has_times(path: Path, video: Video) -> bool:
    assert video.timebase.media is not None
    with suppress(MediaError):
        return bool(probe(path).pts.tolist() == video.timebase.media.pts.tolist())
    return False


def _content(path: Path) -> str:
    with suppress(OSError):
        return content_fingerprint(path)
    return ""


def is_file(path: Path) -> bool:
    """Whether a regular file can be found there, with no error for a drive that went away."""
    try:
        return path.is_file()
    except OSError:  # a name that the system refuses, a drive that is gone
        return False
