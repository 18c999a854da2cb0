"""Features on disk: a `.npy` matrix (T, D) float32 and, beside it, a record of how it was made.

The matrix appears last, so a record without one was not finished, and a matrix without one is not ours. The record
names the content of the video and the weights: a matrix is used again only where both are the same.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..cache import atomic_write, publish
from ..data.npy import open_matrix
from ..errors import InputError, JobError, TotError
from ..foreign import open_regular, read_regular

VERSION = 1
PART = ".part"


class VideoStamp(msgspec.Struct, frozen=True):
    """Which content a video file had: its size, its time of change, and SHA-256."""

    name: str
    bytes: int
    changed_ns: int
    sha256: str


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """How a matrix was made.

    `rate_asked` and `rate` (rows a second) and `stride` (pictures a row) are exact fractions in text. Row r describes
    picture ``pictures[r]``, ``seconds[r]`` after the first. `replaced` rows stand for pictures that could not be
    decoded: they describe the one before.
    """

    version: int = VERSION
    extractor: str
    weights: str
    half: bool
    device: str
    rate_asked: str
    rate: str
    stride: str
    is_uniform: bool
    rows: int
    dimensions: int
    replaced: int
    video: VideoStamp
    versions: dict[str, str]
    pictures: list[int]
    seconds: list[float]


def sha256(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal digits. Raises OSError."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stamp(media: Path) -> VideoStamp:
    """The content of a video file as it is now. Raises InputError."""
    try:
        before = media.stat()
        content = sha256(media)
        after = media.stat()
    except OSError as error:
        raise InputError(media, (error.strerror or str(error)).lower()) from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise InputError(media, "changed while it was read.", hint="Wait until it is written, then extract again.")
    return VideoStamp(media.name, after.st_size, after.st_mtime_ns, content)


def is_of(stated: VideoStamp, media: Path) -> bool:
    """Whether a video file still has the stated content; hashed only where its time of change differs."""
    with suppress(OSError):
        stat = media.stat()
        if stat.st_size != stated.bytes:
            return False
        return stat.st_mtime_ns == stated.changed_ns or sha256(media) == stated.sha256
    return False


def matrix_path(folder: Path, video: str) -> Path:
    """Where the matrix of a video lies. Raises InputError for a name that would leave the folder."""
    parts = PurePosixPath(video).parts
    if not parts or any(part in ("..", "/") or "\0" in part for part in parts) or Path(video).is_absolute():
        raise InputError(folder, f'"{video}" is no name of a file in it.', hint="Rename the video.")
    return folder.joinpath(*parts[:-1], f"{parts[-1]}.npy")


def record_path(matrix: Path) -> Path:
    """Where the record of a matrix lies."""
    return matrix.with_name(f"{matrix.stem}.json")


def read_record(matrix: Path) -> Record | None:
    """The record of a whole matrix; None where there is none, or it does not fit the matrix."""
    try:
        record = msgspec.json.decode(read_regular(record_path(matrix)), type=Record)
        fits = record.version == VERSION and open_matrix(matrix).shape == (record.rows, record.dimensions)
    except (OSError, ValueError, TotError, RecursionError):
        return None
    return record if fits and len(record.pictures) == len(record.seconds) == record.rows else None


class MatrixWriter:
    """Writes a matrix row by row into a file beside its place; it appears, whole, with `finish`.

    Plain writing, not a memory map: a full disk is an error here, in a map it would end the process.
    Raises JobError: the disk is full or cannot be written.
    """

    def __init__(self, path: Path, n_rows: int, dimensions: int) -> None:
        self._path, self._shape, self._done = path, (n_rows, dimensions), 0
        self._part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
        with _explained(path.parent):
            path.parent.mkdir(parents=True, exist_ok=True)
            _remove_left_overs(path)
            self._file: BinaryIO = self._part.open("wb")
            header = {"descr": "<f4", "fortran_order": False, "shape": self._shape}
            np.lib.format.write_array_header_1_0(self._file, header)

    def append(self, rows: NDArray[np.float32]) -> None:
        """Rows (n, D) at the end."""
        with _explained(self._path.parent):
            self._file.write(np.ascontiguousarray(rows, dtype="<f4").data)
        self._done += len(rows)

    def finish(self, record: Record) -> None:
        """Put matrix and record in their places, on disk."""
        assert self._done == self._shape[0], (self._done, self._shape)
        with _explained(self._path.parent):
            self._file.close()
            self._path.unlink(missing_ok=True)  # an earlier matrix must never stand beside the new record
            atomic_write(record_path(self._path), msgspec.json.encode(record))
            publish(self._part, self._path)

    def abort(self) -> None:
        """Leave nothing."""
        with suppress(OSError):
            self._file.close()
        self._part.unlink(missing_ok=True)


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Turns an error of the file system into a JobError that names the folder."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            what, hint = "no space is left", "Free some space and extract again; finished videos are kept."
        else:
            what, hint = (error.strerror or str(error)).lower(), "Choose another folder for the features."
        raise JobError(f"{folder}: {what}.", kind="disk", hint=hint) from error


def _remove_left_overs(path: Path) -> None:
    """Removes what processes that are gone had begun to write for this matrix."""
    for part in path.parent.glob(f".{_escaped(path.name)}.*{PART}"):
        with suppress(OSError, ValueError):
            if not _is_alive(int(part.name[: -len(PART)].rpartition(".")[2])):
                part.unlink()


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _is_alive(pid: int) -> bool:
    if pid == os.getpid():
        return False  # this process writes a matrix once at a time
    if os.name == "nt":
        return True  # there the signal 0 would end the process
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
