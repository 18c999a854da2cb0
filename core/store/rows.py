"""Dataset and videos as rows: the clock of each video is stored, so that opening needs no scan."""

from __future__ import annotations

import json
import sqlite3
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from ..data.dataset import Dataset, Video, VideoId
from ..data.timebase import MediaInfo, Timebase
from ..errors import DamagedProjectError
from . import pack

_MAX_PICTURES = 10_000_000


def put_meta(connection: sqlite3.Connection, key: str, value: Any) -> None:
    """One setting of the project, replaced."""
    text = pack.to_json(value)
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", (key, text, pack.crc(key, text)))


def get_meta(connection: sqlite3.Connection) -> dict[str, Any]:
    """All settings of the project."""
    found = {}
    for key, text, stored in connection.execute("SELECT key, value, crc FROM meta"):
        pack.check(stored, key, text, place=f'the setting "{key}"')
        found[key] = json.loads(text)
    return found


def get_stamps(connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
    """The fingerprints of the files by video and kind; none in a project that was made before they were kept."""
    found = get_meta(connection).get("fingerprints")
    if not isinstance(found, dict):
        return {}
    return {str(v): {str(k): str(t) for k, t in kinds.items()} for v, kinds in found.items() if isinstance(kinds, dict)}


def put_dataset(connection: sqlite3.Connection, dataset: Dataset) -> None:
    """Everything of a dataset but its problems, which the next scan finds again."""
    put_meta(connection, "root", str(dataset.root.absolute()))
    for key in ("activity", "layout", "granularity"):
        put_meta(connection, key, getattr(dataset, key))
    for key in ("activities", "granularities", "findings"):
        put_meta(connection, key, list(getattr(dataset, key)))
    put_meta(connection, "background_names", sorted(dataset.background_names))
    connection.execute("DELETE FROM video WHERE place >= ?", (len(dataset.videos),))
    for place, video in enumerate(dataset.videos):
        text, pts = _video_row(video, dataset.root.absolute())
        connection.execute(
            "INSERT INTO video VALUES (?, ?, ?, ?) ON CONFLICT(place) DO UPDATE SET value=excluded.value, "
            "pts=excluded.pts, crc=excluded.crc",
            (place, text, pts, pack.crc(place, text, pts)),
        )


def get_dataset(connection: sqlite3.Connection) -> Dataset:
    """The dataset as it was stored. Raises DamagedProjectError."""
    meta = get_meta(connection)
    root = Path(meta["root"])
    videos, actions = [], []
    for place, text, pts, stored in connection.execute("SELECT place, value, pts, crc FROM video ORDER BY place"):
        pack.check(stored, place, text, pts, place=f"the row of video {place + 1}")
        videos.append(unpack_video(json.loads(text), pts, root))
    for number, text, stored in connection.execute("SELECT id, value, crc FROM action ORDER BY id"):
        pack.check(stored, number, text, place=f"action {number}")
        actions.append(pack.action(json.loads(text)))
    return Dataset(
        root,
        meta["activity"],
        tuple(videos),
        tuple(actions),
        (),
        meta["layout"],
        tuple(meta["activities"]),
        meta["granularity"],
        tuple(meta["granularities"]),
        tuple(meta["findings"]),
        frozenset(meta["background_names"]),
    )


def _video_row(video: Video, root: Path) -> tuple[str, bytes]:
    clock, media = video.timebase, video.timebase.media
    value: dict[str, Any] = {
        "id": video.id,
        "name": video.name,
        "n_dimensions": video.n_dimensions,
        "transposed": video.transposed,
        "is_trainable": video.is_trainable,
        "n_frames": clock.n_frames,
        "rate": _text(clock.rate),
        "picture_ratio": str(clock.picture_ratio),
        "n_rows": clock.n_rows,
        "stride": str(clock.stride),
        "rows_average": clock.rows_average,
        "row_frames": None if clock.row_frames is None else clock.row_frames.tolist(),
    }
    for key in ("media", "features", "ground_truth"):
        path = getattr(video, key)
        value[f"{key}_path"] = None if path is None else _relative(path, root)
    pts = b""
    if media is not None:
        value["media"] = {
            "unit": str(media.unit),
            "end": int(media.end),
            "rate": _text(media.rate),
            "is_variable": media.is_variable,
            "width": media.width,
            "height": media.height,
            "rotation": media.rotation,
            "n": media.n_pictures,
            "stream": media.stream,
            "fingerprint": media.fingerprint,
        }
        pts = zlib.compress(np.diff(media.pts, prepend=0).astype("<i8").tobytes(), 6)
    return pack.to_json(value), pts


def _text(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _relative(path: Path, root: Path) -> str:
    path = path.absolute()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def unpack_video(value: dict[str, Any], packed: bytes, root: Path) -> Video:
    """The video of one stored row. Raises DamagedProjectError, and what wrong values lead to."""
    media = None
    if stated := value.get("media"):
        size = int(stated["n"]) * 8
        if not 0 < size <= _MAX_PICTURES * 8:
            raise DamagedProjectError(f'"{value["name"]}" claims {stated["n"]} pictures; up to {_MAX_PICTURES:,}.')
        data = zlib.decompressobj().decompress(packed, max(1, size))
        if len(data) != size:
            raise DamagedProjectError(f'The clock of "{value["name"]}" is damaged. The file was left as it is.')
        pts = np.cumsum(np.frombuffer(data, "<i8"))
        pts.setflags(write=False)
        media = MediaInfo(
            pts,
            Fraction(stated["unit"]),
            stated["end"],
            _fraction(stated["rate"]),
            stated["is_variable"],
            stated["width"],
            stated["height"],
            stated["rotation"],
            stated.get("stream", -1),  # absent in projects of earlier versions, as is the next
            stated.get("fingerprint", ""),
        )
    clock = Timebase(
        value["n_frames"],
        _fraction(value["rate"]),
        media,
        Fraction(value["picture_ratio"]),
        value["n_rows"],
        Fraction(value["stride"]),
        value["rows_average"],
        _row_frames(value),
    )
    return Video(
        VideoId(value["id"]),
        value["name"],
        clock,
        _path(value["media_path"], root),
        _path(value["features_path"], root),
        value["n_dimensions"],
        value["transposed"],
        _path(value["ground_truth_path"], root),
        value["is_trainable"],
    )


def _row_frames(value: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.int64]] | None:
    """The frame of each feature row where it is stored; a project made before it was has none."""
    stored = value.get("row_frames")
    if stored is None:
        return None
    frames = np.array(stored, dtype=np.int64)
    if frames.shape != (value["n_rows"],) or (np.diff(frames, prepend=-1) <= 0).any():
        raise DamagedProjectError(f'The clock of "{value["name"]}" is damaged. The file was left as it is.')
    frames.setflags(write=False)
    return frames


def _fraction(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)


def _path(text: str | None, root: Path) -> Path | None:
    """Where a stored path lies now. A relative one may not climb out of the dataset."""
    if text is None:
        return None
    if ".." in Path(text).parts or ".." in text.split("\\"):
        raise DamagedProjectError(f'The path "{text}" leaves the folder of the dataset. The file was left as it is.')
    if "://" in text or "\0" in text:
        raise DamagedProjectError(f'The path "{text}" is no path of a file. The file was left as it is.')
    if text.startswith(("\\\\", "//")) and not str(root).startswith(("\\\\", "//")):
        return None  # another computer: looking there would tell it who opens the project
    return root / text
