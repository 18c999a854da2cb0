"""A new project file, from a dataset or from all values: written beside, and only then there under its name."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from ..annotation.document import Document
from ..annotation.edit import Edit, Swap
from ..annotation.segmentation import Segmentation
from ..annotation.values import CommentKey, KitTextKey, ReviewKey, StepTextKey, TrackKey, TrackKind
from ..cache import check_wanted, publish
from ..data.dataset import Dataset, VideoId
from ..data.fingerprint import stamps_of
from ..errors import StoreError
from . import log, pack, rows, tracks
from .check import read_all
from .schema import connect, create_tables


def create(path: Path, dataset: Dataset, ground_truth: Mapping[VideoId, Segmentation]) -> None:
    """A whole project at `path`, closed. Raises StoreError when something is there already."""
    if len({video.id for video in dataset.videos}) != len(dataset.videos):
        raise StoreError("Two videos of the dataset have the same name. Rename one and scan again.")
    taken = StoreError(f"{path} exists already. Open it, or choose another name.")
    if os.path.lexists(path):
        raise taken
    temporary = path.with_name(f".{path.name}.partial-{uuid4().hex[:8]}")
    try:
        fill(temporary, dataset, ground_truth)
        check_wanted()
        try:
            os.link(temporary, path)  # unlike a rename, this never replaces
        except FileExistsError:
            raise taken from None
        except (OSError, NotImplementedError):
            publish(temporary, path)  # a file system without links
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path} cannot be written: {error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


def fill(path: Path, dataset: Dataset, ground_truth: Mapping[VideoId, Segmentation]) -> None:
    """The same at a path that nobody else looks at yet. Raises OSError, sqlite3.Error."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("BEGIN IMMEDIATE")
        create_tables(connection)
        rows.put_meta(connection, "uid", uuid4().hex)
        rows.put_dataset(connection, dataset)
        rows.put_meta(connection, "fingerprints", {video.id: stamps_of(video) for video in dataset.videos})
        for action in dataset.actions:
            tracks.put_action(connection, action)
        for place, video in enumerate(dataset.videos):
            if (track := ground_truth.get(video.id)) is not None:
                tracks.put_track(connection, place, TrackKind.GROUND_TRUTH, pack.pack_track(track))
        connection.execute("COMMIT")
    finally:
        connection.close()


@contextmanager
def appearing(out: Path) -> Iterator[Path]:
    """A path beside `out` to write a project at, which is read as a whole before it takes the name of `out`.

    Raises:
        StoreError: the disk or SQLite could not, or a row of what was written is not what it was.
    """
    temporary = out.with_name(f".{out.name}.partial-{uuid4().hex[:8]}")
    try:
        yield temporary
        read_all(temporary)
        publish(temporary, out)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{out} cannot be written: {error}.") from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_values(path: Path, document: Document, *, weights: Mapping[str, bytes] | None = None) -> None:
    """A new project with the values of a document; corrected tracks and reviews come in as one edit.

    Raises:
        OSError, sqlite3.Error.
    """
    fill(path, document.dataset, document.imported)
    places = {video: place for place, video in enumerate(document.videos)}
    connection = connect(path)
    try:
        connection.execute("BEGIN IMMEDIATE")
        for action in document.actions.values():
            tracks.put_action(connection, action)
        for run in document.runs.values():
            tracks.put_run(connection, run, document.label_maps[run.id], (weights or {}).get(run.id))
        for prediction in document.predictions.values():
            tracks.put_prediction(connection, prediction, places[prediction.video])
        swaps = [Swap(TrackKey(video), None, track) for video, track in document.corrected.items()]
        swaps += [Swap(ReviewKey(video), None, review) for video, review in document.reviews.items()]
        swaps += [Swap(StepTextKey(action), None, text) for action, text in document.step_texts.items()]
        if document.kit_text is not None:
            swaps.append(Swap(KitTextKey(), None, document.kit_text))
        for video, comments in document.comments.items():
            swaps += [Swap(CommentKey(video, number), None, comment) for number, comment in comments.items()]
        if swaps:
            edit = Edit("what was saved", tuple(swaps))
            row = log.Row(1, 0, "edit", edit, pack.pack_edit(edit, places), None, log.now())
            log.append(connection, row, places)
        connection.execute("COMMIT")
    finally:
        connection.close()
