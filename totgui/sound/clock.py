"""The time of the picture on screen, told between two pictures: what sound has to follow."""

from __future__ import annotations

from collections import deque

WINDOW_S = 0.5
"""Pictures of so long count: the most punctual of them goes by the clock, the others came late."""
SETTLE_S = 0.1
"""Silent for so long after a person went elsewhere: a mouse that scrubs goes elsewhere all the time."""
STALL_S = 0.3
"""Without a new picture for so long beyond its duration the clock stands."""
LATE_S = 0.08


class PictureClock:
    """Which time of the video is on screen; None where no sound belongs to what is shown. Seconds everywhere.

    Not safe for threads by itself. `now` is the computer's clock, any that runs on evenly.
    """

    def __init__(self) -> None:
        self._shown: deque[tuple[float, float]] = deque()  # (now, time of the picture minus now)
        self._last: tuple[float, float, float] | None = None  # now, time and duration of the newest picture
        self._silent_until = float("-inf")
        self.runs = False
        """Whether the video plays forward at its own speed."""

    def show(self, time: float, duration: float, now: float) -> None:
        """A picture of this time came on screen."""
        offset = time - now
        while self._shown and (now - self._shown[0][0] > WINDOW_S or offset - self._shown[0][1] > LATE_S):
            self._shown.popleft()
        if self._last is not None and time < self._last[1]:  # a loop went back
            self._shown.clear()
        self._shown.append((now, offset))
        self._last = (now, time, duration)

    def leave(self, now: float, *, settles: bool) -> None:
        """What was on screen says nothing any more; `settles`: a person went elsewhere, and may go on doing so."""
        self._shown.clear()
        self._last = None
        if settles:
            self._silent_until = now + SETTLE_S

    def time(self, now: float) -> float | None:
        """The time of the video at this moment; None while there is to be silence."""
        if not self.runs or self._last is None or now < self._silent_until:
            return None
        shown_at, _, duration = self._last
        if now - shown_at > duration + STALL_S:
            return None
        return now + max(offset for _, offset in self._shown)
