"""Backups: a copy made by SQLite, checked as a whole, and only then given its name; old ones are thinned."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

from ..cache import publish
from ..errors import StoreError
from . import log, pack
from .check import read_all
from .places import backups_of
from .schema import Connection, connect, guard

BUDGET = 2 << 30
"""Bytes that the automatic backups of one project may take together."""
_AUTO = re.compile(r"auto (\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d)( .*)?")
_CLOCK = "%Y-%m-%d %H.%M.%S"
_STEP_PAGES = 500
_ALL_FOR, _DAILY, _WEEKLY = timedelta(hours=24), 12, 10


@dataclass(frozen=True)
class Backup:
    """One file of `NAME.backups`; `named` ones were asked for by a person and are never thinned out."""

    path: Path
    at: datetime
    size: int
    named: bool


@dataclass(frozen=True)
class Draft:
    """A copy that is on disk but not checked yet; `key` tells what it holds."""

    path: Path
    key: str


def folder_of(project: Path) -> Path:
    """Where the backups of a project lie."""
    return backups_of(project)


def _make(folder: Path, project: Path) -> None:
    """Make the folder of the backups; the project's own folder is never made anew."""
    folder.mkdir(parents=folder.parent != project.parent, exist_ok=True)


def key_of(connection: Connection) -> str:
    """What a project holds, in a few digits: two projects with one key have the same rows, launches aside."""
    parts = [connection.execute("SELECT coalesce(max(seq), 0), total(crc) FROM edit").fetchone()]
    for table in ("meta", "video", "action", "run", "label_map", "review", "track"):
        parts.append(connection.execute(f"SELECT count(*), total(crc) FROM {table}").fetchone())
    return f"{pack.crc(*parts):08x}"


def stored_key(path: Path) -> str:
    """`key_of` a closed project; empty when it cannot be read."""
    try:
        connection = connect(path, read_only=True)
    except (StoreError, sqlite3.Error):
        return ""
    try:
        return key_of(connection)
    except sqlite3.Error:
        return ""
    finally:
        connection.close()


def copy(connection: Connection, target: Path, *, between: Callable[[], None] | None = None) -> None:
    """Copy an open project; with `between` other work of the connection is done every few megabytes.

    Raises:
        sqlite3.Error, OSError: `target` is not to be used.
    """
    out = sqlite3.connect(target, isolation_level=None)
    try:
        guard(out)
        out.execute("PRAGMA synchronous=OFF")  # `publish` brings the finished file to disk
        pages = _STEP_PAGES if between else -1
        connection.backup(out, pages=pages, progress=(lambda *_: between()) if between else None)
        log.end_all_launches(out)
    finally:
        out.close()


def draft(
    connection: Connection, project: Path, *, unlike: str = "", between: Callable[[], None] | None = None
) -> Draft | None:
    """A copy beside the project, or None when it would hold what `unlike` holds. On the writer's thread.

    Raises:
        StoreError: it cannot be written.
    """
    key = key_of(connection)
    if key == unlike:
        return None
    folder = folder_of(project)
    temporary = folder / f".partial-{uuid4().hex[:8]}"
    try:
        _make(folder, project)
        copy(connection, temporary, between=between)
    except (OSError, sqlite3.Error) as error:
        temporary.unlink(missing_ok=True) if folder.is_dir() else None
        raise StoreError(f"The backup could not be written to {folder}: {error}.") from error
    return Draft(temporary, key)


def finish(made: Draft, project: Path, *, name: str = "", reason: str = "") -> Path:
    """Check a draft and give it its name: a person's `name`, or time and reason. On any thread. Raises StoreError."""
    try:
        read_all(made.path, replay=False)
        stem = _clean(name) if name else f"auto {datetime.now():{_CLOCK}} {_clean(reason)}".strip()
        if name and _AUTO.fullmatch(stem):
            stem = f"checkpoint {stem}"
        final = _free_name(folder_of(project), stem)
        publish(made.path, final)
    except OSError as error:
        raise StoreError(f"The backup could not be written to {folder_of(project)}: {error}.") from error
    finally:
        with suppress(OSError):
            made.path.unlink(missing_ok=True)
    return final


