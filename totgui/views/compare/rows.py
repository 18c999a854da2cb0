"""What the comparison shows, read from the session: the tracks, a block for each video, scores, and the order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QColor

from core.annotation.document import Document
from core.annotation.map_notes import map_notes
from core.annotation.statistics import agreement
from core.annotation.values import Run
from core.data.dataset import VideoId
from core.data.names import by_name

from ...models.drawing import Looks, drawable
from ...models.marks import marked
from ...models.run_names import LETTERS
from ...models.run_settings import differing, meaning_of, setting, words_of
from ...models.widgets import percent, short
from ...session import Session
from ...session.comparing import CORRECTED, Compared
from .paint import Block, Strip

ORDERS = (
    ("name", "By name"),
    ("worst", "Worst score first"),
    ("best", "Best score first"),
    ("change", "Largest score difference first"),
    ("agreement", "Least agreement first"),
)


def looks_of(session: Session) -> Looks:
    """Names and colours of the project's labels, and of those that only others have, marked with whose they are."""
    looks, theirs = Looks.of(session, session.document), session.comparing.their_actions()
    names = {n: drawable(f"{a.name} (only {short(', '.join(a.people), LETTERS)})") for n, a in theirs.items()}
    colours = {n: QColor(a.colour) for n, a in theirs.items()}
    return Looks({**looks.names, **names}, {**looks.colours, **colours})


