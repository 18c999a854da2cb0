"""A project file looked after while it is closed: checked, its newest backup, what can be saved of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from .errors import InputError
from .store.backup import newest_whole
from .store.opening import examine
from .store.salvage import salvage


def check_project(path: Path) -> list[str]:
    """Findings of reading every row of a project file and following its log back; the file is not changed."""
    if not path.is_file():
        raise InputError(path, "is not there; wanted a project file (.tot).")
    return examine(path)


def newest_backup(path: Path) -> tuple[Path, datetime] | None:
    """The newest backup of a project that passes its check, and when it was made."""
    found = newest_whole(path)
    return None if found is None else (found.path, found.at)


def repair_project(path: Path, out: Path) -> dict[str, Any]:
    """What could be saved of a damaged project into a new one, as plain values; the damaged one is not changed."""
    found = salvage(path, out)
    return {
        "out": str(found.out),
        "videos": found.videos,
        "corrected": found.corrected,
        "runs": found.runs,
        "edits_read": found.edits,
        "lost": list(found.lost),
    }
