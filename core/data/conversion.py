"""Turns one feature file of another kind (text, `.npz`, `.gz`) into `.npy`, sizes checked before they are taken."""

from __future__ import annotations

import gzip
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, BinaryIO, cast

from ..cache import publish
from ..errors import InputError, TotError
from ..events import JobCancelled
from ..foreign import open_regular
from .names import matrix_kind
from .npy import MAGIC, SAVE_HINT, NpyWriter, cache_full, check_size, read_header
from .text_matrix import Source, read_rows

MAX_BYTES = 16 << 30
"""Of one unpacked file."""
MAX_RATIO = 100
"""Unpacked to packed; features reach 5, a bomb 1,000."""
_FREE = 1 << 20
_COPY = 1 << 20
OnBytes = Callable[[int], None]


def temporary_of(out: Path, process: int) -> Path:
    """Where a process writes before the file appears as `out`."""
    return out.with_name(f"{out.stem}.{process}.tmp")


def convert_into(path: Path, out: Path, on_bytes: OnBytes) -> None:
    """As `convert`, but `out` is there whole or not at all."""
    temporary = temporary_of(out, os.getpid())
    try:
        convert(path, temporary, on_bytes)
        try:
            publish(temporary, out)
        except OSError as error:
            raise cache_full(error) from error
    finally:
        temporary.unlink(missing_ok=True)


def convert(path: Path, out: Path, on_bytes: OnBytes) -> None:
    """Write the matrix in `path` to `out` as `.npy`; text becomes float32, packed files keep their type.

    `on_bytes` gets the bytes of text that were read since its last call, and may raise JobCancelled.

    Raises:
        InputError: the file cannot be used.   JobError: `out` cannot be written.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_large(path, size)
        kind = matrix_kind(path)
        with open_regular(path, buffering=0) as file:
            if kind == ".npz":
                _convert_npz(file, path, out, on_bytes)
            elif kind == ".gz":
                _convert_gzip(file, path, out, on_bytes)
            else:
                _convert_text(file, path, out, on_bytes)
    except (TotError, JobCancelled):
        raise
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    except Exception as error:  # the outer edge of a loader of foreign files
        raise InputError(path, f"cannot be read: {error or type(error).__name__}.", hint=SAVE_HINT) from error


def _convert_text(source: Source, path: Path, out: Path, on_bytes: OnBytes) -> None:
    with NpyWriter(out) as writer:
        for rows, n_bytes in read_rows(source, path):
            writer.add(rows)
            on_bytes(n_bytes)
        if not writer.n_rows:
            raise InputError(path, "0 rows; wanted at least 1.", hint="Extract it again or remove it.")


def _convert_gzip(file: BinaryIO, path: Path, out: Path, on_bytes: OnBytes) -> None:
    with gzip.GzipFile(fileobj=file) as unpacked:
        source = _Capped(cast(IO[bytes], unpacked), path)
        if source.peek(len(MAGIC)) == MAGIC:
            _copy_npy(source, path, out, on_bytes)
        else:
            _convert_text(source, path, out, on_bytes)


def _convert_npz(file: BinaryIO, path: Path, out: Path, on_bytes: OnBytes) -> None:
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        if len(members) != 1 or not members[0].filename.endswith(".npy"):
            names = ", ".join(m.filename for m in members[:4]) or "nothing"
            raise InputError(path, f"holds {len(members)} arrays ({names}); wanted exactly one matrix.", hint=SAVE_HINT)
        size, packed = members[0].file_size, members[0].compress_size
        if size > MAX_BYTES:
            raise _too_large(path, size)
        if size > MAX_RATIO * packed + _FREE:
            raise _bomb(path)
        with archive.open(members[0]) as member:
            _copy_npy(_Capped(member, path), path, out, on_bytes, size)


def _copy_npy(source: _Capped, path: Path, out: Path, on_bytes: OnBytes, size: int | None = None) -> None:
    """Copy a packed `.npy` after its header was checked, and the size against the header, before and after."""
    header = read_header(cast(BinaryIO, source), path)
    if header.file_size > MAX_BYTES:
        raise _too_large(path, header.file_size)
    if size is not None:
        check_size(header, size, path)
    head, written = source.seen(), 0
    try:
        stream = out.open("wb")
    except OSError as error:
        raise cache_full(error) from error
    with stream:
        piece = head
        while piece:
            try:
                stream.write(piece)
            except OSError as error:
                raise cache_full(error) from error
            written += len(piece)
            on_bytes(len(piece))
            piece = source.read(_COPY)
    check_size(header, written, path)


class _Capped:
    """A packed stream that ends in InputError where it unpacks to more than a matrix would."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self._stream, self._path = stream, path
        self._packed = path.stat().st_size
        self._ahead = b""
        self._position = 0
        self._head = b""

    def peek(self, size: int) -> bytes:
        """The first bytes, which `read` gives again."""
        self._ahead = self._stream.read(size)
        return self._ahead

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`."""
        data, self._ahead = self._ahead[:size], self._ahead[size:]
        data += self._stream.read(size - len(data))
        self._position += len(data)
        if self._position <= _COPY:
            self._head += data
        if self._position > min(MAX_BYTES, MAX_RATIO * self._packed + _FREE):
            raise _bomb(self._path)
        return data

    def tell(self) -> int:
        """Bytes read so far."""
        return self._position

    def seen(self) -> bytes:
        """What was read so far, as long as that is a header."""
        return self._head


def _too_large(path: Path, size: int) -> InputError:
    return InputError(path, f"has {size:,} bytes unpacked; at most {MAX_BYTES >> 30} GB are read.", hint=SAVE_HINT)


def _bomb(path: Path) -> InputError:
    return InputError(path, f"unpacks to over {MAX_RATIO} times its size; that is no feature file.", hint=SAVE_HINT)
