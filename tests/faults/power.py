"""F5: power loss. A file system in memory keeps back what was not synced; at the crash random pieces of it are lost.

The model is pessimistic: of the writes since the last sync of a file each 512-byte piece may or may not have arrived,
in any order; a file that was made and never synced may be gone; one that was removed without a sync of its folder may
be back. What was synced stays. SQLite comes from `apsw`; the statements are those of the store, unchanged.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest import mock

import apsw

from core.errors import StoreError, TotError
from core.project import Project
from core.store import schema
from core.store.check import read_all

from .kills import a_full_project, random_edit, state, state_at
from .outcome import Outcome, private_data, progress

_PIECE = 512


class PowerError(OSError):
    """The power is off."""


class Disk:
    """Files by path: what is safe, and what waits for a sync."""

    def __init__(self) -> None:
        self.safe: dict[str, bytes] = {}
        self.view: dict[str, bytearray] = {}
        self.waiting: dict[str, list[tuple[int, bytes] | int]] = {}
        self.left = -1
        """Operations until the power goes; negative: it stays."""
        self.operations = 0

    def put(self, path: Path) -> None:
        """A real file, as if it had been written and synced."""
        data = path.read_bytes()
        self.safe[str(path)], self.view[str(path)], self.waiting[str(path)] = data, bytearray(data), []

    def spend(self) -> None:
        """One operation that changes the disk. Raises PowerError when the power is off."""
        if self.left == 0:
            raise PowerError("the power is off")
        self.left -= 1
        self.operations += 1

    def sync(self, name: str) -> None:
        self.safe[name], self.waiting[name] = bytes(self.view[name]), []

    def survivors(self, dice: random.Random) -> dict[str, bytes]:
        """What is on the disk after the crash."""
        found = {}
        for name in self.safe.keys() | self.view.keys():
            if name not in self.safe and dice.random() < 0.5:
                continue  # its folder was never synced
            content = bytearray(self.safe.get(name, b""))
            if name not in self.view and dice.random() < 0.5:
                continue  # removed, and that arrived
            for change in self.waiting.get(name, []):
                _arrive(content, change, dice)
            found[name] = bytes(content)
        return found


def _arrive(content: bytearray, change: tuple[int, bytes] | int, dice: random.Random) -> None:
    if isinstance(change, int):
        if dice.random() < 0.5:
            del content[change:]
            content.extend(bytes(max(0, change - len(content))))
        return
    at, data = change
    whole = dice.random()
    for start in range(0, len(data), _PIECE):
        if whole < 0.3 or (whole < 0.8 and dice.random() < 0.5):
            piece = data[start : start + _PIECE]
            content.extend(bytes(max(0, at + start - len(content))))
            content[at + start : at + start + len(piece)] = piece


class File:
    """An open file of the disk, as SQLite asks for it."""

    def __init__(self, disk: Disk, name: str, *, temporary: bool) -> None:
        self._disk, self._name, self._temporary = disk, name, temporary

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._disk.view[self._name][offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.spend()
        content = self._disk.view[self._name]
        content.extend(bytes(max(0, offset - len(content))))
        content[offset : offset + len(data)] = data
        self._disk.waiting[self._name].append((offset, bytes(data)))

    def xTruncate(self, size: int) -> None:
        self._disk.spend()
        del self._disk.view[self._name][size:]
        self._disk.waiting[self._name].append(size)

    def xSync(self, flags: int) -> None:
        self._disk.spend()
        self._disk.sync(self._name)

    def xFileSize(self) -> int:
        return len(self._disk.view[self._name])

    def xClose(self) -> None:
        if self._temporary:
            for files in (self._disk.safe, self._disk.view, self._disk.waiting):
                files.pop(self._name, None)  # type: ignore[attr-defined]

    def xLock(self, level: int) -> None: ...

    def xUnlock(self, level: int) -> None: ...

    def xCheckReservedLock(self) -> bool:
        return False

    def xSectorSize(self) -> int:
        return 4096

    def xDeviceCharacteristics(self) -> int:
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False


class System(apsw.VFS):
    """The file system under the name ``power``."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        super().__init__("power", "", iVersion=1)

    def xOpen(self, name: Any, flags: list[int]) -> File:
        text = name.filename() if isinstance(name, apsw.URIFilename) else name
        temporary = text is None
        text = text or f"temporary-{self._disk.operations}"
        if text not in self._disk.view:
            if not flags[0] & apsw.SQLITE_OPEN_CREATE:
                raise apsw.CantOpenError("no such file")
            self._disk.spend()
            self._disk.view[text], self._disk.waiting[text] = bytearray(), []
        flags[1] = flags[0]
        return File(self._disk, text, temporary=temporary)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        self._disk.spend()
        self._disk.view.pop(name, None)
        self._disk.waiting.pop(name, None)
        if sync_folder:
            self._disk.safe.pop(name, None)

    def xAccess(self, name: str, flags: int) -> bool:
        return name in self._disk.view

    def xFullPathname(self, name: str) -> str:
        return name


