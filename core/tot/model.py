"""The encoder and the prototypes (supplement, section 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from .config import TrainConfig


class Model(nn.Module):
    """Two sigmoid layers D -> 2d -> d, and K prototypes without bias."""

    def __init__(self, n_dimensions: int, config: TrainConfig, generator: torch.Generator | None = None) -> None:
        super().__init__()
        width = config.embedding
        self.first = nn.Linear(n_dimensions, 2 * width)
        self.second = nn.Linear(2 * width, width)
        self.prototypes = nn.Parameter(torch.empty(config.n_clusters, width))
        self.l2 = config.normalise == "l2"
        with torch.no_grad():
            for weight in (self.first.weight, self.second.weight, self.prototypes):
                weight.normal_(0.0, 0.01, generator=generator)
            self.first.bias.zero_()
            self.second.bias.zero_()

    def embed(self, features: Tensor) -> Tensor:
        """(B, D) -> (B, d): embeddings, each coordinate in (0, 1) before any scaling to length 1."""
        embeddings = torch.sigmoid(self.second(torch.sigmoid(self.first(features))))
        if self.l2:  # sigmoids lie in one orthant: without centring all cosines are close to 1
            embeddings = functional.normalize(embeddings - 0.5, dim=1)
        return embeddings

    def scores(self, embeddings: Tensor) -> Tensor:
        """(B, d) -> (B, K): inner products with the prototypes (S)."""
        prototypes = functional.normalize(self.prototypes, dim=1) if self.l2 else self.prototypes
        return embeddings @ prototypes.T
