"""A child Python in which one step of a training finds no memory, as a device that is full says it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SITE = """
import importlib.util, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "core.tot.step":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        plain = spec.loader.exec_module

        def exec_module(module):
            plain(module)
            fill(module.Stepper)

        spec.loader.exec_module = exec_module
        return spec

def fill(stepper):
    import torch
    plain, left = stepper.gradients, [torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")]

    def gradients(self, draw, *, step=0):
        if step == STEP and left:
            raise left.pop()
        return plain(self, draw, step=step)

    stepper.gradients = gradients

sys.meta_path.insert(0, Finder())
"""


def fill_device_at(monkeypatch: pytest.MonkeyPatch, folder: Path, step: int) -> None:
    """Every Python that is started from here on, the engine's too, fails once at this step of a training."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITE.replace("STEP", str(step)))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])))
