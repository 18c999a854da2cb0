"""Every exception that the program raises on purpose.

TotError                      one message: what was found, what was wanted, where, what to do
|-- InputError                a file or folder from outside cannot be used
|-- ConfigError               a setting is outside its range
|-- EditError                 an edit was refused; nothing changed
|-- StoreError                the project file cannot be opened or written
|   |-- ProjectLockedError    another program holds the project
|   |-- ForeignFoldersError   the project names folders that nobody chose here; none of them was read
|   |-- NewerProjectError     made by a newer version; nothing was changed
|   `-- DamagedProjectError   a row fails its check; the file was left as it is
|-- MediaError                a video cannot be decoded at all, or a picture of it cannot
`-- JobError                  a job failed inside (disk full, out of memory)
    `-- DeviceMemoryError     the device ran out of memory
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from pathlib import Path

_WANTED = re.compile(r"(?:ried to allocate|nable to allocate) ([\d.]+ \w+)")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether Python, or torch on any device, found no memory; told without importing torch.

    On the processor torch raises a plain RuntimeError, on a GPU a type of its own, its libraries plain errors again.
    """
    words = ("DefaultCPUAllocator", "out of memory", "ALLOC_FAILED")
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and any(word in str(error) for word in words))
    )


def wanted_memory(error: BaseException) -> str:
    """How much memory was asked for in vain, as `", 20.00 GiB were wanted"`; empty where the error does not say."""
    found = _WANTED.search(str(error))
    if found is None:
        return ""
    size, unit = found[1].split()
    words = f"{int(size) / 2**30:,.2f} GiB" if unit == "bytes" else found[1]
    return f", {words} were wanted"


class TotError(Exception):
    """Root of the tree; ``str(error)`` is the message for a person."""


class InputError(TotError):
    """A foreign file or folder cannot be used.

    Args:
        path: the file or folder, as the person named it.
        what: what was found and what was wanted.
        where: line, row or frame inside the file; empty for the whole file.
        hint: what to do about it; empty when `what` says it.
    """

    def __init__(self, path: Path | str, what: str, where: str = "", hint: str = "") -> None:
        self.path = str(path)
        self.what = what
        self.where = where
        self.hint = hint
        place = f"{self.path}, {where}" if where else self.path
        super().__init__(f"{place}: {what}" + (f" {hint}" if hint else ""))

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, str]]:
        return type(self), (self.path, self.what, self.where, self.hint)  # on its way from a worker of a cluster


class ConfigError(TotError):
    """A setting is outside its range; the message names the range."""


class EditError(TotError):
    """An edit was refused; the document is as it was."""


class StoreError(TotError):
    """The project file cannot be opened or written."""


class ProjectLockedError(StoreError):
    """Another program holds the project; the message names computer, process and time."""


class ForeignFoldersError(StoreError):
    """A project names `folders` outside its own that were never chosen on this computer. Nothing in them was read."""

    def __init__(self, project: Path, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)
        more = f" and {len(folders) - 1} more" if len(folders) > 1 else ""
        never = "none of which was ever" if more else "which was never"
        self.what = f"{project.name} names files in {folders[0]}{more}, {never} chosen on this computer. None was read."
        super().__init__(
            f"{self.what} If you trust where the project comes from: tot trust {shlex.quote(str(project))}"
        )


class NewerProjectError(StoreError):
    """The project was made by a newer version; nothing was changed."""


class DamagedProjectError(StoreError):
    """A row of the project fails its check; the file was left as it is."""


class MediaError(TotError):
    """A video cannot be decoded, or one picture of it cannot."""


class JobError(TotError):
    """A job failed inside; `kind` is a short machine word, `hint` says what to do."""

    def __init__(self, message: str, *, kind: str = "failed", hint: str = "") -> None:
        self.kind = kind
        self.hint = hint
        super().__init__(message)


class DeviceMemoryError(JobError):
    """The device ran out of memory; half a batch or the CPU would do."""

    def __init__(self, message: str, *, hint: str = "", device: str = "") -> None:
        self.device = device
        other = "close other programs" if device == "cpu" else "train on the CPU"
        super().__init__(message, kind="out-of-memory", hint=hint or f"Halve the batch, or {other}.")


def raise_for_memory(error: BaseException, device: str, batch: int) -> None:
    """Raise DeviceMemoryError where it was memory that a training with such a batch lacked."""
    if is_out_of_memory(error):
        what = f"{device} ran out of memory with a batch of {batch}{wanted_memory(error)}."
        raise DeviceMemoryError(what, device=device) from error
