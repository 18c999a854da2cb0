"""The baseline's model: an embedding that tells relative time, and one Gaussian a cluster (Kukleva et al., 2019)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class CteModel(nn.Module):
    """MLP D -> 2d -> d -> 1 with sigmoids after the first two; the embedding is the second layer before its own."""

    def __init__(self, n_dimensions: int, embedding: int, n_clusters: int) -> None:
        super().__init__()
        self.first = nn.Linear(n_dimensions, 2 * embedding)
        self.second = nn.Linear(2 * embedding, embedding)
        self.head = nn.Linear(embedding, 1)
        self.register_buffer("means", torch.zeros(n_clusters, embedding))
        self.register_buffer("whitening", torch.eye(embedding).repeat(n_clusters, 1, 1))
        self.register_buffer("log_scale", torch.zeros(n_clusters))
        self.means: Tensor
        self.whitening: Tensor
        self.log_scale: Tensor

    @property
    def device(self) -> torch.device:
        """Where the weights live."""
        return self.first.weight.device

    def relative_time(self, features: Tensor) -> Tensor:
        """(B, D) -> (B,): the time in [0, 1] that each frame looks like."""
        found: Tensor = self.head(torch.sigmoid(self._embed(features)))[:, 0]
        return found

    def _embed(self, features: Tensor) -> Tensor:
        found: Tensor = self.second(torch.sigmoid(self.first(features)))
        return found

    @torch.no_grad()
    def embed(self, features: Tensor) -> Tensor:
        """(B, D) -> (B, d)."""
        return self._embed(features)

    @torch.no_grad()
    def scores(self, embeddings: Tensor) -> Tensor:
        """(B, d) -> (B, K): logarithm of each cluster's Gaussian density."""
        off = embeddings[:, None, :] - self.means  # (B, K, d)
        white = torch.einsum("bkd,kde->bke", off, self.whitening)
        return self.log_scale - 0.5 * (white**2).sum(dim=2)

    def state(self) -> dict[str, Tensor]:
        """Weights and Gaussians by name."""
        return dict(self.state_dict())

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Take them back. Raises RuntimeError for other names or shapes."""
        self.load_state_dict(tensors)
