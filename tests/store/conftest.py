"""A project on disk as most tests of the store want it."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import a_project, with_edits, with_run


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed project with a run and some edits."""
    with a_project(tmp_path / "a.tot") as project:
        with_run(project)
        with_edits(project)
    return tmp_path / "a.tot"
