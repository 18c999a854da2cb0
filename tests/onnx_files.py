"""ONNX files for tests, written by hand: the format is a protocol buffer, and no package that writes it is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

FLOAT = 1


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def message(field: int, content: bytes) -> bytes:
    return varint(field << 3 | 2) + varint(len(content)) + content


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def value(name: str, axes: Sequence[int | str]) -> bytes:
    """A ValueInfoProto; an axis given by name is free."""
    dims = b"".join(
        message(1, number(1, axis) if isinstance(axis, int) else message(2, axis.encode())) for axis in axes
    )
    tensor = number(1, FLOAT) + message(2, dims)
    return message(1, name.encode()) + message(2, message(1, tensor))


def node(kind: str, inputs: Sequence[str], output: str, *attributes: bytes) -> bytes:
    words = b"".join(message(1, name.encode()) for name in inputs)
    return words + message(2, output.encode()) + message(4, kind.encode()) + b"".join(message(5, a) for a in attributes)


def integer(name: str, number_: int) -> bytes:
    return message(1, name.encode()) + number(3, number_) + number(20, 2)


def write(path: Path, nodes: Sequence[bytes], inputs: Sequence[bytes], outputs: Sequence[bytes]) -> Path:
    graph = b"".join(message(1, n) for n in nodes) + message(2, b"g")
    graph += b"".join(message(11, i) for i in inputs) + b"".join(message(12, o) for o in outputs)
    path.write_bytes(number(1, 8) + message(7, graph) + message(8, message(1, b"") + number(2, 13)))
    return path


def average_pool(path: Path, shape: Sequence[int | str] = ("n", 3, 32, 48), flatten: bool = True) -> Path:
    """A network that answers the mean colour of a picture: (n, 3), or (n, 3, 1, 1)."""
    nodes = [node("GlobalAveragePool", ["x"], "pooled")]
    if flatten:
        nodes.append(node("Flatten", ["pooled"], "y", integer("axis", 1)))
    n = shape[0] if shape else 1
    out = value("y", (n, 3)) if flatten else value("pooled", (n, 3, 1, 1))
    return write(path, nodes, [value("x", shape)], [out])