def back_up_closed(path: Path, version: int, reason: str) -> Path:
    """The checked backup of a closed project of any format. Raises StoreError, sqlite3.Error."""
    folder = folder_of(path)
    temporary = folder / f".partial-{uuid4().hex[:8]}"
    connection = connect(path, version=version)
    try:
        _make(folder, path)
        out = sqlite3.connect(temporary, isolation_level=None)
        try:
            connection.backup(out)
        finally:
            out.close()
        return finish(Draft(temporary, ""), path, reason=reason)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"The backup {reason} could not be written to {folder}: {error}.") from error
    finally:
        connection.close()
        temporary.unlink(missing_ok=True)


# --- which ones to keep ----------------------------------------------------------------------------


def listing(project: Path) -> list[Backup]:
    """The backups of a project, oldest first."""
    found = []
    for path in folder_of(project).glob("*.tot"):
        with suppress(OSError):
            stat = path.stat()
            automatic = _AUTO.match(path.stem)
            at = datetime.fromtimestamp(stat.st_mtime)
            if automatic:
                with suppress(ValueError):
                    at = datetime.strptime(automatic[1], _CLOCK)
            found.append((at, stat.st_mtime_ns, Backup(path, at, stat.st_size, automatic is None)))
    return [backup for *_, backup in sorted(found, key=lambda row: row[:2])]


def superfluous(backups: Iterable[Backup], now: datetime, *, budget: int = BUDGET) -> list[Backup]:
    """What can go, oldest first. Kept: named ones, all of 24 hours, 12 days' and 10 weeks' newest, within the budget.

    The newest one is never among them.
    """
    automatic = sorted((b for b in backups if not b.named), key=lambda b: b.at)
    kept = {b.path for b in automatic if now - b.at <= _ALL_FOR} | {b.path for b in automatic[-1:]}
    days, weeks = set[object](), set[object]()
    for backup in reversed(automatic):
        day, week = backup.at.date(), backup.at.isocalendar()[:2]
        if day not in days and len(days) < _DAILY:
            kept.add(backup.path)
            days.add(day)
        if week not in weeks and len(weeks) < _WEEKLY:
            kept.add(backup.path)
            weeks.add(week)
    size = sum(b.size for b in automatic if b.path in kept)
    for backup in automatic[:-1]:
        if size > budget and backup.path in kept:
            kept.remove(backup.path)
            size -= backup.size
    return [b for b in automatic if b.path not in kept]


def thin(project: Path, *, budget: int = BUDGET) -> list[Path]:
    """Remove superfluous backups; first one that stays is read whole, so that the last good one is never removed."""
    for left in folder_of(project).glob(".partial-*"):  # of a program that was killed
        with suppress(OSError):
            if datetime.now() - datetime.fromtimestamp(left.stat().st_mtime) > _ALL_FOR:
                left.unlink()
    present = listing(project)
    going = superfluous(present, datetime.now(), budget=budget)
    staying = [b for b in present if b not in going]
    if not going or not any(_is_whole(b.path) for b in reversed(staying)):
        return []
    for backup in going:
        backup.path.unlink(missing_ok=True)
    return [b.path for b in going]


def newest_whole(project: Path) -> Backup | None:
    """The newest backup that passes its check, to be offered for a damaged project."""
    return next((b for b in reversed(listing(project)) if _is_whole(b.path)), None)


def _is_whole(path: Path) -> bool:
    try:
        read_all(path, replay=False)
    except (StoreError, sqlite3.Error, OSError):
        return False
    return True


def _clean(name: str) -> str:
    return re.sub(r"[^\w .-]", "_", name, flags=re.ASCII).strip(" .")[:80] or "checkpoint"


def _free_name(folder: Path, stem: str) -> Path:
    path, number = folder / f"{stem}.tot", 2
    while path.exists():
        path, number = folder / f"{stem} {number}.tot", number + 1
    return path