class Cursor:
    """What `sqlite3` answers, over an apsw cursor."""

    def __init__(self, cursor: apsw.Cursor) -> None:
        self._cursor = cursor

    def fetchone(self) -> Any:
        with _as_sqlite3():
            return next(self._cursor, None)

    def fetchall(self) -> list[Any]:
        with _as_sqlite3():
            return list(self._cursor)

    def __iter__(self) -> Iterator[Any]:
        with _as_sqlite3():
            yield from self._cursor


class Connection:
    """The part of `sqlite3.Connection` that the store uses; `change` may replace a statement (for the control)."""

    def __init__(self, path: str, change: Callable[[str], str]) -> None:
        self._change = change
        with _as_sqlite3():
            self._connection = apsw.Connection(path, vfs="power", flags=apsw.SQLITE_OPEN_READWRITE)

    def execute(self, statement: str, values: tuple[Any, ...] = ()) -> Cursor:
        with _as_sqlite3():
            return Cursor(self._connection.execute(self._change(statement), values))

    def setlimit(self, category: int, limit: int) -> int:
        return self._connection.limit(category, limit)

    def set_progress_handler(self, handler: Callable[[], bool] | None, steps: int) -> None:
        self._connection.set_progress_handler(handler, steps or 1)

    def close(self) -> None:
        with _as_sqlite3():
            self._connection.close()


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    try:
        yield
    except (apsw.Error, PowerError) as error:
        raise sqlite3.OperationalError(str(error) or type(error).__name__) from error


@contextmanager
def _store_on(disk: Disk, change: Callable[[str], str]) -> Iterator[None]:
    """The store's own connection lies on `disk`."""
    shim = types.SimpleNamespace(**vars(sqlite3))
    shim.connect = lambda place, **_: Connection(_path_of(place), change)
    system = System(disk)
    with mock.patch.object(schema, "sqlite3", shim):
        yield
    system.unregister()


def _path_of(uri: str) -> str:
    from urllib.parse import unquote, urlsplit

    return unquote(urlsplit(uri).path)


def one_crash(path: Path, seed: int, synchronous: str) -> tuple[str, int]:
    """Edit until the power goes; what is wrong with what survives (empty: nothing), and how many rows were saved."""
    dice = random.Random(seed)
    disk = Disk()
    disk.put(path)
    acknowledged, was = 0, ""
    with _store_on(disk, lambda text: text.replace("synchronous=FULL", f"synchronous={synchronous}")):
        project = Project.open(path)
        disk.left = dice.randrange(1, 200)
        for _ in range(60):
            for _ in range(dice.randrange(1, 4)):
                random_edit(project, dice)
            while not (saved := project.flush(0.02)) and disk.left:
                pass
            if not saved:
                break
            acknowledged, was = project._seq, state(project.document)
        disk.left = 0
        with suppress(StoreError):
            project._file.close(timeout=0)
    crashed = path.parent / "after"
    shutil.rmtree(crashed, ignore_errors=True)
    crashed.mkdir()
    for name, content in disk.survivors(dice).items():
        (crashed / Path(name).name).write_bytes(content)
    shutil.rmtree(os.environ["TOT_DATA_DIR"], ignore_errors=True)  # the emergency file must not be needed
    try:
        with Project.open(crashed / path.name) as again:
            found = again._seq
        read_all(crashed / path.name)
        if found < acknowledged:
            return f"lost: row {acknowledged} was called saved; the file ends at {found}", acknowledged
        if was and state_at(crashed / path.name, acknowledged) != was:
            return f"row {acknowledged} leads to another state", acknowledged
    except TotError as error:
        return f"corrupt: {error}", acknowledged
    return "", acknowledged


def power_loss(count: int, seed: int, folder: Path) -> Outcome:
    """As many crashes with the store's settings, none of which may lose anything; the control must lose."""
    failures, rows = [], 0
    with private_data(folder):
        path = a_full_project(folder / "a.tot")
        for turn in range(count):
            problem, saved = one_crash(path, seed * 1_000_003 + turn, "FULL")
            rows += bool(saved)
            failures += [f"crash {turn}: {problem}"] if problem else []
            if turn % 100 == 99:
                progress(f"F5: {turn + 1} crashes, {len(failures)} failures")
        n_control = max(20, count // 5)
        found = [one_crash(path, seed * 1_000_003 + turn, "OFF")[0] for turn in range(n_control)]
    harmed = sum(map(bool, found))
    if not harmed:
        failures.append("the control lost nothing with synchronous=OFF: the model proves nothing")
    return Outcome(
        count,
        tuple(failures),
        {
            "crashes after at least one acknowledged edit": rows,
            f"control, synchronous=OFF, of {n_control}: harmed": harmed,
            "of these corrupt": sum(text.startswith("corrupt") for text in found),
        },
    )
