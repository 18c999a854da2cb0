"""Small datasets of every published layout (A to H), written to a folder with a known answer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from core.data.timebase import MediaInfo
from core.requests import TrainVideo

STEPS = ("reach", "turn", "place")
LENGTHS = {"clip_01": 24, "clip_02": 31, "clip_03": 40}
WIDTH = 8


def matrix(n_rows: int, n_columns: int = WIDTH, seed: int = 0) -> np.ndarray:
    """(n_rows, n_columns) float32 by chance."""
    return np.random.default_rng(seed).normal(size=(n_rows, n_columns)).astype(np.float32)


def frame_labels(n: int, names: tuple[str, ...] = STEPS) -> list[str]:
    """One label a frame, the steps in order."""
    return [names[min(len(names) - 1, i * len(names) // n)] for i in range(n)]


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def save(path: Path, values: np.ndarray) -> Path:
    """A matrix as its suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".npy":
        np.save(path, values)
    else:
        np.savetxt(path, values)
    return path


def train_video(
    path: Path, rows: np.ndarray, *, stride: int = 1, starts: Sequence[int] = (), labels: Sequence[int] = ()
) -> TrainVideo:
    """A video to train on, called as its file of features, with ground truth where `labels` are given."""
    save(path, rows.astype(np.float32))
    return TrainVideo(
        id=path.stem,
        features=str(path),
        n_frames=stride * len(rows),
        n_rows=len(rows),
        n_dimensions=rows.shape[1],
        stride_numerator=stride,
        truth_starts=list(starts),
        truth_labels=list(labels),
    )


def mapping_text(names: tuple[str, ...] = STEPS) -> str:
    return "".join(f"{i} {name}\n" for i, name in enumerate(names))


def layout(root: Path, letter: str, *, lengths: dict[str, int] | None = None) -> Path:
    """The dataset in one layout; features, labels and names are the same in A, B, C, D, F and H."""
    for seed, (name, n) in enumerate((lengths or LENGTHS).items()):
        values, labels = matrix(n, seed=seed), "\n".join(frame_labels(n)) + "\n"
        if letter in "ADF":
            save(root / "features" / f"{name}.{'txt' if letter == 'A' else 'npy'}", values)
        if letter == "A":
            write(root / "groundTruth" / name, labels)
        elif letter == "B":
            save(root / "features" / f"{name}.npy", values.T)
        elif letter == "C":
            save(root / "features" / "cam01" / f"{name}.txt", values)
        elif letter == "E":
            write(root / f"{name}.mp4", "")
        elif letter == "G":
            save(root / "affinity" / f"{name}.npy", matrix(n, 5, seed))
            write(root / "gt" / name, labels)
        elif letter == "H":
            save(root / "features" / f"{name}.npy", values)
            write(root / "labels" / f"{name}.txt", segment_list(frame_labels(n)))
        if letter in "BCDF":
            write(root / "groundTruth" / f"{name}.txt", labels)
        if letter == "D":
            write(root / "videos" / f"{name}.mp4", "")
    places = {"A": "mapping/mapping.txt", "B": "mapping.txt", "D": "mapping/mapping.txt", "G": "gt/mapping_steps.txt"}
    if letter in places:
        write(root / places[letter], mapping_text())
    if letter == "H":
        write(root / "mapping" / "mapping.txt", mapping_text())
    if letter == "B":
        write(root / "splits" / "train.split1.bundle", "clip_01.txt\nclip_03.txt\n")
        write(root / "splits" / "test.split1.bundle", "clip_02.txt\n")
    return root


def segment_list(labels: list[str], style: str = "commas", first: int = 1) -> str:
    """Segments as 50 Salads (``commas``) or YouTube Instructions (``dash``) write them."""
    lines, start = [], 0
    for stop in range(1, len(labels) + 1):
        if stop == len(labels) or labels[stop] != labels[start]:
            a, b, name = start + first, stop - 1 + first, labels[start]
            lines.append(f"{a}, {b}, {name}, {STEPS.index(name)}" if style == "commas" else f"{a}-{b} {name}")
            start = stop
    return "\n".join(lines) + "\n"


def probe(path: Path) -> MediaInfo:
    """A video at 30 pictures a second with as many pictures as the dataset's labels."""
    n = LENGTHS.get(path.stem, 30)
    return MediaInfo(np.arange(n), Fraction(1, 30), n, Fraction(30), False, 32, 24)


def three_parts(root: Path, n_videos: int) -> Path:
    """Videos v0, v1 and so on, 120 frames each, with features by chance and labels: a, b, c in equal parts."""
    write(root / "mapping" / "mapping.txt", "0 a\n1 b\n2 c\n")
    draw = np.random.default_rng(0)
    for number in range(n_videos):
        save(root / "features" / f"v{number}.npy", draw.normal(size=(120, 4)).astype("f4"))
        write(root / "groundTruth" / f"v{number}.txt", "a\n" * 40 + "b\n" * 40 + "c\n" * 40)
    return root
