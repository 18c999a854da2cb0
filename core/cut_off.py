"""Where a training stood that was cut off: the file that it leaves now and then, beside what it was asked for.

A training that ends in any orderly way removes them. They are found, and can be gone on with, when its process was
killed, crashed, or failed.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from . import run_folder
from .cache import atomic_write, cache_dir
from .locking import take
from .requests import TrainRequest

STATE = "state.safetensors"
NOTE = "cut_off"
"""The name of the note in the metadata of that file."""
_REQUEST, _HELD = "request.json", "training.lock"
_MAX_BYTES = 64 << 20
Curves = list[list[list[list[float | None]]]]
"""The rows of the curve of each run of each method."""


class Note(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far a training had come: `iteration` of `iterations`, counted over all of its methods."""

    iteration: int
    iterations: int
    saved: datetime
    curves: Curves = []
    counted: dict[str, object] | None = None

    def text(self) -> str:
        """As it stands in the metadata."""
        return msgspec.json.encode(self).decode()


class CutOff(NamedTuple):
    """What a training left that was cut off: its folder, what it was asked for, and how far it had come."""

    folder: Path
    request: TrainRequest
    note: Note


def write_request(request: TrainRequest) -> None:
    """Say in the folder of a training what it was asked for. Raises OSError; ValueError for names without UTF-8."""
    plain = msgspec.structs.replace(request, job="", resume="")
    atomic_write(Path(request.out) / _REQUEST, msgspec.json.encode(plain))


def note_now(done: int, total: int, curves: Curves, counted: dict[str, object] | None) -> Note:
    """The note of a training at this moment."""
    return Note(done, total, datetime.now(UTC), curves, counted)


def read(folder: Path) -> CutOff | None:
    """What a training left in its folder; None where it is not there, not whole, or the training has finished."""
    note = read_note(folder / STATE)
    if note is None or run_folder.read_manifest(folder) is not None:
        return None
    try:
        path = folder / _REQUEST
        if path.stat().st_size > _MAX_BYTES:
            return None
        request = msgspec.json.decode(path.read_bytes(), type=TrainRequest)
    except (OSError, msgspec.MsgspecError, UnicodeError, RecursionError):
        return None
    return CutOff(folder, request, note)


def read_note(state: Path) -> Note | None:
    """How far the training of a state file had come; None where the file is not there or not whole."""
    try:
        with state.open("rb") as stream:
            # safetensors: the length of the header, the header with the place of each tensor, the tensors
            size = int.from_bytes(stream.read(8), "little")
            if not 0 < size <= _MAX_BYTES:
                return None
            header = msgspec.json.decode(stream.read(size), type=dict[str, dict[str, object]])
        note = msgspec.json.decode(str(header.pop("__metadata__")[NOTE]), type=Note)
        ends = [msgspec.convert(entry["data_offsets"], tuple[int, int])[1] for entry in header.values()]
        is_whole = state.stat().st_size == 8 + size + max(ends, default=0)
    except (OSError, KeyError, UnicodeError, RecursionError, msgspec.MsgspecError):
        return None
    return note if is_whole and 0 < note.iteration <= note.iterations else None


def left_behind(uid: str) -> list[CutOff]:
    """Of the trainings of a project those that were cut off and are not at work, oldest first."""
    folders = [path.parent for path in (cache_dir() / "runs" / uid).glob(f"train-*/{STATE}")] if uid else []
    found = [cut for folder in folders if not is_held(folder) and (cut := read(folder)) is not None]
    return sorted(found, key=lambda cut: cut.note.saved.timestamp())


class Hold:
    """Says of the folder of a training that its process lives, until `release` or the death of the process."""

    def __init__(self, folder: Path) -> None:
        """Take hold. Raises OSError where that cannot be, also while another process holds it."""
        self._path = folder / _HELD
        folder.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o666)
        try:
            take(self._file)
        except OSError:
            os.close(self._file)
            raise

    def release(self) -> None:
        """Let go."""
        with suppress(OSError):
            os.close(self._file)
        with suppress(OSError):
            self._path.unlink()


def is_held(folder: Path) -> bool:
    """Whether the training of a folder is at work."""
    try:
        file = os.open(folder / _HELD, os.O_RDWR)
    except OSError:
        return False
    try:
        take(file)
    except OSError:
        return True
    finally:
        os.close(file)
    return False


def remove(folder: Path) -> None:
    """The training has ended: nothing is left to go on with."""
    for name in (STATE, _REQUEST):
        with suppress(OSError):
            (folder / name).unlink()
    with suppress(OSError):
        folder.rmdir()  # unless something else lies there


def rows_of(known: Curves, family: int, run: int, own: Sequence[list[float | None]]) -> list[list[float | None]]:
    """The curve of a run: what is known from before it was cut off, and its `own` rows since."""
    earlier = known[family][run] if family < len(known) and run < len(known[family]) else []
    first = (own[0][0] or 0) if own else float("inf")
    return [*(row for row in earlier if row and (row[0] or 0) < first), *own]
