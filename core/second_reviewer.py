"""Another person's labels of the same videos, read from a project or label files, and how far they agree with ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from . import label_import
from .annotation.commands import import_comments
from .annotation.comment_commands import same_comment
from .annotation.document import Document
from .annotation.merges import read_through
from .annotation.segmentation import Segmentation
from .annotation.values import Comment
from .data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, VideoId
from .data.names import by_name
from .data.words import one_word
from .errors import InputError, ProjectLockedError
from .formats.guess import guess_formats
from .formats.registry import find_format
from .metrics.kappa import Agreement, agreement_of_two
from .metrics.segments import Pieces, rising_union
from .project import Project

TOLERANCE_S = 0.5
"""How far apart two boundaries may lie and still be the same one."""
TOLERANCE_FRAMES = 5
"""The same where no frame rate is known."""
FOREIGN = 1_000_000
"""Labels from here on are actions that only the other person has."""

Tracks = Mapping[VideoId, Segmentation]


@dataclass(frozen=True)
class SecondReviewer:
    """Whose labels they are, the labels in our actions, what was left out, and the actions that only they have.

    `comments` are those of theirs that we do not have.
    """

    name: str
    tracks: Tracks
    notes: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    comments: Mapping[VideoId, tuple[Comment, ...]] = field(default_factory=dict)


def read_second_reviewer(document: Document, path: Path) -> SecondReviewer:
    """Another person's labels of our videos: the corrected tracks of a project, or files of any format that is read.

    Raises InputError: nothing in it is about a video of this project; and what opening the project or file raises.
    """
    found = _read(document, path)
    if not found.tracks and not found.comments:
        raise InputError(path, "holds no labels of a video of this project.", hint="Choose the labels of these videos.")
    return found


def _read(document: Document, path: Path) -> SecondReviewer:
    return _from_project(document, path) if path.suffix == ".tot" else _from_files(document, path)


def _from_project(document: Document, path: Path) -> SecondReviewer:
    """The corrected tracks of another project; videos and actions are joined by their names."""
    try:
        opened = Project.open(path, read_only=True)
    except ProjectLockedError:  # the other person is at work on it: a copy as it is now
        opened = Project.open_copy(path)
    with opened as project:
        other = project.document
    retired_first = sorted(document.actions.values(), key=lambda a: not a.archived)
    ours = {one_word(action.name): int(action.id) for action in retired_first}
    table = {int(a.id): ours.get(one_word(a.name), FOREIGN + int(a.id)) for a in other.actions.values()}
    table |= {int(BACKGROUND): int(BACKGROUND), int(UNLABELLED): int(UNLABELLED)}
    tracks: dict[VideoId, Segmentation] = {}
    notes: list[str] = []
    for video, track in other.corrected.items():
        name = other.videos[video].name
        mine = label_import.find_video(document, [name])
        if mine is None:
            notes.append(f"{name} is not in this project.")
        elif document.videos[mine].timebase.n_frames != track.n_frames:
            wanted = document.videos[mine].timebase.n_frames
            notes.append(f"{name} has {track.n_frames:,} frames there and {wanted:,} here; it is left out.")
        else:
            tracks[mine] = track.mapped(table, default=int(UNLABELLED))
    names = {other.review(video).reviewer for video in other.corrected} - {""}
    who = ", ".join(sorted(names, key=by_name)) or path.stem
    only = [action for action in other.actions.values() if table[int(action.id)] >= FOREIGN]
    return SecondReviewer(who, tracks, tuple(notes), _theirs(only), _comments(document, other))


def _comments(document: Document, other: Document) -> dict[VideoId, tuple[Comment, ...]]:
    """The comments of another project that ours lacks, by our videos; a video of another length is another video."""
    found: dict[VideoId, tuple[Comment, ...]] = {}
    for video, comments in other.comments.items():
        theirs = other.videos[video]
        mine = label_import.find_video(document, [theirs.name])
        if mine is None or document.videos[mine].timebase.n_frames != theirs.timebase.n_frames:
            continue
        here = {same_comment(comment) for comment in document.comments_on(mine).values()}
        fresh = [comment for comment in comments.values() if same_comment(comment) not in here]
        if fresh:
            found[mine] = tuple(sorted(fresh, key=lambda comment: (comment.start, comment.stop)))
    return found


def take_comments(project: Project, path: Path) -> int:
    """How many comments of another project, or of label files, were taken into a project, as one edit.

    Raises InputError: it has none that this project lacks.
    """
    before = project.document
    fresh = _read(before, path).comments
    if not fresh:
        raise InputError(path, "has no comment on a video of this project that is not here already.")
    project.edit(import_comments(before, fresh))
    return sum(map(len, fresh.values()))


def _theirs(actions: Iterable[Action]) -> tuple[Action, ...]:
    """Actions under the labels that those have which are only theirs."""
    return tuple(replace(action, id=ActionId(FOREIGN + int(action.id))) for action in actions)


def _from_files(document: Document, path: Path) -> SecondReviewer:
    """The tracks of label files, as an import would read them; nothing is imported."""
    name = next(iter(guess_formats(path)), None)
    form = find_format(name) if name is not None else None
    if form is None or form.decode is None:
        raise InputError(path, "is no file of labels that can be read.", hint="docs/formats.md lists what can.")
    plan = label_import.plan_import(document, form.read([path]), format=form.name)
    last = max((int(action) for action in document.actions), default=-1)
    tracks = {
        video: track.mapped({n: n if n <= last else FOREIGN + n for n in track.labels.tolist()}, default=UNLABELLED)
        for video, track in label_import.chosen_tracks(document, plan, plan.proposed).items()
    }
    fresh = _theirs(label_import.new_actions(document, plan, plan.proposed, plan.names))
    notes = tuple(str(problem) for problem in plan.all_problems)
    return SecondReviewer(path.stem, tracks, notes, fresh, plan.comments)


def agreement(document: Document, second: Tracks) -> tuple[Agreement, dict[VideoId, Agreement]]:
    """How far the corrected tracks and another person's agree: over all videos that both have, and video by video.

    Frames that one of the two has not labelled are left out, and so are boundaries at and inside of such gaps. Actions
    that were merged since the labels were read count as what they are called now.
    """
    shared = [v for v in document.videos if v in document.corrected and v in second]
    pairs = {v: _both(document.corrected[v], read_through(second[v], document.merges)) for v in shared}
    each = {v: agreement_of_two(pairs[v], tolerance_frames=tolerance(document, v)) for v in shared}
    widest = max((tolerance(document, v) for v in shared), default=TOLERANCE_FRAMES)
    return agreement_of_two([pair for v in shared for pair in pairs[v]], tolerance_frames=widest), each


def tolerance(document: Document, video: VideoId) -> int:
    """TOLERANCE_S in frames of a video."""
    rate = document.videos[video].timebase.rate
    return TOLERANCE_FRAMES if rate is None else max(1, round(TOLERANCE_S * float(rate)))


def _both(mine: Segmentation, theirs: Segmentation) -> list[tuple[Pieces, Pieces]]:
    """What both say of each stretch of frames that both have labelled."""
    starts = rising_union(mine.starts, theirs.starts)
    first, second = (t.labels[np.searchsorted(t.starts, starts, side="right") - 1] for t in (mine, theirs))
    known = (first != UNLABELLED) & (second != UNLABELLED)
    edges = np.append(starts, mine.n_frames)
    turns = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [
        (_stretch(edges[begin : end + 1], first[begin:end]), _stretch(edges[begin : end + 1], second[begin:end]))
        for begin, end in zip(turns[::2].tolist(), turns[1::2].tolist(), strict=True)
    ]


def _stretch(edges: np.ndarray, labels: np.ndarray) -> Pieces:
    """Pieces from the edges of all of them; neighbours with one label are one, frames count from the first edge."""
    differ = np.append(True, labels[1:] != labels[:-1])
    return Pieces((edges[:-1] - edges[0])[differ], labels[differ], int(edges[-1] - edges[0]))
