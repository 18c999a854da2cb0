"""Where the pictures of a contact sheet lie: as many columns as there is room for, all of one size. No Qt."""

from __future__ import annotations

from dataclasses import dataclass

GAP, INNER, BAND_ROOM = 8, 5, 6
LINES = 2
"""Lines of text below the band with the action."""


@dataclass(frozen=True)
class SheetLayout:
    """`count` tiles on `width` pixels; each has `shots` pictures beside one another, at least `picture` wide.

    `line` is the height of a line of text, `shape` the height of a picture as a share of its width.
    """

    width: int
    count: int
    picture: int
    shots: int
    line: int
    shape: float = 9 / 16

    @property
    def columns(self) -> int:
        """Tiles beside one another."""
        least = self.shots * (self.picture + 2) + 2 * INNER
        return max(1, (self.width - GAP) // (least + GAP))

    @property
    def tile_width(self) -> int:
        return max(40, (self.width - GAP) // self.columns - GAP)

    @property
    def shot_width(self) -> int:
        """The width of one picture."""
        return max(12, (self.tile_width - 2 * INNER - 2 * (self.shots - 1)) // self.shots)

    @property
    def shot_height(self) -> int:
        return round(self.shot_width * self.shape)

    @property
    def band(self) -> int:
        """The height of the band with the action's name."""
        return self.line + BAND_ROOM

    @property
    def tile_height(self) -> int:
        return 2 * INNER + self.shot_height + self.band + LINES * self.line + 6

    @property
    def step(self) -> int:
        """From one line of tiles to the next."""
        return self.tile_height + GAP

    @property
    def height(self) -> int:
        """The height of all lines."""
        return GAP + self.step * -(-self.count // self.columns)

    def rect(self, place: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of a tile."""
        line, column = divmod(place, self.columns)
        return GAP + column * (self.tile_width + GAP), GAP + line * self.step, self.tile_width, self.tile_height

    def shot(self, place: int, number: int) -> tuple[int, int, int, int]:
        """Left, top, width and height of one picture of a tile."""
        left, top, _, _ = self.rect(place)
        return left + INNER + number * (self.shot_width + 2), top + INNER, self.shot_width, self.shot_height

    def at(self, x: float, y: float) -> int | None:
        """The place of the tile under a point, or None."""
        line, column = int((y - GAP) // self.step), int((x - GAP) // (self.tile_width + GAP))
        place = line * self.columns + column
        if not (0 <= column < self.columns and line >= 0 and place < self.count):
            return None
        left, top, width, height = self.rect(place)
        return place if left <= x < left + width and top <= y < top + height else None

    def shot_at(self, place: int, x: float) -> int:
        """The number of the picture of a tile that is nearest to a point."""
        left = self.rect(place)[0] + INNER
        return min(max(0, int((x - left) // (self.shot_width + 2))), self.shots - 1)

    def between(self, top: int, bottom: int) -> range:
        """The places of the tiles that are seen, whole or in part, from one height down to another."""
        first, last = max(0, (top - GAP) // self.step), max(0, (bottom - GAP) // self.step)
        return range(min(self.count, first * self.columns), min(self.count, (last + 1) * self.columns))

    def inside(self, left: float, top: float, right: float, bottom: float) -> list[int]:
        """The places of the tiles that a rectangle touches."""
        found = []
        for place in self.between(int(top), int(bottom)):
            x, y, width, height = self.rect(place)
            if x < right and left < x + width and y < bottom and top < y + height:
                found.append(place)
        return found
