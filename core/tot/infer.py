"""What a trained model says of a whole video: posterior, its logarithm, the transport plan and the prior."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ..errors import InputError
from .asot import asot_plan
from .prior import log_prior
from .sinkhorn import log_kernel, transport_plan
from .trained import Trained

FloatArray = NDArray[np.floating[Any]]
Rows = FloatArray | torch.Tensor
"""Features of a video as they lie on disk, or a tensor that is scaled already."""
CHUNK = 65_536


@torch.no_grad()
def scores(trained: Trained, matrix: Rows) -> torch.Tensor:
    """(T, K) float32 scores S on the model's device. Raises InputError when D is another.

    A tensor is taken as scaled already, as `FeatureBank.video` gives it.
    """
    wanted = trained.n_dimensions
    if isinstance(matrix, torch.Tensor):
        wanted = trained.scaling.width(wanted)
    if matrix.shape[1] != wanted:
        raise InputError(
            "features",
            f"{matrix.shape[1]} columns; this run was trained on {wanted}.",
            hint="Train again, or choose the other feature folder.",
        )
    scaled = matrix if isinstance(matrix, torch.Tensor) else torch.from_numpy(trained.scaling.apply(matrix))
    device = trained.model.device
    parts = [trained.model.scores(trained.model.embed(chunk.to(device))) for chunk in torch.split(scaled, CHUNK)]
    return torch.cat(parts)


@torch.no_grad()
def embeddings(trained: Trained, matrix: Rows) -> NDArray[np.float32]:
    """(T, d) float32 output of the encoder, one row for each row of features."""
    scaled = matrix if isinstance(matrix, torch.Tensor) else torch.from_numpy(trained.scaling.apply(matrix))
    device = trained.model.device
    parts = [trained.model.embed(chunk.to(device)).reshape(len(chunk), -1) for chunk in torch.split(scaled, CHUNK)]
    return np.asarray(torch.cat(parts).float().cpu().numpy())


def log_posterior_of(trained: Trained, video_scores: torch.Tensor) -> NDArray[np.float64]:
    """(T, K) float64 logarithm of ``softmax(S / tau)``; for ASOT of ``softmax((S - rho_R |x - y|) / tau)``."""
    # Apple's GPUs know no float64.
    values = (video_scores.cpu() if video_scores.device.type == "mps" else video_scores).double()
    config = trained.config
    if config.method == "asot":
        values = values - config.order_weight * _off_order(len(values), config.n_clusters, values.device)
    tau = 1.0 if config.method == "cte" else config.tau  # densities have no temperature
    return np.asarray(torch.log_softmax(values / tau, dim=1).cpu().numpy())


def log_posterior(trained: Trained, matrix: Rows) -> NDArray[np.float64]:
    """What the runs say of a video, joined with what the corrected rows say by themselves where there are any."""
    found = _of_runs(trained, matrix)
    return found if trained.examples is None else trained.examples.join(found, _scaled(trained, matrix))


def _of_runs(trained: Trained, matrix: Rows) -> NDArray[np.float64]:
    """`log_posterior_of` the scores of a video; of several members the mean, scaled so that rows sum to 1 again."""
    if not trained.members:
        return log_posterior_of(trained, scores(trained, matrix))
    mean = np.mean(_of_members(trained, matrix, log_posterior), axis=0)
    return np.asarray(mean - np.logaddexp.reduce(mean, axis=1, keepdims=True))


def _scaled(trained: Trained, matrix: Rows) -> FloatArray:
    return matrix.float().cpu().numpy() if isinstance(matrix, torch.Tensor) else trained.scaling.apply(matrix)


def _of_members(trained: Trained, matrix: Rows, ask: Callable[[Trained, Rows], FloatArray]) -> list[FloatArray]:
    """(T, K) each: what every member says, its columns in the order of the whole. A video is scaled once a scaling."""
    rows: dict[int, Rows] = {}
    found = []
    for member, clusters in trained.members:
        key = id(member.scaling)
        if key not in rows:
            rows[key] = matrix if isinstance(matrix, torch.Tensor) else torch.from_numpy(member.scaling.apply(matrix))
        found.append(ask(member, rows[key])[:, list(clusters)])
    return found


def posterior(trained: Trained, matrix: Rows) -> NDArray[np.float32]:
    """(T, K) float32 posterior; rows sum to 1."""
    return np.exp(log_posterior(trained, matrix)).astype(np.float32)


@torch.no_grad()
def plan(trained: Trained, matrix: Rows) -> NDArray[np.float32]:
    """(T, K) float32 transport plan of the whole video as one problem; rows sum to 1. CTE has none: its posterior."""
    if trained.members:
        return np.asarray(np.mean(_of_members(trained, matrix, plan), axis=0), np.float32)
    config = trained.config
    if config.method == "cte":
        return posterior(trained, matrix)
    found = scores(trained, matrix)
    if config.method == "asot":
        cost = (1.0 - found + config.order_weight * _off_order(len(found), config.n_clusters, found.device)).clamp_min_(
            0
        )
        solved = asot_plan(
            cost[None].float(),
            structure=config.structure_weight,
            radius=config.radius,
            epsilon=config.smoothness,
            balance=config.balance,
        )
        return np.asarray(solved[0].cpu().numpy())
    block = None
    if config.uses_prior:
        values = log_prior(len(found), config.n_clusters, sigma=config.sigma, index=config.prior_index)
        block = torch.from_numpy(values).float().to(found.device)
    kernel = log_kernel(found, block, rho=config.rho, epsilon=config.entropy)
    solved = transport_plan(
        kernel,
        iterations=config.sinkhorn_iterations,
        marginal_penalty=config.marginal_penalty,
        rho=config.rho + config.entropy,
    )
    return np.asarray(solved.cpu().numpy())


def prior(trained: Trained, n_rows: int) -> NDArray[np.float32]:
    """(T, K) float32 temporal prior of a whole video, scaled to a largest value of 1; all ones for methods without."""
    if trained.members:
        blocks = [prior(member, n_rows)[:, list(clusters)] for member, clusters in trained.members]
        return np.asarray(np.mean(blocks, axis=0), np.float32)
    config = trained.config
    if config.uses_prior:
        block = log_prior(n_rows, config.n_clusters, sigma=config.sigma, index=config.prior_index)
    elif config.method == "asot":
        block = -config.order_weight / config.tau * _off_order(n_rows, config.n_clusters, "cpu").numpy()
    else:
        block = np.zeros((n_rows, config.n_clusters))
    return np.asarray(np.exp(block), np.float32)


def _off_order(n_rows: int, n_clusters: int, device: torch.device | str) -> torch.Tensor:
    """(T, K) float64 ``|x - y|``: how far a cluster's place in the order lies from a frame's place in time."""
    x = (torch.arange(n_rows, dtype=torch.float64, device=device) + 0.5) / n_rows
    y = (torch.arange(n_clusters, dtype=torch.float64, device=device) + 0.5) / n_clusters
    return (x[:, None] - y).abs()
