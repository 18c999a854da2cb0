"""Files of an export on disk: all of a new folder at once, each file whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from ..cache import atomic_write
from ..errors import InputError


def put_files(out: Path, files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write files below the folder `out`; their paths.

    A new folder appears with all its files or not at all. In a folder that is there each file is replaced whole,
    after all of them lie on the disk beside it; what else the folder holds stays.
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
                stream.flush()
                os.fsync(stream.fileno())
        for folder in folders:
            _sync(folder)
        if out.exists():
            for name in files:
                (out / name).parent.mkdir(parents=True, exist_ok=True)
                os.replace(partial / name, out / name)
            shutil.rmtree(partial)
            for folder in {(out / name).parent for name in files}:
                _sync(folder)
        else:
            os.rename(partial, out)
            _sync(out.parent)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return tuple(out / name for name in files)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
