"""One picture of the table: what lies on it, the part that moves, and the hand."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from .procedure import RATE, Performance

WIDTH, HEIGHT = 640, 360
Picture = NDArray[np.uint8]
Point = tuple[float, float]

TRAY: tuple[Point, ...] = ((90, 90), (90, 200), (90, 300), (560, 80), (560, 180), (320, 60), (560, 300))
PLACE: tuple[Point, ...] = ((320, 210), (320, 210), (320, 210), (365, 235), (270, 170), (320, 210), (320, 215))
CARRY = 0.3
"""Share of a step in which the part is brought to its place; the rest is work on it."""


def pictures(performance: Performance) -> Iterator[Picture]:
    """The (360, 640, 3) uint8 RGB pictures of a performance."""
    rng = np.random.default_rng(performance.seed)
    done: list[int] = []
    number = 0
    for step, length in zip(performance.steps, performance.lengths, strict=True):
        for k in range(length):
            yield _finish(_table(done, step, k / length, number, performance), performance, rng)
            number += 1
        done.append(step)


def _table(done: list[int], step: int, progress: float, number: int, performance: Performance) -> Picture:
    image = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    image[:] = (176, 148, 112)
    for y in range(30, HEIGHT, 60):
        cv2.line(image, (0, y), (WIDTH, y), (160, 132, 98), 2)
    for part in range(7):
        if part not in done and part != step:
            _part(image, part, TRAY[part], 0.55, 1.0)
    order = [p for p in (0, 1, 2, 3, 4, 5, 6) if p in done]  # drawn from below to above
    for part in order:
        _part(image, part, PLACE[part], 1.0, 1.0)
    carried = min(1.0, progress / CARRY)
    ease = carried * carried * (3 - 2 * carried)
    here = _between(TRAY[step], PLACE[step], ease)
    _part(image, step, here, 0.55 + 0.45 * ease, max(0.0, (progress - CARRY) / (1 - CARRY)))
    seconds = number / RATE * performance.sway
    reach = _between(TRAY[step], here, min(1.0, 0.2 + ease))
    hand = (reach[0] + 34 + 12 * math.sin(5 * seconds), reach[1] + 30 + 8 * math.cos(4 * seconds))
    _tool(image, step, hand, seconds)
    _hand(image, hand, performance.glove)
    return image


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


def _box(image: Picture, centre: Point, size: Point, colour: tuple[int, int, int]) -> None:
    x, y, w, h = centre[0], centre[1], size[0] / 2, size[1] / 2
    corners = (int(x - w), int(y - h)), (int(x + w), int(y + h))
    cv2.rectangle(image, *corners, colour, -1)
    cv2.rectangle(image, *corners, (30, 30, 30), 2)


def _part(image: Picture, part: int, at: Point, scale: float, finished: float) -> None:
    """Draws one part; `finished` in [0, 1] shows how far the work on it is."""
    x, y = at
    if part == 0:
        _box(image, at, (250 * scale, 190 * scale), (70, 75, 85))
        _box(image, at, (220 * scale, 160 * scale), (110, 115, 125))
    elif part == 1:
        _box(image, at, (190 * scale, 130 * scale), (30, 130, 60))
        for i in range(int(1 + 5 * finished)):
            _box(image, (x + (i % 3 - 1) * 50 * scale, y + (i // 3 - 0.5) * 60 * scale), (26, 20), (20, 40, 25))
    elif part == 2:
        corners = ((-100, -70), (100, -70), (100, 70), (-100, 70))
        for i in range(max(1, math.ceil(4 * finished))):
            dx, dy = corners[i][0] * scale, corners[i][1] * scale
            cv2.circle(image, (int(x + dx), int(y + dy)), 15, (235, 215, 90), -1)
            cv2.circle(image, (int(x + dx), int(y + dy)), 15, (90, 70, 10), 3)
    elif part == 3:
        _box(image, at, (100 * scale, 75 * scale), (235, 120, 20))
        _box(image, (x, y - 8 * scale), (80 * scale, 20 * scale), (40, 40, 40))
    elif part == 4:
        span = 60 + 110 * finished
        points = [(int(x + t * span * scale), int(y + 26 * math.sin(6 * t) * scale)) for t in np.linspace(-0.5, 1, 20)]
        cv2.polylines(image, [np.array(points, np.int32)], False, (40, 70, 230), 12)
        _box(image, points[-1], (26, 26), (20, 30, 120))
    elif part == 5:
        _box(image, at, (256 * scale, 196 * scale), (236, 236, 240))
    else:
        _box(image, at, (120 * scale, 70 * scale), (210, 30, 50))
        for line in range(int(1 + 3 * finished)):
            _box(image, (x, y + (line - 1.5) * 15 * scale), (90 * scale, 5), (250, 250, 250))


def _tool(image: Picture, step: int, hand: Point, seconds: float) -> None:
    """The tool of a step: a screwdriver, pliers for the cable, a roller for the label, else nothing."""
    x, y = int(hand[0]), int(hand[1])
    if step == 2:
        turn = int(10 * math.sin(9 * seconds))
        cv2.line(image, (x, y), (x - 70, y - 60 + turn), (190, 195, 205), 8)
        cv2.line(image, (x + 40, y + 36), (x, y), (250, 200, 20), 24)
    elif step == 4:
        spread = int(14 + 8 * math.sin(7 * seconds))
        cv2.line(image, (x, y), (x - 60, y - 40 - spread), (50, 50, 55), 9)
        cv2.line(image, (x, y), (x - 60, y - 40 + spread), (50, 50, 55), 9)
    elif step == 6:
        cv2.circle(image, (x - 36, y - 20), 22, (120, 60, 150), -1)


def _hand(image: Picture, at: Point, glove: tuple[int, int, int]) -> None:
    x, y = int(at[0]), int(at[1])
    cv2.line(image, (x + 20, y + 24), (x + 150, HEIGHT + 80), glove, 52)
    cv2.ellipse(image, (x + 6, y + 8), (34, 27), 40, 0, 360, glove, -1)
    for finger in range(4):
        cv2.line(image, (x, y), (x - 32 + 8 * finger, y - 6 - 11 * finger), glove, 11)


def _finish(image: Picture, performance: Performance, rng: np.random.Generator) -> Picture:
    """The picture as this camera saw it: zoom, offset, light and noise."""
    zoom, (dx, dy) = performance.zoom, performance.offset
    move = np.array([[zoom, 0, (1 - zoom) * WIDTH / 2 + dx], [0, zoom, (1 - zoom) * HEIGHT / 2 + dy]])
    seen = cv2.warpAffine(image, move, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REPLICATE)
    grain = rng.standard_normal((HEIGHT // 4, WIDTH // 4), dtype=np.float32) * performance.noise
    noise = cv2.resize(grain, (WIDTH, HEIGHT), interpolation=cv2.INTER_NEAREST)
    lit = cv2.convertScaleAbs(seen, alpha=performance.light)
    return cv2.add(lit, cv2.merge([noise] * 3), dtype=cv2.CV_8U).astype(np.uint8, copy=False)
