"""Which keys a command has: those a person chose, else those of a preset for their keyboard, else its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence

from .settings import Settings

Keys = tuple[str, ...]
ACTION_KEY = "labels.key-"
"""Head of the names of the twenty commands that relabel with an action by its place."""
N_ACTION_KEYS = 20
RELABEL = "segment.relabel"
"""Asks for an action by name, and is so the way to those that have no key of their own."""
STANDARD = "standard"


def _digit_row(signs: Sequence[str]) -> dict[str, Keys]:
    """The upper row of a keyboard whose digits need Shift: its signs choose actions 1 to 10, its digits 11 to 20."""
    return {f"{ACTION_KEY}{number}": (sign,) for number, sign in enumerate(signs, start=1)}


PRESETS: dict[str, tuple[str, dict[str, Keys]]] = {
    STANDARD: ("Digits without Shift (QWERTY, QWERTZ)", {}),
    "azerty": (
        "Digits with Shift (AZERTY, French)",
        {
            **_digit_row(("&", "É", '"', "'", "(", "-", "È", "_", "Ç", "À")),
            "view.zoom-out": ("Ctrl+-",),
            "view.zoom-in": ("Ctrl++", "="),
            "segment.start": ("<",),
            "segment.end": (">",),
        },
    ),
    "azerty-be": (
        "Digits with Shift (AZERTY, Belgian)",
        {
            **_digit_row(("&", "É", '"', "'", "(", "§", "È", "!", "Ç", "À")),
            "segment.start": ("<",),
            "segment.end": (">",),
        },
    ),
    "czech": (
        "Digits with Shift (QWERTZ, Czech)",
        {
            **_digit_row(("+", "Ě", "Š", "Č", "Ř", "Ž", "Ý", "Á", "Í", "É")),
            "view.zoom-in": ("Ctrl++", "="),
            "segment.start": ("<",),
            "segment.end": (">",),
        },
    ),
}
"""Presets by the name in the settings: what it is called, and the keys in which it differs."""


EARLIER: Mapping[str, str] = {
    "segment.adopt": "segment.take",
    "segment.adopt-video": "segment.take-video",
    "segment.adopt-all": "segment.take-all",
}
"""Names of commands in the settings of earlier versions, and what they are called now."""


class Keymap(QObject):
    """Keys of commands by their name, in the portable form of Qt. `changed` is sent after every change."""

    changed = Signal()

    def __init__(
        self, settings: Settings, defaults: Mapping[str, Sequence[str]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self.defaults = {name: tuple(map(portable, keys)) for name, keys in defaults.items()}
        self.own: dict[str, Keys] = {
            EARLIER.get(name, name): tuple(filter(None, map(portable, keys)))
            for name, keys in settings.keys().items()
            if EARLIER.get(name, name) in self.defaults
        }
        stored = settings.key_preset()
        self.preset = stored if stored in PRESETS else STANDARD

    def keys(self, name: str) -> Keys:
        """The keys of a command; the first is the one that is shown."""
        return keys_of(name, self.defaults, self.preset, self.own)

    def native(self, name: str) -> str:
        """The first key as the system writes it, empty where there is none."""
        keys = self.keys(name)
        return native(keys[0]) if keys else ""

    def change(self, preset: str, own: Mapping[str, Keys]) -> None:
        """Take and remember these keys."""
        self.preset, self.own = preset, dict(own)
        self._settings.set_keys(preset, self.own)
        self.changed.emit()


def action_key(place: int) -> str:
    """The command that relabels with the action at a place of the list; empty beyond the last that has one."""
    return f"{ACTION_KEY}{place + 1}" if place < N_ACTION_KEYS else ""


def keys_of(name: str, defaults: Mapping[str, Keys], preset: str, own: Mapping[str, Keys]) -> Keys:
    """The keys of a command: a person's own, else the preset's, else its default ones."""
    if name in own:
        return own[name]
    return tuple(map(portable, PRESETS[preset][1].get(name, defaults.get(name, ()))))


def conflicts(defaults: Mapping[str, Keys], preset: str, own: Mapping[str, Keys]) -> dict[str, list[str]]:
    """Keys that more than one command has, with those commands."""
    found: dict[str, list[str]] = {}
    for name in defaults:
        for key in keys_of(name, defaults, preset, own):
            found.setdefault(key, []).append(name)
    return {key: names for key, names in found.items() if len(names) > 1}


def portable(key: str) -> str:
    """A key in the form that is stored; empty for what is no key."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def is_letter(key: str) -> bool:
    """Whether a key is a plain letter, with which a name can begin; signs and letters with accents stand for digits.

    >>> [is_letter(key) for key in ("Q", "Shift+Q", "1", "É", "&", "Ctrl+Q")]
    [True, True, False, False, False, False]
    """
    bare = key.removeprefix("Shift+")
    return len(bare) == 1 and bare.isascii() and bare.isalpha()


def native(key: str) -> str:
    """A key in the form that the system shows; a letter with an accent as it stands on the key: small."""
    text = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return text.lower() if len(text) == 1 and not text.isascii() else text


def types_text(key: str) -> bool:
    """Whether a key belongs to a text field that has the focus: it has no Ctrl, Alt or Meta and is no function key."""
    sequence = QKeySequence(key)
    if sequence.isEmpty():
        return False
    first = sequence[0]  # type: ignore[index]  # the stub leaves it out
    held = first.keyboardModifiers() & (
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    )
    return not held and not Qt.Key.Key_F1 <= first.key() <= Qt.Key.Key_F35


def without_typing(keys: Iterable[str]) -> Keys:
    """The keys that stay while a text field has the focus."""
    return tuple(key for key in keys if not types_text(key))
