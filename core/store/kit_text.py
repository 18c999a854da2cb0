"""The texts of the training kit as settings of the project: one row a text, under `kit` and `kit.step.N`."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

import msgspec

from ..annotation.document import Document
from ..annotation.values import KitText, KitTextKey, StepText, StepTextKey, Value
from ..data.dataset import ActionId
from ..errors import DamagedProjectError
from . import pack, rows

_KIT, _STEP = "kit", "kit.step."


def put(connection: sqlite3.Connection, key: StepTextKey | KitTextKey, value: Value | None) -> None:
    """The value after a swap; a text that is gone loses its row."""
    name = _KIT if isinstance(key, KitTextKey) else f"{_STEP}{int(key.action)}"
    if value is None:
        connection.execute("DELETE FROM meta WHERE key=?", (name,))
    else:
        rows.put_meta(connection, name, pack.plain(value))


def load(meta: Mapping[str, Any], document: Document) -> None:
    """Fill a document with the texts among the settings. Raises DamagedProjectError."""
    try:
        for name, value in meta.items():
            if name == _KIT:
                document.kit_text = msgspec.convert(value, KitText)
            elif name.startswith(_STEP):
                document.step_texts[ActionId(int(name.removeprefix(_STEP)))] = msgspec.convert(value, StepText)
    except (msgspec.ValidationError, ValueError) as error:
        raise DamagedProjectError("A text of the training kit is damaged. The file was left as it is.") from error
