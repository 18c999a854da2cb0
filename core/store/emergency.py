"""The emergency file: edits that could not reach the project lie elsewhere as JSON lines until they can."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from ..cache import publish
from . import pack

_MAX_BYTES = 64 << 20


def data_dir() -> Path:
    """The folder for what must not get lost; `TOT_DATA_DIR` moves it."""
    stated = os.environ.get("TOT_DATA_DIR")
    return Path(stated) if stated else user_data_path("totgui", appauthor=False)


@dataclass(frozen=True)
class HeldRow:
    """One row of the log as the emergency file has it: the columns of the table `edit` without the check sum."""

    values: tuple[Any, ...]

    @property
    def seq(self) -> int:
        return int(self.values[0])

    @property
    def text(self) -> str:
        return str(self.values[4])


class EmergencyFile:
    """Where the edits of one project wait while its disk is full or gone; one thread at a time writes it.

    Several projects may have one uid (copies), so the file's name holds the project's place too.
    """

    def __init__(self, uid: str, project: Path) -> None:
        place = hashlib.blake2b(os.fsencode(project.resolve()), digest_size=6).hexdigest()
        clean = "".join(c for c in uid if c.isalnum())[:40]
        self.path = data_dir() / "emergency" / f"{clean}-{place}.jsonl"
        self._project = project
        self._held: dict[int, bytes] = {}

    @property
    def count(self) -> int:
        """Number of rows in the file that this program put there or found there."""
        return len(self._held)

    def hold(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Add rows that are not in it yet, on disk when this returns. Raises OSError."""
        fresh = {int(row[0]): _line(row) for row in rows if int(row[0]) not in self._held}
        if not fresh:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        head = json.dumps({"project": str(self._project)}).encode() + b"\n"
        content = b"".join([*([] if self._held or self.path.exists() else [head]), *fresh.values()])
        if self._held or self.path.exists():
            with self.path.open("ab") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
        else:
            temporary = self.path.with_suffix(f".{os.getpid()}.tmp")
            try:
                temporary.write_bytes(content)
                publish(temporary, self.path)
            finally:
                temporary.unlink(missing_ok=True)
        self._held |= fresh

    def read(self) -> list[HeldRow]:
        """The rows of the file in their order; a torn last line and lines that fail their check end it."""
        found: list[HeldRow] = []
        try:
            with self.path.open("rb") as stream:
                lines = stream.read(_MAX_BYTES).split(b"\n")
        except OSError:
            return []
        for line in lines[1:]:
            row = _row(line)
            if row is None:
                break
            if found and row.seq <= found[-1].seq:
                continue
            found.append(row)
            self._held[row.seq] = line + b"\n"
        return found

    def clear(self) -> None:
        """Everything is in the project now."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self._held.clear()

    def put_aside(self) -> Path | None:
        """Keep a file that does not fit the project, under another name; None when it cannot be renamed."""
        aside = self.path.with_name(f"{self.path.stem} left {datetime.now():%Y-%m-%d %H.%M.%S}.jsonl")
        self._held.clear()
        try:
            os.replace(self.path, aside)
        except OSError:
            return None
        return aside


def _line(values: tuple[Any, ...]) -> bytes:
    seq, ts, launch, kind, text, group, swaps, undo_of = values
    packed = base64.b64encode(swaps).decode()
    return json.dumps([seq, ts, launch, kind, text, group, packed, undo_of, pack.crc(*values)]).encode() + b"\n"


def _row(line: bytes) -> HeldRow | None:
    try:
        *values, stored = json.loads(line)
        values[6] = base64.b64decode(values[6], validate=True)
        if len(values) == 8 and pack.crc(*values) == stored:
            return HeldRow(tuple(values))
    except (ValueError, TypeError, IndexError, RecursionError):
        pass
    return None
