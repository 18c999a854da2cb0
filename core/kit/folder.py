"""A folder that appears whole or not at all, and takes the place only of a kit that nobody has touched since."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from ..errors import InputError
from ..formats.files import put_folder, sync_below, sync_folder
from .provenance import sha256

MANIFEST = "manifest.json"
FORMAT = "totgui-kit"
_PACKED = {".mp4", ".jpg", ".docx"}
_DATE = (2000, 1, 1, 0, 0, 0)


class Archive:
    """A zip file beside a kit; it gets its name together with the folder. The same files give the same bytes.

    Raises:
        InputError: there is a file of this name that is no kit of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.partial = path.with_name(f"{path.name}.partial-{uuid4().hex[:8]}")
        if os.path.lexists(path):
            try:
                with zipfile.ZipFile(path) as archive:
                    is_ours = json.loads(archive.read(MANIFEST))["format"] == FORMAT
            except (OSError, zipfile.BadZipFile, ValueError, KeyError, TypeError):
                is_ours = False
            if not is_ours:
                raise InputError(path, "is there already, and holds no training kit.", hint="Choose another folder.")

    def fill(self, folder: Path, tick: Callable[[], None]) -> None:
        """Pack the files of a folder; `tick` is called before each."""
        with zipfile.ZipFile(self.partial, "x") as archive:
            for name in files_in(folder):
                tick()
                entry = zipfile.ZipInfo(name, _DATE)
                entry.external_attr = 0o644 << 16
                is_packed = Path(name).suffix in _PACKED
                entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
                with (folder / name).open("rb") as source, archive.open(entry, "w") as target:
                    shutil.copyfileobj(source, target, 1 << 20)
        with self.partial.open("rb+") as stream:
            os.fsync(stream.fileno())


@contextmanager
def whole_folder(out: Path, archive: Archive | None = None) -> Iterator[Path]:
    """A new folder beside `out` that becomes `out` when the block ends, and its archive with it.

    After an error nothing of them is left, and what was there before is as it was.

    Raises:
        InputError: at `out` is something that is no kit of ours, or one that was changed since it was written.
    """
    check_place(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(f"{out.name}.partial-{uuid4().hex[:8]}")
    partial.mkdir()
    try:
        yield partial
        sync_below(partial)
        check_place(out)
        put_folder(partial, out)
        if archive is not None:
            os.replace(archive.partial, archive.path)
            sync_folder(out.parent)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        if archive is not None:
            archive.partial.unlink(missing_ok=True)


def check_place(out: Path) -> None:
    """Nothing where a kit may be written: no folder yet, an empty one, or an untouched kit. Raises InputError."""
    if not os.path.lexists(out):
        return
    hint = "Choose another folder."
    if out.is_symlink() or not out.is_dir():
        raise InputError(out, "is there already, and is not a folder.", hint=hint)
    if not any(out.iterdir()):
        return
    try:
        listed = {f["name"]: f["sha256"] for f in json.loads((out / MANIFEST).read_bytes())["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError(out, "holds something else than a training kit.", hint=hint) from None
    found = {p.relative_to(out).as_posix(): p for p in out.rglob("*") if not p.is_dir()}
    for name, path in found.items():
        if name != MANIFEST and (name not in listed or sha256(path) != listed[name]):
            raise InputError(out, "holds a kit in which a file was added or changed.", name, hint)


def files_in(folder: Path) -> list[str]:
    """The names of all files of a folder, relative to it, sorted."""
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
