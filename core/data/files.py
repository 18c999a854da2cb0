"""Which files of a dataset are features, labels, mappings, videos, scores and splits; nothing is left out unsaid."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import InputError
from .dataset import Severity
from .extraction import FILE_NAME as EXTRACTION
from .items import Told
from .names import MATRIX_SUFFIXES, REFUSED_SUFFIXES, VIDEO_SUFFIXES, is_text, matrix_kind, natural

FEATURES, LABELS, VIDEOS = {"features", "feats"}, {"groundtruth", "gt", "labels"}, {"videos", "video"}
MAPPING, SCORES, SPLITS = {"mapping"}, {"affinity", "scores"}, {"splits"}
PARTS = FEATURES | LABELS | VIDEOS | SCORES
IGNORED = {
    *("__macosx", "thumbs.db", "desktop.ini", "models", "output", "segmentation", "likelihood", "logs", "runs"),
    *("plots", "video_segmentation", "embed"),
}
"""Results and left-overs of other tools."""
_NO_LABELS = {".pkl", ".pickle", ".bundle", ".json", ".md", ".npy", ".npz", ".mat", ".png", ".jpg", ".jpeg", ".pdf"}
_NO_VIDEOS = {".txt", ".json", ".csv", ".md", ".srt", ".vtt", ".xml", ".eaf", ".npy", ".npz", ".jpg", ".png", ".wav"}
_WANTED = "wanted .npy, .npz, .txt, .csv or .gz."


@dataclass
class Found:
    """The files of one dataset by kind, before they are joined.

    `base` is the folder that a path is seen from. `twins` are feature files of one name and place: each that is
    left out, with the one that is read.
    """

    features: list[Path] = field(default_factory=list)
    labels: list[Path] = field(default_factory=list)
    videos: list[Path] = field(default_factory=list)
    mappings: list[Path] = field(default_factory=list)
    scores: list[Path] = field(default_factory=list)
    splits: list[Path] = field(default_factory=list)
    extractions: list[Path] = field(default_factory=list)
    base: dict[Path, Path] = field(default_factory=dict)
    twins: dict[Path, Path] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to work on."""
        return not (self.features or self.labels or self.videos or self.scores)


def find_root(root: Path) -> Path:
    """The folder that holds the dataset: the chosen one or its only child that does. Raises InputError."""
    if root.is_file():
        raise InputError(root, "is a file; wanted the folder of a dataset.", hint=f"Choose {root.parent}.")
    children = children_of(root)
    name, beside = root.name.lower(), {p.name.lower() for p in _children_or_none(root.parent)}
    for part in (FEATURES, LABELS):
        if name in part and beside & (PARTS - part):
            raise InputError(root, "is one part of a dataset.", hint=f"Choose {root.parent}.")
    if any(p.name.lower() in PARTS for p in children if p.is_dir()) or any(
        p.is_file() and _is_data(p) for p in children
    ):
        return root
    below = [
        p
        for p in children
        if p.is_dir()
        and not p.is_symlink()
        and any(q.name.lower() in FEATURES | LABELS | SCORES and q.is_dir() for q in _children_or_none(p))
    ]
    if len(below) > 1:
        names = ", ".join(p.name for p in below[:12])
        raise InputError(root, f"holds {len(below)} datasets: {names}.", hint="Choose one of them.")
    return below[0] if below else root


def children_of(folder: Path) -> list[Path]:
    """What a folder holds, in natural order. Raises InputError where it cannot be read."""
    try:
        return sorted(folder.iterdir(), key=lambda p: natural(p.name))
    except FileNotFoundError:
        raise InputError(folder, "no such folder.", hint="Choose the folder that holds the dataset.") from None
    except OSError as error:
        raise InputError(folder, f"{(error.strerror or str(error)).lower()}.", hint="Make it readable.") from error


def _children_or_none(folder: Path) -> list[Path]:
    try:
        return children_of(folder)
    except InputError:
        return []


