"""Pictures that were shown while scrubbing, spread over the video: the nearest stands in at once the next time."""

from __future__ import annotations

from bisect import bisect_left, insort

from PySide6.QtGui import QImage

MOST_BYTES = 40 * 1024 * 1024


class Passed:
    """At most so many bytes of images by their picture's number; where it is full, those that lie closest go."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._images: dict[int, QImage] = {}
        self._numbers: list[int] = []
        self._most, self._bytes = most_bytes, 0

    def keep(self, picture: int, image: QImage) -> None:
        """Keep one more."""
        if picture in self._images:
            return
        self._images[picture] = image
        insort(self._numbers, picture)
        self._bytes += image.sizeInBytes()
        while self._bytes > self._most and len(self._numbers) > 2:
            self._bytes -= self._images.pop(self._numbers.pop(self._closest())).sizeInBytes()

    def nearest(self, picture: int) -> int | None:
        """The kept picture that lies nearest to this one; None where there is none."""
        place = bisect_left(self._numbers, picture)
        around = self._numbers[max(0, place - 1) : place + 1]
        return min(around, key=lambda number: abs(number - picture)) if around else None

    def image(self, picture: int) -> QImage:
        """The image of a kept picture."""
        return self._images[picture]

    def clear(self) -> None:
        """Forget all: they look different now."""
        self._images.clear()
        self._numbers.clear()
        self._bytes = 0

    def _closest(self) -> int:
        """The place of the one whose two neighbours lie closest together."""
        numbers = self._numbers
        return min(range(1, len(numbers) - 1), key=lambda place: numbers[place + 1] - numbers[place - 1])
