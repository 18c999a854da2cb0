"""What lies beside the log: tracks, label maps, reviews, actions, runs and weights, each row with its check sum."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

import msgspec

from ..annotation.document import Document
from ..annotation.edit import Swap
from ..annotation.segmentation import Segmentation
from ..annotation.values import (
    ActionKey,
    CommentKey,
    KitTextKey,
    LabelMap,
    MapKey,
    Prediction,
    Run,
    RunName,
    RunNameKey,
    ScoresRef,
    StepTextKey,
    TrackKey,
    TrackKind,
)
from ..data.dataset import Action, RunId, VideoId
from ..errors import DamagedProjectError, StoreError
from . import comments, kit_text, pack, rows

_MAX_WEIGHTS = 64 << 20
_SAID_OF_A_RUN = {each.name for each in fields(Run)}


def put_track(
    connection: sqlite3.Connection,
    place: int,
    kind: TrackKind,
    segs: bytes,
    *,
    run: str = "",
    seq: int = 0,
    extra: str = "",
) -> None:
    """One track, replaced."""
    connection.execute(
        "INSERT OR REPLACE INTO track VALUES (?, ?, ?, ?, ?, ?, ?)",
        (place, str(kind), run, seq, segs, extra, pack.crc(place, str(kind), run, seq, segs, extra)),
    )


def put_action(connection: sqlite3.Connection, action: Action) -> None:
    """One action, replaced."""
    text = pack.to_json(pack.plain(action))
    connection.execute(
        "INSERT OR REPLACE INTO action VALUES (?, ?, ?)", (int(action.id), text, pack.crc(int(action.id), text))
    )


def put_label_map(connection: sqlite3.Connection, label_map: LabelMap) -> None:
    """One label map, replaced."""
    text = pack.to_json(pack.plain(label_map))
    connection.execute(
        "INSERT OR REPLACE INTO label_map VALUES (?, ?, ?)", (label_map.run, text, pack.crc(label_map.run, text))
    )


def put_swap(connection: sqlite3.Connection, swap: Swap, places: Mapping[VideoId, int], seq: int) -> None:
    """The value after a swap, in its table; a value that is gone loses its row."""
    key, after = swap.key, swap.after
    if isinstance(key, TrackKey):
        place = places[key.video]
        if isinstance(after, Segmentation):
            put_track(connection, place, TrackKind.CORRECTED, pack.pack_track(after), seq=seq)
        else:
            connection.execute("DELETE FROM track WHERE video=? AND kind=?", (place, str(TrackKind.CORRECTED)))
    elif isinstance(key, MapKey):
        if isinstance(after, LabelMap):
            put_label_map(connection, after)
        else:
            connection.execute("DELETE FROM label_map WHERE run=?", (key.run,))
    elif isinstance(key, ActionKey):
        if isinstance(after, Action):
            put_action(connection, after)
        else:
            connection.execute("DELETE FROM action WHERE id=?", (int(key.action),))
    elif isinstance(key, StepTextKey | KitTextKey):
        kit_text.put(connection, key, after)
    elif isinstance(key, RunNameKey):
        _put_run_name(connection, key.run, after.name if isinstance(after, RunName) else "")
    elif isinstance(key, CommentKey):
        comments.put(connection, key, places[key.video], after)
    else:
        place = places[key.video]
        connection.execute("DELETE FROM review WHERE video=?", (place,))
        if after is not None:
            text = pack.to_json(pack.plain(after))
            connection.execute("INSERT INTO review VALUES (?, ?, ?)", (place, text, pack.crc(place, text)))


def put_run(connection: sqlite3.Connection, run: Run, label_map: LabelMap, weights: bytes | None) -> None:
    """A run with its map and weights (None where they were lost), once; one that is there is left alone."""
    if connection.execute("SELECT 1 FROM run WHERE id=?", (run.id,)).fetchone():
        return
    text = pack.to_json(msgspec.to_builtins(run))
    connection.execute("INSERT INTO run VALUES (?, ?, ?, ?)", (run.id, run.number, text, pack.crc(run.id, text)))
    if weights is not None:
        digest = hashlib.sha256(weights).hexdigest()
        connection.execute("INSERT INTO weights VALUES (?, ?, ?)", (run.id, digest, weights))
    put_label_map(connection, label_map)


def put_run_values(connection: sqlite3.Connection, run: Run) -> None:
    """What is said of a run that is there; its weights and its map stay, and what a newer version said beside."""
    row = connection.execute("SELECT value FROM run WHERE id=?", (run.id,)).fetchone()
    before = {} if row is None else json.loads(row[0])
    unknown = {key: value for key, value in before.items() if key not in _SAID_OF_A_RUN}
    text = pack.to_json({**unknown, **msgspec.to_builtins(run)})
    connection.execute("UPDATE run SET value=?, crc=? WHERE id=?", (text, pack.crc(run.id, text), run.id))


def _put_run_name(connection: sqlite3.Connection, run: RunId, name: str) -> None:
    row = connection.execute("SELECT value FROM run WHERE id=?", (run,)).fetchone()
    if row is not None:
        put_run_values(connection, replace(msgspec.convert(json.loads(row[0]), Run), given_name=name))


def check_weights(weights: bytes) -> None:
    """Nothing when the weights fit a project. Raises StoreError."""
    if len(weights) > _MAX_WEIGHTS:
        raise StoreError(
            f"The weights have {len(weights) >> 20} MB; a project holds up to {_MAX_WEIGHTS >> 20} MB. "
            "Train with fewer dimensions or clusters."
        )


def get_weights(connection: sqlite3.Connection, run: RunId) -> bytes:
    """The weights of a run. Raises StoreError (none), DamagedProjectError."""
    row = connection.execute("SELECT sha256, data FROM weights WHERE run=?", (run,)).fetchone()
    if row is None:
        raise StoreError(f'The project holds no weights of run "{run}".')
    if hashlib.sha256(row[1]).hexdigest() != row[0]:
        raise DamagedProjectError(f'The weights of run "{run}" fail their check. The file was left as it is.')
    return bytes(row[1])


def put_prediction(connection: sqlite3.Connection, prediction: Prediction, place: int) -> None:
    """A prediction; one for the same run and video is replaced."""
    scores = prediction.scores
    extra = pack.to_json(
        {
            "decoder": prediction.decoder,
            "scores": None if scores is None else [str(scores.posterior), str(scores.plan), str(scores.prior)],
        }
    )
    put_track(
        connection,
        place,
        TrackKind.PREDICTION,
        pack.pack_track(prediction.segmentation),
        run=prediction.run,
        extra=extra,
    )


def load(connection: sqlite3.Connection, document: Document) -> None:
    """Fill a document with every row. Raises DamagedProjectError for the first that fails its check."""
    videos = list(document.videos)
    for run, text, stored in connection.execute("SELECT id, value, crc FROM run ORDER BY number"):
        pack.check(stored, run, text, place=f"run {run}")
        document.runs[RunId(run)] = msgspec.convert(json.loads(text), Run)
    for run, text, stored in connection.execute("SELECT run, value, crc FROM label_map"):
        pack.check(stored, run, text, place=f"the label map of run {run}")
        document.label_maps[RunId(run)] = pack.label_map(RunId(run), json.loads(text))
    for place, text, stored in connection.execute("SELECT video, value, crc FROM review"):
        pack.check(stored, place, text, place=f"the review of video {place + 1}")
        document.reviews[videos[place]] = pack.review(json.loads(text))
    kit_text.load(rows.get_meta(connection), document)
    comments.load(connection, document)
    for place, kind, run, seq, segs, extra, stored in connection.execute("SELECT * FROM track"):
        pack.check(stored, place, kind, run, seq, segs, extra, place=f"the {kind} track of video {place + 1}")
        add_track(document, videos[place], kind, RunId(run), pack.unpack_track(segs), extra)


def add_track(document: Document, video: VideoId, kind: str, run: RunId, track: Segmentation, extra: str) -> None:
    """File a track under its kind. Raises DamagedProjectError."""
    if track.n_frames != document.videos[video].timebase.n_frames:
        raise DamagedProjectError(
            f'A track of "{video}" has another length than its video. The file was left as it is.'
        )
    if kind == TrackKind.CORRECTED:
        document.corrected[video] = track
    elif kind == TrackKind.GROUND_TRUTH:
        document.imported[video] = track
    else:
        value = json.loads(extra)
        paths = value["scores"]
        scores = ScoresRef(Path(paths[0]), Path(paths[1]), Path(paths[2])) if paths else None
        document.predictions[run, video] = Prediction(run, video, track, scores, value["decoder"])
