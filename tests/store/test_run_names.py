"""The name of a run is kept like every edit: after a restart, from a damaged file, and without it in an old one."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from projects import R, a_project, with_edits, with_run

from core.annotation import commands
from core.project import Project
from core.store import pack
from core.store.check import read_all
from core.store.salvage import salvage

NAME = "<b>I3D</b> \N{HOT BEVERAGE} שלום"


def renamed(path: Path) -> None:
    with a_project(path) as project:
        with_run(project)
        with_edits(project)
        project.edit(commands.rename_run(project.document, R, "first"))
        project.edit(commands.rename_run(project.document, R, NAME))
        project.hide_run(R)


def test_a_name_survives_a_restart_and_can_be_undone_after(tmp_path: Path) -> None:
    path = tmp_path / "p.tot"
    renamed(path)
    read_all(path)
    with Project.open(path) as project:
        assert project.document.runs[R].name == NAME and project.document.runs[R].hidden
        assert project.undo_text == f"rename run first to {NAME}"
        project.undo()
        project.undo()
        assert project.document.runs[R].name == "Run 1"
    with Project.open(path) as project:
        assert project.document.runs[R].name == "Run 1" and project.document.runs[R].hidden
        project.redo()
        assert project.document.runs[R].name == "first" and project.weights(R) == b"weights"
    read_all(path)


def test_a_name_is_saved_from_a_damaged_project(tmp_path: Path) -> None:
    path, out = tmp_path / "p.tot", tmp_path / "saved.tot"
    renamed(path)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE review SET crc=0")
    connection.close()
    salvage(path, out)
    with Project.open(out) as project:
        assert project.document.runs[R].name == NAME


def test_a_project_of_before_runs_had_names_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.tot"
    with a_project(path) as project:
        with_run(project)
    with sqlite3.connect(path) as connection:
        value = json.loads(connection.execute("SELECT value FROM run").fetchone()[0])
        assert value.pop("given_name") == ""
        text = pack.to_json(value)
        connection.execute("UPDATE run SET value=?, crc=?", (text, pack.crc(R, text)))
    connection.close()
    with Project.open(path) as project:
        assert project.document.runs[R].name == "Run 1"
