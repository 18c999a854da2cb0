"""Hints that name keys: what is said where a command has a key, where it has another one, and where it has none."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

STANDARD_KEYS: Mapping[str, str] = {
    "segment.take": "T",
    "range.in": "I",
    "range.out": "O",
    "segment.range": "Enter",
    "segment.paint": "P",
    "playback.next-boundary": "Ctrl+Right",
}
"""The commands that hints speak of, with the keys they have as long as nobody says otherwise."""
RANGE, PAINT = ("range.in", "range.out", "segment.range"), ("segment.paint",)
_PLACE = re.compile(r"(?P<aside> \()?\{(?P<command>[a-z0-9.-]+)\}(?(aside)\))")


def named(text: str, key_of: Callable[[str], str], text_of: Callable[[str], str]) -> str:
    """A text with the key of each command that stands in braces; where it has none, what its menu entry says.

    In brackets a key is an aside, which goes with the key.

    >>> keys = {"segment.split": "S"}
    >>> named("Split with {segment.split}, train ({model.train})", lambda c: keys.get(c, ""), lambda c: "Train")
    'Split with S, train'
    >>> named("{segment.split} splits", lambda c: "", lambda c: "Split at the playhead…")
    '"Split at the playhead" splits'
    """

    def fill(found: re.Match[str]) -> str:
        key = key_of(found["command"])
        if found["aside"]:
            return f" ({key})" if key else ""
        return key or f'"{text_of(found["command"]).rstrip("…")}"'

    return _PLACE.sub(fill, text)


def nothing_corrected(keys: Mapping[str, str]) -> str:
    """What an empty Corrected says: the two ways to fill it.

    >>> nothing_corrected(STANDARD_KEYS)
    'Nothing corrected yet. Mark a range (I, O, Enter) or paint while playing (P).'
    >>> nothing_corrected({**STANDARD_KEYS, "range.in": "", "segment.paint": ""})
    'Nothing corrected yet. Mark a range or paint while playing.'
    """
    mark, paint = _in_brackets(keys, RANGE), _in_brackets(keys, PAINT)
    return f"Nothing corrected yet. Mark a range{mark} or paint while playing{paint}."


def not_taken(keys: Mapping[str, str]) -> str:
    """What Corrected says as long as it shows the prediction."""
    key = keys.get("segment.take", "")
    takes = f"{key} takes it, and so does any edit." if key else "Any edit takes it."
    return f"Not corrected yet: this is the prediction. {takes}"


def read_only(title: str, keys: Mapping[str, str]) -> str:
    """What is said to a drag on a track that is no one's to edit."""
    key = keys.get("segment.take", "")
    return f"{title} cannot be edited." + (f" Press {key} to take it." if key else " Take it into Corrected first.")


def nothing_to_relabel(keys: Mapping[str, str]) -> str:
    """What is said where there are no labels yet that an action could replace."""
    key = keys.get("segment.take", "")
    then = f"press {key}" if key else "take the prediction"
    return f"Nothing to relabel yet. Train, then {then}; or mark a range{_in_brackets(keys, RANGE)}."


def nothing_to_accept(keys: Mapping[str, str], *, has_prediction: bool) -> str:
    """What is said where a video is to be accepted that has no corrected labels."""
    if not has_prediction:
        train = _in_brackets(keys, ("model.train",))
        return f"There is nothing to accept yet: train first{train}, or label this video by hand."
    key = keys.get("segment.take", "")
    take = f"Press {key} to take the prediction and correct it" if key else "Take the prediction and correct it"
    return f"Nothing is corrected in this video yet. {take}, or accept it as it is."


def no_boundary(keys: Mapping[str, str]) -> str:
    """What is said where a boundary is to be moved and none is selected."""
    key = keys.get("playback.next-boundary", "")
    return "No boundary is selected. Click one in Corrected" + (f", or press {key}." if key else ".")


def _in_brackets(keys: Mapping[str, str], commands: tuple[str, ...]) -> str:
    found = [keys.get(command, "") for command in commands]
    return f" ({', '.join(found)})" if all(found) else ""
