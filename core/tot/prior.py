"""The temporal prior of the transport, as a logarithm (Eq. 8). NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ConfigError

OFFSETS = {"zero": 0.0, "centre": 0.5, "one": 1.0}


def log_prior(n_frames: int, n_clusters: int, *, sigma: float, index: str = "centre") -> NDArray[np.floating[Any]]:
    """(N, K) float64: logarithm of the weight of each cluster at each frame, highest on the diagonal.

    ``-d**2 / (2 sigma**2)`` with ``d = |x_i - y_j| / sqrt(1/N**2 + 1/K**2)`` (Kumar et al., CVPR 2022, Eq. 8);
    the constant factor in front cancels in the transport and is left out.

    Args:
        n_frames: N, at least 1.   n_clusters: K, at least 1.
        sigma: width in units of d (about one cluster), above 0.
        index: ``one`` counts as the paper, ``zero`` as the released code, ``centre`` at centres.
    Raises:
        ConfigError: a count is below 1, sigma is not positive, or the index is unknown.
    """
    if n_frames < 1 or n_clusters < 1 or not sigma > 0 or index not in OFFSETS:
        raise ConfigError("The temporal prior needs frames, clusters, sigma above 0 and an index of zero, centre, one.")
    offset = OFFSETS[index]
    x = (np.arange(n_frames) + offset)[:, None] / n_frames
    y = (np.arange(n_clusters) + offset)[None, :] / n_clusters
    scale = 1.0 / (1.0 / n_frames**2 + 1.0 / n_clusters**2)
    return np.asarray(-scale * (x - y) ** 2 / (2 * sigma**2))
