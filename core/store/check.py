"""Reading every row of a project and following its log back: nothing is changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..annotation.document import Document
from ..annotation.history import History
from ..data.dataset import VideoId
from ..errors import DamagedProjectError, EditError, StoreError
from . import log, pack, rows, tracks
from .schema import Connection, connect, read_header, time_limit

_READ_S, _BYTES_PER_S = 30.0, 20 << 20
"""A file may take this long to be read whole, and a second more for each 20 MB."""
MAX_FRAMES = 100_000_000
MAX_CLUSTERS = 65_000


def read_document(connection: Connection) -> Document:
    """The whole project as values. Raises DamagedProjectError, whatever is wrong with it."""
    with _edge(), time_limit(connection, _READ_S + _size(connection) / _BYTES_PER_S):
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise DamagedProjectError(f"The project is damaged: {found}. The file was left as it is.")
        document = Document(rows.get_dataset(connection))
        tracks.load(connection, document)
        _check_limits(document)
    return document


def read_history(connection: Connection, document: Document) -> History:
    """Undo and redo stacks as the log left them. Raises DamagedProjectError, whatever is wrong with it."""
    with _edge():
        return log.load_history(connection, list(document.videos))


@contextmanager
def _edge() -> Iterator[None]:
    """The outer edge of a loader: a stranger's rows can be anything with a right check sum."""
    try:
        yield
    except (StoreError, MemoryError):
        raise
    except Exception as error:
        reason = str(error) if isinstance(error, sqlite3.Error | EditError) else f"a row holds {error!r}"[:200]
        raise DamagedProjectError(f"The project is damaged: {reason}. The file was left as it is.") from error


def _size(connection: Connection) -> int:
    pages, size = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("page_count", "page_size"))
    return pages * size


def _check_limits(document: Document) -> None:
    """Nothing when no number of a project can exhaust the memory and each row names what is there."""
    for video in document.videos.values():
        if not 1 <= video.timebase.n_frames <= MAX_FRAMES:
            raise DamagedProjectError(f'"{video.name}" claims {video.timebase.n_frames} frames; up to {MAX_FRAMES:,}.')
    if len(document.videos) != len(document.dataset.videos):
        raise DamagedProjectError("Two videos of the project have one name. The file was left as it is.")
    if document.runs.keys() != document.label_maps.keys():
        raise DamagedProjectError("A run of the project has no label map. The file was left as it is.")
    for label_map in document.label_maps.values():
        if not 1 <= label_map.n_clusters <= MAX_CLUSTERS:
            raise DamagedProjectError(f"A label map claims {label_map.n_clusters} clusters; up to {MAX_CLUSTERS:,}.")
    if unknown := {run for run, _ in document.predictions} - document.runs.keys():
        raise DamagedProjectError(f'A prediction belongs to the run "{min(unknown)}", which is not there.')


def replay_back(connection: Connection, document: Document) -> int:
    """Number of log rows that fit when they are taken back one by one; the document ends at its first state.

    Raises:
        DamagedProjectError: a row does not lead to the values that are stored.
    """
    videos, count = list(document.videos), 0
    for kind, text, swaps in connection.execute("SELECT kind, text, swaps FROM edit ORDER BY seq DESC"):
        edit = pack.unpack_edit(swaps, text, "redo" if kind == "undo" else "undo", document, videos)
        try:
            document.apply(edit)
        except EditError as error:
            raise DamagedProjectError(f"The log does not lead to the stored tracks: {error}") from error
        count += 1
    if document.corrected or document.reviews or document.step_texts or document.kit_text or document.comments:
        raise DamagedProjectError("A track or a text has no beginning in the log. The file was left as it is.")
    return count


def check_rows(connection: Connection) -> Document:
    """The document after the check sums of every row, weights included. Raises StoreError."""
    document = read_document(connection)
    read_history(connection, document)
    log.check_launches(connection)
    for (run,) in connection.execute("SELECT run FROM weights").fetchall():
        tracks.get_weights(connection, run)
    return document


def read_all(path: Path, *, replay: bool = True) -> int:
    """Number of log rows of a closed project after a full check: check sums, weights, replay. Raises StoreError.

    Without `replay` the rows are checked, but not followed back; that costs a tenth with a long log.
    """
    try:
        connection = connect(path, read_only=True, version=read_header(path))
    except sqlite3.Error as error:
        raise DamagedProjectError(f"{path} is damaged: {error}. The file was left as it is.") from error
    try:
        document = check_rows(connection)
        return replay_back(connection, document) if replay else log.head(connection)
    except sqlite3.Error as error:
        raise DamagedProjectError(f"{path} is damaged: {error}. The file was left as it is.") from error
    finally:
        connection.close()


_PARTS = (
    "actions", "imported", "corrected", "predictions", "runs", "label_maps", "reviews", "step_texts", "kit_text",
    "comments",
)  # fmt: skip


def differences(one: Document, other: Document) -> list[str]:
    """Names of the parts in which two documents differ: `videos`, `corrected`, ..."""
    found = [part for part in _PARTS if getattr(one, part) != getattr(other, part)]
    if _clocks(one) != _clocks(other):
        found.append("videos")
    return found


def _clocks(document: Document) -> dict[VideoId, tuple[object, ...]]:
    return {
        video.id: (video.name, video.media, video.features, clock.n_frames, clock.rate, clock.n_rows, clock.stride)
        for video in document.videos.values()
        for clock in [video.timebase]
    }
