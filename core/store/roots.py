"""Folders whose files a project may name: the person chose them on this computer, once each.

A project is only a file, and may come from anybody. The folders that it names are looked into after the person said so
(`remember`), which is kept beside the emergency files: in the data of the user, never in the project.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from ..annotation.document import Document
from ..cache import atomic_write, cache_dir
from ..data.dataset import Dataset
from ..errors import ForeignFoldersError
from . import places
from .emergency import data_dir

_MOST = 1000
"""Folders that are remembered, the newest."""


def check(project: Path, document: Document) -> None:
    """Nothing when every folder that a project names was chosen here. Raises ForeignFoldersError.

    What lies beside the project or below is chosen with it. A folder that is not there cannot be read and is no matter;
    whether one on a network drive is there is not tried.
    """
    known = [
        *chosen(),
        *_both(project.absolute().parent),
        *_both(cache_dir().absolute()),
        *_both(data_dir().absolute()),
    ]
    named = [document.dataset.root, *_folders(document.dataset), *_score_folders(document)]
    strange = [folder for folder in _outermost(named) if not _is_below(folder, known) and _may_be_there(folder)]
    # A link in a folder that was chosen may lead out of it.
    links = (Path(os.path.realpath(folder)) for folder in _outermost(named, all_of_them=True) if folder not in strange)
    strange += [real for real in _outermost(links) if not _is_below(real, known) and _may_be_there(real)]
    if strange := list(_outermost(strange)):
        raise ForeignFoldersError(project, strange)


def remember(folders: Iterable[Path]) -> None:
    """From now on files below these folders may be read, whatever project names them. Raises OSError."""
    before = chosen()
    new = [each for folder in folders for each in _both(folder.absolute()) if not _is_below(each, before)]
    if new:
        kept = list(dict.fromkeys(map(str, [*before, *new])))[-_MOST:]
        data_dir().mkdir(parents=True, exist_ok=True)
        atomic_write(_file(), json.dumps(kept, ensure_ascii=True, indent=1).encode())


def remember_dataset(dataset: Dataset) -> None:
    """The person chose this dataset: its root, and wherever its files lie."""
    with suppress(OSError):  # a home that cannot be written: it is asked the next time
        remember([dataset.root, *_outermost(_folders(dataset))])


def chosen() -> list[Path]:
    """The folders that were chosen; none where the list cannot be read."""
    try:
        found = json.loads(_file().read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    return [Path(each) for each in found if isinstance(each, str)] if isinstance(found, list) else []


def _file() -> Path:
    return data_dir() / "folders.json"


def _both(folder: Path) -> tuple[Path, Path]:
    """A folder as it is named, and where links lead it."""
    return folder, Path(os.path.realpath(folder))


def _folders(dataset: Dataset) -> Iterator[Path]:
    for video in dataset.videos:
        for path in (video.media, video.features, video.ground_truth):
            if path is not None:
                yield path.parent


def _score_folders(document: Document) -> Iterator[Path]:
    for prediction in document.predictions.values():
        if prediction.scores is not None:
            for path in (prediction.scores.posterior, prediction.scores.plan, prediction.scores.prior):
                if path.is_absolute():  # this program writes no others
                    yield path.parent


def _outermost(folders: Iterable[Path], *, all_of_them: bool = False) -> list[Path]:
    """The different ones of some folders that lie below none of the others, in order; with `all_of_them` all."""
    every = sorted(map(Path, {os.path.normpath(folder) for folder in folders}))
    if all_of_them:
        return every
    found: list[Path] = []
    for folder in every:
        if not _is_below(folder, found):
            found.append(folder)
    return found


def _is_below(folder: Path, roots: Iterable[Path]) -> bool:
    plain = Path(os.path.normpath(folder))
    return any(plain.is_relative_to(root) for root in roots)


def _may_be_there(folder: Path) -> bool:
    return places.kind_of(folder / "x") == "network drive" or os.path.lexists(folder)
