"""On a network drive, in a cloud folder or on FAT the person is told once, and backups lie on this computer."""

from __future__ import annotations

from pathlib import Path

import pytest
from projects import V, a_project

from core.annotation import commands
from core.project import Project
from core.store import backup, places
from core.store.check import read_all

TABLE = """\
22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:33 / {root}/net rw,relatime shared:2 - nfs4 server:/home rw
41 40 0:34 / {root}/net/local rw - ext4 /dev/sdb1 rw
42 22 0:35 / {root}/with\\040blank rw - vfat /dev/sdc1 rw
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE.format(root=tmp_path))
    monkeypatch.setattr(places, "_TABLE", table)
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("here", ""),
        ("net/deep", "network drive"),
        ("net/local", ""),
        ("network", ""),
        ("with blank", "FAT drive"),
        ("Dropbox/labels", "cloud folder"),
        ("OneDrive - Firm", "cloud folder"),
    ],
)
def test_the_kind_of_a_place(root: Path, place: str, kind: str) -> None:
    assert places.kind_of(root / place / "a.tot") == kind


def test_it_is_said_once_and_backups_lie_on_this_computer(root: Path) -> None:
    path = root / "net" / "a.tot"
    path.parent.mkdir()
    a_project(path).close()
    with Project.open(path, read_only=True) as project:
        assert project.notes == []
    first = a_project(root / "net" / "b.tot")
    assert len(first.notes) == 1 and "network drive" in first.notes[0]
    first.edit(commands.start_from_ground_truth(first.document, V))
    made = first.checkpoint("mine")
    first.close()
    assert made.is_relative_to(root / "data" / "backups") and read_all(made) == 1
    assert [kept.path for kept in backup.listing(first.path)] == [made]
    with Project.open(first.path) as again:
        assert again.notes == []
    assert not list(path.parent.glob("*.backups"))
