"""A project of three numbered videos with hostile names, accepted and described, and the kit of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from kit_project import make_dataset, make_project

from core.kit.package import KitSummary, write_kit
from core.kit.plan import KitPlan, plan_kit
from core.kit.source import KitOptions, KitSource
from core.kit_work import kit_source
from core.project import Project


@pytest.fixture(scope="session")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_dataset(tmp_path_factory.mktemp("data") / "fill & close")


@pytest.fixture
def project(dataset: Path, tmp_path: Path) -> Iterator[Project]:
    made = make_project(tmp_path / "p.tot", dataset)
    yield made
    made.close()


@pytest.fixture
def source(project: Project) -> KitSource:
    return kit_source(project, track="corrected", videos="accepted", run=None)


@pytest.fixture
def plan(source: KitSource) -> KitPlan:
    return plan_kit(source, KitOptions())


@pytest.fixture
def kit(source: KitSource, tmp_path: Path) -> KitSummary:
    return write_kit(source, KitOptions(as_zip=True, formats=("csv", "json")), tmp_path / "kit")
