"""Splits of a dataset: lists of file names, offered as a filter; all videos are used when none is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import InputError
from .dataset import Choice
from .items import Item, Told
from .labels import read_lines
from .names import natural, stem

ALL = "all"


def split_name(path: Path) -> str:
    """What a split is called: ``train.split1.bundle`` is ``train.split1``."""
    return path.name.removesuffix(path.suffix)


def choose_split(items: Sequence[Item], paths: Sequence[Path], asked: str | None, told: Told) -> list[Item]:
    """The items of the asked split, or all. Raises InputError: there is no such split, or it names none of them."""
    named = {split_name(p): p for p in sorted(paths, key=lambda p: natural(p.name))}
    if asked is not None and asked != ALL and asked not in named:
        raise InputError(told.root, f'no split "{asked}"; there are {", ".join(named) or "none"}.')
    if not named:
        return list(items)
    chosen = list(items)
    found = f"{len(named)} splits; all {len(items)} videos are used."
    if asked is not None and asked != ALL:
        names = _names_in(named[asked])
        chosen = [i for i in items if i.id in names or i.id.rpartition("/")[2] in names]
        if not chosen:
            what = f"names {len(names)} videos, none of which is here."
            raise InputError(named[asked], what, hint="Choose another split.")
        found = f"{len(chosen)} of {len(items)} videos are in {asked}."
        told.findings.append(f"Split {asked}: {found}")
        known = {i.id for i in chosen} | {i.id.rpartition("/")[2] for i in chosen}
        if missing := [n for n in names if n not in known]:
            told.say("note", named[asked], f"{len(missing)} names of it are not here (the first is {missing[0]}).")
    told.choices.append(Choice("split", found, (ALL, *named), asked or ALL))
    return chosen


def _names_in(path: Path) -> dict[str, None]:
    """Stems of the file names of a split, in order; folders in front of them do not count."""
    words = (line.split()[0] for line in read_lines(path) if line and not line.startswith("#"))
    return dict.fromkeys(stem(Path(word.replace("\\", "/").rpartition("/")[2])) for word in words)
