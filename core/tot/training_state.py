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
PREFIX = "training_state."


@dataclass(frozen=True)
class TrainingState:
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
    ) -> TrainingState:
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

    @staticmethod
    def restore(
        states: Sequence[TrainingState],
        network: Network,
        optimisers: Sequence[torch.optim.Optimizer],
        sampler: Sampler,
    ) -> int:
        """Put back the states of all runs that are trained side by side; the number of iterations done.

        Raises InputError for another network, or for states that do not belong together.
        """
        own = {"encoder": network.part(network.encoder, 0), "prototypes": network.prototypes[:1]}
        if any(state.tensors[name].shape != value.shape for state in states for name, value in own.items()):
            raise InputError("training state", "it belongs to a network of other widths.", hint="Train from the start.")
        if len(states) != network.n_runs or len({(state.iteration, state.draws["at"]) for state in states}) > 1:
            raise InputError("training state", "its runs do not belong together.", hint="Train from the start.")

        def together(name: str) -> Tensor:
            parts = [state.tensors[name] for state in states]
            return torch.cat(parts) if parts[0].dim() > 1 else network.whole(parts) if parts[0].dim() else parts[0]

        network.encoder.copy_(together("encoder"))
        network.prototypes.copy_(together("prototypes"))
        for number, optimiser in enumerate(optimisers):
            if f"adam.{number}.step" not in states[0].tensors:
                continue  # frozen prototypes have no moments yet
            parameter = optimiser.param_groups[0]["params"][0]
            saved = {name: together(f"adam.{number}.{name}").to(parameter.device) for name in MOMENTS}
            optimiser.state[parameter] = {name: value.clone() for name, value in saved.items()}
        queues = [queue for state in states for queue in state.draws["queues"]]
        generators = [generator for state in states for generator in state.tensors["generators"]]
        sampler.restore({**states[0].draws, "queues": queues, "generators": generators})
        return states[0].iteration

    def packed(self, prefix: str = PREFIX) -> tuple[dict[str, Tensor], str]:
        """Tensors with a prefix, and the rest as JSON, for a weights file."""
        rest = msgspec.json.encode({"iteration": self.iteration, "draws": self.draws}).decode()
        return {f"{prefix}{name}": value for name, value in self.tensors.items()}, rest

    @classmethod
    def unpacked(cls, tensors: dict[str, Tensor], rest: str) -> TrainingState:
        """From what `packed` gave, without the prefix. Raises KeyError, msgspec.DecodeError."""
        plain = msgspec.json.decode(rest)
        return cls(int(plain["iteration"]), tensors, dict(plain["draws"]))
