"""Save points: now and then the runs of a training, as they stand between two steps, go to whoever keeps them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..errors import is_out_of_memory
from .trained import Trained

SAVE_S = 20.0
"""How much of a training a death of its process may cost."""
SHARE = 0.02
"""Of the time of a training, which taking and keeping may cost, be the disk as slow as it may."""


@dataclass
class SavePoints:
    """Gives `keep` the runs that are trained now, each with its training state, at most every `every_s` seconds."""

    keep: Callable[[list[Trained]], None]
    every_s: float = field(default_factory=lambda: SAVE_S)
    clock: Callable[[], float] = time.monotonic
    due_at: float = field(init=False)

    def __post_init__(self) -> None:
        self.due_at = self.clock() + self.every_s

    def look(self, take: Callable[[], list[Trained]]) -> None:
        """Between two steps: keep what `take` gives, where it is time. No memory for it only means no save point."""
        began = self.clock()
        if began < self.due_at:
            return
        try:
            self.keep(take())
        except Exception as error:
            if not is_out_of_memory(error):
                raise
        now = self.clock()
        self.due_at = now + max(self.every_s, (now - began) / SHARE)
