"""The two losses of TOT+TCL (Eq. 1 and 3) and their gradients, for S runs of V videos of N frames each."""

from __future__ import annotations

import torch
from torch import Tensor


def codes(scores: Tensor, *, tau: float, missing: Tensor | None = None) -> Tensor:
    """(.., K): the predicted codes P, ``softmax(S / tau)`` (Eq. 2); clusters marked as missing get 0."""
    logits = scores / tau
    return torch.softmax(logits if missing is None else logits.masked_fill(missing, -torch.inf), dim=-1)


def cross_entropy(scores: Tensor, plan: Tensor, *, tau: float) -> Tensor:
    """(S,): mean cross entropy of the codes of (S, .., K) scores against the transport plan (Eq. 3)."""
    inside = (plan * torch.log_softmax(scores / tau, dim=-1)).masked_fill_((plan > 0).logical_not_(), 0.0)
    return -inside.sum(dim=-1).flatten(1).mean(dim=1)


def cross_entropy_gradient(scores: Tensor, plan: Tensor, *, tau: float, missing: Tensor | None = None) -> Tensor:
    """Gradient of `cross_entropy` by the scores: ``(P - Q) / (tau B)``, since rows of Q sum to 1."""
    n_frames = scores[0].numel() // scores.shape[-1]
    return codes(scores, tau=tau, missing=missing).sub_(plan).div_(tau * n_frames)


class Coherence:
    """The N-pair loss of Eq. 1: each anchor (S, G, N, d) against all positives of its own group.

    A group is a video; in the released code's way it is the whole batch. `kappa` scales the
    inner products; Eq. 1 has none (1), the released code 0.01.
    """

    def __init__(self, anchors: Tensor, positives: Tensor, *, kappa: float) -> None:
        self._anchors, self._positives, self._kappa = anchors.flatten(0, 1), positives.flatten(0, 1), kappa
        self._shape = anchors.shape
        self._logits = torch.bmm(self._anchors, self._positives.transpose(1, 2)).div_(kappa)  # (S G, N, N)

    def loss(self) -> Tensor:
        """(S,): mean over all anchors of a run."""
        right = torch.diagonal(torch.log_softmax(self._logits, dim=2), dim1=1, dim2=2)
        return -right.reshape(self._shape[0], -1).mean(dim=1)

    def gradients(self) -> tuple[Tensor, Tensor]:
        """By the anchors and by the positives, shaped as they came."""
        wrong = torch.softmax(self._logits, dim=2)
        torch.diagonal(wrong, dim1=1, dim2=2).sub_(1.0)
        wrong.div_(self._kappa * self._shape[1] * self._shape[2])
        by_anchors = torch.bmm(wrong, self._positives)
        by_positives = torch.bmm(wrong.transpose(1, 2), self._anchors)
        return by_anchors.view(self._shape), by_positives.view(self._shape)
