"""Scaled features of all videos: resident on the device, or gathered from the host where they do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from .scaling import Scaling

FloatArray = NDArray[np.floating[Any]]
SHARE = 0.7
"""Share of a device's free memory that features may take before they are streamed."""


class FeatureBank:
    """Rows of V videos laid end to end, as the encoder takes them.

    Args:
        matrices: one (T, D) float array a video, memory-mapped ones included; they are read, never copied whole
            when streaming.
        resident: whether all rows lie on the device at once; None decides by the device's free memory.
    """

    def __init__(
        self, matrices: Sequence[FloatArray], scaling: Scaling, device: str | torch.device, resident: bool | None = None
    ) -> None:
        self.device = torch.device(device)
        self._matrices, self._scaling = matrices, scaling
        self.lengths = [len(matrix) for matrix in matrices]
        self.n_columns = scaling.width(int(matrices[0].shape[1]))
        self._stops = np.cumsum(self.lengths)
        n_bytes = sum(self.lengths) * self.n_columns * 4
        self.resident = n_bytes < SHARE * _free_bytes(self.device) if resident is None else resident
        self._features: Tensor | None = None
        if self.resident:
            self._features = torch.empty(sum(self.lengths), self.n_columns, device=self.device)
            start = 0
            for number, matrix in enumerate(matrices):
                self._features[start : start + len(matrix)] = torch.from_numpy(scaling.apply(matrix, number))
                start += len(matrix)

    def rows(self, index: Tensor) -> Tensor:
        """(S, B, R) float32 rows on the device, by their numbers (S, B)."""
        if self._features is not None:
            return self._features.index_select(0, index.reshape(-1)).view(*index.shape, self.n_columns)
        flat = index.reshape(-1).cpu().numpy()
        videos = np.searchsorted(self._stops, flat, side="right")
        found = np.empty((len(flat), self.n_columns), np.float32)
        for video in np.unique(videos):
            mine = videos == video
            inside = flat[mine] - (self._stops[video] - self.lengths[video])
            found[mine] = self._scaling.apply(self._matrices[video][inside], int(video))
        return torch.from_numpy(found).to(self.device).view(*index.shape, self.n_columns)

    def video(self, number: int) -> Tensor:
        """(T, R) float32 rows of one video on the device."""
        if self._features is not None:
            stop = int(self._stops[number])
            return self._features[stop - self.lengths[number] : stop]
        return torch.from_numpy(self._scaling.apply(self._matrices[number], number)).to(self.device)


def _free_bytes(device: torch.device) -> float:
    if device.type == "cuda":
        return float(torch.cuda.mem_get_info(device)[0])
    try:
        with open("/proc/meminfo") as lines:  # elsewhere the host's memory is taken as enough
            known = dict(line.split(":", 1) for line in lines)
        return float(known["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        return float("inf")
