"""Files of an export on disk: all of a new folder at once, each file whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

from ..cache import atomic_write, check_wanted, sync_folder
from ..errors import InputError

__all__ = ["put_files", "put_folder", "sync_below", "sync_folder"]

AT_ONCE = 16


def put_files(out: Path, files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write files below the folder `out`; their paths.

    The folder appears with all its files or not at all; one that holds nothing but an earlier export of the same
    files is exchanged for the new one as a whole. Where a person keeps other files in it, those stay, and each file
    of the export is replaced whole, after all of them lie on the disk beside it.
    """
    if out.exists() and not out.is_dir():
        raise InputError(out, "is a file; wanted a folder.")
    if len(files) == 1:
        ((name, content),) = files.items()
        atomic_write(out / name, content)
        return (out / name,)
    partial = out.with_name(f"{out.name}.partial-{uuid4().hex[:8]}") if out.name else out / f"partial-{uuid4().hex[:8]}"
    try:
        folders = {partial}
        for name, content in files.items():
            path = partial / name
            path.parent.mkdir(parents=True, exist_ok=True)
            folders.add(path.parent)
            with path.open("xb") as stream:
                stream.write(content)
        # All lie in the system's cache now; asked for side by side the disk writes them in few turns.
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(_sync_file, [partial / name for name in files]))
        for folder in folders:
            sync_folder(folder)
        check_wanted()
        if not out.exists() or (out.name and not out.is_symlink() and _files_in(out) <= set(files)):
            put_folder(partial, out)
        else:
            for name in files:
                (out / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(partial / name, out / name)
            shutil.rmtree(partial)
            for folder in {(out / name).parent for name in files}:
                sync_folder(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return tuple(out / name for name in files)


def _files_in(folder: Path) -> set[Path]:
    """What lies below a folder, relative to it; folders without a file are nothing."""
    return {p.relative_to(folder) for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()}


def put_folder(partial: Path, out: Path) -> None:
    """Give a finished folder its name; an older one that has it goes. What stands at `out` is never a mixture."""
    check_wanted()
    older = out.with_name(f"{out.name}.replaced-{uuid4().hex[:8]}")
    is_there = out.exists()
    if is_there:
        os.rename(out, older)
    try:
        os.rename(partial, out)
    except BaseException:
        if is_there:
            os.rename(older, out)
        raise
    sync_folder(out.parent)
    shutil.rmtree(older, ignore_errors=True)


def sync_below(folder: Path) -> None:
    """Put all that a folder holds on disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _sync_file(path)
        else:
            sync_folder(path)
    sync_folder(folder)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())
