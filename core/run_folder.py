"""The folder of one training in the cache: weights, and a manifest that says they are whole.

The run is in the project only when the project has committed it. Until then this folder is all there is of it: a run
that was finished while no window was left to take it is found here and offered on the next opening.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from .cache import atomic_write, cache_dir

_MANIFEST = "manifest.json"
_MAX_BYTES = 64 << 20


class _Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: int
    finished: str
    size: int
    sha256: str
    result: dict[str, Any]


def write_manifest(result: Mapping[str, Any]) -> None:
    """Say that the training that made `result` is finished; beside its weights, as the last of its files."""
    weights = Path(result["weights"])
    data = weights.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    manifest = _Manifest(1, datetime.now(UTC).isoformat(timespec="seconds"), len(data), digest, dict(result))
    atomic_write(weights.with_name(_MANIFEST), msgspec.json.encode(manifest))


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The result of the finished training in a folder, or None when it is not there or not whole."""
    try:
        path = folder / _MANIFEST
        if path.stat().st_size > _MAX_BYTES:
            return None
        manifest = msgspec.json.decode(path.read_bytes(), type=_Manifest)
        weights = folder / Path(str(manifest.result.get("weights"))).name
        data = weights.read_bytes() if weights.stat().st_size == manifest.size else b""
    except (OSError, msgspec.MsgspecError, RecursionError):
        return None
    if hashlib.sha256(data).hexdigest() != manifest.sha256:
        return None
    return {**manifest.result, "weights": str(weights), "finished": manifest.finished}


def left_behind(uid: str) -> list[Path]:
    """Folders of finished trainings of a project that never got into it, oldest first."""
    parent = cache_dir() / "runs" / uid
    found = [p.parent for p in parent.glob(f"train-*/{_MANIFEST}")] if uid else []
    return sorted((p for p in found if read_manifest(p) is not None), key=lambda p: (p / _MANIFEST).stat().st_mtime)


def remove(folder: Path) -> None:
    """Forget a training: it is in the project now, or nobody wants it."""
    shutil.rmtree(folder, ignore_errors=True)
