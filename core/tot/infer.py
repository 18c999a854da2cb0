"""What a trained model says of a whole video: posterior, its logarithm, and the transport plan."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import InputError
from .prior import log_prior
from .sinkhorn import log_kernel, transport_plan
from .train import Trained

FloatArray = NDArray[np.floating[Any]]
CHUNK = 65_536


@torch.no_grad()
def scores(trained: Trained, matrix: FloatArray) -> torch.Tensor:
    """(T, K) float32 scores S on the model's device. Raises InputError when D is another."""
    if matrix.shape[1] != trained.n_dimensions:
        raise InputError(
            "features",
            f"{matrix.shape[1]} columns; this run was trained on {trained.n_dimensions}.",
            hint="Train again, or choose the other feature folder.",
        )
    scaled = torch.from_numpy(trained.scaling.apply(matrix))
    device = trained.model.prototypes.device
    parts = [trained.model.scores(trained.model.embed(chunk.to(device))) for chunk in torch.split(scaled, CHUNK)]
    return torch.cat(parts)


def log_posterior(trained: Trained, matrix: FloatArray) -> NDArray[np.float64]:
    """(T, K) float64 logarithm of ``softmax(S / tau)``."""
    logits = scores(trained, matrix).double() / trained.config.tau
    return np.asarray(torch.log_softmax(logits, dim=1).cpu().numpy())


def posterior(trained: Trained, matrix: FloatArray) -> NDArray[np.float32]:
    """(T, K) float32 ``softmax(S / tau)``; rows sum to 1."""
    return np.exp(log_posterior(trained, matrix)).astype(np.float32)


def plan(trained: Trained, matrix: FloatArray) -> NDArray[np.float32]:
    """(T, K) float32 transport plan of the whole video as one problem; rows sum to 1."""
    config = trained.config
    video_scores = scores(trained, matrix)
    block = log_prior(len(matrix), config.n_clusters, sigma=config.sigma, index=config.prior_index)
    prior = torch.from_numpy(block).float().to(video_scores.device)
    kernel = log_kernel(video_scores, prior, rho=config.rho)
    return np.asarray(
        transport_plan(
            kernel, iterations=config.sinkhorn_iterations, marginal_penalty=config.marginal_penalty, rho=config.rho
        )
        .cpu()
        .numpy()
    )


def prior(trained: Trained, n_rows: int) -> NDArray[np.float32]:
    """(T, K) float32 temporal prior of a whole video, scaled to a largest value of 1."""
    config = trained.config
    block = log_prior(n_rows, config.n_clusters, sigma=config.sigma, index=config.prior_index)
    return np.asarray(np.exp(block), np.float32)
