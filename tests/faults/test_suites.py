"""Each row of the plan names code and tests that are there."""

from __future__ import annotations

import importlib
import re

from faults import plan, suites
from faults.outcome import ROOT


def test_every_row_of_the_plan_can_be_run() -> None:
    for row in plan.ROWS:
        module, _, name = row.place.partition(":")
        assert (ROOT / "tests" / "faults" / f"{module}.py").exists()
        if module != "power":  # needs apsw
            assert callable(getattr(importlib.import_module(f"faults.{module}"), name)), row.id
    rows = {row.id.split("-")[0] for row in plan.ROWS}
    assert {f"F{n}" for n in range(1, 22)} - rows <= {"F11"}  # held with F10


def test_every_row_of_odd_data_names_a_test() -> None:
    for place in suites.ODD_DATA.values():
        path, _, name = place.partition("::")
        text = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert not name or f"def {name}(" in text, place


def test_every_vector_has_a_test() -> None:
    text = "".join((ROOT / "tests" / "faults" / f"{name}.py").read_text() for name in ("test_vectors", "test_text"))
    found = {int(n) for name in re.findall(r"def test((?:_s\d+)+)_", text) for n in re.findall(r"\d+", name)}
    assert found | {18, 23} == set(range(1, 28))  # S18 is all of test_text.py, S23 a forbidden call
    assert 18 in found or "S18" in text
