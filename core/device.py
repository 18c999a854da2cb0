"""Which device trains and why, and what this installation consists of."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from . import __version__
from .cache import cache_dir
from .cluster import place
from .errors import ConfigError, DeviceMemoryError, JobError, is_out_of_memory, wanted_memory

_LIBRARIES = {
    "numpy": "numpy",
    "msgspec": "msgspec",
    "torch": "torch",
    "safetensors": "safetensors",
    "av": "av",
    "opencv": "cv2",
    "scipy": "scipy",
    "platformdirs": "platformdirs",
    "PySide6": "PySide6",
    "pyqtgraph": "pyqtgraph",
}
_PACKAGES = {"opencv": ("opencv-python-headless", "opencv-python", "opencv-contrib-python-headless")}
_CODECS = ("h264", "hevc", "av1", "vp9", "vp8", "mpeg4", "mjpeg")


def choose_device(name: str = "auto") -> tuple[str, str]:
    """The device for torch, ``cpu``, ``cuda:N`` or ``mps``, and the reason in words.

    Several workers of a cluster on one computer take its GPUs in turn, where none is named by its number.

    Raises:
        ConfigError: the named device is not there, or there is no such name.
    """
    try:
        from .tot.devices import available

        there = available()
    except ImportError as error:
        raise ConfigError(f"torch cannot be loaded ({error}). Training needs it: pip install torch.") from error
    gpus = [device for device in there if device.startswith("cuda")]
    mine = gpus[place() % len(gpus)] if len(gpus) > 1 else "cuda:0"
    if name == "auto":
        best = mine if gpus else next(iter(there))
        return best, "no GPU that torch can use" if best == "cpu" else f"{there[best]} is there"
    wanted = mine if name == "cuda" else name
    if wanted in there:
        return wanted, f"asked for ({there[wanted]})"
    raise ConfigError(f"The device {name} is not here; there are auto, {', '.join(there)}.")


def trainings_at_once() -> int:
    """How many processes train side by side on this computer: one a GPU, else as many as the cores suffice for."""
    from .tot.devices import available, threads_of_a_training

    gpus = sum(device.startswith("cuda") for device in available())
    return gpus or max(1, (os.cpu_count() or 1) // threads_of_a_training())


@contextmanager
def memory_explained(device: str) -> Iterator[None]:
    """Turns "no memory" of any library into DeviceMemoryError, which says what to do."""
    try:
        yield
    except Exception as error:
        if isinstance(error, JobError) or not is_out_of_memory(error):
            raise
        raise DeviceMemoryError(
            f"{device} ran out of memory{wanted_memory(error)}.",
            hint="Close other programs, take smaller batches, or the processor.",
            device=device,
        ) from error


def doctor() -> dict[str, Any]:
    """Versions, device and why, codecs, cache size, and the libraries that are missing."""
    versions = {name: _version(name) for name in _LIBRARIES}
    missing = [name for name, module in _LIBRARIES.items() if importlib.util.find_spec(module) is None]
    try:
        device, reason = choose_device("auto")
    except ConfigError as error:
        device, reason = "none", str(error)
    folder = cache_dir()
    return {
        "totgui": __version__,
        "python": sys.version.split()[0],
        "system": platform.platform(),
        "executable": Path(sys.executable).name,
        "libraries": versions,
        "missing": missing,
        "device": device,
        "device_reason": reason,
        "codecs": _codecs(),
        "cache": {"path": str(folder), "bytes": _size(folder)},
    }


def _version(name: str) -> str | None:
    for package in _PACKAGES.get(name, (name,)):
        try:
            return importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return None


def _codecs() -> dict[str, bool]:
    try:
        from av import codecs_available
    except ImportError:
        return {}
    return {name: name in codecs_available for name in _CODECS}


def _size(folder: Path) -> int:
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) if folder.is_dir() else 0
