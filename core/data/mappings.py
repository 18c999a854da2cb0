"""Which mapping the labels of each video follow, at which granularity, and the actions that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .colours import colour_for
from .dataset import BACKGROUND, Action, ActionId, Choice
from .items import Item, Told
from .labels import BACKGROUND_WORDS, read_mapping, to_ids
from .names import natural, rel
from .segment_lists import GAP

MID = "mid"
"""The plain mapping where it has variants."""


@dataclass(frozen=True)
class Table:
    """One mapping file: `key` is what its name adds to ``mapping``."""

    key: str
    path: Path
    ids: Mapping[str, int]


@dataclass
class Vocabulary:
    """What labels mean: the ID of each name in use, and of each label text that occurs in a file."""

    names: dict[str, int] = field(default_factory=dict)
    label_ids: dict[str, int] = field(default_factory=dict)
    granularity: str = ""
    granularities: tuple[str, ...] = ()

    @property
    def background(self) -> frozenset[str]:
        """The names outside actions and scores."""
        words = {n for n in self.label_ids if n in BACKGROUND_WORDS and n not in self.names}
        return frozenset(words | {n for n, i in self.names.items() if i == BACKGROUND or n in BACKGROUND_WORDS})

    def actions(self) -> tuple[Action, ...]:
        """The actions that occur, by ID; names that share an ID are one action, shown joined."""
        occurring, background = set(self.label_ids.values()), self.background
        named: dict[int, list[str]] = {}
        for name, identity in self.names.items():
            if identity in occurring and name not in background:
                named.setdefault(identity, []).append(name)
        return tuple(Action(ActionId(i), " / ".join(named[i]), colour_for(n)) for n, i in enumerate(sorted(named)))


def read_vocabulary(mappings: Sequence[Path], items: Iterable[Item], asked: str | None, told: Told) -> Vocabulary:
    """The vocabulary of a dataset's labels; labels that fit none become a row and are left out.

    Raises InputError: a mapping cannot be read, or there is no granularity `asked`.
    """
    tables = [Table(_key(path), path, read_mapping(path)) for path in mappings]
    tables = [t for t in tables if t.ids] or tables
    labelled = [item for item in items if item.labels is not None]
    if not tables or not any(t.ids for t in tables):
        if asked:
            raise InputError(told.root, f'no granularity "{asked}"; there is no mapping.')
        return _from_labels(labelled, told)
    return _Reading(tables, asked, told).run(labelled)


def _key(path: Path) -> str:
    return path.stem.lower().removeprefix("mapping").strip("_")


def _from_labels(items: Sequence[Item], told: Told) -> Vocabulary:
    """Actions from the distinct labels in natural order, where no mapping exists."""
    seen = {name for item in items for name in item.labels_read} - {GAP}
    plain = [n for n in sorted(seen, key=natural) if n not in BACKGROUND_WORDS]
    if seen:
        told.findings.append(f"No mapping: {len(plain)} actions from the labels.")
    ids = {n: i for i, n in enumerate(plain)} | dict.fromkeys(seen & BACKGROUND_WORDS, int(BACKGROUND))
    return Vocabulary(ids, dict(ids))


class _Reading:
    """Joins label files to mappings, and the mappings in use to one vocabulary."""

    def __init__(self, tables: Sequence[Table], asked: str | None, told: Told) -> None:
        self.told, self.asked = told, asked
        self.groups: list[dict[str, Table]] = []
        for table in tables:
            same = next((g for g in self.groups if set(next(iter(g.values())).ids) == set(table.ids)), None)
            if same is None:
                self.groups.append({table.key: table})
            else:
                same.setdefault(table.key, table)
        self.levels = list(dict.fromkeys(level for g in self.groups if len(g) > 1 for level in _levels(g)))
        known = self.levels or [t.key or MID for t in tables]
        if asked is not None and asked not in known:
            raise InputError(told.root, f'no granularity "{asked}"; there are {", ".join(known) or "none"}.')
        self.level = asked or (self.levels[0] if self.levels else "")
        self.vocabulary = Vocabulary(granularity=self.level, granularities=tuple(self.levels))
        self.used: dict[str, list[str]] = {}
        self.translated: dict[Path, dict[int, int]] = {}
        self.unsure: dict[str, list[str]] = {}

    def run(self, items: Sequence[Item]) -> Vocabulary:
        for item in items:
            table = self._table_of(item)
            try:
                self._take(item, table)
            except InputError as error:
                self.told.say_error(error, item.id)
                item.labels, item.labels_read = None, []
        if not items:  # names and K can be looked up all the same
            self._join_names(self._at_level(self.groups[0]))
        if len(self.used) > 1:
            parts = "; ".join(f"{name} for {len(ids)} video{'s' * (len(ids) != 1)}" for name, ids in self.used.items())
            self.told.findings.append(
                f"{len(self.used)} mappings, each label file with the one that knows it: {parts}."
            )
        self._say_choices()
        return self.vocabulary

    def _at_level(self, group: Mapping[str, Table]) -> Table:
        """The variant of a group at the granularity in use."""
        key = "" if self.level in ("", MID) else self.level
        return group[key] if key in group else next(iter(group.values()))

    def _table_of(self, item: Item) -> Table:
        """The mapping that knows all labels of a video; where several or none do, the likeliest."""
        names = set(item.labels_read) - {GAP}
        chosen = [self._at_level(g) for g in self.groups]
        fitting = [t for t in chosen if all(_knows(t, name) for name in names)]
        asked = [t for t in fitting if self.asked and t.key == self.asked]
        if len(fitting) == 1 or asked:
            return (asked or fitting)[0]
        best = max(fitting or chosen, key=lambda t: sum(name in t.ids for name in names))
        if len(fitting) > 1:
            self.unsure.setdefault(best.key or MID, [t.key or MID for t in fitting])
        return best

    def _take(self, item: Item, table: Table) -> None:
        """Add the labels of one video to the vocabulary. Raises InputError: a label is unknown; nothing is added."""
        assert item.labels is not None
        source = rel(table.path, self.told.root)
        first_lines = {name: n for n, name in reversed(list(enumerate(item.labels_read, 1))) if name != GAP}
        own: dict[str, int] = {}
        for name in sorted(first_lines, key=lambda n: first_lines[n]):
            try:
                own[name] = int(to_ids(item.labels, [name], table.ids, source=source)[0])
            except InputError as error:
                raise InputError(item.labels, error.what, f"line {first_lines[name]}", error.hint) from error
        translated = self._join_names(table)
        for name, identity in own.items():
            word = name if name in table.ids else name.split()[0]
            is_background = word in BACKGROUND_WORDS or identity == BACKGROUND
            self.vocabulary.label_ids[name] = int(BACKGROUND) if is_background else translated[identity]
        self.used.setdefault(source, []).append(item.id)

    def _join_names(self, table: Table) -> dict[int, int]:
        """The ID in the vocabulary of each ID of a mapping; an ID that another name holds is given a free one."""
        if table.path in self.translated:
            return self.translated[table.path]
        names, translated = self.vocabulary.names, self.translated.setdefault(table.path, {})
        for identity in dict.fromkeys(table.ids.values()):
            own = [n for n, i in table.ids.items() if i == identity]
            there = next((names[n] for n in own if n in names), None)
            if there is None:
                taken = set(names.values())
                there = identity if identity not in taken else max(taken | {-1}) + 1
            translated[identity] = int(BACKGROUND) if identity == BACKGROUND else there
            for name in own:
                names.setdefault(name, translated[identity])
        return translated

    def _say_choices(self) -> None:
        if self.levels:
            found = f"The mapping has {len(self.levels)} granularities: {', '.join(self.levels)}."
            self.told.choices.append(Choice("granularity", found, tuple(self.levels), self.level))
        for taken, options in self.unsure.items():
            found = f"{len(options)} mappings know all labels: {', '.join(options)}; {taken} is used."
            self.told.say("proposed", self.told.root, found, hint="Choose one of them.")
            if not self.levels:
                self.vocabulary.granularities, self.vocabulary.granularity = tuple(options), taken
                self.told.choices.append(Choice("granularity", found, tuple(options), taken, is_open=not self.asked))


def _levels(group: Mapping[str, Table]) -> list[str]:
    return [key or MID for key in sorted(group, key=lambda k: (k != "", natural(k)))]


def _knows(table: Table, label: str) -> bool:
    if label in table.ids or label in BACKGROUND_WORDS or label.split()[0] in table.ids:
        return True
    return label.lstrip("-").isdecimal() and int(label) in table.ids.values()
