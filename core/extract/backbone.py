"""What every extractor offers: a picture made ready on a decoding thread, and rows of features from a batch."""

from __future__ import annotations

from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

Pictures = NDArray[np.uint8]
FloatArray = NDArray[np.float32]
IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_DEVIATION = (0.229, 0.224, 0.225)


class Extractor(Protocol):
    """Turns RGB pictures into rows of features.

    `name` and `weights` (SHA-256 of the weights file, empty without one) say what made the rows; `batch` is the number
    of pictures that suits the device. `prepare` is called from several threads, `describe` from one.
    """

    name: str
    weights: str
    dimensions: int
    device: str
    batch: int

    def prepare(self, picture: Pictures) -> Pictures:
        """A picture (H, W, 3) at the size that `describe` wants."""

    def describe(self, pictures: Pictures) -> FloatArray:
        """(n, D) float32 of prepared pictures (n, h, w, 3). Raises DeviceMemoryError, JobError, InputError."""


def resized(picture: Pictures, width: int, height: int) -> Pictures:
    """The whole picture at another size. Its shape may change: work at the edge of the view must stay in it."""
    made: Any = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(made, dtype=np.uint8)
