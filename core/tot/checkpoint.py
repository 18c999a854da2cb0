"""Where a training stood, so that it can go on with the very next draw: weights, Adam's moments, draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import torch
from torch import Tensor

from ..errors import InputError
from .network import Network
from .sampling import Sampler

MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass(frozen=True)
class Checkpoint:
    """Plain tensors by name, as they go to disk, and a few plain numbers."""

    iteration: int
    tensors: dict[str, Tensor]
    draws: dict[str, Any]

    @classmethod
    def take(
        cls,
        iteration: int,
        network: Network,
        optimisers: Sequence[torch.optim.Optimizer],
        sampler: Sampler,
        *,
        run: int = 0,
    ) -> Checkpoint:
        """The state of one of the runs between two steps."""

        def own(value: Tensor) -> Tensor:
            return value[run : run + 1] if value.dim() > 1 else network.part(value, run) if value.dim() else value

        tensors = {"encoder": own(network.encoder), "prototypes": own(network.prototypes)}
        for number, optimiser in enumerate(optimisers):
            for state in optimiser.state.values():
                tensors |= {f"adam.{number}.{name}": own(state[name]) for name in MOMENTS}
        draws = sampler.state()
        tensors["generators"] = draws.pop("generators")[run : run + 1]
        draws["queues"] = draws["queues"][run : run + 1]
        return cls(iteration, {name: value.detach().cpu().clone() for name, value in tensors.items()}, draws)

    def restore(self, network: Network, optimisers: Sequence[torch.optim.Optimizer], sampler: Sampler) -> int:
        """Put everything back; the number of iterations done. Raises InputError for another network."""
        own = {"encoder": network.encoder, "prototypes": network.prototypes}
        if any(self.tensors[name].shape != value.shape for name, value in own.items()):
            raise InputError("checkpoint", "it belongs to a network of other widths.", hint="Train from the start.")
        network.encoder.copy_(self.tensors["encoder"])
        network.prototypes.copy_(self.tensors["prototypes"])
        for number, optimiser in enumerate(optimisers):
            if f"adam.{number}.step" not in self.tensors:
                continue  # frozen prototypes have no moments yet
            parameter = optimiser.param_groups[0]["params"][0]
            saved = {name: self.tensors[f"adam.{number}.{name}"].to(parameter.device) for name in MOMENTS}
            optimiser.state[parameter] = {name: value.clone() for name, value in saved.items()}
        sampler.restore({**self.draws, "generators": list(self.tensors["generators"])})
        return self.iteration

    def packed(self) -> tuple[dict[str, Tensor], str]:
        """Tensors with a prefix, and the rest as JSON, for a weights file."""
        rest = msgspec.json.encode({"iteration": self.iteration, "draws": self.draws}).decode()
        return {f"checkpoint.{name}": value for name, value in self.tensors.items()}, rest

    @classmethod
    def unpacked(cls, tensors: dict[str, Tensor], rest: str) -> Checkpoint:
        """From what `packed` gave. Raises KeyError, msgspec.DecodeError."""
        plain = msgspec.json.decode(rest)
        mine = {name.removeprefix("checkpoint."): value for name, value in tensors.items()}
        return cls(int(plain["iteration"]), mine, dict(plain["draws"]))
