"""The computer: its device, its libraries."""

from __future__ import annotations

from typing import Any


def choose_device(name: str = "auto") -> tuple[str, str]:
    """The device for torch and the reason in words. Raises ConfigError when a named one is not there."""
    from ..device import choose_device as choose

    return choose(name)


def warm_up() -> None:
    """Load the heavy libraries ahead of need."""
    from ..tot.devices import load_optimiser
    from ..work import segmenting, training  # noqa: F401 - the import is the work

    load_optimiser()


def doctor() -> dict[str, Any]:
    """Versions, device, codecs, cache size and missing libraries, as plain values."""
    from ..device import doctor as examine

    return examine()
