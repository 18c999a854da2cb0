"""Numbers written alike, read many at a time: eight digits are one 64-bit word, and a block is some forty array steps.

Programs write a matrix with one format (``%.6f``, ``%.18e``, the shortest that reads back), so the dots of a block
are found without looking at each number, and the digits beside them are gathered as words. A word of eight digits
becomes its value by three multiplications. The result lies within a few units of the last place of a double; where
that could change the float32, the number is read once more by `float`, so that every result is the correctly
rounded one. A block that has anything else in it (``nan``, a comment, no dot, a mixture) is left to others.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
_BEFORE, _AFTER = 8, 24
"""Bytes beside a block, so that a word at its edge can be read."""
_MAX_FRACTION = 24
_WORD = 8
_TENTHS = 10.0 ** -np.arange(_MAX_FRACTION + 1)
_DOT, _MINUS, _LINE = ord("."), ord("-"), ord("\n")
_SEPARATORS = np.zeros(256, bool)
_SEPARATORS[list(b" \t\r\n")] = True
_DOUBT = 16
"""Units in the last place of a double: several times what the steps below can be wrong by."""
_SMALLEST = 1.2e-38
"""Below it float32 has fewer bits, and its halves lie elsewhere."""


def _powers() -> NDArray[np.float64]:
    """10**k by how ``+12`` or ``-12`` is written: two characters little-endian, and bit 16 for plus; else 0."""
    table = np.zeros(1 << 17)
    for k in range(100):
        tens, ones = divmod(k, 10)
        at = ord("0") + tens | (ord("0") + ones) << 8
        table[at], table[at | 1 << 16] = float(f"1e-{k}"), float(f"1e{k}")
    return table


_POWERS = _powers()


class Decimals:
    """Reads one block after another; what a block is copied into is used again for the next."""

    def __init__(self) -> None:
        self._size = 0
        self.n_lines = 0
        """Lines of the block that was read last."""

    def rows(self, block: bytes) -> NDArray[np.float32] | None:
        """The rows of whole lines of text, (n, D) float32; None where the numbers are not written alike."""
        has_commas = b"," in block
        if has_commas:
            block = block.replace(b",", b" ")
        if not block.endswith(b"\n"):
            block += b"\n"
        self._take(block)
        stops = np.flatnonzero(np.less_equal(self._text, ord(" "), out=self._mask))
        kinds = self._text[stops]
        if not _SEPARATORS[kinds].all():
            return None
        starts = np.empty_like(stops)
        starts[0] = 0
        np.add(stops[:-1], 1, out=starts[1:])
        is_number = starts < stops
        ends_line = kinds == _LINE
        self.n_lines = int(np.count_nonzero(ends_line))
        if is_number.all():
            before = np.flatnonzero(ends_line) + 1
        elif has_commas:
            return None  # nothing between two commas is an error, not a wider gap
        else:
            before = np.cumsum(is_number)[ends_line]
            starts, stops = starts[is_number], stops[is_number]
        widths = np.diff(before, prepend=0)
        widths = widths[widths > 0]
        if not len(widths) or (widths != widths[0]).any():
            return None
        values = self._values(block, starts, stops)
        return None if values is None else values.reshape(len(widths), -1)

    def _take(self, block: bytes) -> None:
        """Copy a block to where there is room at both ends, to be read as bytes and as words that begin anywhere."""
        n = len(block)
        if n > self._size:
            self._size = n + (n >> 2)
            self._room = np.zeros(_BEFORE + self._size + _AFTER, np.uint8)
            self._words = np.ndarray(len(self._room) - 7, "V8", self._room, 0, (1,))
            self._halves = np.ndarray(len(self._room) - 3, "V4", self._room, 0, (1,))
            self._digits, self._is = np.empty(self._size, np.uint8), np.empty(self._size, np.bool_)
        self._text, self._mask = self._room[_BEFORE : _BEFORE + n], self._is[:n]
        self._text[:] = np.frombuffer(block, np.uint8)

    def _values(self, block: bytes, starts: Places, stops: Places) -> NDArray[np.float32] | None:
        """The number in each [start, stop)."""
        minus = self._text[starts] == _MINUS
        has_powers = stops[0] - starts[0] > 4 and block[stops[0] - 4] | 0x20 == ord("e")
        ends = stops - 4 if has_powers else stops
        dots = self._dots(block, ends)
        if dots is None:
            return None
        whole = dots - starts - minus
        fraction = ends - dots - 1
        shortest, longest = int(fraction.min()), int(fraction.max())
        if whole.min() < 1 or whole.max() > _WORD or shortest < 0 or longest > _MAX_FRACTION:
            return None
        # Whatever is no sign, dot or exponent has to be a digit.
        n_digits = int((stops - starts).sum()) - int(np.count_nonzero(minus)) - len(starts) * (3 if has_powers else 1)
        digits = np.subtract(self._text, ord("0"), out=self._digits[: len(block)])
        if np.count_nonzero(np.less(digits, 10, out=self._mask)) != n_digits:
            return None
        values = self._fractions(dots, shortest if shortest == longest else fraction, longest)
        values += self._whole(dots, whole)
        if longest > 2 * _WORD:
            self._add_rest(values, dots, fraction)
        if has_powers:
            powers = self._powers(stops)
            if powers is None:
                return None
            values *= powers
        values.view(np.uint64)[:] |= minus.astype(np.uint64) << np.uint64(63)
        for n in _doubtful(values).tolist():
            values[n] = float(block[starts[n] : stops[n]])
        with np.errstate(over="ignore"):  # too large for float32 is Inf, which the check of values tells
            return values.astype(np.float32)

    def _words_at(self, at: Places) -> NDArray[np.uint64]:
        """Eight bytes from each place, the first lowest; a place may lie eight before the block."""
        found: NDArray[np.uint64] = self._words[at + _BEFORE].view("<u8")
        return found

    def _powers(self, stops: Places) -> NDArray[np.float64] | None:
        """10**k of numbers that all end in ``e+12`` or the like, the digits being checked; else None."""
        tail = self._halves[stops + (_BEFORE - 4)].view("<u4")
        start = tail & 0xFFDF  # the letter in capitals, and the sign
        is_plus = start == ord("E") | ord("+") << 8
        if np.count_nonzero(is_plus) + np.count_nonzero(start == ord("E") | _MINUS << 8) != len(stops):
            return None
        tail >>= 16
        tail |= is_plus.astype(np.uint32) << 16
        return _POWERS[tail.astype(np.intp)]

    def _dots(self, block: bytes, ends: Places) -> Places | None:
        """The dot of each number: as far from the end as that of the first, or found by a look at every byte."""
        first = block.find(b".", 0, int(ends[0]))
        if first < 0:
            return None
        dots: Places = ends - (ends[0] - first)
        if dots.min() >= 0 and (self._text[dots] == _DOT).all():
            return dots
        dots = np.flatnonzero(np.equal(self._text, _DOT, out=self._mask))
        return dots if len(dots) == len(ends) else None

    def _whole(self, dots: Places, length: Places) -> NDArray[np.float64]:
        """The digits before the dot."""
        if length.max() == 1:
            return (self._text[dots - 1] - ord("0")).astype(np.float64)
        shift = ((_WORD - length) * 8).astype(np.uint64)
        return _value_of(self._words_at(dots - _WORD) >> shift << shift).astype(np.float64)

    def _fractions(self, dots: Places, length: Places | int, longest: int) -> NDArray[np.float64]:
        """The first sixteen digits behind the dot, as a fraction."""
        values = _value_of(_first(self._words_at(dots + 1), length)).astype(np.float64)
        values *= _TENTHS[np.minimum(length, _WORD)]
        if longest > _WORD:
            more = _value_of(_first(self._words_at(dots + 1 + _WORD), length - _WORD))
            values += more * _TENTHS[np.minimum(length, 2 * _WORD)]
        return values

    def _add_rest(self, values: NDArray[np.float64], dots: Places, length: Places) -> None:
        """Digits 17 to 24 where they count: in numbers that begin with a zero behind the dot."""
        small = np.flatnonzero((values < 0.1) & (length > 2 * _WORD))
        if len(small):
            rest = _value_of(_first(self._words_at(dots[small] + 1 + 2 * _WORD), length[small] - 2 * _WORD))
            values[small] += rest * _TENTHS[length[small]]


def _first(words: NDArray[np.uint64], length: Places | int) -> NDArray[np.uint64]:
    """Words whose first `length` bytes stand last, with zeros before them."""
    if np.min(length) >= _WORD:
        return words
    # NumPy defines a shift by all 64 bits: nothing is left.
    return words << np.asarray((_WORD - np.clip(length, 0, _WORD)) * 8).astype(np.uint64)


def _value_of(words: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The number that eight digits are; each step joins neighbours to numbers of twice as many digits."""
    words &= np.uint64(0x0F0F0F0F0F0F0F0F)
    words *= np.uint64(10 << 8 | 1)
    words >>= np.uint64(8)
    words &= np.uint64(0x00FF00FF00FF00FF)
    words *= np.uint64(100 << 16 | 1)
    words >>= np.uint64(16)
    words &= np.uint64(0x0000FFFF0000FFFF)
    words *= np.uint64(10000 << 32 | 1)
    words >>= np.uint64(32)
    return words.view(np.int64)


def _doubtful(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Places of numbers that lie so near to the middle of two float32 that an error could round them otherwise."""
    below = values.view(np.uint64) & np.uint64((1 << 29) - 1)
    below -= np.uint64((1 << 28) - _DOUBT)
    doubt = below < np.uint64(2 * _DOUBT)
    size = np.abs(values)
    doubt |= (size < _SMALLEST) & (size > 0)
    return np.flatnonzero(doubt)
