"""The two losses of TOT+TCL (Eq. 1 and 3)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def cross_entropy(scores: Tensor, plan: Tensor, *, tau: float) -> Tensor:
    """Mean cross entropy of the predicted codes against the transport plan (Eq. 3); both (B, K)."""
    return -(plan * functional.log_softmax(scores / tau, dim=1)).sum(dim=1).mean()


def temporal_coherence(anchors: Tensor, positives: Tensor, n_videos: int, *, kappa: float) -> Tensor:
    """The N-pair loss of Eq. 1, per video: each anchor (V*N, d) against all positives of its own video.

    `kappa` scales the inner products; Eq. 1 has none (1), the released code 0.01.
    """
    z = anchors.view(n_videos, -1, anchors.shape[1])
    p = positives.view(n_videos, -1, positives.shape[1])
    logits = torch.bmm(z, p.transpose(1, 2)) / kappa  # (V, N, N)
    return -torch.diagonal(functional.log_softmax(logits, dim=2), dim1=1, dim2=2).mean()
