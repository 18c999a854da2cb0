"""A new project from what a damaged one still holds: rows with a right check sum, tracks rebuilt from the log."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, StoreError
from .create import appearing, write_values
from .rebuild import rebuilt
from .survivors import read_survivors


@dataclass(frozen=True)
class Salvaged:
    """What was saved into `out`, in numbers, and one sentence for each thing that was not."""

    out: Path
    videos: int
    corrected: int
    runs: int
    edits: int
    lost: tuple[str, ...]


def salvage(path: Path, out: Path) -> Salvaged:
    """Save what can be read of a project into a new file; the damaged one is not changed.

    Raises:
        InputError: nothing of a project is in the file.   StoreError: `out` exists, or cannot be written.
    """
    if out.exists():
        raise StoreError(f"{out} exists already. Choose a name that is free.")
    if not path.is_file():
        raise InputError(path, "is not there; wanted a project file (.tot).")
    found = read_survivors(path)
    if not found.videos and not found.tracks:
        raise InputError(path, "nothing of a project could be read from it.", hint=_where_else(path))
    lost: list[str] = []
    document = rebuilt(found, path, lost)
    if found.broken:
        lost.append(f"{found.broken} rows that fail their check; where the log had their values, those were taken.")
    with appearing(out) as temporary:
        write_values(temporary, document, weights=found.weights)
    n_videos, n_corrected = len(document.videos), len(document.corrected)
    return Salvaged(out, n_videos, n_corrected, len(document.runs), len(found.edits), tuple(lost))


def _where_else(path: Path) -> str:
    from .backup import newest_whole

    backup = newest_whole(path)
    return f"A whole backup is {backup.path}." if backup else "Look for a copy of the file elsewhere."
