"""One action name a line, one line a frame: the files of MS-TCN (`frames`) and of CTE and TOT (`frames-cte`)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from ..annotation.segmentation import Segmentation
from ..cache import atomic_write
from ..data.dataset import BACKGROUND
from ..data.labels import read_labels
from ..errors import InputError
from .track import ExportSummary, ExportTrack, ImportTrack, file_stems, refuse_unlabelled, slugs

LOSSES = ("times in seconds", "review status and notes", "the third state: unlabelled is refused")
BACKGROUND_WORD = "bg"
_README = """One line a frame, the action's name; line 1 is frame 0. Lines end with a line feed, the last one too.
mapping/mapping.txt: number and name of every action. {background}
{rates}
labels.json, where there is one: full names of actions and videos whose names were shortened here.
"""


def write_with_suffix(tracks: Sequence[ExportTrack], out: Path) -> ExportSummary:
    """The summary after writing ``groundTruth/NAME.txt``, the mapping and one bundle of all videos."""
    return _write(tracks, out, name="frames", suffix=".txt")


def write_without_suffix(tracks: Sequence[ExportTrack], out: Path) -> ExportSummary:
    """The summary after writing ``groundTruth/NAME`` and the mapping."""
    return _write(tracks, out, name="frames-cte", suffix="")


def _write(tracks: Sequence[ExportTrack], out: Path, *, name: str, suffix: str) -> ExportSummary:
    refuse_unlabelled(tracks, out)
    actions = {int(k): a.name for track in tracks for k, a in track.actions.items()}
    for track in tracks:
        for label in track.segmentation.labels.tolist():
            if label >= 0:
                actions.setdefault(label, track.name_of(label))
    words = slugs(actions)
    stems = file_stems([track.video for track in tracks])
    has_background = any(BACKGROUND in track.segmentation.labels for track in tracks)
    files: dict[Path, str] = {}
    for track in tracks:
        table = {**words, BACKGROUND: BACKGROUND_WORD}
        lines = (f"{table[s.label]}\n" * s.length for s in track.segmentation.segments)
        files[out / "groundTruth" / f"{stems[track.video]}{suffix}"] = "".join(lines)
    mapping = [f"{number} {word}" for number, word in sorted(words.items())]
    if has_background:
        mapping.append(f"{max(words, default=-1) + 1} {BACKGROUND_WORD}")
    files[out / "mapping" / "mapping.txt"] = "".join(f"{line}\n" for line in mapping)
    if suffix:
        files[out / "splits" / "all.bundle"] = "".join(f"{stems[t.video]}{suffix}\n" for t in tracks)
    renamed = {
        "actions": {w: actions[k] for k, w in words.items() if w != actions[k]},
        "videos": {s: v for v, s in stems.items() if s != v},
    }
    if any(renamed.values()):
        files[out / "labels.json"] = json.dumps(renamed, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    rates = sorted({str(t.timebase.rate) if t.timebase.rate else "unknown" for t in tracks})
    files[out / "README.txt"] = _README.format(
        background=f"{BACKGROUND_WORD} is background." if has_background else "There is no background.",
        rates=f"Frames per second: {', '.join(rates)}.",
    )
    for path, text in files.items():
        atomic_write(path, text.encode("utf-8"))
    return ExportSummary(name, out, tuple(files), len(tracks), sum(len(t.segmentation) for t in tracks), LOSSES)


def read(path: Path) -> list[ImportTrack]:
    """The tracks of a folder of frame-label files (or of its ``groundTruth``), or of one such file."""
    root = path
    if path.is_dir():
        inner = next((path / n for n in ("groundTruth", "gt", "labels") if (path / n).is_dir()), path)
        files = sorted(
            p
            for p in inner.iterdir()
            if p.is_file() and p.suffix in ("", ".txt") and not p.name.startswith((".", "mapping", "README"))
        )
    elif path.is_file():
        files, root = [path], path.parent.parent
    else:
        raise InputError(path, "is not there; wanted a folder of label files or one label file.")
    if not files:
        raise InputError(path, "holds no label files; wanted one file a video, one action name a line.")
    full = _full_names(root / "labels.json")
    return [_read_file(file, full) for file in files]


def _read_file(path: Path, full: dict[str, dict[str, str]]) -> ImportTrack:
    lines = read_labels(path)
    names = sorted(set(lines))
    number = {name: i for i, name in enumerate(names)}
    cut = Segmentation.from_frames([number[line] for line in lines])
    labels = [names[i] for i in cut.labels.tolist()]
    known = full.get("actions", {})
    return ImportTrack(
        full.get("videos", {}).get(
            path.stem if path.suffix == ".txt" else path.name, path.stem if path.suffix == ".txt" else path.name
        ),
        tuple(cut.starts.tolist()),
        tuple("" if name == BACKGROUND_WORD else known.get(name, name) for name in labels),
        cut.n_frames,
    )


def _full_names(path: Path) -> dict[str, dict[str, str]]:
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {k: {str(a): str(b) for a, b in found.get(k, {}).items()} for k in ("actions", "videos")}
    except (ValueError, AttributeError) as error:
        raise InputError(path, f"is not the table of names that an export writes: {error}.") from error
