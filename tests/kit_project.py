"""What the project of the kit's tests holds: three videos, their labels, and names that try to break out."""

from __future__ import annotations

RATE = 20
LENGTHS = {"a": (10, 40, 30, 50, 20), "b": (20, 60, 40, 50, 30), "c": (30, 20, 70, 60, 30)}
"""Pictures of: background, then the three actions (the first of them again at the end) of each video."""
LABELS = ("bg", "one", "two", "three", "one")
HOSTILE = {
    "one": '<script>alert(1)</script> & "quotes"',
    "two": "=HYPERLINK(1) --> ; # \\ gieße",
    "three": "abc\u202egpj.exe",
}
POINTS = ("<img src=x onerror=alert(2)>", "Hold it upright")


def labels(video: str) -> list[str]:
    return [name for name, n in zip(LABELS, LENGTHS[video], strict=True) for _ in range(n)]
