"""A child Python in which a module of the product is changed as soon as it is imported."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SITE = """
import importlib.util, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "MODULE":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        plain = spec.loader.exec_module

        def exec_module(module):
            plain(module)
            change(module)

        spec.loader.exec_module = exec_module
        return spec

sys.meta_path.insert(0, Finder())

"""


def change_in_children(monkeypatch: pytest.MonkeyPatch, folder: Path, module: str, change: str) -> None:
    """Every Python that is started from here on, the engine's too, calls `change`'s ``change(module)``."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SITE.replace("MODULE", module) + change)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])))


def save_soon(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A training in a child saves where it stands at its first look, and then as often as it may cost."""
    change = "def change(module):\n    module.SAVE_S = 0.0\n"
    change_in_children(monkeypatch, folder, "core.tot.save_points", change)
