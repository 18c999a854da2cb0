"""Joins features, labels, videos and scores to videos, by the names of their files."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from ..events import JobCancelled, ShouldStop, never_stop
from ..foreign import open_regular
from .files import Found
from .items import Item, Told
from .names import MATRIX_SUFFIXES, activity_of, by_name, folded, matrix_kind, stem

Kind = Literal["features", "labels", "media", "scores"]
_PIECE, _SAMPLES = 1 << 20, 32
_WHOLE = 64 << 20
"""Bytes of a file up to which it is compared with another of its size from the first to the last."""


def join(found: Found, told: Told, *, should_stop: ShouldStop = never_stop) -> list[Item]:
    """One item for each video, sorted by id; a file without partner is an item of its own, with a note.

    Raises JobCancelled.
    """
    joined = _Join(found, told)
    kept = _without_twins(found)
    for group, is_whole in _identical(kept, should_stop):
        names = ", ".join(stem(p) for p in group)
        equal = "equal byte for byte" if is_whole else f"of one size and equal in {_SAMPLES} places"
        told.say("note", group[0], f"{equal} under {len(group)} names: {names}.")
    joined.add("features", kept)
    joined.add("scores", found.scores)
    joined.add("labels", _without_idt(found, told))
    joined.add("media", found.videos)
    items = sorted(joined.items.values(), key=lambda i: (by_name(i.id), i.id))
    for item in items:
        item.activity = item.activity or told.root.name
        _say_partners(item, found, told)
    _say_copies(items, told, should_stop)
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


def _say_copies(items: Sequence[Item], told: Told, should_stop: ShouldStop) -> None:
    """A row for each video whose file is that of another one: cameras and downloads often leave one twice."""
    by_media = {item.media: item for item in items if item.media is not None}
    for (first, *copies), is_whole in _identical(list(by_media), should_stop):
        for copy in copies:
            what = f"holds the same as {by_media[first].id}, byte for byte."
            if not is_whole:
                what = f"seems to hold the same as {by_media[first].id}: same size, same bytes in {_SAMPLES} places."
            hint = "Both would be trained on and reviewed. Take one out of the folder if that is not meant."
            told.say("proposed", copy, what, hint=hint, video=by_media[copy].id)


def _identical(paths: Sequence[Path], should_stop: ShouldStop) -> Iterator[tuple[list[Path], bool]]:
    """Groups of equal files, and whether every byte was compared; only files of one size are read.

    Of large files some places are compared: two videos of 10 GB would be read for minutes. Raises JobCancelled.
    """
    sizes: dict[int, list[Path]] = defaultdict(list)
    for path in paths:
        try:
            sizes[path.stat().st_size].append(path)
        except OSError:
            continue  # reading it will say why
    sizes.pop(0, None)  # what is empty is told as such
    for size, same_size in sizes.items():
        is_whole = size <= _WHOLE
        last = max(0, size - _PIECE)
        places = range(0, size, _PIECE) if is_whole else [n * last // (_SAMPLES - 1) for n in range(_SAMPLES)]
        for head in _equal(same_size, (0, size // 2), should_stop) if len(same_size) > 1 else ():
            for group in _equal(head, places, should_stop):
                yield group, is_whole


def _equal(paths: Sequence[Path], places: Sequence[int], should_stop: ShouldStop) -> list[list[Path]]:
    """Groups of two or more files that are equal in the pieces that begin at these places. Raises JobCancelled."""
    groups: dict[bytes, list[Path]] = defaultdict(list)
    for path in paths:
        key = hashlib.blake2b()
        try:
            with open_regular(path) as file:
                for place in places:
                    if should_stop() is not None:
                        raise JobCancelled
                    file.seek(place)
                    key.update(file.read(_PIECE))
        except OSError:
            continue
        groups[key.digest()].append(path)
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
