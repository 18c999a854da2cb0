"""Where a project lies: places whose locks, syncs or copies are not to be trusted, told from the system's tables."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from .emergency import data_dir

_NETWORK = frozenset({
    "nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "davfs",
    "fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.glusterfs", "fuse.s3fs",
})  # fmt: skip
_SIMPLE = frozenset({"vfat", "msdos", "exfat", "fat", "fuse.exfat"})
_CLOUDS = ("dropbox", "onedrive", "google drive", "googledrive", "icloud", "nextcloud", "owncloud", "pcloud", "mega")
_TABLE = Path("/proc/self/mountinfo")


def kind_of(path: Path) -> str:
    """``network drive``, ``cloud folder``, ``FAT drive``; empty for a place that can be trusted, or is not known."""
    path = path.absolute()
    if any(part.casefold().startswith(_CLOUDS) for part in path.parent.parts[1:]):
        return "cloud folder"
    found = _type_of(path)
    return "network drive" if found in _NETWORK else "FAT drive" if found in _SIMPLE else ""


def backups_of(project: Path) -> Path:
    """Where the backups of a project lie: beside it, or in the application's folder where its place is not trusted."""
    if not kind_of(project):
        return project.with_name(project.stem + ".backups")
    place = hashlib.blake2b(os.fsencode(project.resolve()), digest_size=6).hexdigest()
    return data_dir() / "backups" / f"{project.stem}-{place}"


def _type_of(path: Path) -> str:
    """The kind of the file system that holds a path, in the words of the system."""
    if sys.platform == "win32":
        import ctypes

        return "smb" if ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == 4 else ""
    try:
        lines = _TABLE.read_text(errors="surrogateescape").splitlines()
    except OSError:
        return ""
    found, longest = "", -1
    for line in lines:
        before, _, after = line.partition(" - ")
        words = before.split()
        if len(words) < 5 or not after:
            continue
        point = Path(words[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if path.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = after.split()[0], len(point.parts)
    return found
