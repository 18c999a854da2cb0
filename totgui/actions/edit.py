"""The Edit menu: undo, redo, selection."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, NamedTuple

from ..session.past import Direction
from .menu import Command, Menu

HELD_S = 0.3
"""A key that is held asks more often than this: it does not answer what the bar asks."""


class Offer(NamedTuple):
    """The bar asks whether a step of the history in another video is meant."""

    text: str
    direction: Direction
    seq: int


class EditMenu(Menu):
    title = "&Edit"

    def __init__(self, window: Any) -> None:  # a MainWindow; naming it here would close a circle of imports
        super().__init__(window)
        self._offer: Offer | None = None
        self._asked = 0.0
        self.session.documentChanged.connect(lambda *_: self._withdraw())

    def commands(self) -> list[Command | None]:
        undo, redo = partial(self.step, "undo"), partial(self.step, "redo")
        return [
            Command("edit.undo", "Undo", undo, ["Ctrl+Z"], "Take the newest edit back", lambda: bool(self.undo_text)),
            Command(
                "edit.redo",
                "Redo",
                redo,
                ["Ctrl+Shift+Z", "Ctrl+Y"],
                "Apply it again",
                lambda: bool(self.redo_text),
            ),
            None,
            Command("edit.select-all", "Select all segments", self.select_all, ["Ctrl+A"], usable=self.is_open),
            Command(
                "edit.clear",
                "Leave painting, or clear the selection",
                self.clear,
                ["Esc"],
                "Then the marks",
                self._can_clear,
            ),
        ]

    def step(self, direction: Direction) -> None:
        """Undo or redo; where that belongs to another video, offer to go there first and change nothing yet.

        The same key once more is the answer.
        The Segments panel shows all videos: while it has the focus, there is nowhere to go.
        """
        if self.session.segments.has_focus:
            getattr(self.session, direction)(stay=True)
            return
        past = self.session.past
        video = past.elsewhere(direction, self.video)
        step = past.next_step(direction)
        if video is None or step is None:
            getattr(self.session, direction)()
            return
        which = "Last edit" if direction == "undo" else "Edit to redo"
        offer = Offer(f"{which}: {step.text}.", direction, step.seq)
        is_held, self._asked = time.monotonic() - self._asked < HELD_S, time.monotonic()
        if offer == self._offer and self.window.bar.text() == offer.text and not is_held:
            self.window.bar.withdraw(offer.text)
            self._go_and_step(direction, step.seq)
            return
        self._offer = offer
        go = partial(self._go_and_step, direction, step.seq)
        self.window.bar.say(offer.text, "info", [(f"Go there and {direction}", go)])

    def _withdraw(self) -> None:
        """The history has gone on: what was offered would do nothing."""
        offer, self._offer = self._offer, None
        if offer is not None:
            self.window.bar.withdraw(offer.text)

    def _go_and_step(self, direction: Direction, seq: int) -> None:
        """What the bar offered, unless the history has gone on since."""
        step = self.session.past.next_step(direction)
        if step is not None and step.seq == seq:
            getattr(self.session, direction)()

    @property
    def undo_text(self) -> str | None:
        return self.session.project.undo_text if self.session.project else None

    @property
    def redo_text(self) -> str | None:
        return self.session.project.redo_text if self.session.project else None

    def select_all(self) -> None:
        """Every segment of the video; the Segments panel has the key for itself."""
        track = self.session.base()
        if track is not None:
            self.session.select_segments(range(len(track)))

    def _can_clear(self) -> bool:
        chosen = self.session.chosen
        has_marks = chosen.mark_in is not None or chosen.mark_out is not None
        return bool(self.session.painting.active) or not chosen.is_empty or has_marks

    def clear(self) -> None:
        """What Esc does where nothing else wants it: one thing at a time."""
        if self.session.painting.active:
            self.session.painting.stop()
        else:
            self.session.chosen.clear()
