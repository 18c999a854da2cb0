"""Files of the dataset that changed since the project took them in are told; copied and touched ones are not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from datasets import layout, matrix

from core import api
from core.data.fingerprint import changed_files
from core.project import Project
from core.store.check import read_all


@pytest.fixture
def path(tmp_path: Path) -> Path:
    api.create_project(tmp_path / "p.tot", api.open_dataset(layout(tmp_path / "set", "A"))).close()
    return tmp_path / "p.tot"


def changed(path: Path) -> list[tuple[str, str]]:
    with Project.open(path, read_only=True) as project:
        return [(each.video, each.kind) for each in changed_files(project.document.dataset, project.stamps)]


def test_what_changed_is_told_by_video_and_kind(path: Path) -> None:
    assert changed(path) == []
    root = path.parent / "set"
    np.savetxt(root / "features" / "clip_02.txt", matrix(31, seed=9))
    labels = root / "groundTruth" / "clip_01"
    labels.write_text(labels.read_text().replace("turn", "place"))
    assert sorted(changed(path)) == [("clip_01", "ground_truth"), ("clip_02", "features")]
    (root / "features" / "clip_03.txt").unlink()  # missing is another thing, and told elsewhere
    assert len(changed(path)) == 2


def test_a_copied_or_touched_file_is_the_same(path: Path) -> None:
    for file in (path.parent / "set" / "features").iterdir():
        os.utime(file, (1, 1))
        shutil.copy(file, file.with_suffix(".new"))
        file.with_suffix(".new").replace(file)
    assert changed(path) == []


def test_going_on_with_them_is_remembered(path: Path) -> None:
    np.savetxt(path.parent / "set" / "features" / "clip_02.txt", matrix(31, seed=9))
    with Project.open(path) as project:
        project.accept_files(["clip_02"])
        assert changed_files(project.document.dataset, project.stamps) == ()
    assert changed(path) == [] and read_all(path) == 0


def test_a_project_from_before_has_nothing_to_compare(path: Path) -> None:
    import sqlite3

    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("DELETE FROM meta WHERE key='fingerprints'")
    connection.close()
    np.savetxt(path.parent / "set" / "features" / "clip_02.txt", matrix(31, seed=9))
    assert changed(path) == []
