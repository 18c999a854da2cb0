"""Names of datasets as people write them."""

from __future__ import annotations

import unicodedata


def readable(name: str) -> str:
    """An action's or activity's name as a title: labels of datasets join their words with underscores.

    >>> readable("drive_screws")
    'Drive screws'
    """
    text = name if " " in name else name.replace("_", " ").strip() or name
    return text[:1].upper() + text[1:]


def one_spelling(name: str) -> str:
    """What names share that nobody could tell apart: no blanks around them, every letter composed (NFC)."""
    return unicodedata.normalize("NFC", name.strip())


def one_word(name: str) -> str:
    """What names share that a person takes for one: their spelling, and large and small letters are alike."""
    return one_spelling(name).casefold()
