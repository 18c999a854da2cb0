"""pyqtgraph, loaded beside the window or when a plot is seen first, with our settings and without its hooks."""

from __future__ import annotations

import sys
import threading
from functools import cache
from types import ModuleType


@cache
def pyqtgraph() -> ModuleType:
    """The library. It wraps the hooks for uncaught errors on import; ours stay."""
    kept = sys.excepthook, threading.excepthook
    import pyqtgraph as library

    sys.excepthook, threading.excepthook = kept
    library.setConfigOptions(imageAxisOrder="row-major", antialias=True)
    loaded: ModuleType = library
    return loaded
