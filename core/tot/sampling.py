"""Ordered frames of the videos, drawn in blocks of steps (supplement, section 3; the released code's way beside it)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from .config import TrainConfig

BLOCK = 64
"""Steps drawn at once: small enough to stop at any moment, large enough that drawing costs next to nothing."""
BINS = 32
"""Bins of the released code (docs/algorithm.md, last section)."""


@dataclass(frozen=True)
class Draw:
    """One step's rows: `anchors` (S, V, N) int64, and `positives` of the same shape or None."""

    anchors: Tensor
    positives: Tensor | None


class Sampler:
    """The rows of one step after another, for S runs that each draw from their own generator.

    Rows count from 0 through all videos laid end to end. A sequence depends on the seed alone: `state` and
    `restore` continue it at the same step.
    """

    def __init__(
        self, lengths: Sequence[int], config: TrainConfig, seeds: Sequence[int], device: str | torch.device = "cpu"
    ) -> None:
        self.config, self.device = config, device
        self._lengths = torch.tensor(list(lengths), dtype=torch.int64)
        self._offsets = torch.cumsum(self._lengths, 0) - self._lengths
        self.generators = [torch.Generator().manual_seed(seed) for seed in seeds]
        self._queues: list[list[int]] = [[] for _ in seeds]
        self._block: list[Draw] = []
        self._at = 0
        self._remember()

    def next(self) -> Draw:
        """The rows of the next step."""
        if self._at == len(self._block):
            self._remember()
            self._block, self._at = self._draw_block(), 0
        self._at += 1
        return self._block[self._at - 1]

    def back(self) -> None:
        """Give the rows of the last step once more: it was not done."""
        self._at -= 1

    def state(self) -> dict[str, Any]:
        """What `restore` needs to go on with the very next step: tensors and plain numbers."""
        return {
            "generators": torch.stack(self._before[0]),
            "queues": [list(queue) for queue in self._before[1]],
            "at": self._at,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on where `state` was taken."""
        for generator, saved in zip(self.generators, state["generators"], strict=True):
            generator.set_state(saved)
        self._queues = [list(queue) for queue in state["queues"]]
        self._remember()
        self._at = int(state["at"])
        self._block = self._draw_block() if self._at else []

    def rewind(self) -> None:
        """Count from here: the generators were used for something else, such as the first weights."""
        self._remember()

    def _remember(self) -> None:
        self._before = ([g.get_state() for g in self.generators], [list(queue) for queue in self._queues])

    def _draw_block(self) -> list[Draw]:
        runs = [self._draw_run(run) for run in range(len(self.generators))]
        sizes = runs[0][0]
        anchors = torch.stack([rows for _, rows, _ in runs], dim=1).to(self.device)  # (block, S, V, N)
        if runs[0][2] is None:
            return [Draw(anchors[i, :, :size], None) for i, size in enumerate(sizes)]
        near = torch.stack([p for _, _, p in runs if p is not None], dim=1).to(self.device)
        return [Draw(anchors[i, :, :size], near[i, :, :size]) for i, size in enumerate(sizes)]

    def _draw_run(self, run: int) -> tuple[list[int], Tensor, Tensor | None]:
        chosen, sizes = self._choose(run)
        generator, config = self.generators[run], self.config
        length, offset = self._lengths[chosen][..., None], self._offsets[chosen][..., None]  # (block, V, 1)
        if config.sampling == "official":
            return sizes, official_rows(length, config.frames_per_video, generator) + offset, None
        rows = anchors(length, config.frames_per_video, generator)
        if not config.uses_tcl:
            return sizes, rows + offset, None
        window = usable_window(config.window, length, config.n_clusters)
        return sizes, rows + offset, positives(rows, length, window, generator) + offset

    def _choose(self, run: int) -> tuple[Tensor, list[int]]:
        """(block, V) videos of each step, in random order an epoch; a left-over is a step of its own."""
        width = min(self.config.videos_per_batch, len(self._lengths))
        chosen, sizes = torch.zeros(BLOCK, width, dtype=torch.int64), []
        for step in range(BLOCK):
            if not self._queues[run]:
                self._queues[run] = torch.randperm(len(self._lengths), generator=self.generators[run]).tolist()
            size = min(width, len(self._queues[run]))
            for place in range(size):
                chosen[step, place] = self._queues[run].pop()
            sizes.append(size)
        return chosen, sizes


def anchors(lengths: Tensor, n_bins: int, generator: torch.Generator) -> Tensor:
    """(.., N) int64 rising rows of videos of `lengths` (.., 1): one drawn from each of `n_bins` equal parts."""
    drawn = torch.rand(*lengths.shape[:-1], n_bins, generator=generator, dtype=torch.float64)
    rows = ((torch.arange(n_bins, dtype=torch.float64) + drawn) * lengths / n_bins).long()
    return torch.minimum(rows, lengths - 1)


def positives(rows: Tensor, lengths: Tensor, window: Tensor, generator: torch.Generator) -> Tensor:
    """(.., N) int64 rows at most `window` (.., 1) from each anchor, inside the video."""
    drawn = torch.rand(rows.shape, generator=generator, dtype=torch.float64)
    shift = (drawn * (2 * window + 1)).long() - window
    return torch.minimum((rows + shift).clamp_min_(0), lengths - 1)


def usable_window(window: int, lengths: Tensor, n_clusters: int) -> Tensor:
    """The window, never wider than a quarter of an average step, or positives come from other steps."""
    return (lengths // (4 * n_clusters)).clamp(1, max(1, window)).clamp_max(window)


def official_rows(lengths: Tensor, n_rows: int, generator: torch.Generator) -> Tensor:
    """(.., N) int64 rows as the released code draws them: half anchors, half jittered copies, sorted together.

    32 bins of ``floor(T / 32)`` frames, with replacement inside a bin; copies lie at -30 to +29; the tail
    ``T mod 32`` is never drawn as an anchor. Videos under 32 rows use one row a bin.
    """
    width = (lengths // BINS).clamp_min(1)
    shape = (*lengths.shape[:-1], n_rows // 2)
    each = torch.arange(n_rows // 2) // (n_rows // 2 // BINS)
    drawn = (torch.rand(shape, generator=generator, dtype=torch.float64) * width).long() + each * width
    jitter = torch.randint(-30, 30, shape, generator=generator)
    rows = torch.cat([drawn, drawn + jitter], dim=-1).clamp_min_(0)
    return torch.minimum(rows, lengths - 1).sort(dim=-1).values
