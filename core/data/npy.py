"""The `.npy` format: the header is checked before any memory is taken, and objects are never loaded."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, JobError
from ..foreign import open_regular

SAVE_HINT = "Save it as .npy (T, D) float32."
MAGIC = b"\x93NUMPY"


@dataclass(frozen=True)
class Header:
    """What stands at the head of a `.npy` file; `offset` is where the numbers begin."""

    shape: tuple[int, ...]
    is_fortran: bool
    dtype: np.dtype[Any]
    offset: int

    @property
    def file_size(self) -> int:
        """Bytes of a whole file with this header."""
        count = self.shape[0] * (self.shape[1] if len(self.shape) == 2 else 1)
        return int(self.offset + count * self.dtype.itemsize)


def read_header(stream: BinaryIO, path: Path) -> Header:
    """The checked header of a matrix: real numbers, one or two axes, at least one row. Raises InputError."""
    try:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, is_fortran, dtype = read(stream)
        offset = stream.tell()
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    except Exception as error:  # the outer edge of a loader of foreign files
        raise InputError(path, "is not a .npy matrix.", hint=SAVE_HINT) from error
    if dtype.hasobject:
        raise InputError(path, "holds Python objects; wanted a float matrix (T, D).", hint="Save it as float32.")
    if dtype.kind not in "fiu" or (dtype.kind == "f" and dtype.itemsize not in (2, 4, 8)):
        raise InputError(path, f"holds {dtype}; wanted a float matrix (T, D).", hint="Save it as float32.")
    if len(shape) not in (1, 2):
        raise InputError(path, f"has {len(shape)} axes; wanted (T, D).", hint="Reshape to (T, joints x channels).")
    if min(shape) < 1:
        raise InputError(path, "0 rows; wanted at least 1.", hint="Extract it again or remove it.")
    return Header(tuple(map(int, shape)), is_fortran, dtype, offset)


def check_size(header: Header, n_bytes: int, path: Path) -> None:
    """Nothing when a file has the size that its header says. Raises InputError."""
    if header.file_size != n_bytes:
        wanted = f"the header says {header.shape} {header.dtype}, {header.file_size:,} bytes"
        what = f"{wanted}; the file has {n_bytes:,}."
        raise InputError(path, what, hint="Extract it again.")


def open_matrix(path: Path, *, named: Path | None = None) -> NDArray[Any]:
    """A read-only memory map of a `.npy` matrix with two axes; one axis counts as one column.

    Errors speak of `named` where the file stands for another. Raises InputError.
    """
    try:
        with open_regular(path) as file:
            header = read_header(file, named or path)
        check_size(header, path.stat().st_size, named or path)
        order: Any = "F" if header.is_fortran else "C"
        matrix = np.memmap(path, header.dtype, "r", header.offset, header.shape, order)
    except OSError as error:
        raise InputError(named or path, (error.strerror or str(error)).lower()) from error
    return matrix if matrix.ndim == 2 else matrix[:, None]


class NpyWriter:
    """Writes a (T, D) float32 matrix row by row; T stands in the header when it is left without an error.

    Raises JobError where the disk refuses: the file being read is not at fault.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.n_rows = self.n_columns = 0
        self._file: BinaryIO | None = None

    def add(self, rows: NDArray[np.float32]) -> None:
        """Append (n, D) rows, n at least 1."""
        try:
            if self._file is None:
                self.n_columns = rows.shape[1]
                self._file = self.path.open("wb")
                self._file.write(self._header())
            self._file.write(np.ascontiguousarray(rows, dtype="<f4").data)
        except OSError as error:
            raise cache_full(error) from error
        self.n_rows += len(rows)

    def __enter__(self) -> NpyWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._file is not None:
            try:
                with self._file as file:
                    if kind is None:  # the header keeps its length: numpy leaves room for more rows
                        file.seek(0)
                        file.write(self._header())
            except OSError as error:
                if kind is None:
                    raise cache_full(error) from error

    def _header(self) -> bytes:
        buffer = io.BytesIO()
        described = {"descr": "<f4", "fortran_order": False, "shape": (self.n_rows, self.n_columns)}
        np.lib.format.write_array_header_1_0(buffer, described)
        return buffer.getvalue()


def cache_full(error: OSError) -> JobError:
    """The error of a cache that cannot be written."""
    reason = (error.strerror or str(error)).lower()
    hint = "Make room, or set TOT_CACHE_DIR to another folder."
    return JobError(f"The cache of converted features cannot be written: {reason}.", kind="disk", hint=hint)
