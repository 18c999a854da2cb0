"""Any ONNX image backbone as an extractor, run by OpenCV on the processor."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from ..errors import InputError, JobError
from ..foreign import read_regular
from . import onnx_trial
from .backbone import IMAGENET_DEVIATION, IMAGENET_MEAN, FloatArray, Pictures, resized
from .files import sha256
from .onnx_header import input_shape

SIDE = 224
"""Where the file leaves the size of a picture free."""
MIN_SIDE, MAX_SIDE = 16, 2048
MAX_BYTES = 2 << 30  # the limit of the format itself
MAX_DIMENSIONS = 65536
BATCH = 16
_HINT = "Export a backbone without its classifier: pictures (n, 3, h, w) in, (n, D) or (n, D, h, w) out."


class OnnxBackbone:
    """A network from a file: RGB with the ImageNet mean and deviation in, rows of features out.

    An output (n, D, h, w) is averaged over space, (n, tokens, D) over the tokens.

    Raises:
        InputError: not an ONNX file that OpenCV can run, or its input or output has another form.
    """

    device = "cpu"

    def __init__(self, path: Path) -> None:
        self._path = path
        batch, self._height, self._width = _input_size(path)
        self.name, self.weights = f"onnx:{path.name}", sha256(path)
        onnx_trial.check(path, (batch or 2, 3, self._height, self._width))
        try:
            self._net: Any = cv2.dnn.readNetFromONNX(str(path))
        except Exception as error:  # the outer edge of a loader of foreign files
            raise InputError(path, f"cannot be read by OpenCV ({_reason(error)}).", hint=_HINT) from error
        self.batch = batch or BATCH
        self._fixed = bool(batch)
        self.dimensions = self._probe(batch or 2)
        if not batch and self._answers_one_row_for_many():
            self.batch, self._fixed = 1, True

    def prepare(self, picture: Pictures) -> Pictures:
        """The whole picture at the size of the network's input."""
        return resized(picture, self._width, self._height)

    def describe(self, pictures: Pictures) -> FloatArray:
        """(n, D) float32. Raises JobError."""
        parts = [self._run(pictures[i : i + self.batch]) for i in range(0, len(pictures), self.batch)]
        return np.concatenate(parts)

    def _run(self, pictures: Pictures) -> FloatArray:
        n = len(pictures)
        if self._fixed and n < self.batch:  # the file wants whole batches: the last picture fills up
            pictures = np.concatenate([pictures, np.repeat(pictures[-1:], self.batch - n, axis=0)])
        try:
            rows = _pooled(self._forward(pictures))
        except cv2.error as error:
            raise JobError(f"{self._path.name} failed on a batch of {n} pictures: {_reason(error)}.") from error
        return rows[:n]

    def _forward(self, pictures: Pictures) -> FloatArray:
        scaled = pictures.astype(np.float32) / np.float32(255)
        normal = (scaled - np.array(IMAGENET_MEAN, np.float32)) / np.array(IMAGENET_DEVIATION, np.float32)
        self._net.setInput(np.ascontiguousarray(normal.transpose(0, 3, 1, 2)))
        found: FloatArray = np.asarray(self._net.forward(), dtype=np.float32)
        return found

    def _probe(self, n: int) -> int:
        """D, from a forward pass of empty pictures. Raises InputError."""
        outputs = self._net.getUnconnectedOutLayersNames()
        if len(outputs) != 1:
            raise InputError(self._path, f"has {len(outputs)} outputs; wanted one.", hint=_HINT)
        try:
            rows = _pooled(self._forward(np.zeros((n, self._height, self._width, 3), np.uint8)))
        except cv2.error as error:
            raise InputError(self._path, f"cannot be run by OpenCV ({_reason(error)}).", hint=_HINT) from error
        except ValueError as error:
            raise InputError(self._path, str(error), hint=_HINT) from error
        if not 1 <= rows.shape[1] <= MAX_DIMENSIONS:
            raise InputError(self._path, f"answers {rows.shape[1]:,} numbers a picture.", hint=_HINT)
        return int(rows.shape[1])

    def _answers_one_row_for_many(self) -> bool:
        """Whether a network with a free number of pictures has a single one built into its layers."""
        return len(_pooled(self._forward(np.zeros((2, self._height, self._width, 3), np.uint8)))) != 2


def _pooled(output: FloatArray) -> FloatArray:
    """(n, D) of a network's output. Raises ValueError."""
    if output.ndim == 2:
        return output
    if output.ndim == 4:
        return np.asarray(output.mean(axis=(2, 3)), dtype=np.float32)
    if output.ndim == 3:
        return np.asarray(output.mean(axis=1), dtype=np.float32)
    raise ValueError(f"answers an array of shape {output.shape}; wanted (n, D), (n, D, h, w) or (n, tokens, D).")


def _input_size(path: Path) -> tuple[int, int, int]:
    """(pictures in a batch, height, width) that the file states; 0 pictures where it leaves them free."""
    try:
        size = path.stat().st_size
        if not path.is_file() or not 0 < size <= MAX_BYTES:
            raise InputError(path, f"{size:,} bytes; wanted an ONNX file of at most {MAX_BYTES:,}.")
        shape = input_shape(memoryview(read_regular(path)))
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower(), hint="Name an ONNX file.") from error
    except ValueError as error:
        raise InputError(path, f"{error}.", hint=_HINT) from error
    if len(shape) != 4 or shape[1] not in (0, 3):
        raise InputError(path, f"wants an input of shape {shape}; wanted (n, 3, height, width).", hint=_HINT)
    height, width = shape[2] or SIDE, shape[3] or SIDE
    if not (MIN_SIDE <= height <= MAX_SIDE and MIN_SIDE <= width <= MAX_SIDE):
        raise InputError(path, f"wants pictures of {width} x {height}; wanted sides of {MIN_SIDE} to {MAX_SIDE}.")
    return shape[0], height, width


def _reason(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[-1] if lines else type(error).__name__)[:200]
