"""What label files would change in a project, before anything does: each track with its video, names and problems.

A plan is made once; the person ticks rows and says what unknown names mean, and `import_edit` makes one edit of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import PurePath

from .annotation.action_commands import MAX_NAME
from .annotation.commands import import_comments, import_tracks
from .annotation.comment_commands import MAX_COMMENTS, checked_comment, same_comment
from .annotation.document import Document
from .annotation.edit import Edit, Swap
from .annotation.segmentation import Segmentation
from .annotation.statistics import differences
from .annotation.values import Comment, ReviewStatus
from .data.colours import colour_for
from .data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, Problem, VideoId
from .data.timebase import Timebase
from .data.words import one_spelling, one_word
from .errors import ConfigError, EditError
from .formats.format import Reading
from .formats.grid import Placed, on_grid
from .formats.names import CONTROL, written_name
from .formats.track import FileComment, FileComments, FileTrack

CORRECTED, GROUND_TRUTH = "corrected", "ground-truth"
TARGETS = (CORRECTED, GROUND_TRUTH)
Meanings = Mapping[str, int | None]
"""What each name of the files means: an ActionId or a reserved label; None is a new action of that name."""


@dataclass(frozen=True)
class ImportRow:
    """One track of a file. `video` is None where the project has none of its name; `placed` is empty after an error.

    `is_proposed` says that it is ticked until the person says otherwise.
    """

    track: FileTrack
    video: VideoId | None
    placed: Placed
    problems: tuple[Problem, ...]
    is_proposed: bool = False

    @property
    def is_usable(self) -> bool:
        """Whether it can be imported at all."""
        return self.video is not None and bool(self.placed.starts)


@dataclass(frozen=True)
class ImportPlan:
    """The tracks of the files, what is wrong with files as a whole, and what their names would mean."""

    format: str
    target: str
    rows: tuple[ImportRow, ...]
    problems: tuple[Problem, ...]
    names: Meanings
    notes: tuple[str, ...] = ()
    comments: Mapping[VideoId, tuple[Comment, ...]] = field(default_factory=dict)
    """Comments of the files that the project does not have."""

    @property
    def n_comments(self) -> int:
        """How many comments the project does not have."""
        return sum(map(len, self.comments.values()))

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Every problem with its place: of the files, then of their tracks."""
        return (*self.problems, *(p for row in self.rows for p in row.problems))

    @property
    def proposed(self) -> tuple[int, ...]:
        """The numbers of the rows that are ticked at first."""
        return tuple(n for n, row in enumerate(self.rows) if row.is_proposed)


@dataclass(frozen=True)
class Effect:
    """What one row would change in its video: frames that get another label, of all; segments before and after."""

    changed: int
    n_frames: int
    segments_before: int
    segments_after: int


def plan_import(document: Document, reading: Reading, *, format: str, target: str = CORRECTED) -> ImportPlan:
    """What the files that were read would change; every problem is listed, and what has an error is never proposed."""
    if target not in TARGETS:
        raise ConfigError(f'Labels cannot be imported as "{target}"; wanted {" or ".join(TARGETS)}.')
    rows = [_row(document, track, target) for track in reading.tracks]
    names, notes = _meanings(document, rows)
    comments, problems = _comments(document, reading) if target == CORRECTED else ({}, [])
    found = (*reading.problems, *problems)
    return ImportPlan(format, target, tuple(_proposed(rows)), found, names, tuple(notes), comments)


def _comments(document: Document, reading: Reading) -> tuple[dict[VideoId, tuple[Comment, ...]], list[Problem]]:
    """The comments of the files on the grids of their videos, without those that are here; what is left out, and why.

    A time goes to the nearest boundary, and a comment has one frame at least.
    """
    placed: dict[VideoId, list[Comment]] = {}
    problems: list[Problem] = []
    labelled = {(track.path, track.video) for track in reading.tracks}
    for part in reading.comments:
        video = find_video(document, (part.video, *part.also))
        if video is None:
            if (part.path, part.video) not in labelled:  # else the labels beside them say so
                what = f'has comments on the video "{part.video}", and this project has none of that name.'
                problems.append(Problem("note", str(part.path), what))
            continue
        here = {same_comment(each) for each in (*document.comments_on(video).values(), *placed.get(video, ()))}
        for each in part.comments:
            try:
                comment = checked_comment(document, video, _comment(document.videos[video].timebase, part, each))
            except EditError as error:
                what = f'has the comment "{_flat(each.text)}", which is left out: {error}'
                problems.append(Problem("note", str(part.path), what, each.place))
                continue
            if same_comment(comment) not in here:
                if len(document.comments_on(video)) + len(placed.get(video, ())) >= MAX_COMMENTS:
                    what = f"has more comments than fit: a video has up to {MAX_COMMENTS:,}. The rest is left out."
                    problems.append(Problem("note", str(part.path), what, each.place))
                    break
                here.add(same_comment(comment))
                placed.setdefault(video, []).append(comment)
    return {video: tuple(comments) for video, comments in placed.items()}, problems


