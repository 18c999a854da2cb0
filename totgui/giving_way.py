"""Threads that work ahead of need go after the window and its decoder, where the system knows priorities of threads."""

from __future__ import annotations

import os
import threading
from contextlib import suppress


def give_way(niceness: int) -> None:
    """Give this thread that niceness, and with it those that decoders and encoders start from it."""
    if hasattr(os, "setpriority"):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), niceness)
