"""The encoder and the prototypes, S of them side by side, with their gradients written out (supplement, section 3).

One run is S = 1. The gradients are written by hand because the networks are tiny: automatic differentiation
would spend more time on bookkeeping than on arithmetic. `tests/unit/tot` holds them to finite differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from .config import TrainConfig

TINY = 1e-12


class Shape(NamedTuple):
    """Sizes and forms of a network: D -> hidden -> d, and K clusters of m prototypes each."""

    n_dimensions: int
    hidden: int
    embedding: int
    n_clusters: int
    n_prototypes: int
    activation: str
    l2: bool

    @classmethod
    def of(cls, config: TrainConfig, n_dimensions: int) -> Shape:
        """The shape that these settings ask for."""
        return cls(
            n_dimensions,
            config.hidden or 2 * config.embedding,
            config.embedding,
            config.n_clusters,
            config.prototypes_per_cluster,
            config.activation,
            config.normalise == "l2",
        )


@dataclass
class Forward:
    """What one pass computed, kept for the way back. Leading axes (S, B) everywhere."""

    inputs: Tensor  # (S, B, D)
    hidden: Tensor  # (S, B, h) after the activation
    output: Tensor  # (S, B, d) after the last activation, before any scaling to length 1
    norms: Tensor | None  # (S, B, 1)
    embeddings: Tensor  # (S, B, d): Z
    prototypes: Tensor  # (S, K m, d): C as it took part
    parts: Tensor  # (S, B, K m): inner products
    scores: Tensor  # (S, B, K): S


class Network:
    """Weights of S networks in one flat tensor for the encoder and one for the prototypes, gradients likewise."""

    def __init__(self, shape: Shape, n_runs: int = 1, device: str | torch.device = "cpu") -> None:
        self.shape, self.n_runs = shape, n_runs
        d, h, e = shape.n_dimensions, shape.hidden, shape.embedding
        sizes = {"first.weight": (d, h), "first.bias": (1, h), "second.weight": (h, e), "second.bias": (1, e)}
        total = n_runs * sum(a * b for a, b in sizes.values())
        self.encoder = torch.zeros(total, device=device)
        self.encoder.grad = torch.zeros_like(self.encoder)
        n_rows = shape.n_clusters * shape.n_prototypes
        self.prototypes = torch.zeros(n_runs, n_rows, e, device=device)
        self.prototypes.grad = torch.zeros_like(self.prototypes)
        self.weights = _views(self.encoder, sizes, n_runs)
        self._grads = _views(self.encoder.grad, sizes, n_runs)

    @property
    def device(self) -> torch.device:
        """Where the weights live."""
        return self.encoder.device

    def draw(self, generators: Sequence[torch.Generator]) -> None:
        """Draw new weights, one generator a run: N(0, 0.01) as published for sigmoids, He's for ReLU; biases 0."""
        with torch.no_grad():
            self.encoder.zero_()
            for run, generator in enumerate(generators):
                for name in ("first.weight", "second.weight"):
                    weight = self.weights[name][run]
                    scale = 0.01 if self.shape.activation == "sigmoid" else (2.0 / weight.shape[0]) ** 0.5
                    weight.copy_(torch.empty(weight.T.shape).normal_(0.0, scale, generator=generator).T)
                self.prototypes[run].copy_(
                    torch.empty(self.prototypes[run].shape).normal_(0.0, 0.01, generator=generator)
                )

    @torch.no_grad()
    def embed(self, features: Tensor) -> Tensor:
        """(S, B, D) or (B, D) for one run -> embeddings of the same leading shape."""
        single = features.dim() == 2
        found = self._encode(features[None] if single else features)[3]
        return found[0] if single else found

    @torch.no_grad()
    def scores(self, embeddings: Tensor) -> Tensor:
        """(S, B, d) or (B, d) -> (.., K): inner products with the prototypes (S), soft maximum of sub-prototypes."""
        single = embeddings.dim() == 2
        found = self._score(embeddings[None] if single else embeddings)[2]
        return found[0] if single else found

    @torch.no_grad()
    def forward(self, inputs: Tensor, n_scored: int | None = None) -> Forward:
        """Encode (S, B, D); the first `n_scored` rows (all when None) are scored against the prototypes."""
        hidden, output, norms, embeddings = self._encode(inputs)
        prototypes, parts, scores = self._score(embeddings if n_scored is None else embeddings[:, :n_scored])
        return Forward(inputs, hidden, output, norms, embeddings, prototypes, parts, scores)

    @torch.no_grad()
    def backward(self, done: Forward, d_scores: Tensor, d_embeddings: Tensor | None = None) -> None:
        """Write the gradients of all weights from those of the scores (S, b, K) and, beside them, of Z (S, B, d)."""
        n_scored = d_scores.shape[1]
        d_parts = d_scores if self.shape.n_prototypes == 1 else self._split(done, d_scores)
        scored = done.embeddings[:, :n_scored]
        d_prototypes = torch.bmm(d_parts.transpose(1, 2), scored)
        d_scored = torch.bmm(d_parts, done.prototypes)
        if d_embeddings is None and n_scored == done.embeddings.shape[1]:
            d_z = d_scored
        else:
            d_z = torch.zeros_like(done.embeddings) if d_embeddings is None else d_embeddings
            d_z[:, :n_scored] += d_scored
        assert self.prototypes.grad is not None
        if self.shape.l2:
            length = torch.linalg.vector_norm(self.prototypes, dim=2, keepdim=True).clamp_min_(TINY)
            along = (done.prototypes * d_prototypes).sum(dim=2, keepdim=True)
            torch.sub(d_prototypes, done.prototypes * along, out=self.prototypes.grad).div_(length)
        else:
            self.prototypes.grad.copy_(d_prototypes)
        if done.norms is not None:
            along = (done.embeddings * d_z).sum(dim=2, keepdim=True)
            d_z = (d_z - done.embeddings * along).div_(done.norms)
        if self.shape.activation == "sigmoid":
            d_z = torch.ops.aten.sigmoid_backward(d_z, done.output)
        torch.bmm(done.hidden.transpose(1, 2), d_z, out=self._grads["second.weight"])
        torch.sum(d_z, dim=1, keepdim=True, out=self._grads["second.bias"])
        d_hidden = torch.bmm(d_z, self.weights["second.weight"].transpose(1, 2))
        if self.shape.activation == "sigmoid":
            d_hidden = torch.ops.aten.sigmoid_backward(d_hidden, done.hidden)
        else:
            d_hidden.mul_(done.hidden > 0)
        torch.bmm(done.inputs.transpose(1, 2), d_hidden, out=self._grads["first.weight"])
        torch.sum(d_hidden, dim=1, keepdim=True, out=self._grads["first.bias"])

    def single(self, run: int = 0) -> Network:
        """A copy of one of the runs."""
        found = Network(self.shape, 1, self.device)
        for name, weight in self.weights.items():
            found.weights[name].copy_(weight[run : run + 1])
        found.prototypes.copy_(self.prototypes[run : run + 1])
        return found

    def part(self, flat: Tensor, run: int) -> Tensor:
        """What belongs to one run of a tensor that is laid out like the encoder, such as Adam's moments of it."""
        return torch.cat([view[run].flatten() for view in self._laid_out(flat).values()])

    def whole(self, parts: Sequence[Tensor]) -> Tensor:
        """The tensor laid out like the encoder that has these parts, one a run: the inverse of `part`."""
        found = torch.empty_like(self.encoder)
        for run, part in enumerate(parts):
            start = 0
            for view in self._laid_out(found).values():
                stop = start + view[run].numel()
                view[run].copy_(part[start:stop].view_as(view[run]))
                start = stop
        return found

    def _laid_out(self, flat: Tensor) -> dict[str, Tensor]:
        sizes = {name: (value.shape[1], value.shape[2]) for name, value in self.weights.items()}
        return _views(flat, sizes, self.n_runs)

    def narrow(self, n_clusters: int) -> None:
        """Drop the clusters from `n_clusters` on, which a run of fewer never used."""
        if n_clusters < self.shape.n_clusters:
            self.shape = self.shape._replace(n_clusters=n_clusters)
            self.prototypes = self.prototypes[:, : n_clusters * self.shape.n_prototypes].clone()

    def copy_from(self, other: Network) -> None:
        """Take over all weights of a network of the same shape."""
        self.encoder.copy_(other.encoder)
        self.prototypes.copy_(other.prototypes)

    def state(self) -> dict[str, Tensor]:
        """The weights of run 0 by name, as linear layers keep them: (out, in)."""
        found = {name: value[0].T.contiguous() for name, value in self.weights.items() if name.endswith("weight")}
        found |= {name: value[0, 0].clone() for name, value in self.weights.items() if name.endswith("bias")}
        return found | {"prototypes": self.prototypes[0].clone()}

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Take the weights of run 0 from `state`. Raises KeyError, RuntimeError for other names or shapes."""
        for name, weight in self.weights.items():
            value = tensors[name]
            weight[0].copy_((value.T if name.endswith("weight") else value[None]).reshape_as(weight[0]))
        self.prototypes[0].copy_(tensors["prototypes"].reshape_as(self.prototypes[0]))

    def _encode(self, inputs: Tensor) -> tuple[Tensor, Tensor, Tensor | None, Tensor]:
        w = self.weights
        hidden = torch.baddbmm(w["first.bias"], inputs, w["first.weight"])
        hidden = hidden.sigmoid_() if self.shape.activation == "sigmoid" else hidden.relu_()
        output = torch.baddbmm(w["second.bias"], hidden, w["second.weight"])
        if self.shape.activation == "sigmoid":
            output.sigmoid_()
        if not self.shape.l2:
            return hidden, output, None, output
        # Sigmoids lie in one orthant: without centring all cosines are close to 1.
        centred = output - 0.5 if self.shape.activation == "sigmoid" else output
        norms = torch.linalg.vector_norm(centred, dim=2, keepdim=True).clamp_min_(TINY)
        return hidden, output, norms, centred / norms

    def _score(self, embeddings: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        prototypes = self.prototypes
        if self.shape.l2:
            prototypes = prototypes / torch.linalg.vector_norm(prototypes, dim=2, keepdim=True).clamp_min_(TINY)
        parts = torch.bmm(embeddings, prototypes.transpose(1, 2))
        if self.shape.n_prototypes == 1:
            return prototypes, parts, parts
        return prototypes, parts, SOFT * torch.logsumexp(self._grouped(parts) / SOFT, dim=3)

    def _grouped(self, parts: Tensor) -> Tensor:
        return parts.view(*parts.shape[:2], self.shape.n_clusters, self.shape.n_prototypes)

    def _split(self, done: Forward, d_scores: Tensor) -> Tensor:
        shares = torch.softmax(self._grouped(done.parts) / SOFT, dim=3)
        return (shares * d_scores[..., None]).view_as(done.parts)


SOFT = 0.1
"""Temperature of the soft maximum over the sub-prototypes of a cluster."""


def _views(flat: Tensor, sizes: dict[str, tuple[int, int]], n_runs: int) -> dict[str, Tensor]:
    found, start = {}, 0
    for name, (rows, columns) in sizes.items():
        stop = start + n_runs * rows * columns
        found[name] = flat[start:stop].view(n_runs, rows, columns)
        start = stop
    return found
