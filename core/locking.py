"""A lock on an open file, which is free at once when its holder dies; raises OSError while another one holds it."""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    def take(file: int, *, shared: bool = False) -> None:
        """Lock the open file `file` until it is closed; `shared` means nothing here. Raises OSError."""
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
else:
    import fcntl

    def take(file: int, *, shared: bool = False) -> None:
        """Lock the open file `file` until it is closed, with others that share it or alone. Raises OSError."""
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
