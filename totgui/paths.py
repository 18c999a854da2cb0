"""Where the files of the program lie: in the package when installed, beside it in a checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of a file of `resources`."""
    installed = _HERE / "resources" / name
    return installed if installed.exists() else _HERE.parent / "resources" / name