def _flat(text: str) -> str:
    """The beginning of a text on one line."""
    return " ".join(text.split())[:40]


def _comment(clock: Timebase, part: FileComments, each: FileComment) -> Comment:
    """A comment on the grid of a video, at whatever frames its times mean."""
    edges = [int(t) if part.unit == "frames" else clock.boundary_near(Fraction(t)) for t in (each.start, each.stop)]
    start, stop = (-1 if edge is None else edge for edge in edges)
    if each.start < 0 or (part.unit == "seconds" and Fraction(each.start) > (clock.seconds(clock.n_frames) or 0)):
        start = -1
    stop = max(start + 1, min(stop, clock.n_frames))
    return Comment(start, stop, each.text, each.author, each.written, each.resolved)


def _row(document: Document, track: FileTrack, target: str) -> ImportRow:
    video = find_video(document, (track.video, *track.also))
    if video is None:
        what = f'is about the video "{track.video}", and this project has none of that name.'
        hint = "Rename the file, or import it into the project that has the video."
        return ImportRow(track, None, Placed((), (), 0), (_problem(track, what, hint),))
    placed = on_grid(track, document.videos[video].timebase)
    found = [replace(problem, video=video) for problem in placed.problems]
    if wrong := _wrong_names(track):
        found += wrong
        placed = Placed((), (), placed.n_frames)
    if target == GROUND_TRUTH and video in document.ground_truth:
        found.append(_problem(track, f"{document.videos[video].name} has ground truth, and that never changes."))
        placed = Placed((), (), placed.n_frames)
    return ImportRow(track, video, placed, tuple(found))


def _wrong_names(track: FileTrack) -> list[Problem]:
    """The names that no action can have, each at its first place."""
    found: dict[str, Problem] = {}
    for interval in track.intervals:
        name = interval.name
        if name and name not in found and (CONTROL.search(name) or not 0 < len(name.strip()) <= MAX_NAME):
            what = (
                f'"{written_name(name)[:60]}" cannot be the name of an action (1 to {MAX_NAME} characters, one line).'
            )
            found[name] = Problem("error", str(track.path), what, interval.place, "Rename it in the file.")
    return list(found.values())


def _problem(track: FileTrack, what: str, hint: str = "") -> Problem:
    return Problem("error", str(track.path), what, track.tier and f'tier "{track.tier}"', hint)


def find_video(document: Document, names: Iterable[str]) -> VideoId | None:
    """The one video that goes by one of these names: its own, that of its file, with or without its ending."""
    for fold in (str, _stem, _folded_stem):
        table: dict[str, set[VideoId]] = {}
        for video in document.videos.values():
            own = {video.name, str(video.id), *(() if video.media is None else (video.media.name,))}
            for name in own:
                table.setdefault(fold(name), set()).add(video.id)
        for name in names:
            found = table.get(fold(name), set())
            if len(found) == 1:
                return next(iter(found))
    return None


def _stem(name: str) -> str:
    path = PurePath(name.replace("\\", "/"))
    return path.stem if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", path.suffix) else path.name


def _folded_stem(name: str) -> str:
    return _stem(name).casefold()


def _proposed(rows: Sequence[ImportRow]) -> list[ImportRow]:
    """The first usable row of each video is ticked; the others of the same video say why they are not."""
    taken: dict[VideoId, FileTrack] = {}
    found = []
    for row in rows:
        if not row.is_usable or row.video is None:
            found.append(row)
        elif row.video not in taken:
            taken[row.video] = row.track
            found.append(replace(row, is_proposed=True))
        else:
            first = taken[row.video]
            tier = f'tier "{first.tier}" of ' if first.tier else ""
            what = f"is about the same video as {tier}{first.path.name}."
            where = row.track.tier and f'tier "{row.track.tier}"'
            note = Problem("note", str(row.track.path), what, where, "One of them can be taken.", row.video)
            found.append(replace(row, problems=(*row.problems, note)))
    return found


def _meanings(document: Document, rows: Iterable[ImportRow]) -> tuple[dict[str, int | None], list[str]]:
    """What each name most likely means: the action of that name, one that differs in spelling only, or a new one."""
    actions = sorted(document.actions.values(), key=lambda a: a.archived)
    exact: dict[str, int] = {}
    folded: dict[str, list[Action]] = {}
    for action in actions:
        exact.setdefault(action.name, int(action.id))
        folded.setdefault(_folded(action.name), []).append(action)
    found: dict[str, int | None] = {}
    notes = []
    for name in dict.fromkeys(name for row in rows if row.is_usable for name in row.placed.names if name):
        similar = folded.get(_folded(name), [])
        if name in exact:
            found[name] = exact[name]
        elif name in document.dataset.background_names:
            found[name] = int(BACKGROUND)
            notes.append(f'"{name}" is background in this dataset.')
        elif len(similar) == 1:
            found[name] = int(similar[0].id)
            notes.append(f'"{name}" is taken for "{similar[0].name}".')
        else:
            found[name] = None
    return found, notes


def _folded(name: str) -> str:
    return re.sub(r"[\W_]+", " ", one_word(name)).strip()


