"""docs/reliability.md from the figures of the rows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write(figures: Mapping[str, Any], out: Path) -> None:
    """Replace the document."""
