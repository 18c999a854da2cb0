"""Names in exchange files: the two reserved words, what a grammar cannot hold, stems of files, words without blanks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from ..data.dataset import BACKGROUND, UNLABELLED
from ..errors import InputError
from .track import BACKGROUND_NAME, UNLABELLED_NAME, ExportTrack

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")
"""What no line of text and no XML can hold: control characters, line separators, halves of surrogates."""
SURROGATE = re.compile("[\ud800-\udfff]")
_RESERVED = re.compile(rf"\\*(?:{BACKGROUND_NAME}|{UNLABELLED_NAME})")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f/\\:*?"<>|\u2028\u2029\ud800-\udfff]')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))})
_OURS = frozenset({"readme", "labels"})
MAX_STEM_BYTES = 150


def spoken(
    tracks: Sequence[ExportTrack], *, refuse: re.Pattern[str] = CONTROL, escape: bool = True, why: str = ""
) -> dict[int, str]:
    """The name of each label that the tracks use, as it goes into a file; the reserved labels included.

    With `escape` an action that is called like a reserved word gets a backslash in front, which `meaning` takes away.
    Raises InputError that names every action whose name matches `refuse`, or that shares its name with another.
    """
    names = {label: track.name_of(label) for track in tracks for label in set(track.segmentation.labels.tolist())}
    names = {label: name for label, name in sorted(names.items()) if label >= 0}
    wrong = [name for name in names.values() if refuse.search(name)]
    if wrong:
        why = why or "control characters or line breaks"
        what = f"{_listed(wrong)} cannot stand in this format ({why})."
        raise InputError("Names of actions", what, hint="Rename the action, or choose CSV or JSON.")
    twice = sorted({name for name in names.values() if list(names.values()).count(name) > 1})
    if twice:
        what = f"{_listed(twice)} is the name of more than one action."
        raise InputError("Names of actions", what, hint="Rename one, or merge the two.")
    if escape:
        names = {label: f"\\{name}" if _RESERVED.fullmatch(name) else name for label, name in names.items()}
    return {int(UNLABELLED): UNLABELLED_NAME, int(BACKGROUND): BACKGROUND_NAME, **names}


def meaning(text: str) -> str | None:
    """What a name of a file means: empty for background, None for unlabelled, else the name of an action.

    >>> meaning("pour"), meaning("background"), meaning("\\\\background")
    ('pour', '', 'background')
    """
    if text == BACKGROUND_NAME:
        return ""
    if text == UNLABELLED_NAME:
        return None
    return text[1:] if _RESERVED.fullmatch(text) else text


def written_name(name: str) -> str:
    """The name of a video as it goes into a file: what is no text becomes an escape like ``\\x0a``."""
    return CONTROL.sub(lambda m: m.group().encode("unicode_escape", "surrogatepass").decode("ascii"), name)


def file_stems(names: Iterable[str]) -> dict[str, str]:
    """A file stem for each video name: no dots, no separators, none that a system reserves, all different."""
    stems: dict[str, str] = {}
    taken: set[str] = set(_OURS)
    for name in names:
        base = _FORBIDDEN.sub("_", name).replace(".", "_").strip() or "video"
        base = base.encode("utf-8")[:MAX_STEM_BYTES].decode("utf-8", "ignore").strip()
        if base.casefold() in _DEVICES:
            base = f"{base}_"
        stem, number = base, 2
        while _folded(stem) in taken:
            stem, number = f"{base}_{number}", number + 1
        taken.add(_folded(stem))
        stems[name] = stem
    return stems


def slugs(names: Mapping[int, str]) -> dict[int, str]:
    """A word without blanks for each action name, all different, none a word for background."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    for key, name in sorted(names.items()):
        base = re.sub(r"\s+", "_", "".join(c if c.isprintable() else "_" for c in name).strip()) or "action"
        if base in ("bg", BACKGROUND_NAME) or base.startswith("###"):
            base = f"action_{base.lstrip('#')}"
        slug, number = base, 2
        while slug in taken:
            slug, number = f"{base}_{number}", number + 1
        taken.add(slug)
        found[key] = slug
    return found


def _folded(stem: str) -> str:
    return unicodedata.normalize("NFKC", stem).casefold()


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f'"{written_name(name)}"' for name in names[:5]) + (
        f" and {len(names) - 5} more" if len(names) > 5 else ""
    )
