"""What a run was made from and with: a digest of the rows that were trained on, and the versions of what computed."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import __version__

FloatArray = NDArray[np.floating[Any]]
COMPUTE = ("torch", "numpy", "scipy")
PIECE = 16_384


def made_of(matrices: Sequence[FloatArray]) -> dict[str, Any]:
    """``data``: a digest of all rows, video by video, whatever their files are called; ``versions`` by name."""
    digest = hashlib.blake2b(digest_size=16)
    for matrix in matrices:
        digest.update(str(matrix.shape).encode())
        for start in range(0, len(matrix), PIECE):
            digest.update(np.ascontiguousarray(matrix[start : start + PIECE], np.float32).data)
    versions = {"totgui": __version__, "python": platform.python_version()}
    return {"data": digest.hexdigest(), "versions": versions | {name: _version(name) for name in COMPUTE}}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "unknown"
