"""The step of a training on a GPU, recorded once as a CUDA graph and then played: one launch instead of a hundred.

A network this small is done in microseconds; an eager step spends its time on launching kernels. The recorded step is
held to the plain one before it is trusted: where its numbers differ, the plain step goes on.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from .sampling import Draw
from .step import Outcome, Stepper

Work = Callable[[], Outcome]
Record = Callable[[Work, torch.device], Work]
WARM_UP = 3
"""Plain steps before anything is recorded: libraries choose their kernels and the optimisers make their moments."""
TOLERANCE = 1e-2
"""Largest difference between the updates of a recorded and a plain step, as a share of the update's length. Both add in
their own order, and Adam makes full steps of gradients that are nothing but rounding."""


def record_graph(work: Work, device: torch.device) -> Work:
    """What plays `work` again, as a CUDA graph of one device; recording alone changes nothing.

    The stream is a new one of that device: torch keeps one for all captures, of the device that was the current one
    then, and work on another device would not be recorded but done.
    """
    with torch.cuda.device(device):
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=torch.cuda.Stream(device)):  # type: ignore[no-untyped-call]
            outcome = work()

    def play() -> Outcome:
        with torch.cuda.device(device):
            graph.replay()
        return outcome

    return play


class Captured:
    """A `Stepper` whose usual step is played from a recording, one for frozen and one for free prototypes.

    Batches of another shape (a left-over video) and the first steps are done plainly. `warning` says why recordings
    were given up, empty otherwise.
    """

    def __init__(self, stepper: Stepper, record: Record = record_graph) -> None:
        self._stepper, self._record = stepper, record
        self._plays: dict[bool, Work] = {}
        self._done: dict[bool, int] = {True: 0, False: 0}
        self._draw: Draw | None = None  # where a recording reads its rows
        self.warning = ""

    @staticmethod
    def suits(stepper: Stepper) -> bool:
        """Whether a step can be recorded: on CUDA, with all rows there, and nothing drawn inside the step."""
        on_gpu = stepper.network.device.type == "cuda"
        return on_gpu and stepper.bank.resident and not stepper.draws_inside

    def __call__(self, draw: Draw, *, frozen: bool, step: int = 0) -> Outcome:
        """As `Stepper`; the outcome holds until the next step."""
        self._done[frozen] += 1
        if self.warning or self._done[frozen] <= WARM_UP or not self._fits(draw):
            return self._stepper(draw, frozen=frozen, step=step)
        assert self._draw is not None
        self._draw.anchors.copy_(draw.anchors)
        if draw.positives is not None and self._draw.positives is not None:
            self._draw.positives.copy_(draw.positives)
        if frozen not in self._plays:
            return self._first(draw, frozen, step)
        return self._plays[frozen]()

    def _fits(self, draw: Draw) -> bool:
        if self._draw is None:
            near = None if draw.positives is None else draw.positives.clone()
            self._draw = Draw(draw.anchors.clone(), near)
        return draw.anchors.shape == self._draw.anchors.shape

    def _first(self, draw: Draw, frozen: bool, step: int) -> Outcome:
        """Record, play once, and do the same step plainly: the plain numbers are kept, and the two compared."""
        fixed = self._draw
        assert fixed is not None
        before = [tensor.clone() for tensor in self._state()]
        try:
            play = self._record(lambda: self._stepper(fixed, frozen=frozen, step=step), self._stepper.network.device)
            self._restore(before)  # a recording that worked while it recorded, and plays nothing, is found out
            play()
            played = [tensor.clone() for tensor in self._state()]
        except RuntimeError as error:
            self.warning = f"The step could not be recorded ({error}); steps are done plainly."
            played = []
        self._restore(before)
        outcome = self._stepper(draw, frozen=frozen, step=step)
        if played and not _alike(before, played, self._state()):
            self.warning = "The recorded step gave other numbers than the plain one; steps are done plainly."
        if not self.warning:
            self._plays[frozen] = play
        return outcome

    def _restore(self, values: list[Tensor]) -> None:
        for tensor, value in zip(self._state(), values, strict=True):
            tensor.copy_(value)

    def _state(self) -> list[Tensor]:
        """Weights and Adam's moments: all that a step changes and the next one needs."""
        network = self._stepper.network
        found = [network.encoder, network.prototypes]
        for optimiser in self._stepper.optimisers:
            for state in optimiser.state.values():
                found += [value for value in state.values() if isinstance(value, Tensor)]
        return found


def _alike(before: list[Tensor], one: list[Tensor], other: list[Tensor]) -> bool:
    """Whether two updates of the same state are equal up to rounding."""
    for start, a, b in zip(before, one, other, strict=True):
        moved = float(torch.linalg.vector_norm(b - start))
        if not float(torch.linalg.vector_norm(a - b)) <= TOLERANCE * moved + 1e-12:
            return False
    return True