@dataclass(frozen=True)
class Rows:
    """The compared tracks of a document. Scores are MoF by track key and video; empty where nothing is known.

    `reference` is the number of the track that the others are compared with; None where there is only one.
    """

    session: Session
    document: Document
    tracks: tuple[Compared, ...]
    scores: dict[str, dict[VideoId, float]]
    totals: dict[str, tuple[float | None, float | None]]
    reference: int | None
    videos: tuple[VideoId, ...]

    @classmethod
    def of(cls, session: Session, *, differences: bool) -> Rows | None:
        """The present state of a session; None without a project."""
        document = session.document
        if document is None:
            return None
        tracks = tuple(session.comparing.shown(document))
        scores: dict[str, dict[VideoId, float]] = {}
        totals: dict[str, tuple[float | None, float | None]] = {}
        for track in tracks:
            if track.run is None and track.key != CORRECTED:
                continue
            report = session.report(track.run, "prediction" if track.run is not None else "corrected")
            if report is not None:
                scores[track.key] = {VideoId(r.video): r.mof for r in report.per_video if r.mof is not None}
                totals[track.key] = report.mof, report.f1
        reference = 0 if len(tracks) > 1 and differences else None
        held = {v for (run, v) in document.predictions if any(t.run == run for t in tracks)}
        for track in tracks:
            if track.run is None:
                held |= {v for v in document.videos if session.comparing.cut(document, track, v) is not None}
        videos = tuple(v for v in document.videos if v in held)
        return cls(session, document, tracks, scores, totals, reference, videos)

    def block(self, video: VideoId, *, later: bool = False) -> Block:
        """The strips of a video; with `later` the label maps are applied when the block is drawn."""
        strips, comparing, document = [], self.session.comparing, self.document
        for track in self.tracks:
            known = self.scores.get(track.key, {})
            score = marked(percent(known[video]), self.document, track.run) if video in known else ""
            cut, table = (
                comparing.raw(document, track, video) if later else (comparing.cut(document, track, video), None)
            )
            strips.append(Strip(drawable(track.title), cut, score, table))
        one = self.document.videos[video]
        return Block(video, drawable(one.name), one.timebase.n_frames, tuple(strips), self.reference)

    @property
    def scored(self) -> list[str]:
        """Keys of the tracks that have scores."""
        return [track.key for track in self.tracks if self.scores.get(track.key)]

    def ordered(self, order: str) -> list[VideoId] | None:
        """The videos in an order of `ORDERS`; None where it cannot be had without scores or more work."""
        names = sorted(self.videos, key=lambda v: by_name(self.document.videos[v].name))
        if order == "name":
            return names
        keys = self.scored
        if order in ("worst", "best") and keys:
            first, sign = self.scores[keys[-1]], 1 if order == "worst" else -1
            return sorted(names, key=lambda v: (v not in first, sign * first.get(v, 0.0)))
        if order == "change" and len(keys) > 1:
            one, two = self.scores[keys[0]], self.scores[keys[-1]]
            return sorted(names, key=lambda v: -abs(one[v] - two[v]) if v in one and v in two else 1.0)
        return None

    def agreements(self) -> Callable[[], dict[VideoId, float]] | None:
        """Work for another thread: how far the first and the last track agree on each video. None below two tracks."""
        if len(self.tracks) < 2:
            return None
        first, last = (self.session.comparing.cuts(self.document, track) for track in (self.tracks[0], self.tracks[-1]))

        def work() -> dict[VideoId, float]:
            one, other = first(), last()
            return {video: agreement(one[video], other[video]) for video in one if video in other}

        return work

    def labels(self) -> list[int]:
        """The labels of the legend: actions in use, in the order of the project, other people's own, reserved ones."""
        used: set[int] = set()
        for track in self.tracks:
            if track.run is not None:
                used |= set(self.document.label_maps[track.run].table().values())
                continue
            for video in self.videos:
                cut = self.session.comparing.cut(self.document, track, video)
                used |= set(cut.labels.tolist()) if cut is not None else set()
        actions = [int(a) for a in self.document.actions if int(a) in used]
        theirs = [label for label in self.session.comparing.their_actions() if label in used]
        return actions + theirs + [x for x in (-1, -2) if x in used]

    def about(self, track: Compared) -> str:
        """One line on a run: scores of the whole, settings that differ from the other runs shown, its label map."""
        if track.run is None:
            return ""
        run, label_map = self.document.runs[track.run], self.document.label_maps[track.run]
        mof, f1 = self.totals.get(track.key, (None, None))
        shown = [marked(percent(value), self.document, track.run) for value in (mof, f1)]
        parts = [f"MoF {shown[0]} · F1 {shown[1]}"] if mof is not None else []
        parts += [setting(run, name) if name == "method" else words for name, words in self._settings(run)]
        notes = map_notes(self.document, label_map)
        parts.append(" ".join(notes) if notes else "label map matched on the activity")
        return " · ".join(parts)

    def _settings(self, run: Run) -> list[tuple[str, str]]:
        others = [self.document.runs[t.run] for t in self.tracks if t.run is not None and t.run != run.id]
        different = differing([run, *others])
        return [(name, f"{words_of(name)} {setting(run, name)}") for name in different]

    def meanings(self) -> str:
        """What the settings do in which the shown runs differ, a line each."""
        runs = [self.document.runs[track.run] for track in self.tracks if track.run is not None]
        return "\n".join(filter(None, map(meaning_of, differing(runs))))

    def legend(self) -> list[str]:
        """What the numbers beside the strips and the red below them mean, a line each."""
        lines = ["At the right: MoF of each video in %, label map of the activity"] if self.scored else []
        if self.reference is not None:
            lines.append(f"Red: frames that differ from {self.tracks[self.reference].title}")
        return lines

    def warning(self) -> str:
        """What makes scores that stand side by side not comparable; empty where nothing does."""
        runs = [track.run for track in self.tracks if track.run is not None]
        maps = [self.document.label_maps[run] for run in runs]
        found = []
        if len({m.many_to_one for m in maps}) > 1:
            found.append("One run maps many clusters to one action, another does not.")
        if len({(m.video, m.reference) for m in maps}) > 1:
            found.append("The label maps were matched on different videos or tracks.")
        if len({m.leftovers for m in maps}) > 1:
            found.append("Clusters without a partner are counted in different ways.")
        if len({m.is_edited_by_hand for m in maps}) > 1:
            found.append("One label map was edited by hand, another was matched.")
        counts = {run: sum(r == run for r, _ in self.document.predictions) for run in runs}
        if len(set(counts.values())) > 1:
            each = ", ".join(f"{self.document.runs[run].name} {count:,}" for run, count in counts.items())
            found.append(f"The runs segmented different numbers of videos ({each}).")
        return " ".join([*found, "Their scores are not comparable."]) if found else ""
