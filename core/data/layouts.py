"""Opens a dataset folder of any published layout: what is certain is taken, the rest is told as problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from ..errors import InputError, MediaError
from ..events import JobCancelled, Progress, Report, ShouldStop, ignore, never_stop
from . import features as matrices
from . import files, labels, rates
from .colours import colour_for
from .dataset import Action, ActionId, Dataset, Problem, Severity, Video, VideoId
from .timebase import MediaInfo, Timebase

Lengths = Literal["trim", "resample", "skip"]
_BACKGROUND = {"bg"}


@dataclass
class _Item:
    """One video while it is put together."""

    id: str
    activity: str = ""
    features: Path | None = None
    labels: Path | None = None
    media: Path | None = None
    shape: tuple[int, int] | None = None
    n_labels: int = 0
    info: MediaInfo | None = None
    used: list[str] = field(default_factory=list)
    good: bool = True


def scan(
    root: Path,
    *,
    probe: Callable[[Path], MediaInfo],
    activity: str | None = None,
    granularity: str | None = None,
    lengths: Lengths | None = None,
    feature_rate: Fraction | None = None,
    orientation: Literal["td", "dt"] | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> Dataset:
    """The dataset in a folder, with a problem row for all that is not certain; writes nothing there.

    Args:
        probe: demuxes a video; may raise MediaError.   activity: one of several; the first when left out.
        lengths, feature_rate, orientation: settle what a scan would only propose.
    Raises:
        InputError: nothing can be opened, or an asked activity or granularity is absent.
        JobCancelled: `should_stop` answered.
    """
    root = files.find_root(Path(root).absolute())
    found = files.find(root)
    if not (found.features or found.labels or found.videos):
        what = (
            "no features, labels or videos. Looked for features/*.npy, features/*.txt, groundTruth/*, and video files."
        )
        raise InputError(root, what, hint="Choose the folder that holds them.")
    return _Scan(root, found, probe, report, should_stop).run(activity, granularity, lengths, feature_rate, orientation)


class _Scan:
    """The state of one scan: the rows found so far and the problems."""

    def __init__(
        self,
        root: Path,
        found: files.Found,
        probe: Callable[[Path], MediaInfo],
        report: Report,
        should_stop: ShouldStop,
    ) -> None:
        self.root, self.found, self.probe, self.report, self.should_stop = root, found, probe, report, should_stop
        self.problems = list(found.problems)
        self.findings: list[str] = []
        self.layout = _layout(root, found)

    def run(
        self,
        activity: str | None,
        granularity: str | None,
        lengths: Lengths | None,
        feature_rate: Fraction | None,
        orientation: str | None,
    ) -> Dataset:
        items = self._join()
        activities = sorted({i.activity for i in items}, key=files.natural)
        if activity is not None and activity not in activities:
            raise InputError(self.root, f'no activity "{activity}"; there are {", ".join(activities)}.')
        chosen = activity if activity is not None else activities[0]
        if activity is None and len(activities) > 1:
            self._say("note", self.root, f"{len(activities)} activities: {', '.join(activities)}; {chosen} is open.")
        items = [i for i in items if i.activity == chosen]
        mapping, level, levels, source = self._mapping(granularity)
        for number, item in enumerate(items):
            if self.should_stop() is not None:
                raise JobCancelled
            self.report(Progress(done=number, total=len(items), text=item.id))
            self._measure(item)
        mapping = mapping or self._made_mapping(items)
        occurring = self._check_labels(items, mapping, source)
        background = frozenset(n for n, i in mapping.items() if i == -1 or n in _BACKGROUND)
        turned = self._orient(items, orientation)
        videos = self._timebases(items, turned, lengths, feature_rate)
        if not videos:
            reasons = "; ".join(str(p) for p in self.problems[:3])
            raise InputError(self.root, f"nothing in it can be opened: {reasons}")
        return Dataset(
            self.root,
            chosen,
            tuple(videos),
            _actions(mapping, occurring, background),
            tuple(self.problems),
            self.layout,
            tuple(activities),
            level,
            tuple(levels),
            tuple(self.findings),
            background,
        )

    def _say(
        self,
        severity: Severity,
        path: Path | str,
        what: str,
        *,
        where: str = "",
        hint: str = "",
        video: str | None = None,
    ) -> None:
        shown = files.rel(path, self.root) if isinstance(path, Path) else path
        key = VideoId(video) if video is not None else None
        self.problems.append(Problem(severity, shown, what, where, hint, key))

    def _say_error(self, error: InputError, video: str) -> None:
        self._say("error", Path(error.path), error.what, where=error.where, hint=error.hint, video=video)

    def _join(self) -> list[_Item]:
        """One item for each video of the dataset, from the three kinds of files."""
        found = self.found
        items: dict[str, _Item] = {}
        kept = self._without_twins(found.features)
        names = [files.stem(p) for p in (kept or found.labels or found.videos)]
        for kind, paths in (("features", kept), ("labels", found.labels), ("media", found.videos)):
            doubles = {s for s, n in Counter(files.stem(p) for p in paths).items() if n > 1}
            for path in paths:
                base, name = found.base[path], files.stem(path)
                key = path.relative_to(base).with_name(name).as_posix() if name in doubles else name
                if key not in items:
                    folded = [k for k in items if k.casefold() == key.casefold() and getattr(items[k], kind) is None]
                    if folded:
                        self._say(
                            "proposed", path, f"is taken for {folded[0]}: only the case differs.", video=folded[0]
                        )
                        key = folded[0]
                item = items.setdefault(key, _Item(key))
                setattr(item, kind, path)
                item.activity = item.activity or files.activity_of(path, base, names)
        for item in items.values():
            item.activity = item.activity or self.root.name
            self._say_partners(item)
        return sorted(items.values(), key=lambda i: files.natural(i.id))

    def _say_partners(self, item: _Item) -> None:
        if item.features is None and self.found.features:
            place = item.labels or item.media or self.root
            self._say("note", place, f"has no features (looked for features/**/{item.id}.npy, .txt).", video=item.id)
        if item.labels is None and self.found.labels:
            self._say("note", item.features or item.media or self.root, "has no ground truth.", video=item.id)
        if item.media is None and self.found.videos:
            self._say("note", item.features or item.labels or self.root, "has no video file.", video=item.id)

    def _without_twins(self, paths: list[Path]) -> list[Path]:
        """Feature files, a text left out where a `.npy` of the same place and name stands."""
        arrays = {p.with_suffix("") for p in paths if p.suffix.lower() == ".npy"}
        kept = []
        for path in paths:
            if path.suffix.lower() != ".npy" and path.with_suffix("") in arrays:
                self._say("note", path, "the .npy of the same name is used.")
            else:
                kept.append(path)
        return kept

    def _mapping(self, granularity: str | None) -> tuple[dict[str, int], str, list[str], str]:
        """(table, granularity, all granularities, name of the file)."""
        variants = {p.stem.lower().removeprefix("mapping").strip("_"): p for p in self.found.mappings}
        if not variants:
            if granularity:
                raise InputError(self.root, f'no granularity "{granularity}"; there is no mapping.')
            return {}, "", [], "the labels"
        tables = {key: labels.read_mapping(path) for key, path in variants.items()}
        levels = rates.granularity_names(tables)
        if granularity is not None and granularity not in levels:
            raise InputError(self.root, f'no granularity "{granularity}"; there are {", ".join(levels) or "none"}.')
        level = granularity or ("mid" if levels else "")
        key = "" if level in ("", "mid") and "" in tables else level or self._only(tables)
        return tables[key], level, levels, files.rel(variants[key], self.root)

    def _only(self, tables: dict[str, dict[str, int]]) -> str:
        """The mapping variant that knows the labels of all files; the largest with a row where none does."""
        seen: set[str] = set()
        for path in self.found.labels:
            try:
                seen.update(labels.read_labels(path))
            except InputError:
                continue
        fitting = [k for k, table in tables.items() if seen <= set(table)]
        if len(fitting) == 1 or len(tables) == 1:
            return (fitting or list(tables))[0]
        key = max(tables, key=lambda k: len(seen & set(tables[k])))
        self._say("proposed", self.root, f'{len(fitting)} mappings know all labels; "mapping_{key}" is used.')
        return key

    def _made_mapping(self, items: Iterable[_Item]) -> dict[str, int]:
        """Actions from the distinct labels in natural order, where no mapping exists."""
        names = sorted({name for item in items for name in item.used}, key=files.natural)
        if names:
            self.findings.append(f"No mapping: {len(names)} actions from the labels.")
        plain = [n for n in names if n not in _BACKGROUND and n != "-1"]
        return {**{n: i for i, n in enumerate(plain)}, **{n: -1 for n in names if n not in plain}}

    def _measure(self, item: _Item) -> None:
        """Shape, label count and pictures of one video; what fails becomes a row and is left out."""
        if item.features is not None:
            try:
                item.shape = matrices.read_shape(item.features)
            except InputError as error:
                self._say_error(error, item.id)
                item.features = None
        if item.labels is not None:
            try:
                item.used = labels.read_labels(item.labels)
                item.n_labels = len(item.used)
            except InputError as error:
                self._say_error(error, item.id)
                item.labels, item.used = None, []
        if item.media is not None:
            try:
                item.info = self.probe(item.media)
            except MediaError as error:
                self._say("error", item.media, str(error), video=item.id)
                item.media = None

    def _check_labels(self, items: Iterable[_Item], mapping: dict[str, int], source: str) -> set[int]:
        """The IDs that occur; label files that name unknown actions are left out, with a row."""
        occurring: set[int] = set()
        for item in items:
            if item.labels is None:
                continue
            try:
                occurring.update(labels.to_ids(item.labels, item.used, mapping, source=source).tolist())
            except InputError as error:
                self._say_error(error, item.id)
                item.labels, item.n_labels = None, 0
        return occurring

    def _orient(self, items: list[_Item], stated: str | None) -> bool:
        """Whether the matrices lie as (D, T); an open question keeps all of them out of training."""
        having = [i for i in items if i.shape is not None and i.features is not None]
        if not having:
            return False
        if stated is not None:
            turned, certain, reason = stated == "dt", True, "as stated"
        else:
            lengths = [i.n_labels or (i.info.n_pictures if i.info else None) for i in having]
            shapes = [i.shape for i in having if i.shape is not None]
            turned, certain, reason = rates.orientation(shapes, lengths, "dt" if self.layout == "B" else "td")
        self.findings.append(f"Orientation: {reason}.")
        if not certain:
            way = "dt" if turned else "td"
            self._say("proposed", self.root, f"orientation: {reason}.", hint=f"Confirm with --orientation {way}.")
        usual = Counter(i.shape[0 if turned else 1] for i in having if i.shape).most_common(1)[0][0]
        for item in having:
            assert item.shape is not None and item.features is not None
            item.good = certain
            columns, other = item.shape if turned else item.shape[::-1]
            if columns != usual:
                item.good = False
                looks = other == usual
                what = (
                    f"{item.shape} looks turned; the others have {usual} dimensions."
                    if looks
                    else f"{columns:,} columns; the other files have {usual}."
                )
                hint = "Save it like the others." if looks else "Was it made by another extractor?"
                self._say("proposed" if looks else "error", item.features, what, hint=hint, video=item.id)
            self._check_values(item, turned)
        return turned

    def _check_values(self, item: _Item, turned: bool) -> None:
        assert item.features is not None
        matrix = matrices.usable_matrix(item.features)
        matrix = matrix.T if turned else matrix
        bad, first, zero = matrices.check_values(matrix)
        if bad:
            item.good = False
            self._say(
                "error",
                item.features,
                f"{bad:,} of {len(matrix):,} rows hold NaN (first: row {first}).",
                hint="Extract again; the video can be reviewed, not trained on.",
                video=item.id,
            )
        if zero * 2 > len(matrix):
            self._say("error", item.features, f"{zero:,} of {len(matrix):,} rows are zero.", video=item.id)

    def _timebases(
        self, items: list[_Item], turned: bool, lengths: Lengths | None, feature_rate: Fraction | None
    ) -> list[Video]:
        """The videos with their clocks."""
        ratio, ratio_certain = self._picture_ratio(items)
        pairs = [(_rows(i, turned), n) for i in items if _rows(i, turned) and (n := _frames(i))]
        step, certain, reason = rates.stride(pairs) if pairs else (Fraction(1), True, "")
        if reason and feature_rate is None:
            self.findings.append(f"Rate of the features: {reason}")
            if not certain:
                self._say("proposed", self.root, reason, hint="State the feature rate (--feature-rate R).")
        videos = []
        for item in items:
            frames, rows = _frames(item), _rows(item, turned)
            if not (frames or rows):
                self._say("error", item.id, "nothing of it can be opened; left out.")
                continue
            pictures = self._ratio_of(item, ratio)
            rate = item.info.rate / pictures if item.info and item.info.rate else None
            own, sure = (step or Fraction(1)), certain
            if feature_rate is not None and rate is not None:
                own, sure = rate / feature_rate, True
            elif feature_rate is not None and not frames:
                rate, sure = feature_rate, True
            if not ratio_certain and item.n_labels and item.info:
                sure = sure and own == 1
            clock = Timebase(frames or rows, rate, item.info, pictures, rows, own if frames else Fraction(1))
            clock, usable = self._fit(item, clock, lengths) if rows and frames else (clock, True)
            columns = item.shape[0 if turned else 1] if item.shape and rows else 0
            videos.append(
                Video(
                    VideoId(item.id),
                    item.id,
                    clock,
                    item.media,
                    item.features,
                    columns,
                    turned,
                    item.labels,
                    item.good and usable and sure,
                )
            )
        return videos

    def _picture_ratio(self, items: list[_Item]) -> tuple[Fraction, bool]:
        """Pictures per label over all videos; 1 where nothing else is common."""
        both = [(i.n_labels, i.info.n_pictures) for i in items if i.n_labels and i.info]
        if not both or sum(abs(a - b) <= max(1, 0.01 * b) for a, b in both) >= 0.9 * len(both):
            return Fraction(1), True
        step = rates.stride(both)[0]
        if step is None:
            self._say("proposed", self.root, "labels and pictures have no common ratio; labels count pictures.")
            return Fraction(1), False
        self._say("proposed", self.root, f"{float(step):g} pictures per label in the videos.")
        return step, False

    def _ratio_of(self, item: _Item, ratio: Fraction) -> Fraction:
        if not (item.n_labels and item.info):
            return Fraction(1)
        expected, pictures = item.n_labels * ratio, item.info.n_pictures
        if abs(expected - pictures) > max(ratio, Fraction(pictures, 100)):
            self._say(
                "error",
                item.id,
                f"video {pictures:,} pictures, labels {item.n_labels:,}.",
                video=item.id,
                hint="Labels stay on their grid; frames without a picture say so.",
            )
        elif ratio == 1 and expected != pictures:
            self._say("note", item.id, f"video {pictures:,} pictures, labels {item.n_labels:,}.", video=item.id)
        return ratio

    def _fit(self, item: _Item, clock: Timebase, lengths: Lengths | None) -> tuple[Timebase, bool]:
        """(clock, usable) after the rule for different lengths (DATA_LAYOUTS 6)."""
        frames, rows, step = clock.n_frames, clock.n_rows, clock.stride
        off = abs(rows * step - frames)
        if off == 0 or (step > 1 and off < 2 * step):
            return clock, True
        pictures = f"video {item.info.n_pictures:,}, " if item.info else ""
        what = f"{pictures}features {rows:,}, labels {item.n_labels:,}"
        trimmed = min(frames, int(rows * step))
        cut = replace(clock, n_frames=trimmed, n_rows=min(rows, -int(-trimmed // step)))
        if off <= max(1, frames // 100):
            self._say("note", item.id, f"{what}: cut at the end to the shorter.", video=item.id)
            return cut, True
        if lengths == "trim":
            self._say("note", item.id, f"{what}: trimmed.", video=item.id)
            return cut, True
        if lengths == "resample":
            self._say("note", item.id, f"{what}: resampled.", video=item.id)
            return replace(clock, stride=Fraction(frames, rows)), True
        if lengths == "skip":
            self._say("note", item.id, f"{what}: left out of training.", video=item.id)
            return clock, False
        self._say("proposed", item.id, f"{what}.", hint="Choose trim, resample or skip.", video=item.id)
        return clock, False


def _rows(item: _Item, turned: bool) -> int:
    return item.shape[1 if turned else 0] if item.shape and item.features else 0


def _frames(item: _Item) -> int:
    return item.n_labels or (item.info.n_pictures if item.info else 0)


def _layout(root: Path, found: files.Found) -> str:
    """The letter of the layout (DATA_LAYOUTS 1)."""
    if not found.features and not found.labels:
        return "E"
    if found.scores and not found.features:
        return "G"
    if found.videos:
        return "D"
    if found.has_splits or any(p.parent == root for p in found.mappings):
        return "B"
    if found.features and found.labels:
        return "A" if found.mappings else "C"
    return "F"


def _actions(mapping: dict[str, int], occurring: set[int], background: frozenset[str]) -> tuple[Action, ...]:
    """The actions that occur, by ID; names that share an ID are joined."""
    named: dict[int, list[str]] = {}
    for name, identity in mapping.items():
        if identity in occurring and name not in background:
            named.setdefault(identity, []).append(name)
    return tuple(Action(ActionId(i), " / ".join(named[i]), colour_for(n)) for n, i in enumerate(sorted(named)))
