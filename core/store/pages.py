"""The rows that the pages of an SQLite file hold, read without SQLite: what a damaged file still has.

Layout of pages, cells and records: https://www.sqlite.org/fileformat2.html (sections 1.5, 1.6 and 2.1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

Value = int | float | str | bytes | None
_LEAF = 0x0D
_MAX_PAYLOAD = 72 << 20
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}


def records(data: bytes) -> Iterator[tuple[int, list[Value]]]:
    """(rowid, columns) of every readable cell of a table's leaf page, in the order of the pages.

    Pages on the free list are left out where that list can be read: they hold rows of the past.
    """
    size = page_size(data)
    free = _free_pages(data, size)
    for number in range(1, len(data) // size + 1):
        if number not in free:
            yield from _cells(data, size, number)


def page_size(data: bytes) -> int:
    """Bytes of a page as the header says; 4096 where the header is gone."""
    stated = int.from_bytes(data[16:18], "big")
    stated = 65536 if stated == 1 else stated
    is_size = 512 <= stated <= 65536 and stated & (stated - 1) == 0
    return stated if is_size and data[:6] == b"SQLite" else 4096


def _free_pages(data: bytes, size: int) -> set[int]:
    found: set[int] = set()
    trunk = int.from_bytes(data[32:36], "big")
    while 0 < trunk <= len(data) // size and trunk not in found:
        page = data[(trunk - 1) * size : trunk * size]
        count = int.from_bytes(page[4:8], "big")
        if count > size // 4 - 2:
            return set()
        found |= {trunk, *struct.unpack_from(f">{count}I", page, 8)}
        trunk = int.from_bytes(page[:4], "big")
    return found


def _cells(data: bytes, size: int, number: int) -> Iterator[tuple[int, list[Value]]]:
    page = data[(number - 1) * size : number * size]
    start = 100 if number == 1 else 0
    if len(page) < size or page[start] != _LEAF:
        return
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    for index in range(min(count, size // 4)):
        at = start + 8 + 2 * index
        try:
            cell = _cell(data, size, page, int.from_bytes(page[at : at + 2], "big"))
        except (IndexError, ValueError, struct.error):
            continue
        if cell is not None:
            yield cell


def _cell(data: bytes, size: int, page: bytes, at: int) -> tuple[int, list[Value]] | None:
    length, at = _varint(page, at)
    rowid, at = _varint(page, at)
    if not 0 < length <= min(_MAX_PAYLOAD, len(data)):
        return None
    most, least = size - 35, (size - 12) * 32 // 255 - 23
    here = length if length <= most else least + (length - least) % (size - 4)
    here = here if here <= most else least
    payload = bytearray(page[at : at + here])
    following = int.from_bytes(page[at + here : at + here + 4], "big") if here < length else 0
    seen: set[int] = set()
    while len(payload) < length:
        if not 0 < following <= len(data) // size or following in seen:
            return None
        seen.add(following)
        start = (following - 1) * size
        following = int.from_bytes(data[start : start + 4], "big")
        payload += data[start + 4 : start + 4 + min(size - 4, length - len(payload))]
    return rowid, _columns(bytes(payload))


def _columns(payload: bytes) -> list[Value]:
    head, at = _varint(payload, 0)
    body, kinds = head, []
    while at < head:
        kind, at = _varint(payload, at)
        kinds.append(kind)
    values: list[Value] = []
    for kind in kinds:
        value, width = _value(payload, body, kind)
        values.append(value)
        body += width
    if body != len(payload):
        raise ValueError("a record of another length")
    return values


def _value(payload: bytes, at: int, kind: int) -> tuple[Value, int]:
    if kind in (0, 8, 9):
        return {0: None, 8: 0, 9: 1}[kind], 0
    if width := _INTEGER_BYTES.get(kind):
        return int.from_bytes(payload[at : at + width], "big", signed=True), width
    if kind == 7:
        return float(struct.unpack_from(">d", payload, at)[0]), 8
    if kind < 12:
        raise ValueError("a kind of value that is not in use")
    width = (kind - 12) // 2
    data = payload[at : at + width]
    return (data.decode() if kind % 2 else data), width


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for index in range(9):
        byte = data[at + index]
        if index == 8:
            value = value << 8 | byte
            break
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value - (1 << 64) if value >= 1 << 63 else value, at + index + 1
