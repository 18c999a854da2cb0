"""What a format is: its name, how tracks become its files, how its files become tracks, what it loses."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..data.dataset import UNLABELLED, Problem
from ..data.names import by_name
from ..errors import InputError
from .files import put_files
from .names import file_stems, written_name
from .source import SourceFile
from .track import ExportSummary, ExportTrack, FileComments, FileTrack

NAMES_FILE = "labels.json"
"""Beside exports of one file a video: the full names of what was shortened in file names and labels."""
README = "README.txt"

Tracks = tuple[ExportTrack, ...]


@dataclass(frozen=True)
class Encoded:
    """The text of each file of an export by its path below the folder, and what a person should know."""

    files: Mapping[str, str]
    notes: tuple[str, ...] = ()


@dataclass
class Reading:
    """What came out of foreign files: tracks, comments, and all problems with their places."""

    tracks: list[FileTrack] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    comments: list[FileComments] = field(default_factory=list)


@dataclass(frozen=True)
class Format:
    """One exchange format.

    Args:
        name: the word of ``tot export --format``.
        label: what a menu says, `group` the heading it stands under.
        suffix: of the one file that an export is; empty where an export is a folder.
        extension: of the files that are read and of those in a folder; empty for files without one.
        encode: tracks to the text of files, without touching the disk.
        decode: one file to tracks, and to comments where it has some; None for export only. It may
            raise InputError or note problems on the file.
        losses: what the format cannot carry, for a person.
        in_seconds: needs the frame rate.
        has_gaps: unlabelled frames survive, as gaps or in words.
    """

    name: str
    label: str
    group: str
    suffix: str
    extension: str
    encode: Callable[[Tracks], Encoded]
    decode: Callable[[SourceFile], Iterable[FileTrack | FileComments]] | None
    losses: tuple[str, ...] = ()
    in_seconds: bool = True
    has_gaps: bool = True

    def texts(self, tracks: Sequence[ExportTrack]) -> Encoded:
        """The files of an export as text. Raises InputError for what the format cannot hold."""
        known = tuple(replace(t, video=written_name(t.video), media=written_name(t.media)) for t in tracks)
        names = [track.video for track in known]
        for name in names:
            if names.count(name) > 1:
                raise InputError(name, "is the name of more than one video.", hint="Export them apart.")
        return self.encode(known)

    def write(self, tracks: Sequence[ExportTrack], out: Path) -> ExportSummary:
        """Put the tracks into a file or folder, whole or not at all; what was written, and what was lost.

        A folder given to a format of one file receives it under its usual name; one video may go into one file.
        Raises InputError for what the format cannot hold; nothing is written then.
        """
        encoded = self.texts(tracks)
        for name in encoded.files:
            if not name or Path(name).is_absolute() or {"", ".", ".."} & set(name.replace("\\", "/").split("/")):
                raise InputError(self.label, f'wants to write "{name}", which is not inside the folder.')
        files = {Path(name): text.encode("utf-8") for name, text in encoded.files.items()}
        alone = [name for name in files if name.name.endswith(self.extension) and name.name not in (README, NAMES_FILE)]
        is_file = bool(self.extension) and out.name.lower().endswith(self.extension.lower())
        one = not out.is_dir() and (bool(self.suffix) or (is_file and len(alone) == 1))
        written = (
            put_files(out.parent, {Path(out.name): files[alone[0] if alone else next(iter(files))]})
            if one
            else put_files(out, files)
        )
        count = sum(label != UNLABELLED for t in tracks for label in t.segmentation.labels.tolist())
        return ExportSummary(self.name, out, written, len(tracks), count, self.losses, encoded.notes)

    def read(self, paths: Iterable[Path]) -> Reading:
        """The tracks of files and folders, with every problem; a file with an error gives no tracks."""
        found = Reading()
        for path in paths:
            try:
                files = self.files(path)
            except InputError as error:
                found.problems.append(_problem(error))
                continue
            for file in files:
                self._read(file, found)
        return found

    def _read(self, file: SourceFile, found: Reading) -> None:
        if self.decode is None:
            raise InputError(file.path, f"{self.label} cannot be read, only written.")
        try:
            file.refuse_project()
            parts = list(self.decode(file))
        except InputError as error:
            file.problems.append(_problem(error))
        except Exception as error:  # the outer edge of a loader of foreign files
            file.problem(f"cannot be read as {self.label}: {type(error).__name__}: {error}.")
        found.problems += file.problems
        if not any(problem.severity == "error" for problem in file.problems):
            found.tracks += [part for part in parts if isinstance(part, FileTrack)]
            found.comments += [part for part in parts if isinstance(part, FileComments)]

    def files(self, path: Path) -> list[SourceFile]:
        """The files that an import of a file or folder reads. Raises InputError where there is none."""
        if not path.exists():
            raise InputError(path, "is not there; wanted a file or folder of labels.")
        if not path.is_dir():
            return [SourceFile(path, _full_names(path.parent, path.parent.parent))]
        inner = next((path / n for n in ("groundTruth", "gt", "labels") if (path / n).is_dir()), path)
        names = _full_names(inner, inner.parent)
        skipped = {README.lower(), NAMES_FILE, "mapping.txt"} if inner == path else {"mapping.txt"}
        if self.suffix:
            skipped.discard(NAMES_FILE)
        files = [
            p
            for p in sorted(inner.iterdir(), key=lambda p: by_name(p.name))
            if p.is_file() and not p.name.startswith(".") and p.name.lower() not in skipped and self.fits(p)
        ]
        if not files:
            raise InputError(path, f"holds no file of {self.label}; wanted *{self.extension}.")
        return [SourceFile(file, names) for file in files]

    def fits(self, path: Path) -> bool:
        """Whether a file name can be one of this format."""
        return path.name.lower().endswith(self.extension.lower()) if self.extension else path.suffix in ("", ".txt")


def per_video(tracks: Tracks, extension: str, text: Callable[[ExportTrack], str], readme: str = "") -> dict[str, str]:
    """One file a video by its stem, and the table of names where a stem is not the name of its video."""
    stems = file_stems(track.video for track in tracks)
    files = {f"{stems[track.video]}{extension}": text(track) for track in tracks}
    renamed = {stem: video for video, stem in stems.items() if stem != video}
    if renamed:
        files[NAMES_FILE] = names_text({"videos": renamed})
    if readme:
        files[README] = readme
    return files


def names_text(names: Mapping[str, Mapping[str, str]]) -> str:
    """The table of full names as JSON."""
    return json.dumps(names, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def json_text(value: object) -> str:
    """JSON with one spelling: the order of the keys as given, one blank of indent, a final line feed."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _full_names(*folders: Path) -> dict[str, dict[str, str]]:
    """The table of names that an export wrote into the first of these folders that has one; else empty."""
    for folder in folders:
        path = folder / NAMES_FILE
        try:
            found = json.loads(path.read_bytes()[: 1 << 24]) if path.is_file() else None
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(found, dict) and "format" not in found:
            tables = {key: found.get(key) for key in ("actions", "videos")}
            return {k: {str(a): str(b) for a, b in t.items()} for k, t in tables.items() if isinstance(t, dict)}
    return {}


def _problem(error: InputError) -> Problem:
    return Problem("error", error.path, error.what, error.where, error.hint)
