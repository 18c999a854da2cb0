"""A small built-in description of a picture: colours and edges on a grid; needs no network weights."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from .backbone import Pictures, resized

FloatArray = NDArray[np.floating[Any]]
WIDTH, HEIGHT = 128, 96
CELLS = 4
COLOUR_BINS = 12
EDGE_BINS = 8
DIMENSIONS = CELLS * CELLS * (COLOUR_BINS + 4 + EDGE_BINS)


class Descriptor:
    """Colour histograms and oriented gradients of a 4 x 4 grid of cells."""

    name = "descriptor"
    weights = ""
    dimensions = DIMENSIONS
    device = "cpu"
    batch = 16

    def prepare(self, picture: Pictures) -> Pictures:
        """The whole picture as (96, 128, 3)."""
        return resized(picture, WIDTH, HEIGHT)

    def describe(self, pictures: Pictures) -> NDArray[np.float32]:
        """(n, 384) float32: square roots of the cells' histograms."""
        return np.stack([_describe(picture) for picture in pictures])


def _describe(small: Pictures) -> NDArray[np.float32]:
    hue, saturation, value = cv2.split(cv2.cvtColor(small, cv2.COLOR_RGB2HSV).astype(np.float32))
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    dx, dy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
    angle = np.mod(np.arctan2(dy, dx), np.pi) / np.pi
    rows, columns = np.arange(HEIGHT) * CELLS // HEIGHT, np.arange(WIDTH) * CELLS // WIDTH
    cell = rows[:, None] * CELLS + columns[None, :]  # (H, W), number of the cell
    colours = _histogram(cell, hue / 180, saturation / 255, COLOUR_BINS)
    greys = _histogram(cell, value / 256, 1 - saturation / 255, 4)
    edges = _histogram(cell, angle, np.hypot(dx, dy) / 512, EDGE_BINS)
    counts = np.concatenate([colours, greys, edges], axis=1) / (cell.size / CELLS**2)
    return np.sqrt(counts).astype(np.float32).ravel()


def _histogram(cell: NDArray[np.int64], position: FloatArray, weight: FloatArray, bins: int) -> NDArray[np.float64]:
    """(cells, bins) sums of `weight` by cell and by `position` in [0, 1)."""
    slot = cell * bins + np.minimum((position * bins).astype(np.int64), bins - 1)
    sums = np.bincount(slot.ravel(), weight.ravel(), CELLS**2 * bins).astype(np.float64)
    return sums.reshape(-1, bins)
