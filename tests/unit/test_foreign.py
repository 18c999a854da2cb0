"""A pipe or a device under the name of a file holds up nobody."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from projects import a_project

from core import api
from core.data.fingerprint import stamp
from core.data.labels import read_label_file, read_mapping
from core.data.npy import open_matrix
from core.data.text_matrix import text_shape
from core.errors import InputError, StoreError, TotError
from core.foreign import open_regular, read_regular
from core.project import Project
from core.store.lock import is_ours

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="has no pipes among its files")


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_only_regular_files_are_opened(tmp_path: Path, pipe: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    assert read_regular(tmp_path / "file") == b"content"
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(OSError, match=r"(?i)not a regular file|is a directory"):
            open_regular(path)


def test_readers_refuse_a_pipe(pipe: Path) -> None:
    """Nobody writes into it: a plain opening waits for ever."""
    for read in (read_label_file, read_mapping, open_matrix, text_shape):
        with pytest.raises(InputError, match="not a regular file"):
            read(pipe)
    assert stamp(pipe) == ""


def test_a_pipe_beside_a_project_does_not_hold_up_its_opening(tmp_path: Path) -> None:
    path = tmp_path / "a.tot"
    a_project(path).close()
    os.mkfifo(tmp_path / "a.tot-journal")
    with pytest.raises(StoreError, match="Not a regular file"):
        Project.open(path)
    (tmp_path / "a.tot-journal").unlink()
    Project.open(path).close()


def test_links_in_a_circle_are_a_row_or_a_message(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    np.save(tmp_path / "features" / "one.npy", np.ones((9, 4), np.float32))
    for name in ("loop", "loop.npy"):
        (tmp_path / "features" / name).symlink_to(tmp_path / "features" / name)
    assert [video.id for video in api.open_dataset(tmp_path).videos] == ["one"]
    project = tmp_path / "loop.tot"
    project.symlink_to(project)
    for open_it in (Project.open, Project.open_copy):
        with pytest.raises(TotError):
            open_it(project)
    assert not is_ours(project)
