"""Named checkpoints: a copy made by SQLite, checked as a whole, and only then given its name."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from uuid import uuid4

from ..cache import publish
from ..errors import StoreError
from .check import read_all


def checkpoint(connection: sqlite3.Connection, project: Path, name: str) -> Path:
    """The verified copy `NAME.backups/<name>.tot`. Runs on the writer thread. Raises StoreError."""
    folder = project.with_name(project.stem + ".backups")
    temporary = folder / f".partial-{uuid4().hex[:8]}"
    try:
        folder.mkdir(exist_ok=True)
        connection.execute("VACUUM INTO ?", (str(temporary),))
        with_closed_launch(temporary)
        read_all(temporary)
        final = _free_name(folder, name)
        publish(temporary, final)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"The checkpoint could not be written to {folder}: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)
    return final


def with_closed_launch(path: Path) -> None:
    """Mark the copy as cleanly closed: nothing of it has to be restored."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("UPDATE launch SET clean_close=1")
    finally:
        connection.close()


def _free_name(folder: Path, name: str) -> Path:
    stem = re.sub(r"[^\w .-]", "_", name, flags=re.ASCII).strip(" .")[:80] or "checkpoint"
    path, number = folder / f"{stem}.tot", 2
    while path.exists():
        path, number = folder / f"{stem} {number}.tot", number + 1
    return path
