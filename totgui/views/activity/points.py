"""Points of a cloud as pixels: where they lie in a view, their colours, and the picture of them. NumPy, no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QColor, QImage

from ...models.drawing import Looks
from ...palette import blend
from ..heatmap import VIRIDIS
from .frames import Cloud

MARGIN = 22
FEW = 20_000
"""So many points are drawn larger."""
PALE, FAINT = 0.42, 0.12
"""How much of its colour a point keeps that is not of the current video, or of no action that was chosen."""


@dataclass(frozen=True)
class View:
    """Point `centre` lies in the middle; `scale` pixels are one unit."""

    centre: tuple[float, float]
    scale: float

    @classmethod
    def fitted(cls, points: NDArray[Any], size: QSize) -> View:
        """The view that shows all points."""
        low, high = points.min(axis=0), points.max(axis=0)
        span = np.maximum(high - low, 1e-9)
        room = (max(10, size.width() - 2 * MARGIN), max(10, size.height() - 2 * MARGIN))
        scale = float(min(room[0] / span[0], room[1] / span[1]))
        return cls((float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2), scale)

    def pixels(self, points: NDArray[Any], size: QSize) -> NDArray[np.float32]:
        """(N, 2) float32 places on a widget; the second axis points up."""
        x = (points[:, 0] - np.float32(self.centre[0])) * np.float32(self.scale) + np.float32(size.width() / 2)
        y = np.float32(size.height() / 2) - (points[:, 1] - np.float32(self.centre[1])) * np.float32(self.scale)
        return np.stack([x, y], axis=1)

    def zoomed(self, factor: float, at: QPointF, size: QSize) -> View:
        """The view after a zoom that keeps what is under a pixel."""
        dx, dy = at.x() - size.width() / 2, size.height() / 2 - at.y()
        grown = 1 / self.scale - 1 / (self.scale * factor)
        return View((self.centre[0] + dx * grown, self.centre[1] + dy * grown), self.scale * factor)

    def panned(self, dx: float, dy: float) -> View:
        """The view moved by pixels."""
        return View((self.centre[0] - dx / self.scale, self.centre[1] + dy / self.scale), self.scale)


def colours_of(cloud: Cloud, looks: Looks, *, by_time: bool) -> NDArray[np.uint32]:
    """(N,) uint32 ``0xffRRGGBB`` of each point: of its action, or of its place in its video."""
    if by_time:
        lengths = np.diff(cloud.starts)
        last = np.repeat(cloud.frames[np.maximum(cloud.starts[1:] - 1, 0)], lengths)
        places = (cloud.frames * 255 // np.maximum(last, 1)).clip(0, 255)
        return np.asarray(np.array(VIRIDIS, np.uint32)[places])
    known, inverse = np.unique(cloud.labels, return_inverse=True)
    table = np.array([looks.colour(int(label)).rgb() & 0xFFFFFFFF for label in known], np.uint32)
    return np.asarray(table[inverse])


def points_image(
    pixels: NDArray[np.float32],
    colours: NDArray[np.uint32],
    size: QSize,
    base: QColor,
    *,
    own: slice,
    alone: bool,
    lit: NDArray[np.bool_] | None,
) -> QImage:
    """A picture of all points over `base`.

    Args:
        pixels: (N, 2) places, as `View.pixels` gives them.   colours: (N,) of `colours_of`.
        own: the points of the current video: larger, and the others pale, or left out where it is shown `alone`.
        lit: (N,) which points stand out, the rest fainter; None where all do.
    """
    width, height = max(1, size.width()), max(1, size.height())
    cells = np.full((height, width), base.rgb() & 0xFFFFFFFF, np.uint32)
    has_own = own.start < own.stop
    radius = 2 if len(pixels) < FEW else 1
    if lit is not None:
        colours = np.where(lit, colours, _mixed(colours, base, FAINT))
    if not (alone and has_own):
        pale = _mixed(colours, base, PALE) if has_own and lit is None else colours
        _stamp(cells, pixels, pale, radius)
    if has_own:
        _stamp(cells, pixels[own], colours[own], radius + 1)
    if lit is not None:  # once more, over those that step back
        is_own = np.zeros(len(lit), np.bool_)
        is_own[own] = True
        seen = lit & is_own if alone and has_own else lit
        _stamp(cells, pixels[seen], colours[seen], radius)
        _stamp(cells, pixels[lit & is_own], colours[lit & is_own], radius + 1)
    return QImage(cells.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()


def _stamp(cells: NDArray[np.uint32], pixels: NDArray[np.float32], colours: NDArray[np.uint32], radius: int) -> None:
    """Set squares of ``2 radius`` pixels a side (at least 2) around the points that lie inside."""
    height, width = cells.shape
    at = np.floor(pixels).astype(np.int32)
    inside = (at[:, 0] >= radius) & (at[:, 1] >= radius) & (at[:, 0] < width - radius) & (at[:, 1] < height - radius)
    flat = cells.reshape(-1)
    places, chosen = at[inside, 1].astype(np.int64) * width + at[inside, 0], colours[inside]
    for dy in range(-radius, radius):
        for dx in range(-radius, radius):
            flat[places + (dy * width + dx)] = chosen


def _mixed(colours: NDArray[np.uint32], base: QColor, share: float) -> NDArray[np.uint32]:
    """Colours with `share` of themselves over a background."""
    known, inverse = np.unique(colours, return_inverse=True)
    table = [blend(QColor.fromRgb(value), base, share).rgb() & 0xFFFFFFFF for value in known.tolist()]
    return np.asarray(np.array(table, np.uint32)[inverse])
