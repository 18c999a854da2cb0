"""Joins features, labels, videos and scores to videos, by the names of their files."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from ..foreign import open_regular
from .files import Found
from .items import Item, Told
from .names import MATRIX_SUFFIXES, activity_of, by_name, folded, matrix_kind, stem

Kind = Literal["features", "labels", "media", "scores"]
_PIECE = 1 << 20


def join(found: Found, told: Told) -> list[Item]:
    """One item for each video, sorted by id; a file without partner is an item of its own, with a note."""
    joined = _Join(found, told)
    kept = _without_twins(found)
    for group in _identical(kept):
        names = ", ".join(stem(p) for p in group)
        told.say("note", group[0], f"equal byte for byte under {len(group)} names: {names}.")
    joined.add("features", kept)
    joined.add("scores", found.scores)
    joined.add("labels", _without_idt(found, told))
    joined.add("media", found.videos)
    items = sorted(joined.items.values(), key=lambda i: (by_name(i.id), i.id))
    for item in items:
        item.activity = item.activity or told.root.name
        _say_partners(item, found, told)
    _say_copies(items, told)
    return items


class _Join:
    """The items so far, by id."""

    def __init__(self, found: Found, told: Told) -> None:
        self.found, self.told = found, told
        self.items: dict[str, Item] = {}
        leading = found.features or found.scores or found.labels or found.videos
        self.names = [stem(p) for p in leading]
        self.only_videos = not (found.features or found.scores or found.labels)

    def add(self, kind: Kind, paths: Iterable[Path]) -> None:
        """Give every file of one kind to its item."""
        paths = list(paths)
        doubles = {s for s, n in Counter(stem(p) for p in paths).items() if n > 1}
        for path in paths:
            key = self._key(kind, path, is_double=stem(path) in doubles)
            item = self.items.setdefault(key, Item(key))
            setattr(item, kind, path)
            item.activity = item.activity or activity_of(path, self.found.base[path], self.names)

    def _key(self, kind: Kind, path: Path, *, is_double: bool) -> str:
        """The id of a file's video: stem, place below its folder, place joined with ``_``, or equal but for case."""
        name, place = stem(path), path.relative_to(self.found.base[path]).parent
        long = (place / name).as_posix()
        key = long if is_double or self.only_videos else name
        if key in self.items:
            return key
        for other in (long, "_".join((*place.parts, name))):
            if other in self.items and getattr(self.items[other], kind) is None:
                return other
        same = [k for k in self.items if folded(k) == folded(key) and getattr(self.items[k], kind) is None]
        if same:
            what = f"is taken for {same[0]}: only case or Unicode form differ."
            self.told.say("proposed", path, what, hint="Rename one of the two if that is wrong.", video=same[0])
        return same[0] if same else key


def _without_twins(found: Found) -> list[Path]:
    """Feature files, one of each place and name: the `.npy` before other kinds. Shapes are compared later."""
    twins: dict[Path, list[Path]] = defaultdict(list)
    for path in found.features:
        twins[path.with_name(stem(path))].append(path)
    kept = []
    for group in twins.values():
        first, *others = sorted(group, key=lambda p: MATRIX_SUFFIXES.index(matrix_kind(p)))
        kept.append(first)
        found.twins.update({other: first for other in others})
    return kept


def _without_idt(found: Found, told: Told) -> list[Path]:
    """Label files without those of YouTube Instructions that end in ``_idt`` and have no features."""
    known = {stem(p) for p in found.features}
    kept = [p for p in found.labels if not (stem(p).endswith("_idt") and stem(p) not in known)]
    if n := len(found.labels) - len(kept):
        told.say("note", kept[0].parent if kept else told.root, f"{n} label files end in _idt: no features, skipped.")
    return kept


def _say_copies(items: Sequence[Item], told: Told) -> None:
    """A row for each video whose file is that of another one: cameras and downloads often leave one twice."""
    by_media = {item.media: item for item in items if item.media is not None}
    for first, *copies in _identical(list(by_media)):
        for copy in copies:
            what = f"holds the same as {by_media[first].id}, byte for byte."
            hint = "Both would be trained on and reviewed. Take one out of the folder if that is not meant."
            told.say("proposed", copy, what, hint=hint, video=by_media[copy].id)


def _identical(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Groups of files that are equal byte for byte; only files of one size are read."""
    sizes: dict[int, list[Path]] = defaultdict(list)
    for path in paths:
        try:
            sizes[path.stat().st_size].append(path)
        except OSError:
            continue  # reading it will say why
    sizes.pop(0, None)  # what is empty is told as such
    for same_size in sizes.values():
        for head in _equal(same_size, _PIECE) if len(same_size) > 1 else ():
            yield from _equal(head, None)


def _equal(paths: Sequence[Path], n_bytes: int | None) -> list[list[Path]]:
    """Groups of two or more files that are equal in their first bytes (all of them when None)."""
    groups: dict[bytes, list[Path]] = defaultdict(list)
    for path in paths:
        try:
            with open_regular(path) as file:
                if n_bytes is None:
                    key = hashlib.file_digest(file, "blake2b").digest()
                else:
                    head = file.read(n_bytes)
                    file.seek(max(0, path.stat().st_size // 2))
                    key = hashlib.blake2b(head + file.read(1 << 16)).digest()
        except OSError:
            continue
        groups[key].append(path)
    return [group for group in groups.values() if len(group) > 1]


def _say_partners(item: Item, found: Found, told: Told) -> None:
    """Notes on what one video lacks of that others have."""
    place = item.features or item.scores or item.labels or item.media or told.root
    if item.features is None and found.features:
        looked = f"features/**/{item.id}.npy, .npz, .txt, .csv, .gz"
        told.say("note", item.labels or item.media or place, f"has no features (looked for {looked}).", video=item.id)
    if item.scores is None and found.scores and item.features is None:
        told.say("note", place, "has no scores.", video=item.id)
    if item.labels is None and found.labels:
        told.say("note", place, "has no ground truth.", video=item.id)
    if item.media is None and found.videos:
        told.say("note", item.features or place, "has no video file.", video=item.id)
