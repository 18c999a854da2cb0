"""Clusters at the ends of a training: first prototypes by k-means, and numbering by time."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import torch
from scipy.cluster.vq import kmeans2

from .bank import FeatureBank
from .config import TrainConfig
from .network import Network

SAMPLE = 8_000
"""Rows that k-means looks at: enough for prototypes, cheap for any dataset."""


@torch.no_grad()
def k_means(network: Network, bank: FeatureBank, configs: Sequence[TrainConfig]) -> None:
    """Set the prototypes of each run to k-means centres of its untrained embeddings, ordered by mean time."""
    n_rows = sum(bank.lengths)
    places = np.concatenate([(np.arange(n) + 0.5) / n for n in bank.lengths])
    for run, config in enumerate(configs):
        draw = np.random.default_rng(config.seed)
        index = np.sort(draw.permutation(n_rows)[:SAMPLE])
        rows = bank.rows(torch.from_numpy(index)[None].to(bank.device))
        embeddings = network.single(run).embed(rows)[0].cpu().numpy().astype(np.float64)
        wanted = config.n_clusters * config.prototypes_per_cluster
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # an empty cluster keeps its centre
            centres, labels = kmeans2(embeddings, min(wanted, len(index)), minit="++", rng=draw)
        when = [places[index[labels == k]].mean() if (labels == k).any() else 1.0 for k in range(len(centres))]
        centres = centres[np.argsort(when, kind="stable")]
        network.prototypes[run, : len(centres)] = torch.from_numpy(centres).to(network.prototypes)


@torch.no_grad()
def time_order(network: Network, bank: FeatureBank) -> None:
    """Renumber the clusters of a single network by the mean relative time of the frames they win."""
    shape = network.shape
    total, count = np.zeros(shape.n_clusters), np.zeros(shape.n_clusters)
    for number, n_rows in enumerate(bank.lengths):
        won = network.scores(network.embed(bank.video(number))).argmax(dim=1).cpu().numpy()
        np.add.at(total, won, (np.arange(n_rows) + 0.5) / n_rows)
        count += np.bincount(won, minlength=shape.n_clusters)
    when = np.where(count > 0, total / np.maximum(count, 1), np.inf)
    order = torch.from_numpy(np.argsort(when, kind="stable")).to(network.device)
    grouped = network.prototypes.view(1, shape.n_clusters, shape.n_prototypes, -1)
    network.prototypes.copy_(grouped[:, order].reshape(network.prototypes.shape))
