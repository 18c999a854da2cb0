"""A child Python in which one step of a training finds no memory, as a device that is full says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from changed_children import change_in_children

CHANGE = """
def change(module):
    import torch
    stepper = module.Stepper
    plain, left = stepper.gradients, [torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")]

    def gradients(self, draw, *, step=0):
        if step == STEP and left:
            raise left.pop()
        return plain(self, draw, step=step)

    stepper.gradients = gradients
"""


def fill_device_at(monkeypatch: pytest.MonkeyPatch, folder: Path, step: int) -> None:
    """Every Python that is started from here on, the engine's too, fails once at this step of a training."""
    change_in_children(monkeypatch, folder, "core.tot.step", CHANGE.replace("STEP", str(step)))
