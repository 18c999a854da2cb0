"""Reads `features.json`, in which an extractor says how it made the matrices beside it, and `NAME.json` of one."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from ..errors import InputError
from ..foreign import read_regular

FILE_NAME = "features.json"
_MAX_BYTES = 1 << 20


@dataclass(frozen=True)
class Extraction:
    """How features were made: pictures per row, D, and whether a row averages its pictures; None = not said."""

    extractor: str = ""
    stride: Fraction | None = None
    rate: Fraction | None = None
    n_dimensions: int | None = None
    rows_average: bool = False


class _File(msgspec.Struct):
    extractor: str = ""
    rate: str | float | None = None
    stride: str | float | None = None
    dimensions: int | None = None
    row: str = "start"
    is_uniform: bool = True


def read_extraction(path: Path) -> Extraction:
    """What the file says. Raises InputError."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(path, "has over 1 MB; wanted a short description.", hint="Remove it.")
        stated = msgspec.json.decode(read_regular(path), type=_File)
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(path, f"cannot be read: {error}.", hint="Correct or remove it.") from error
    if stated.dimensions is not None and stated.dimensions < 1:
        raise InputError(path, f"dimensions {stated.dimensions}; wanted 1 or more.", hint="Correct or remove it.")
    return Extraction(
        stated.extractor,
        _positive(stated.stride, "stride", path) if stated.is_uniform else None,
        _positive(stated.rate, "rate", path),
        stated.dimensions,
        stated.row in ("mean", "average"),
    )


def _positive(value: str | float | None, name: str, path: Path) -> Fraction | None:
    if value is None or value == "":
        return None
    try:
        number = Fraction(value).limit_denominator(1_000_000)
    except (ValueError, OverflowError, ZeroDivisionError):
        number = Fraction(0)
    if number <= 0:
        raise InputError(path, f'{name} "{value}"; wanted a number above 0.', hint="Correct or remove it.")
    return number