def _is_data(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() in {*MATRIX_SUFFIXES, *VIDEO_SUFFIXES}


def find(root: Path, told: Told) -> Found:
    """All files of a dataset by kind; what is not read becomes a row. Raises InputError: `root` cannot be read."""
    return _Search(root, told).run()


class _Search:
    """One look through a folder."""

    def __init__(self, root: Path, told: Told) -> None:
        self.root, self.told, self.found = root, told, Found()
        self.inside = root.resolve()
        self.skipped: dict[tuple[str, str, bool], list[Path]] = {}
        self.ignored: set[str] = set()

    def run(self) -> Found:
        children = children_of(self.root)
        parts: dict[str, Callable[[Path], None]] = {
            **dict.fromkeys(FEATURES, self._features),
            **dict.fromkeys(LABELS, self._labels),
            **dict.fromkeys(MAPPING, self._mapping),
            **dict.fromkeys(VIDEOS, self._videos),
            **dict.fromkeys(SCORES, self._scores),
            **dict.fromkeys(SPLITS, self._splits),
        }
        for child in children:
            if child.name.lower() in parts and child.is_dir() and self._may_enter(child):
                parts[child.name.lower()](child)
        self.found.mappings += [p for p in children if p.is_file() and _is_mapping(p)]
        self._beside(children)
        if self.found.is_empty:
            self._plain()
        self._say_skipped()
        return self.found

    def _features(self, folder: Path) -> None:
        for path in self._walk(folder):
            if path.name == EXTRACTION or (path.suffix == ".json" and path.with_suffix(".npy").exists()):
                self.found.extractions.append(path)
            elif matrix_kind(path) in MATRIX_SUFFIXES:
                self._add(self.found.features, path, folder)
            elif matrix_kind(path) in REFUSED_SUFFIXES:
                self._skip(path, f"cannot be read; {_WANTED} Save as .npy (T, D) float32.", is_error=True)
            else:
                self._skip(path, f"not read as features; {_WANTED}")

    def _labels(self, folder: Path) -> None:
        for path in self._walk(folder):
            if _is_mapping(path) or (path.parent.name.lower() in MAPPING and path.suffix == ".txt"):
                self.found.mappings.append(path)
            elif path.suffix.lower() in _NO_LABELS or path.name.lower().startswith("readme"):
                is_cache = path.suffix.lower() in (".pkl", ".pickle")
                self._skip(path, "label caches of other tools; pickles are never opened." if is_cache else "no labels.")
            else:
                self._add(self.found.labels, path, folder)

    def _mapping(self, folder: Path) -> None:
        for path in self._walk(folder):
            if path.suffix.lower() == ".txt" and not path.name.lower().startswith("readme"):
                self.found.mappings.append(path)
            else:
                self._skip(path, "no mapping; wanted mapping.txt.")

    def _videos(self, folder: Path) -> None:
        for path in self._walk(folder):
            if path.suffix.lower() in _NO_VIDEOS:
                self._skip(path, "no video.")
            else:
                self._add(self.found.videos, path, folder)

    def _scores(self, folder: Path) -> None:
        for path in self._walk(folder):
            if path.suffix.lower() == ".npy":
                self._add(self.found.scores, path, folder)
            else:
                self._skip(path, "not read as scores; wanted .npy (T, K).")

    def _splits(self, folder: Path) -> None:
        for path in self._walk(folder):
            if path.suffix.lower() == ".bundle" or path.name.lower().endswith("split.txt"):
                self.found.splits.append(path)
            else:
                self._skip(path, "no split; wanted .bundle or _split.txt.")

    def _beside(self, children: list[Path]) -> None:
        """Videos and matrices that lie in the folder itself, where no folder of that kind exists."""
        files = [p for p in children if not p.name.startswith(".") and self._is_file(p)]
        kinds = ((self.found.videos, VIDEO_SUFFIXES), (self.found.features, (".npy", ".npz")))
        for kind, suffixes in kinds:
            matching = [p for p in files if p.suffix.lower() in suffixes]
            if not kind:
                for path in matching:
                    self._add(kind, path, self.root)
            else:
                for path in matching:
                    self._skip(path, "lies beside the folder of its kind; put it into that folder.")
        self.found.extractions += [p for p in files if p.name == EXTRACTION]

    def _plain(self) -> None:
        """A folder without any part: videos and `.npy` at any depth, text matrices in the folder itself."""
        for path in self._walk(self.root):
            if path.suffix.lower() in VIDEO_SUFFIXES:
                self._add(self.found.videos, path, self.root)
            elif path.suffix.lower() in (".npy", ".npz") or (
                path.parent == self.root
                and matrix_kind(path) in MATRIX_SUFFIXES
                and not _is_mapping(path)
                and "readme" not in path.name.lower()
                and "license" not in path.name.lower()
            ):
                self._add(self.found.features, path, self.root)
            elif path.name == EXTRACTION:
                self.found.extractions.append(path)
            elif path not in self.found.mappings:
                self._skip(path, "is neither matrix nor video.")

    def _add(self, kind: list[Path], path: Path, base: Path) -> None:
        kind.append(path)
        self.found.base[path] = base

    def _skip(self, path: Path, what: str, *, is_error: bool = False) -> None:
        self.skipped.setdefault((path.suffix.lower(), what, is_error), []).append(path)

    def _say_skipped(self) -> None:
        for (suffix, what, is_error), paths in self.skipped.items():
            severity: Severity = "error" if is_error else "note"
            if len(paths) == 1:
                self.told.say(severity, paths[0], what)
            else:
                named = f"{len(paths)} {suffix or 'other'} files (the first is {paths[0].name}): "
                self.told.say(severity, paths[0].parent, named + what)
        if self.ignored:
            self.told.findings.append(f"Not read, results of other tools: {', '.join(sorted(self.ignored))}.")

    def _is_file(self, path: Path) -> bool:
        """Whether a path is a regular file inside the dataset with a name that can be written down."""
        if not is_text(str(path)):
            self.told.say("error", path.parent, f"a name is not UTF-8 ({path.name!a}); skipped.", hint="Rename it.")
        elif not self._leads_inside(path):
            self.told.say("error", path, "leads outside the dataset; skipped.", hint="Copy it into the folder.")
        elif path.is_dir():
            return False
        elif not path.is_file():
            self.told.say("error", path, "is not a regular file; skipped.")
        else:
            return True
        return False

    def _leads_inside(self, path: Path) -> bool:
        """Whether a path ends inside the dataset; one that leads in a circle ends nowhere."""
        try:
            return path.resolve().is_relative_to(self.inside)
        except (OSError, RuntimeError):  # the second by Python before 3.13
            return False

    def _may_enter(self, folder: Path) -> bool:
        """Whether a folder lies inside the dataset; os.walk never follows links, and says nothing of them."""
        if not self._leads_inside(folder):
            self.told.say("error", folder, "leads outside the dataset; skipped.", hint="Copy it into the folder.")
            return False
        return True

    def _walk(self, folder: Path) -> Iterator[Path]:
        """Regular files below a folder, in natural order; hidden and foreign ones left out."""

        def unreadable(error: OSError) -> None:
            reason = (error.strerror or str(error)).lower()
            self.told.say("error", Path(error.filename or folder), f"{reason}; skipped.", hint="Make it readable.")

        for parent, folders, names in os.walk(folder, onerror=unreadable):
            for name in folders:
                if name.lower() in IGNORED:
                    self.ignored.add(f"{name}/")
                elif (Path(parent) / name).is_symlink() and self._may_enter(Path(parent) / name):
                    self.told.say("note", Path(parent) / name, "is a link to another folder of the dataset; skipped.")
            folders[:] = _entered(folders)
            for name in sorted(names, key=natural):
                path = Path(parent) / name
                if not name.startswith(".") and name.lower() not in IGNORED and self._is_file(path):
                    yield path


def _entered(folders: Collection[str]) -> list[str]:
    return sorted((n for n in folders if not n.startswith(".") and n.lower() not in IGNORED), key=natural)


def _is_mapping(path: Path) -> bool:
    return path.name.lower().startswith("mapping") and path.suffix.lower() == ".txt"
