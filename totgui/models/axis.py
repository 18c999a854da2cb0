"""Numbers on an axis: round marks, and a scale from values to pixels. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Scale:
    """Value `low` lies at pixel `first`, value `high` at pixel `last` (which may be the smaller pixel)."""

    low: float
    high: float
    first: float
    last: float

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.first + (value - self.low) * self.per_value

    @property
    def per_value(self) -> float:
        """Pixels for a step of 1 in value; 0 where there is no span."""
        span = self.high - self.low
        return (self.last - self.first) / span if span else 0.0

    def value(self, pixel: float) -> float:
        """The value at a pixel."""
        span = self.last - self.first
        return self.low + (pixel - self.first) / span * (self.high - self.low) if span else self.low


def marks(low: float, high: float, most: int) -> list[float]:
    """At most so many round numbers from `low` to `high`: multiples of 1, 2 or 5 times a power of ten.

    >>> marks(0, 10, 6), marks(0.0, 0.31, 4)
    ([0.0, 2.0, 4.0, 6.0, 8.0, 10.0], [0.0, 0.1, 0.2, 0.3])
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    power = 10.0 ** math.floor(math.log10((high - low) / max(1, most)))
    for step in (power * factor for factor in (1, 2, 5, 10, 20)):
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        if last - first + 1 <= most:
            digits = max(0, -math.floor(math.log10(step)) + 1)
            return [round(number * step, digits) + 0.0 for number in range(first, last + 1)]
    return []


def mark_text(value: float) -> str:
    """A mark as it is written.

    >>> mark_text(1000), mark_text(0.25), mark_text(3.0)
    ('1,000', '0.25', '3')
    """
    return f"{value:,.0f}" if value == round(value) else f"{value:g}"
