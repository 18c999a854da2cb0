"""Which files of a dataset are features, labels, mappings and videos, and which belong together."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .dataset import Problem

FEATURES, LABELS, VIDEOS = {"features", "feats"}, {"groundtruth", "gt", "labels"}, {"videos", "video"}
MAPPING, SCORES = {"mapping"}, {"affinity", "scores"}
MATRIX_SUFFIXES = {".npy", ".txt", ".csv"}
REFUSED_SUFFIXES = {".npz", ".pt", ".pkl", ".mat", ".h5", ".gz"}
VIDEO_SUFFIXES = {".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v", ".mpg", ".mpeg", ".wmv", ".gif", ".ts", ".flv"}
IGNORED = {
    "__macosx",
    "thumbs.db",
    "models",
    "output",
    "segmentation",
    "likelihood",
    "logs",
    "runs",
    "plots",
    "video_segmentation",
    "embed",
}


@dataclass
class Found:
    """The files of one dataset by kind, before they are joined."""

    features: list[Path] = field(default_factory=list)
    labels: list[Path] = field(default_factory=list)
    videos: list[Path] = field(default_factory=list)
    mappings: list[Path] = field(default_factory=list)
    scores: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    base: dict[Path, Path] = field(default_factory=dict)
    has_splits: bool = False


def natural(text: object) -> list[object]:
    """Sort key that counts the numbers inside a text."""
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p) for p in re.split(r"(\d+)", str(text)) if p]


def stem(path: Path) -> str:
    """File name without its last known suffix; other dots stay."""
    known = MATRIX_SUFFIXES | REFUSED_SUFFIXES | VIDEO_SUFFIXES
    return path.name[: -len(path.suffix)] if path.suffix.lower() in known else path.name


def find_root(root: Path) -> Path:
    """The folder that holds the dataset: the chosen one or its only child that does. Raises InputError."""
    if not root.is_dir():
        raise InputError(root, "no such folder.", hint="Choose the folder that holds the dataset.")
    kinds = FEATURES | LABELS
    if root.name.lower() in kinds and any(
        _names(root.parent) & k for k in (FEATURES, LABELS) if root.name.lower() not in k
    ):
        raise InputError(root, "is one part of a dataset.", hint=f"Choose {root.parent}.")
    if _names(root) & (kinds | SCORES | VIDEOS) or any(p.is_file() and is_data(p) for p in root.iterdir()):
        return root
    below = [p for p in sorted(root.iterdir()) if p.is_dir() and not p.is_symlink() and _names(p) & kinds]
    if len(below) > 1:
        names = ", ".join(p.name for p in below)
        raise InputError(root, f"holds {len(below)} datasets: {names}.", hint="Choose one of them.")
    return below[0] if below else root


def is_data(path: Path) -> bool:
    """Whether a file of a plain folder can be a matrix or a video."""
    return not path.name.startswith(".") and path.suffix.lower() in MATRIX_SUFFIXES | VIDEO_SUFFIXES


def find(root: Path) -> Found:
    """All files of a dataset by kind; links that lead out of it are problems."""
    found = Found()
    folders = {p.name.lower(): p for p in sorted(root.iterdir()) if p.is_dir()}
    found.has_splits = "splits" in folders
    for name, folder in folders.items():
        if name in FEATURES:
            for path in _walk(folder, root, found):
                if path.suffix.lower() in MATRIX_SUFFIXES:
                    _add(found, found.features, path, folder)
                elif path.suffix.lower() in REFUSED_SUFFIXES:
                    what = "cannot be read; wanted .npy or text."
                    found.problems.append(Problem("error", rel(path, root), what, hint="Save as .npy (T, D) float32."))
        elif name in LABELS:
            for path in _walk(folder, root, found):
                if path.suffix.lower() in {".pkl", ".bundle"}:
                    continue
                is_mapping = path.name.lower().startswith("mapping") and path.suffix == ".txt"
                _add(found, found.mappings if is_mapping else found.labels, path, folder)
        elif name in MAPPING:
            found.mappings += [p for p in _walk(folder, root, found) if p.suffix == ".txt"]
        elif name in VIDEOS:
            for path in _walk(folder, root, found):
                _add(found, found.videos, path, folder)
        elif name in SCORES:
            found.scores += list(_walk(folder, root, found))
    found.mappings += sorted(p for p in root.glob("mapping*.txt") if p.is_file())
    if not (found.features or found.labels or found.videos):
        for path in _walk(root, root, found):
            if path.suffix.lower() in VIDEO_SUFFIXES:
                _add(found, found.videos, path, root)
            elif path.suffix.lower() == ".npy" or (
                path.suffix.lower() in MATRIX_SUFFIXES
                and path.parent == root
                and path not in found.mappings
                and "readme" not in path.name.lower()
            ):
                _add(found, found.features, path, root)
    return found


def rel(path: Path, root: Path) -> str:
    """A path as the person sees it: below the dataset."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def activity_of(path: Path, base: Path, names: list[str]) -> str:
    """The activity of a file: its folder, its shared last word, or the words before its number; else empty."""
    parts = path.relative_to(base).parts
    if len(parts) > 1:
        return parts[0]
    head, _, tail = stem(path).rpartition("_")
    if not head:
        return ""
    if re.search("[A-Za-z]", tail) and sum(n.endswith("_" + tail) for n in names) > 1:
        return tail
    heads = {n.rpartition("_")[0] for n in names}
    return head if tail.isdecimal() and len(heads) > 1 else ""


def _names(folder: Path) -> set[str]:
    return {p.name.lower() for p in folder.iterdir() if p.is_dir()}


def _add(found: Found, kind: list[Path], path: Path, base: Path) -> None:
    kind.append(path)
    found.base[path] = base


def _walk(folder: Path, root: Path, found: Found) -> Iterator[Path]:
    """Regular files below a folder, sorted; hidden and foreign ones left out."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and n.lower() not in IGNORED)
        for name in sorted(names, key=natural):
            path = Path(parent) / name
            if name.startswith(".") or name.lower() in IGNORED or name in ("features.json",):
                continue
            if not path.resolve().is_relative_to(root.resolve()):
                found.problems.append(Problem("error", rel(path, root), "leads outside the dataset; skipped."))
            elif path.is_file():
                yield path
            else:
                found.problems.append(Problem("error", rel(path, root), "is not a regular file; skipped."))
