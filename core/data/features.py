"""Feature matrices: the header is checked first, text is parsed once into the cache, never a pickle."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cache import cache_path, fingerprint
from ..errors import InputError
from .dataset import Video

PARSER_VERSION = 1
SUFFIXES = (".npy", ".txt", ".csv")
_SAVE = "Save it as .npy (T, D) float32."


def read_shape(path: Path) -> tuple[int, int]:
    """(rows, columns) of a matrix as it lies in the file; one axis counts as one column.

    Text is parsed into the cache on the way. Raises InputError.
    """
    shape = open_matrix(_as_npy(path)).shape
    return int(shape[0]), int(shape[1])


def open_matrix(path: Path) -> NDArray[Any]:
    """A read-only memory map of a `.npy` matrix with two axes, after its header was checked. Raises InputError."""
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
            shape, fortran, dtype = read(file)
            offset = file.tell()
        size = path.stat().st_size
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    except Exception as error:  # the outer edge of a loader of foreign files
        raise InputError(path, "is not a .npy matrix.", hint=_SAVE) from error
    if dtype.hasobject:
        raise InputError(path, "holds Python objects; wanted a float matrix (T, D).", hint="Save it as float32.")
    if dtype.kind not in "fiu" or (dtype.kind == "f" and dtype.itemsize not in (2, 4, 8)):
        raise InputError(path, f"holds {dtype}; wanted a float matrix (T, D).", hint="Save it as float32.")
    if len(shape) not in (1, 2):
        raise InputError(path, f"has {len(shape)} axes; wanted (T, D).", hint="Reshape to (T, joints x channels).")
    if min(shape) < 1:
        raise InputError(path, "0 rows; wanted at least 1.", hint="Extract it again or remove it.")
    count = int(shape[0]) * (int(shape[1]) if len(shape) == 2 else 1)
    if offset + count * dtype.itemsize != size:
        raise InputError(path, f"the header says {shape}, the file has {size:,} bytes.", hint="Extract it again.")
    order: Any = "F" if fortran else "C"
    matrix = np.memmap(path, dtype, "r", offset, tuple(map(int, shape)), order)
    return matrix if matrix.ndim == 2 else matrix[:, None]


def load_matrix(video: Video) -> NDArray[np.float32]:
    """The features of a video, (T, D) float32, cut to the rows in use; memory-mapped where possible.

    Raises InputError: there are none, or the file cannot be used.
    """
    if video.features is None:
        raise InputError(video.name, "has no features.", hint="Extract them, or leave the video out.")
    matrix = open_matrix(_as_npy(video.features))
    rows = (matrix.T if video.transposed else matrix)[: video.timebase.n_rows or None]
    return np.asarray(rows, dtype=np.float32)


def check_values(matrix: NDArray[Any]) -> tuple[int, int, int]:
    """(rows with NaN or Inf, first such row or -1, rows of zeros) of a (T, D) matrix, read in pieces."""
    bad, first, zero = 0, -1, 0
    for start in range(0, len(matrix), 4096):
        piece = matrix[start : start + 4096]
        wrong = ~np.isfinite(piece).all(axis=1)
        if first < 0 and wrong.any():
            first = start + int(np.argmax(wrong))
        bad += int(wrong.sum())
        zero += int((piece == 0).all(axis=1).sum())
    return bad, first, zero


def usable_matrix(path: Path) -> NDArray[Any]:
    """The matrix of any supported file as it lies there (not turned), memory-mapped. Raises InputError."""
    return open_matrix(_as_npy(path))


def _as_npy(path: Path) -> Path:
    """The file itself, or the cached `.npy` of a text matrix."""
    if path.suffix.lower() == ".npy":
        return path
    try:
        key = hashlib.sha256(f"{fingerprint(path)}:{PARSER_VERSION}".encode()).hexdigest()[:32]
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    cached = cache_path("features", f"{key}.npy")
    if not cached.exists():
        matrix = _parse_text(path)
        temporary = cached.with_name(f"{cached.stem}.{os.getpid()}.tmp")
        try:
            with temporary.open("wb") as file:
                np.save(file, matrix, allow_pickle=False)
            os.replace(temporary, cached)
        finally:
            temporary.unlink(missing_ok=True)
    return cached


def _parse_text(path: Path) -> NDArray[np.float32]:
    """A text matrix as float32; numbers split by blanks, tabs or commas."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            lines = (line.replace(",", " ") for line in file)
            kept = (line for line in lines if line.strip() and not line.lstrip().startswith("#"))
            first = next(kept, None)
            if first is None:
                raise InputError(path, "0 rows; wanted at least 1.", hint="Extract it again or remove it.")
            return np.loadtxt(_chain(first, kept), dtype=np.float32, ndmin=2, comments=None)
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    except UnicodeDecodeError as error:
        raise InputError(path, "not UTF-8.", hint=_SAVE) from error
    except ValueError as error:
        raise _explain(path) from error


def _chain(first: str, rest: Any) -> Any:
    yield first
    yield from rest


def _explain(path: Path) -> InputError:
    """The first line of a text matrix that is wrong, as an error."""
    width = 0
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            words = line.replace(",", " ").split()
            if not words or words[0].startswith("#"):
                continue
            for column, word in enumerate(words, 1):
                try:
                    float(word)
                except ValueError:
                    return InputError(path, f'"{word[:40]}"; wanted a number.', f"line {number}, column {column}")
            if width and len(words) != width:
                return InputError(path, f"{len(words)} numbers; the lines above have {width}.", f"line {number}")
            width = len(words)
    return InputError(path, "is not a matrix of numbers.", hint=_SAVE)