def new_actions(document: Document, plan: ImportPlan, chosen: Collection[int], names: Meanings) -> list[Action]:
    """The actions that the chosen rows need and the project lacks, in the order of the files, with colours."""
    first = 1 + max((int(a) for a in document.actions), default=-1)
    fresh: dict[str, str] = {}  # by spelling: what looks the same is one action, written as it came first
    for name in _fresh(plan, chosen, names):
        fresh.setdefault(one_spelling(name), name.strip())
    return [Action(ActionId(first + n), name, colour_for(first + n)) for n, name in enumerate(fresh.values())]


def _fresh(plan: ImportPlan, chosen: Collection[int], names: Meanings) -> list[str]:
    """The names in the chosen rows that mean no action of the project."""
    used = dict.fromkeys(name for n in sorted(chosen) for name in plan.rows[n].placed.names if name)
    return [name for name in used if names.get(name) is None]


def _labels(document: Document, plan: ImportPlan, chosen: Collection[int], names: Meanings) -> dict[str | None, int]:
    numbers: dict[str | None, int] = {"": int(BACKGROUND), None: int(UNLABELLED)}
    numbers |= {name: meaning for name, meaning in names.items() if meaning is not None}
    added = {one_spelling(a.name): int(a.id) for a in new_actions(document, plan, chosen, names)}
    return numbers | {name: added[one_spelling(name)] for name in _fresh(plan, chosen, names)}


def chosen_tracks(
    document: Document, plan: ImportPlan, chosen: Collection[int], names: Meanings | None = None
) -> dict[VideoId, Segmentation]:
    """The tracks of the chosen rows in labels of the project. Raises EditError where they cannot stand together."""
    numbers = _labels(document, plan, chosen, plan.names if names is None else names)
    found: dict[VideoId, Segmentation] = {}
    for number in sorted(chosen):
        row = plan.rows[number]
        if not row.is_usable or row.video is None:
            raise EditError(f"{row.track.path.name}: {row.track.video} cannot be imported.")
        if row.video in found:
            raise EditError(f"Two of the chosen tracks are about {document.videos[row.video].name}. Choose one.")
        labels = [numbers[name] for name in row.placed.names]
        found[row.video] = Segmentation.from_pieces(row.placed.starts, labels, row.placed.n_frames)
    return found


def effect(document: Document, plan: ImportPlan, number: int, names: Meanings | None = None) -> Effect | None:
    """What one row would change; None for a row that cannot be imported."""
    row = plan.rows[number]
    if not row.is_usable or row.video is None:
        return None
    after = chosen_tracks(document, plan, [number], names)[row.video]
    tracks = document.ground_truth if plan.target == GROUND_TRUTH else document.corrected
    before = tracks.get(row.video)
    if before is None:
        return Effect(after.n_frames, after.n_frames, 0, len(after))
    changed = sum(stop - start for start, stop in differences(before, after))
    return Effect(changed, after.n_frames, len(before), len(after))


def import_edit(
    document: Document,
    plan: ImportPlan,
    chosen: Collection[int],
    names: Meanings | None = None,
    *,
    comments: bool = True,
) -> Edit:
    """The one edit that makes Corrected of what was chosen, and takes the `comments` that the project does not have.

    Raises EditError where nothing would change.
    """
    names = plan.names if names is None else names
    tracks = chosen_tracks(document, plan, chosen, names)
    changes = {v: track for v, track in tracks.items() if not _is_here(document, v, track)}
    talk = _talk(document, plan, has_labels=bool(changes)) if comments and plan.comments else None
    if not tracks and talk is None:
        raise EditError("Nothing was chosen to be imported.")
    if talk is None:
        return import_tracks(document, tracks, new_actions(document, plan, chosen, names))
    if not changes:
        return talk
    labels = import_tracks(document, tracks, new_actions(document, plan, chosen, names))
    n = len(talk.swaps)
    return Edit(f"{labels.text}, with {n:,} comment{'' if n == 1 else 's'}", (*labels.swaps, *talk.swaps))


def _talk(document: Document, plan: ImportPlan, *, has_labels: bool) -> Edit | None:
    """The comments that are not here by now. A plan may be old: those that do not fit any more stop no labels."""
    try:
        return import_comments(document, plan.comments)
    except EditError:
        if not has_labels:
            raise
        swaps: list[Swap] = []
        for video, comments in plan.comments.items():
            with suppress(EditError):
                swaps += import_comments(document, {video: comments}).swaps
        return Edit("import comments", tuple(swaps)) if swaps else None


def _is_here(document: Document, video: VideoId, track: Segmentation) -> bool:
    before = document.corrected.get(video)
    return before is not None and before.same_labels(track)


def reopened(document: Document, plan: ImportPlan, chosen: Collection[int]) -> list[str]:
    """Names of the accepted videos that the import puts back into review."""
    videos = [plan.rows[n].video for n in chosen]
    return [document.videos[v].name for v in videos if v and document.review(v).status is ReviewStatus.ACCEPTED]
