"""docs/algorithm.md: every function and test it names is there, and functions name the equations it gives them."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TEXT = (ROOT / "docs" / "algorithm.md").read_text(encoding="utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("|")]


def definitions(path: Path) -> dict[str, str]:
    """Docstring (with that of the module) of every function and class of a file."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    head = ast.get_docstring(module) or ""
    kinds = (ast.FunctionDef, ast.ClassDef)
    return {n.name: head + (ast.get_docstring(n) or "") for n in ast.walk(module) if isinstance(n, kinds)}


def named(text: str) -> list[tuple[str, str]]:
    """Module and name of each `core.room.file.name` in a cell."""
    return re.findall(r"`(core(?:\.\w+)+)\.(\w+)`", text)


def test_every_function_that_the_table_names_is_there() -> None:
    found = named(TEXT)
    assert len(found) > 30
    missing = [
        f"{module}.{name}"
        for module, name in found
        if not (path := ROOT / (module.replace(".", "/") + ".py")).is_file() or name not in definitions(path)
    ]
    assert not missing, missing


def test_every_test_that_the_table_names_is_there() -> None:
    found = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)
    assert len(found) > 15
    missing = [
        f"{path}::{name}"
        for path, name in found
        if not (ROOT / path).is_file() or (name and name not in definitions(ROOT / path))
    ]
    assert not missing, missing


def test_a_function_says_which_equation_of_the_paper_it_is() -> None:
    wrong = []
    for row in ROWS:
        for equation in re.findall(r"Eq\. (\d)", row[0]):
            for module, name in named(row[2]):
                text = definitions(ROOT / (module.replace(".", "/") + ".py"))[name]
                if not re.search(rf"Eq\. [\d, and]*{equation}", text):
                    wrong.append(f"{module}.{name} does not name Eq. {equation}")
    assert not wrong, wrong
