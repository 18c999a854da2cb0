"""Reads what the files of each video hold: shapes, labels, pictures, values; what fails is a row of that video."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, MediaError
from ..events import JobCancelled, Progress, Report, ShouldStop
from .extraction import FILE_NAME, read_extraction
from .feature_cache import convert_all
from .features import Values, check_values, open_features
from .files import Found
from .items import Item, Told
from .labels import read_label_file
from .names import matrix_kind, rel
from .npy import open_matrix
from .text_matrix import text_shape
from .timebase import MediaInfo

Probe = Callable[[Path], MediaInfo]
_SHOWN_COLUMNS = 6


def measure(
    items: Sequence[Item], found: Found, probe: Probe, told: Told, *, report: Report, should_stop: ShouldStop
) -> None:
    """Shape, labels and pictures of every video; a file that cannot be used is taken off its item.

    Raises JobCancelled.
    """
    paths = [i.features for i in items if i.features is not None]
    failed = convert_all(paths, report=report, should_stop=should_stop)
    kinds: Counter[str] = Counter()
    for number, item in enumerate(items):
        if should_stop() is not None:
            raise JobCancelled
        report(Progress(done=number, total=len(items), text=item.id))
        _measure_features(item, failed, told)
        _measure_labels(item, kinds, told)
        _measure_scores(item, told)
        _measure_media(item, probe, told)
    for kind, n in kinds.items():
        told.findings.append(f"Labels of {n} videos are {kind}.")
    _compare_twins(items, found, told)
    _read_extractions(items, found, told)


def _measure_features(item: Item, failed: Mapping[Path, InputError], told: Told) -> None:
    if item.features is None:
        return
    try:
        if item.features in failed:
            raise failed[item.features]
        rows, columns = open_features(item.features).shape
        item.shape = (int(rows), int(columns))
    except InputError as error:
        told.say_error(error, item.id)
        item.features = None


def _measure_labels(item: Item, kinds: Counter[str], told: Told) -> None:
    if item.labels is None:
        return
    try:
        read = read_label_file(item.labels)
    except InputError as error:
        told.say_error(error, item.id)
        item.labels = None
        return
    item.labels_read, item.label_kind = read.names, read.kind
    if read.kind:
        kinds[read.kind.partition(", ")[0]] += 1
        if "gaps" in read.kind:
            told.say("note", item.labels, f"{read.kind}.", video=item.id)


def _measure_scores(item: Item, told: Told) -> None:
    if item.scores is None:
        return
    try:
        rows, columns = open_matrix(item.scores).shape
        item.score_shape = (int(rows), int(columns))
        if item.n_labels and rows != item.n_labels:
            what = f"{rows:,} rows of scores, labels {item.n_labels:,}; wanted one row a label."
            told.say("error", item.scores, what, video=item.id)
    except InputError as error:
        told.say_error(error, item.id)
        item.scores = None


def _measure_media(item: Item, probe: Probe, told: Told) -> None:
    if item.media is None:
        return
    try:
        item.info = probe(item.media)
        if not item.info.n_pictures:
            raise MediaError("holds no picture.")
    except MediaError as error:
        what = str(error).removeprefix(f"{item.media}: ")  # the row names its file
        told.say("error", item.media, what, hint="If it was cut off while it was copied, copy it again.", video=item.id)
        item.media = item.info = None


def _compare_twins(items: Sequence[Item], found: Found, told: Told) -> None:
    """Rows on matrices that exist twice: equal in shape is a note, else nobody knows which is right."""
    by_path = {i.features: i for i in items if i.features is not None}
    for other, used in found.twins.items():
        item = by_path.get(used)
        if item is None or item.shape is None:
            continue
        with suppress(InputError):  # the one in use can be read; the other need not be
            shape: tuple[int, ...] = item.shape
            kind = matrix_kind(other)
            if kind in (".txt", ".csv"):
                shape = text_shape(other)
            elif kind == ".npy":
                shape = open_matrix(other).shape
            name, shown = used.name, rel(other, told.root)
            if shape == item.shape:
                told.say("note", used, f"is used; {other.name} of equal shape is not read.", video=item.id)
            else:
                item.is_good = False
                what = f"{shape}; {name} has {item.shape}. Both stand for {item.id}."
                told.say("error", shown, what, hint="Remove the wrong one.", video=item.id)


def _read_extractions(items: Sequence[Item], found: Found, told: Told) -> None:
    """Give every item what its own record says of it, else the nearest features.json."""
    stated, own = {}, {}
    for path in found.extractions:
        try:
            if path.name == FILE_NAME:
                stated[path.parent] = read_extraction(path)
            else:
                own[path.with_suffix(".npy")] = read_extraction(path)
        except InputError as error:
            told.say("error", path, error.what, where=error.where, hint=error.hint)
    for item in items:
        if item.features is not None:
            near = next((stated[p] for p in item.features.parents if p in stated), None)
            item.extraction = own.get(item.features, near)
    for folder, said in stated.items():
        if said.extractor:
            told.findings.append(f"{rel(folder / FILE_NAME, told.root)}: made by {said.extractor}.")


def check_features(items: Sequence[Item], told: Told) -> None:
    """Rows for NaN and Inf, for many zero rows, and for columns that never change. Call after orientation."""
    ranges: dict[int, tuple[NDArray[Any], NDArray[Any]]] = {}
    having = [i for i in items if i.features is not None and i.shape is not None]
    for item in having:
        assert item.features is not None
        matrix = open_features(item.features)
        values = check_values(matrix.T if item.turned else matrix)
        _say_values(item, values, told)
        low, high = ranges.get(item.n_columns, (values.low, values.high))
        ranges[item.n_columns] = np.minimum(low, values.low), np.maximum(high, values.high)
    for width, (low, high) in ranges.items():
        group = [i for i in having if i.n_columns == width and i.features is not None]
        _say_constant(np.flatnonzero(low == high), width, group, told)


def _say_values(item: Item, values: Values, told: Told) -> None:
    place, n_rows = item.features or item.id, item.n_rows
    if values.n_bad:
        item.is_good = False
        what = f"{values.n_bad:,} of {n_rows:,} rows hold {values.bad_kind} (first: row {values.first_bad:,})."
        hint = "Extract again; the video can be reviewed, not trained on."
        told.say("error", place, what, hint=hint, video=item.id)
    if values.n_zero * 2 > n_rows:
        told.say("error", place, f"{values.n_zero:,} of {n_rows:,} rows are zero.", video=item.id)


def _say_constant(columns: NDArray[Any], width: int, items: Sequence[Item], told: Told) -> None:
    """A note on columns that have one value in all rows of all videos; an error when that is every column."""
    if not len(columns) or sum(i.n_rows for i in items) < 2:
        return
    place = items[0].features.parent if items[0].features is not None else told.root
    if len(columns) == width:
        for item in items:
            item.is_good = False
        told.say("error", place, "the features do not vary: all rows are equal.", hint="Extract again.")
        return
    shown = ", ".join(map(str, columns[:_SHOWN_COLUMNS])) + (" ..." if len(columns) > _SHOWN_COLUMNS else "")
    plural = "columns" if len(columns) > 1 else "column"
    told.say(
        "note", place, f"{plural} {shown} ({len(columns):,} of {width:,}) never change; nothing is learned of them."
    )
