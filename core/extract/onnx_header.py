"""What an ONNX file says of its input, read from the file itself: OpenCV does not tell the size that it wants.

An ONNX file is a protocol buffer: a run of (number of the field, wire type, value). Four messages matter:
``ModelProto.graph = 7``, ``GraphProto.input = 11`` and ``.initializer = 5``, ``ValueInfoProto.name = 1`` and
``.type = 2``, and inside the type ``tensor_type = 1 / shape = 2 / dim = 1 / dim_value = 1`` (onnx/onnx.proto).
"""

from __future__ import annotations

from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
Field = tuple[int, "int | memoryview"]


def input_shape(data: memoryview) -> tuple[int, ...]:
    """The axes of the network's only input; 0 for one that is free.

    Raises ValueError: not an ONNX file, or not one input.
    """
    graph = _one(data, 7, "graph")
    weights = {_name(value, 8) for number, value in fields(graph) if number == 5}
    inputs = [v for number, v in fields(graph) if number == 11 and _name(v, 1) not in weights]
    if len(inputs) != 1:
        raise ValueError(f"{len(inputs)} inputs; wanted one, the pictures")
    shape = _one(_one(_one(_bytes(inputs[0]), 2, "type"), 1, "tensor type"), 2, "shape")
    axes = []
    for number, dimension in fields(shape):
        if number == 1:
            size = next((v for n, v in fields(_bytes(dimension)) if n == 1), 0)
            axes.append(size if isinstance(size, int) and 0 < size < 1 << 31 else 0)
    return tuple(axes)


def fields(data: memoryview) -> Iterator[Field]:
    """(number, value) of each field of a message. Raises ValueError where the bytes are no message."""
    place = 0
    while place < len(data):
        key, place = _varint(data, place)
        kind = key & 7
        if kind == VARINT:
            value, place = _varint(data, place)
            yield key >> 3, value
            continue
        if kind == BYTES:
            size, place = _varint(data, place)
        elif kind in (FIXED32, FIXED64):
            size = 4 if kind == FIXED32 else 8
        else:
            raise ValueError("not an ONNX file")
        if place + size > len(data):
            raise ValueError("the file ends in the middle")
        yield key >> 3, data[place : place + size]
        place += size


def _varint(data: memoryview, place: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if place >= len(data):
            raise ValueError("the file ends in the middle")
        byte = data[place]
        value, place = value | (byte & 127) << shift, place + 1
        if byte < 128:
            return value, place
    raise ValueError("not an ONNX file")


def _bytes(value: int | memoryview) -> memoryview:
    if isinstance(value, int):
        raise ValueError("not an ONNX file")
    return value


def _one(data: memoryview, number: int, what: str) -> memoryview:
    for found, value in fields(data):
        if found == number:
            return _bytes(value)
    raise ValueError(f"not an ONNX file (no {what})")


def _name(value: int | memoryview, number: int) -> bytes:
    return next((bytes(_bytes(v)) for n, v in fields(_bytes(value)) if n == number), b"")
