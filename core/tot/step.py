"""One update of S networks: encode, find pseudo-labels, follow their gradient (Kumar et al., CVPR 2022, Fig. 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from .bank import FeatureBank
from .config import TrainConfig
from .losses import Coherence, codes, cross_entropy, cross_entropy_gradient
from .network import TINY, Network
from .sampling import BINS, Draw
from .supervision import Lessons, Teacher
from .targets import Targets

STEPS = 1_000_003
"""Keeps the draws of one seed apart from those of the next: more than there are steps."""


@dataclass
class Outcome:
    """What a step saw, before its update: scores and plan (S, V, N, K), the pairs of the coherence loss, and the (S,)
    weighted cross entropy of corrected rows."""

    scores: Tensor
    plan: Tensor
    coherence: Coherence | None
    corrections: Tensor | None = None


class Stepper:
    """Holds what all steps share: networks, pseudo-labels, optimisers."""

    def __init__(
        self, network: Network, configs: Sequence[TrainConfig], bank: FeatureBank, lessons: Lessons | None = None
    ) -> None:
        self.network, self.config, self.bank = network, configs[0], bank
        self._teacher = None if lessons is None else Teacher(lessons, configs, bank)
        self._targets = Targets(configs, network.shape.n_clusters, network.device)
        self._missing = self._targets.missing
        self.updating = False
        """Whether an update has begun and not ended: weights are not whole then."""
        self._seeds = [config.seed for config in configs]
        # Two optimisers, so that frozen prototypes get no update at all: neither decay nor Adam's moments.
        self.optimisers = [
            torch.optim.Adam(
                [weights],
                lr=self.config.learning_rate,
                weight_decay=self.config.weight_decay,
                fused=True,
                capturable=network.device.type == "cuda",
            )
            for weights in (network.encoder, network.prototypes)
        ]
        for optimiser in self.optimisers:
            # Plain steps come before the recorded ones, and stand in for them; torch would warn of that each time.
            optimiser._warned_capturable_if_run_uncaptured = True

    @property
    def draws_inside(self) -> bool:
        """Whether a step draws more than the rows that it is given: corrected rows, or pairs of the released code."""
        return self._teacher is not None or (self.config.sampling == "official" and self.config.uses_tcl)

    @torch.no_grad()
    def __call__(self, draw: Draw, *, frozen: bool, step: int = 0) -> Outcome:
        """Draw one batch's features, and update; corrected rows are drawn by the number of the step."""
        outcome = self.gradients(draw, step=step)
        if self.config.method == "asot" and self.network.shape.l2:
            prototypes = self.network.prototypes
            prototypes.div_(torch.linalg.vector_norm(prototypes, dim=2, keepdim=True).clamp_min_(TINY))
        self.updating = True
        self.optimisers[0].step()
        if not frozen:
            self.optimisers[1].step()
        self.updating = False
        return outcome

    @torch.no_grad()
    def gradients(self, draw: Draw, *, step: int = 0) -> Outcome:
        """Write the gradients of one batch into the network."""
        config, network = self.config, self.network
        n_runs, n_videos, n_frames = draw.anchors.shape
        rows = draw.anchors if draw.positives is None else torch.cat([draw.anchors, draw.positives], dim=1)
        inputs = self.bank.rows(rows.flatten(1))  # (S, B or 2 B, D)
        n_scored = n_videos * n_frames
        done = network.forward(inputs, n_scored)
        scores = done.scores.view(n_runs, n_videos, n_frames, -1)
        plan = self._targets.plan(scores)
        d_scores = cross_entropy_gradient(scores, plan, tau=config.tau, missing=self._missing).flatten(1, 2)
        coherence, d_embeddings = None, None
        if draw.positives is not None:
            pairs = done.embeddings.view(n_runs, 2, n_videos, n_frames, -1)
            coherence = Coherence(pairs[:, 0], pairs[:, 1], kappa=config.kappa)
            d_embeddings = torch.stack(coherence.gradients(), dim=1).mul_(config.alpha).flatten(1, 3)
        elif config.uses_tcl:  # the released code's groups of neighbouring rows
            coherence, d_embeddings = self._grouped(done.embeddings, step)
        network.backward(done, d_scores, d_embeddings)
        corrections = None if self._teacher is None else self._teacher.add_gradients(network, step)
        return Outcome(scores, plan, coherence, corrections)

    def _grouped(self, embeddings: Tensor, step: int) -> tuple[Coherence, Tensor]:
        """Pairs (r, r + 1) inside groups of N / 32 sorted rows, r drawn a group; one group of pairs for the batch.

        Each run draws its own, by its seed and the number of the step: alone, side by side, and when it goes on.
        """
        size = self.config.frames_per_video // BINS
        places = torch.arange(0, embeddings.shape[1], size)
        drawn = [
            torch.randint(
                0, max(1, size - 1), places.shape, generator=torch.Generator().manual_seed(seed * STEPS + step)
            )
            for seed in self._seeds
        ]
        first = (places + torch.stack(drawn)).to(embeddings.device)[..., None].expand(-1, -1, embeddings.shape[2])
        pairs = [embeddings.gather(1, rows)[:, None] for rows in (first, first + 1)]
        coherence = Coherence(*pairs, kappa=self.config.kappa)
        gradient = torch.zeros_like(embeddings)
        for rows, part in zip((first, first + 1), coherence.gradients(), strict=True):
            gradient.scatter_add_(1, rows, self.config.alpha * part[:, 0])
        return coherence, gradient

    def masses(self, outcome: Outcome) -> Tensor:
        """(S, K): the share of the batch that each cluster holds."""
        return outcome.plan.flatten(1, 2).mean(dim=1)

    def losses(self, outcome: Outcome) -> dict[str, Tensor]:
        """(S,) each: losses and the state of codes and plan at a step."""
        config = self.config
        scores, plan = outcome.scores, outcome.plan
        entropy_loss = cross_entropy(scores, plan, tau=config.tau)
        nothing = torch.zeros_like(entropy_loss)
        coherence = nothing if outcome.coherence is None else outcome.coherence.loss()
        corrections = nothing if outcome.corrections is None else outcome.corrections
        certain = codes(scores, tau=config.tau, missing=self._missing)
        mass = self.masses(outcome)
        return {
            "total": entropy_loss + config.alpha * coherence + corrections,
            "cross_entropy": entropy_loss,
            "temporal_coherence": coherence,
            **({} if outcome.corrections is None else {"corrections": corrections}),
            "entropy": -(certain * certain.clamp_min(TINY).log()).sum(dim=-1).flatten(1).mean(dim=1),
            "smallest_mass": mass.amin(dim=1),
            "largest_mass": mass.amax(dim=1),
            "largest_score": scores.abs().flatten(1).amax(dim=1),
        }
