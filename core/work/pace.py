"""When something that costs time may be done again, so that all of it takes at most a share of the time."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Pace:
    """Turns that take at most `share` of the time (0 to 1), and never come closer than `every` seconds.

    Times are seconds of one clock. Time that was not used is not saved up: turns never come in bursts.
    """

    share: float
    every: float
    at: float = float("-inf")
    """When the next turn is due."""

    def due(self, now: float) -> bool:
        """Whether a turn may begin."""
        return now >= self.at

    def expect(self, cost: float, since: float) -> None:
        """Before the first turn: it waits until the time `since` then is long enough for what it will likely take."""
        self.at = max(self.at, since + cost / self.share)

    def took(self, began: float, ended: float) -> None:
        """A turn took from `began` to `ended`."""
        self.at = began + max(self.every, (ended - began) / self.share)
