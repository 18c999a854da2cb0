"""Ordered frames of a video: one anchor from each of N equal bins, and a positive near each (supplement, 3)."""

from __future__ import annotations

import torch
from torch import Tensor


def anchors(n_rows: int, n_bins: int, generator: torch.Generator) -> Tensor:
    """(N,) int64 rising row numbers, one drawn from each of `n_bins` equal parts of ``[0, n_rows)``."""
    drawn = torch.rand(n_bins, generator=generator, dtype=torch.float64)
    rows = ((torch.arange(n_bins, dtype=torch.float64) + drawn) * n_rows / n_bins).long()
    return rows.clamp_(0, n_rows - 1)


def positives(rows: Tensor, n_rows: int, window: int, generator: torch.Generator) -> Tensor:
    """(N,) int64 rows at most `window` from each anchor, inside the video."""
    shift = torch.randint(-window, window + 1, rows.shape, generator=generator)
    return (rows + shift).clamp_(0, n_rows - 1)


def usable_window(window: int, n_rows: int, n_clusters: int) -> int:
    """The window, never wider than a quarter of an average step, or positives come from other steps."""
    return min(window, max(1, n_rows // (4 * n_clusters)))
