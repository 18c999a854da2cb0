"""Label text: mappings, one label a frame, and the ground truth of a video on its annotation grid."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..foreign import read_regular
from .dataset import BACKGROUND, UNLABELLED, Dataset, Video
from .segment_lists import GAP, spread

BACKGROUND_WORDS = frozenset({"bg", "-1"})
"""Labels that are background whatever the mapping says of others."""
MAX_ID = 65_000
"""Labels are kept as 16 bits."""
_MAX_BYTES = 256 << 20


def read_lines(path: Path) -> list[str]:
    """The stripped lines of a UTF-8 text without empty ones at its end. Raises InputError."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InputError(path, f"has over {_MAX_BYTES >> 20} MB; wanted labels.", hint="Remove it from the folder.")
        raw = read_regular(path)
        text = raw.decode("utf-8-sig")
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower()) from error
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(path, "not UTF-8.", f"line {line}", "Save the file as UTF-8.") from error
    lines = [line.strip() for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def read_labels(path: Path) -> list[str]:
    """The label of each frame, as text. Raises InputError."""
    lines = read_lines(path)
    if lines and lines[0].startswith("###"):
        lines = " ".join(lines[1:]).split()
    if not lines:
        raise InputError(path, "0 labels; wanted one a frame.", hint="Correct or remove the file.")
    if "" in lines:
        raise InputError(path, "empty; wanted a label.", f"line {lines.index('') + 1}")
    return lines


@dataclass(frozen=True)
class LabelFile:
    """The label of each frame of one video, an empty text where a list leaves a gap.

    `kind` says in words how a list was read; empty where the file holds one label a line.
    """

    names: list[str]
    kind: str = ""


def read_label_file(path: Path) -> LabelFile:
    """Ground truth of any kind: one label a frame, segments, or columns. Raises InputError."""
    found = spread(read_lines(path), path)
    return LabelFile(*found) if found is not None else LabelFile(read_labels(path))


def read_mapping(path: Path) -> dict[str, int]:
    """ID of each name, in the file's order; several names may share an ID. Raises InputError."""
    table: dict[str, int] = {}
    seen: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), 1):
        if not line:
            continue
        words = line.split(None, 1)
        try:
            identity = int(words[0])
            name = words[1].strip()
        except (ValueError, IndexError):
            message = f'"{line[:60]}"; wanted "ID NAME", for example "4 take_bowl".'
            raise InputError(path, message, f"line {number}") from None
        if not -1 <= identity <= MAX_ID:
            raise InputError(path, f"ID {words[0][:20]}; wanted -1 to {MAX_ID:,}.", f"line {number}")
        if table.get(name, identity) != identity:
            where = f"lines {seen[name]} and {number}"
            raise InputError(path, f'"{name}" is {table[name]} and {identity}.', where, "Keep one.")
        table[name] = identity
        seen.setdefault(name, number)
    return table


def to_ids(path: Path, labels: Iterable[str], mapping: Mapping[str, int], *, source: str) -> NDArray[np.int64]:
    """(T,) int64 action of each label: by whole name, by its first word, by ID, or background. Raises InputError."""
    known: dict[str, int] = {}
    result = []
    identities = set(mapping.values())
    for number, label in enumerate(labels, 1):
        if label not in known:
            word = label.split()[0]
            if label in mapping or word in mapping:
                known[label] = mapping[label] if label in mapping else mapping[word]
            elif _integer(label) in identities:
                known[label] = int(label)
            elif label in BACKGROUND_WORDS:
                known[label] = int(BACKGROUND)
            else:
                near = difflib.get_close_matches(label, list(mapping), 1)
                nearest = f"; nearest: {near[0]}" if near else ""
                what = f'"{label[:60]}" is not in {source} ({len(mapping)} names{nearest}).'
                raise InputError(path, what, f"line {number}", "Correct one of the two.")
        result.append(known[label])
    return np.array(result, np.int64)


def load_ground_truth(dataset: Dataset, video: Video) -> NDArray[Any]:
    """(n_frames,) int64: ActionId, BACKGROUND or UNLABELLED of each frame of the annotation grid.

    Raises InputError: there is none, or the file is another than the one that was scanned.
    """
    if video.ground_truth is None:
        raise InputError(video.name, "has no ground truth.")
    names = read_label_file(video.ground_truth).names
    known = {**dict(dataset.label_ids), GAP: UNLABELLED}
    if not dataset.label_ids:  # a dataset that no scan made
        known |= {a.name: a.id for a in dataset.actions} | dict.fromkeys(dataset.background_names, BACKGROUND)
    if unknown := [name for name in names if name not in known]:
        what = f'"{unknown[0][:60]}" was not in it when the dataset was read.'
        raise InputError(video.ground_truth, what, f"line {names.index(unknown[0]) + 1}", "Open the dataset again.")
    if len(names) < video.timebase.n_frames:
        what = f"{len(names):,} labels; the scan counted {video.timebase.n_frames:,}."
        raise InputError(video.ground_truth, what, hint="Open the dataset again.")
    return np.array([known[name] for name in names[: video.timebase.n_frames]], np.int64)


def _integer(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
