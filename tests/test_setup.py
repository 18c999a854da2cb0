"""The pins hold, and the package is what the sources say."""

from __future__ import annotations

import ast
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_qt_gives_back_every_reference_to_none(qapp) -> None:
    """PySide6 6.12.0 loses one reference with each void call and ends the program after thousands of them."""
    for _ in range(50):
        qapp.processEvents()
    before = sys.getrefcount(None)
    for _ in range(1000):
        qapp.processEvents()
    # A gain is harmless; other threads may move it by a few.
    assert sys.getrefcount(None) > before - 100


def test_the_installed_releases_are_inside_the_pins() -> None:
    qt = tuple(int(part) for part in version("PySide6-Essentials").split(".")[:3])
    assert (6, 8) <= qt[:2] < (6, 12)
    assert qt not in {(6, 9, 0), (6, 9, 1), (6, 9, 2), (6, 11, 0), (6, 11, 1)}
    assert (4, 10) <= tuple(int(part) for part in version("opencv-python-headless").split(".")[:2]) < (5, 0)
    assert tuple(int(part) for part in version("torch").split("+")[0].split(".")[:2]) >= (2, 10)


def test_run_py_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


@pytest.mark.parametrize("name, entry", [*PROJECT["scripts"].items(), *PROJECT["gui-scripts"].items()])
def test_the_programs_have_their_entry(name: str, entry: str) -> None:
    module, function = entry.split(":")
    tree = ast.parse((ROOT / (module.replace(".", "/") + ".py")).read_text(encoding="utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_core_is_ours() -> None:
    import core

    assert PROJECT["name"] == core.PROJECT
    assert Path(core.__file__).parent == ROOT / "core"


def test_no_law_is_measured_by_the_speed_of_the_machine() -> None:
    """An example that took over 200 ms, for other programs were busy, was a failure of its law."""
    now = settings()
    assert now.deadline is None and HealthCheck.too_slow in now.suppress_health_check
