"""Undo and redo as two stacks of steps. Pure values: rebuilt from the log when a project opens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..data.dataset import VideoId
from .document import Document
from .edit import Edit

Direction = Literal["undo", "redo"]
Resolve = Callable[[Document, Direction], Edit]
Group = tuple[int, int]
"""Launch of the program and the number that the edit carried: unique in the project."""


@dataclass(frozen=True, eq=False)
class Step:
    """One accepted edit. `resolve` gives the edit that takes it back or applies it again to the present values.

    `is_newer`: a newer version of the program made it, and this one does not know all that it changed.
    """

    seq: int
    text: str
    group: Group | None
    videos: frozenset[VideoId]
    resolve: Resolve
    ts: float = 0.0
    is_newer: bool = False


class History:
    """What can be taken back (`done`, oldest first) and applied again (`undone`, newest undo last)."""

    def __init__(self) -> None:
        self.done: list[Step] = []
        self.undone: list[Step] = []

    def snapshot(self) -> History:
        """The same steps in lists of their own."""
        copy = History()
        copy.done, copy.undone = list(self.done), list(self.undone)
        return copy

    def push(self, step: Step) -> None:
        """A new edit: what was undone before cannot come back."""
        self.done.append(step)
        self.undone.clear()

    def next(self, direction: Direction) -> list[Step]:
        """The steps that the next undo or redo handles, in its order: a whole group, or one step, or none."""
        stack = self.done if direction == "undo" else self.undone
        found: list[Step] = []
        for step in reversed(stack):
            if found and (step.group is None or step.group != found[0].group):
                break
            found.append(step)
        return found

    def move(self, direction: Direction) -> None:
        """The top step goes to the other stack."""
        source, target = (self.done, self.undone) if direction == "undo" else (self.undone, self.done)
        target.append(source.pop())
