"""Scores of label files against label files: reading two folders, joining by stem, finding what the labels are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from .data.dataset import BACKGROUND, UNLABELLED
from .data.labels import read_labels, read_mapping, to_ids
from .data.names import by_name, natural
from .errors import ConfigError, InputError
from .formats.frame_text import BACKGROUND_WORD

if TYPE_CHECKING:
    from .metrics.report import Report

IntArray = NDArray[np.integer[Any]]
_NUMBER = re.compile(r"-?\d+$")


def score_files(
    truth: Path,
    prediction: Path,
    *,
    mapping: Path | None = None,
    level: str = "activity",
    background: Sequence[str] = (),
    split_sil: str | None = None,
) -> Report:
    """Scores of every ground-truth file that has a prediction; cluster numbers are matched, names are not.

    Among cluster numbers, -1 and the words for background are frames outside all clusters. `split_sil` names the
    action that is read as two, at the start and at the end of a video (`core.metrics.sil`).

    Raises:
        InputError: a file is missing, lengths differ, or a ground-truth label is not in the mapping.
        ConfigError: a background label or the action to split does not occur.
    """
    from .metrics.report import evaluate
    from .metrics.segments import Labels
    from .metrics.sil import SilView

    truths, predictions = label_files(truth), label_files(prediction)
    missing = [stem for stem in truths if stem not in predictions]
    if len(truths) == 1 and len(predictions) == 1:
        predictions, missing = {next(iter(truths)): next(iter(predictions.values()))}, []
    if missing:
        raise InputError(
            prediction,
            f"has no labels of {missing[0]} ({len(missing)} of {len(truths)} are missing).",
            hint="Names are joined by stem; score a folder that holds the same videos.",
        )
    spoken = {stem: read_labels(path) for stem, path in truths.items()}
    found = {stem: read_labels(predictions[stem]) for stem in truths}
    for stem, lines in spoken.items():
        if len(found[stem]) != len(lines):
            raise InputError(
                predictions[stem],
                f"{len(found[stem]):,} labels; the ground truth has {len(lines):,}.",
                hint="Both need one label for the same frames.",
            )
    ids = _mapping(mapping) if mapping is not None else _natural({x for v in spoken.values() for x in v})
    ids = _with_background(ids, background, spoken)
    actions = {
        number: " / ".join(n for n, i in ids.items() if i == number)
        for number in sorted(set(ids.values()))
        if number >= 0
    }
    source = str(mapping) if mapping is not None else "the ground truth"
    truth_ids: dict[str, Labels] = {s: to_ids(truths[s], lines, ids, source=source) for s, lines in spoken.items()}
    n_clusters = _cluster_count(found, ids)
    if n_clusters is not None:
        words = _background_words(ids)
        labels: dict[str, Labels] = {
            s: np.array([-1 if x in words else int(x) for x in v], np.int64) for s, v in found.items()
        }
    else:
        labels = {s: _named(v, ids) for s, v in found.items()}
    notes: list[str] = []
    if split_sil is not None:
        view = SilView.of(actions, split_sil)
        split = view.apply(truth_ids)
        actions, truth_ids, notes = dict(view.actions), dict(split), view.notes(split)
        labels = labels if n_clusters is not None else dict(view.apply(labels))
    report = evaluate(truth_ids, labels, actions=actions, n_clusters=n_clusters, level=level, notes=notes)
    return msgspec.structs.replace(report, background=list(background)) if background else report


def label_files(path: Path) -> dict[str, Path]:
    """Stem and path of every label file of a folder (also inside ``groundTruth``), or of the one file."""
    if path.is_file():
        return {_stem(path): path}
    if not path.is_dir():
        raise InputError(path, "is not there; wanted a folder of label files or one label file.")
    folder = next((path / n for n in ("groundTruth", "gt", "labels") if (path / n).is_dir()), path)
    found: dict[str, Path] = {}
    for file in sorted(folder.rglob("*"), key=lambda path: by_name(str(path))):
        if not file.is_file() or file.suffix not in ("", ".txt") or file.name.startswith((".", "mapping", "README")):
            continue
        if _stem(file) in found:
            raise InputError(file, f"has the same stem as {found[_stem(file)]}.", hint="Keep one of the two.")
        found[_stem(file)] = file
    if not found:
        raise InputError(folder, "holds no label files; wanted one file a video, one label a line.")
    return found


def _mapping(path: Path) -> dict[str, int]:
    """Number of every name of a mapping file; a folder stands for the one in it. The word ``bg`` is background."""
    if path.is_dir():
        path = path / "mapping" / "mapping.txt" if (path / "mapping").is_dir() else path / "mapping.txt"
    ids = read_mapping(path)
    if not ids:
        raise InputError(path, 'is empty; wanted "ID NAME" a line.')
    return {name: int(BACKGROUND) if name == BACKGROUND_WORD else number for name, number in ids.items()}


def _stem(path: Path) -> str:
    return path.stem if path.suffix == ".txt" else path.name


def _natural(names: set[str]) -> dict[str, int]:
    """Numbers for names in natural order; whole numbers keep their value."""
    if all(_NUMBER.match(name) and int(name) >= -1 for name in names):
        return {name: int(name) for name in names}
    order = sorted(names, key=natural)
    return {name: BACKGROUND if name == BACKGROUND_WORD else i for i, name in enumerate(order)}


def _with_background(
    ids: Mapping[str, int], background: Sequence[str], spoken: Mapping[str, list[str]]
) -> dict[str, int]:
    occurring = {x for lines in spoken.values() for x in lines}
    for name in background:
        if name not in ids and name not in occurring:
            raise ConfigError(f'--background "{name}" is no label here; there are: {", ".join(sorted(occurring))}.')
    return {**ids, **dict.fromkeys(background, int(BACKGROUND))}


def _named(lines: list[str], ids: Mapping[str, int]) -> IntArray:
    """(T,) int64 action of each predicted name; a name that the ground truth does not know is wrong."""
    table = {line: ids.get(line, ids.get(line.split()[0], int(UNLABELLED))) for line in set(lines)}
    return np.array([table[line] for line in lines], dtype=np.int64)


def _cluster_count(found: Mapping[str, list[str]], ids: Mapping[str, int]) -> int | None:
    """K when the predictions are cluster numbers (and background), None when they are names."""
    labels = {label for lines in found.values() for label in lines} - _background_words(ids)
    if not labels or any(label in ids and not _NUMBER.match(label) for label in labels):
        return None
    if all(_NUMBER.match(label) and int(label) >= 0 for label in labels):
        return 1 + max(int(label) for label in labels)
    return None


def _background_words(ids: Mapping[str, int]) -> set[str]:
    """What stands for background in a prediction: -1, the word of our own exports, and what was named so."""
    return {"-1", BACKGROUND_WORD} | {name for name, number in ids.items() if number == BACKGROUND}
