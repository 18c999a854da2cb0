"""The window. Importing this package imports no Qt: the engine's process passes through here."""

from __future__ import annotations

import core

if getattr(core, "PROJECT", None) != "totgui":
    _where = getattr(core, "__file__", None) or next(iter(getattr(core, "__path__", ["?"])))
    raise ImportError(
        f'The package "core" that Python found at {_where} is not the one of totgui. '
        "Start by the commands totgui and tot, from another folder, or remove the other package."
    )
