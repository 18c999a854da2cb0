"""A matrix of numbers written as text, read block by block.

Most of the time of any reader goes into turning digits into a double. Numbers that are all written alike are read
as arrays (`decimals`). msgspec's JSON decoder reads most others about twice as fast as `numpy.loadtxt` and rounds the
same, so a block becomes JSON: blanks to commas, ends of lines to ``],[``. A block that is no JSON then (double blanks,
a comment, `nan`, ``+1``, ``.5``) is tidied first, and only when that does not help read word by word, which also
finds the line and column of what is wrong.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..foreign import open_regular
from .decimals import Decimals
from .npy import SAVE_HINT

BLOCK = 1 << 19
"""Large enough that the steps of an array take longer than to start them; small enough for the cache."""
MAX_MISSES = 4
"""Blocks more than were read as arrays after which that is not tried again."""
MAX_LINE = 16 << 20
_BOM = b"\xef\xbb\xbf"
_ROWS = msgspec.json.Decoder(list[list[float]])
Words = list[bytes]


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most `size`; empty at the end."""


def read_rows(source: Source, path: Path) -> Iterator[tuple[NDArray[np.float32], int]]:
    """Blocks of rows, (n, D) float32, each with the bytes of text it was made of.

    Rows are lines; numbers are split by blanks, tabs or commas. Empty lines and those that begin with
    ``#`` are left out. Raises InputError with line and column; `path` is what it speaks of.
    """
    reader = _Reader(path)
    for block in _blocks(source, path):
        rows = reader.rows(block)
        if rows is not None:
            yield rows, len(block)


def text_shape(path: Path) -> tuple[int, int]:
    """(rows, numbers of the first row) of a text matrix, counted without reading the numbers. Raises InputError."""
    rows = width = 0
    try:
        with open_regular(path) as file:
            for block in _blocks(file, path):
                for line in block.split(b"\n"):
                    line = line.strip()
                    if line and not line.startswith(b"#"):
                        rows += 1
                        width = width or len(_words(line))
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    return rows, width


def _blocks(source: Source, path: Path) -> Iterator[bytes]:
    """Whole lines, about `BLOCK` bytes at a time, without a byte order mark."""
    rest = b""
    is_first = True
    while data := source.read(BLOCK):
        if is_first:
            if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
                raise InputError(path, "not UTF-8.", hint="Save the file as UTF-8.")
            data, is_first = data.removeprefix(_BOM), False
        data = rest + data
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > MAX_LINE:
            raise InputError(path, "a line is longer than 16 MB; wanted one row a line.", hint=SAVE_HINT)
        if end:
            yield data[:end]
    if rest:
        yield rest


class _Reader:
    """Turns blocks of lines into rows of one width."""

    def __init__(self, path: Path) -> None:
        self.path, self.n_columns, self.line = path, 0, 1
        self._decimals, self._misses = Decimals(), 0

    def rows(self, block: bytes) -> NDArray[np.float32] | None:
        if self._misses < MAX_MISSES:
            values = self._decimals.rows(block)
            if values is not None and self.n_columns in (0, values.shape[1]):
                self._misses -= 1
                self.n_columns = values.shape[1]
                self.line += self._decimals.n_lines
                return values
            self._misses += 1
        found = self._as_they_stand(block)
        if found is None:
            found = self._tidied(block)
        self.line += block.count(b"\n")
        if not found:
            return None
        with np.errstate(over="ignore"):  # too large for float32 is Inf, which the check of values tells
            return np.frombuffer(self._packed(found)).astype(np.float32).reshape(len(found), self.n_columns)

    def _packed(self, rows: list[list[float]]) -> bytes:
        """The rows as doubles; half the time that numpy takes for lists."""
        pack = struct.Struct(f"={self.n_columns}d").pack
        return b"".join([pack(*row) for row in rows])

    def _as_they_stand(self, block: bytes) -> list[list[float]] | None:
        """The rows of a block that is JSON but for its separators; None where it is not, or not of one width."""
        if b"]" in block:  # would end a row of the JSON
            return None
        text = block.rstrip().replace(b" ", b",")
        if b"\t" in text:
            text = text.replace(b"\t", b",")
        found = _decoded(text.replace(b"\n", b"],["))
        if found is None:
            return None
        widths = set(map(len, found))
        if len(widths) != 1 or 0 in widths or (self.n_columns and widths != {self.n_columns}):
            return None
        self.n_columns = widths.pop()
        return found

    def _tidied(self, block: bytes) -> list[list[float]]:
        lines = [(self.line + n, words) for n, line in enumerate(block.split(b"\n")) if (words := _words(line))]
        for number, words in lines:
            self.n_columns = self.n_columns or len(words)
            if len(words) != self.n_columns:
                self._explain_words(number, words)
                what = f"{len(words)} numbers; the lines above have {self.n_columns}."
                raise InputError(self.path, what, f"line {number}")
        rows = [b",".join(words) for _, words in lines]
        found = _decoded(b"],[".join(rows)) if rows and not any(b"]" in row for row in rows) else None
        if found is not None and any(len(row) != self.n_columns for row in found):
            found = None  # a line of one comma is one empty word, and no number of JSON
        return [self._numbers(*line) for line in lines] if found is None else found

    def _numbers(self, number: int, words: Words) -> list[float]:
        try:
            if b"_" in b"".join(words):  # Python would read 1_000
                raise ValueError
            return list(map(float, words))
        except ValueError:
            self._explain_words(number, words)
            raise

    def _explain_words(self, number: int, words: Words) -> None:
        """Raise InputError for the first word of a line that is no number."""
        for column, word in enumerate(words, 1):
            try:
                if b"_" in word:
                    raise ValueError
                float(word)
            except ValueError:
                shown = word[:40].decode("utf-8", "backslashreplace")
                where = f"line {number}, column {column}"
                raise InputError(self.path, f'"{shown}"; wanted a number.', where) from None


def _decoded(text: bytes) -> list[list[float]] | None:
    try:
        return _ROWS.decode(b"[[" + text + b"]]")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _words(line: bytes) -> Words:
    """The numbers of a line as text: none of an empty line or a comment."""
    line = line.strip()
    if not line or line.startswith(b"#"):
        return []
    if b"," not in line:
        return line.split()
    return [word.strip() for word in line.removesuffix(b",").split(b",")]
