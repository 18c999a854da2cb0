"""A new project file: written beside, and only then there under its name."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from uuid import uuid4

from ..annotation.segmentation import Segmentation
from ..annotation.values import TrackKind
from ..cache import publish
from ..data.dataset import Dataset, VideoId
from ..data.fingerprint import stamps_of
from ..errors import StoreError
from . import pack, rows, tracks
from .schema import create_tables


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
