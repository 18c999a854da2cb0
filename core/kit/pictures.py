"""The still pictures of a kit: start, middle and end of every step, and all of them on one contact sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from ..media.reader import FrameReader
from .plan import Step

Picture = NDArray[np.uint8]
THUMB_WIDTH = 640
_CELL_WIDTH, _GAP, _HEAD = 320, 12, 64
_PAPER, _INK = 255, 40


def moments(step: Step) -> tuple[int, int, int]:
    """The first, the middle and the last picture of a step."""
    return step.pictures.start, (step.pictures.start + step.pictures.stop - 1) // 2, step.pictures.stop - 1


def thumbnails(reader: FrameReader, step: Step) -> tuple[Picture, Picture, Picture]:
    """The three pictures of a step, (h, w, 3) uint8 RGB, never larger than the video."""
    start, middle, end = (fitted(reader.read(number), THUMB_WIDTH) for number in moments(step))
    return start, middle, end


def fitted(picture: Picture, width: int) -> Picture:
    """The picture at this width at most, its shape kept."""
    h, w = picture.shape[:2]
    if w <= width:
        return picture
    return np.asarray(
        cv2.resize(picture, (width, max(1, round(h * width / w))), interpolation=cv2.INTER_AREA), np.uint8
    )


def jpeg(picture: Picture, *, quality: int = 86) -> bytes:
    """The picture (RGB) as a JPEG file."""
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return data.tobytes()


def contact_sheet(steps: Sequence[Step], pictures: Mapping[int, Sequence[Picture]]) -> Picture:
    """One row a step: its number, then start, middle and end; `pictures` by the step's index.

    Numbers only: the letters of OpenCV know no names. The page beside it has them.
    """
    rows = []
    height = max(round(p[0].shape[0] * _CELL_WIDTH / p[0].shape[1]) for p in pictures.values())
    for step in steps:
        row = np.full((height + _GAP, _HEAD + 3 * (_CELL_WIDTH + _GAP), 3), _PAPER, np.uint8)
        at = (_GAP, height // 2)
        cv2.putText(row, str(step.index), at, cv2.FONT_HERSHEY_SIMPLEX, 1.1, (_INK,) * 3, 2, cv2.LINE_AA)
        label = f"{float(step.seconds):.1f} s"
        cv2.putText(row, label, (_GAP, at[1] + 26), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (_INK,) * 3, 1, cv2.LINE_AA)
        for column, picture in enumerate(pictures[step.index]):
            small = _boxed(picture, _CELL_WIDTH, height)
            left = _HEAD + column * (_CELL_WIDTH + _GAP)
            row[:height, left : left + _CELL_WIDTH] = small
        rows.append(row)
    top = np.full((_GAP, rows[0].shape[1], 3), _PAPER, np.uint8)
    return np.vstack([top, *rows])


def _boxed(picture: Picture, width: int, height: int) -> Picture:
    """The picture inside a box of this size, paper beside it."""
    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    box = np.full((height, width, 3), _PAPER, np.uint8)
    top, left = (height - size[1]) // 2, (width - size[0]) // 2
    box[top : top + size[1], left : left + size[0]] = small
    return box
