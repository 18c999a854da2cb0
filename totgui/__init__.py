"""The window. Importing this package imports no Qt: the engine's process passes through here."""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # pragma: no cover - the installer refuses as well
    raise ImportError(f"totgui needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
