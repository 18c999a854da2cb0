"""One action name a line, one line a frame: the files of MS-TCN (`frames`) and of CTE and TOT (`frames-cte`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ..data.dataset import BACKGROUND
from ..data.labels import read_labels
from .format import NAMES_FILE, README, Encoded, Format, Tracks, names_text
from .names import SURROGATE, file_stems, slugs, spoken
from .source import SourceFile
from .track import FileTrack, Interval, refuse_unlabelled

LOSSES = ("times in seconds", "review status, notes and comments", "the third state: unlabelled is refused")
BACKGROUND_WORD = "bg"
_README = """One line a frame, the action's name; line 1 is frame 0. Lines end with a line feed, the last one too.
mapping/mapping.txt: number and name of every action. {background}
{rates}
labels.json, where there is one: full names of actions and videos whose names were shortened here.
"""


def encode(tracks: Tracks, suffix: str) -> Encoded:
    """``groundTruth/NAME``, the mapping, and with the suffix ``.txt`` one bundle of all videos."""
    refuse_unlabelled(tracks)
    spoken(tracks, refuse=SURROGATE, escape=False)
    actions = {int(k): a.name for track in tracks for k, a in track.actions.items()}
    for track in tracks:
        for label in track.segmentation.labels.tolist():
            if label >= 0:
                actions.setdefault(label, track.name_of(label))
    words = slugs(actions)
    table = {**words, int(BACKGROUND): BACKGROUND_WORD}
    stems = file_stems(track.video for track in tracks)
    has_background = any(BACKGROUND in track.segmentation.labels for track in tracks)
    files: dict[str, str] = {}
    for track in tracks:
        lines = (f"{table[s.label]}\n" * s.length for s in track.segmentation.segments)
        files[f"groundTruth/{stems[track.video]}{suffix}"] = "".join(lines)
    mapping = [f"{number} {word}" for number, word in sorted(words.items())]
    if has_background:
        mapping.append(f"{max(words, default=-1) + 1} {BACKGROUND_WORD}")
    files["mapping/mapping.txt"] = "".join(f"{line}\n" for line in mapping)
    if suffix:
        files["splits/all.bundle"] = "".join(f"{stems[t.video]}{suffix}\n" for t in tracks)
    renamed = {
        "actions": {w: actions[k] for k, w in words.items() if w != actions[k]},
        "videos": {s: v for v, s in stems.items() if s != v},
    }
    if any(renamed.values()):
        files[NAMES_FILE] = names_text(renamed)
    rates = sorted({str(t.timebase.rate) if t.timebase.rate else "unknown" for t in tracks})
    files[README] = _README.format(
        background=f"{BACKGROUND_WORD} is background." if has_background else "There is no background.",
        rates=f"Frames per second: {', '.join(rates)}.",
    )
    return Encoded(files)


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """The one track of a frame-label file; equal lines that follow each other are one interval."""
    intervals, frame = [], 0
    for word, run in groupby(read_labels(file.checked())):
        length = sum(1 for _ in run)
        name = "" if word == BACKGROUND_WORD else file.action(word)
        intervals.append(Interval(frame, frame + length, name, f"line {frame + 1}"))
        frame += length
    stem = file.path.stem if file.path.suffix == ".txt" else file.path.name
    yield FileTrack(file.video(stem), "frames", tuple(intervals), file.path, n_frames=frame)


def _format(name: str, label: str, suffix: str) -> Format:
    return Format(
        name,
        label,
        "Frame labels",
        "",
        suffix,
        lambda tracks: encode(tracks, suffix),
        decode,
        LOSSES,
        in_seconds=False,
        has_gaps=False,
    )


WITH_SUFFIX = _format("frames", "Frame labels (MS-TCN: NAME.txt)", ".txt")
WITHOUT_SUFFIX = _format("frames-cte", "Frame labels (CTE, TOT: NAME without suffix)", "")
