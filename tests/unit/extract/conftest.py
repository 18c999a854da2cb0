"""Videos whose pictures say their number, and an extractor that reads it: row = picture can be checked exactly."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.media.writer import write_video

N_BITS, CELL, HEIGHT = 12, 16, 48


class NumberReader:
    """An extractor with one column: the number that a picture shows."""

    name, weights, dimensions, device, batch = "number-reader", "", 1, "cpu", 4

    def prepare(self, picture: np.ndarray) -> np.ndarray:
        return picture

    def describe(self, pictures: np.ndarray) -> np.ndarray:
        cells = pictures.mean(axis=3)[:, HEIGHT // 2, CELL // 2 :: CELL]  # (n, bits)
        return ((cells > 127) @ (1 << np.arange(N_BITS)))[:, None].astype(np.float32)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def number_reader() -> NumberReader:
    return NumberReader()


@pytest.fixture
def make_video(tmp_path: Path) -> Callable[..., Path]:
    """Writes a video of numbered pictures, 30 a second, from `first` on."""

    def make(name: str, n_pictures: int = 60, first: int = 0) -> Path:
        def picture(number: int) -> np.ndarray:
            shown = np.zeros((HEIGHT, N_BITS * CELL, 3), np.uint8)
            for bit in range(N_BITS):
                shown[:, bit * CELL : (bit + 1) * CELL] = 255 if number >> bit & 1 else 0
            return shown

        path = tmp_path / "videos" / f"{name}.mp4"
        write_video(path, (picture(first + i) for i in range(n_pictures)), rate=Fraction(30), preset="ultrafast")
        return path

    return make
