"""The user cache folder: derived files that can be deleted at any time, written whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from uuid import uuid4

from platformdirs import user_cache_path

_ABANDONED_S = 24 * 3600
_is_wanted: ContextVar[Callable[[], bool] | None] = ContextVar("is_wanted", default=None)


def cache_dir() -> Path:
    """The cache folder of this program; `TOT_CACHE_DIR` moves it."""
    stated = os.environ.get("TOT_CACHE_DIR")
    return Path(stated) if stated else user_cache_path("totgui", appauthor=False)


def cache_path(*parts: str) -> Path:
    """A path in the cache folder whose parent exists."""
    path = cache_dir().joinpath(*parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def fingerprint(path: Path) -> str:
    """Key of a file's present content: path, size and time of change, 32 hexadecimal digits."""
    stat = path.stat()
    text = f"{path.resolve()}\0{stat.st_size}\0{stat.st_mtime_ns}"
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


@contextmanager
def appearing_only_while(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """On this thread, nothing takes its name once a job was given up: its drive may answer an hour later."""
    before = _is_wanted.set(is_wanted)
    try:
        yield
    finally:
        _is_wanted.reset(before)


def check_wanted() -> None:
    """Nothing where a finished file may take its name. Raises OSError where `appearing_only_while` says no."""
    is_wanted = _is_wanted.get()
    if is_wanted is not None and not is_wanted():
        raise OSError(errno.ECANCELED, "nobody waits for it any more")


def publish(temporary: Path, final: Path) -> None:
    """Make a finished temporary file appear under its name, on disk. Raises OSError, also where nobody wants it."""
    with temporary.open("rb+") as stream:
        os.fsync(stream.fileno())
    check_wanted()
    os.replace(temporary, final)
    sync_folder(final.parent)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk."""
    if os.name == "nt":  # a folder cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def atomic_write(path: Path, content: bytes) -> None:
    """Write a file that is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".tot-{uuid4().hex}"  # not `tempfile`: its files are for their owner's eyes only
    try:
        with temporary.open("xb") as stream:
            stream.write(content)
        publish(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_abandoned(files: Iterable[Path]) -> None:
    """Remove those of some temporary files that were left more than a day ago."""
    for path in files:
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _ABANDONED_S:
                path.unlink()


def reclaim(room: str, *, budget_bytes: int, keep: Iterable[Path] = ()) -> int:
    """Bytes freed: the files of one room that were used longest ago, until it fits into its budget.

    `keep` is in use now and stays, whatever it takes. Left-overs of writers that died more than a day ago go too.
    """
    kept, found, freed = set(keep), [], 0
    now = time.time()
    for path in (cache_dir() / room).glob("*"):
        with suppress(OSError):
            stat = path.stat()
            if path.suffix == ".tmp" and now - stat.st_mtime > _ABANDONED_S:
                path.unlink()
            elif path.suffix != ".tmp":
                found.append((stat.st_mtime, stat.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total - freed <= budget_bytes:
            break
        if path not in kept:
            with suppress(OSError):  # Windows keeps what is open
                path.unlink()
                freed += size
    return freed
