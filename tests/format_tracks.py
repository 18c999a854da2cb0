"""Labelled tracks with nasty names and clocks, and what a format makes of them on the way out and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from core.annotation.segmentation import Segmentation
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId
from core.data.timebase import MediaInfo, Timebase
from core.formats.format import Format
from core.formats.grid import on_grid
from core.formats.track import ExportTrack, FileTrack

NASTY = (
    "take bowl",
    "=pour & <stir>",
    "żółć",
    'a "quoted", name',
    "-->",
    "= ; # \\",
    "bg",
    "background",
    "\\background",
    "unlabelled",
    "###",
    "take_bowl",
    "{\\an8}x</i>",
    "&amp; &lt;b&gt;",
    "e\u0301",
    "\u00e9",
    "\u202eltr",
    "a\u00a0b\u3000c",
    "@SUM(A1)",
    "NA",
    "1 2 3",
    "00:00:01.000 --> 00:00:02.000",
    "NOTE x",
    "🪛 drehen",
    "back\\",
    "comma,tab;semi|pipe",
    "'single'",
    "a / b",
    "[CHAPTER]",
    '""',
)
VIDEOS = ("P03", "a.b c", "d/e", "CON", "naïve ‹x›", "README", "&<video>", "x" * 300)


def names() -> st.SearchStrategy[str]:
    """Names that the program accepts."""
    letters = st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\ufffe\uffff")
    free = st.text(letters, min_size=1, max_size=12).map(str.strip).filter(bool)
    return st.one_of(st.sampled_from(NASTY), free)


def clocks(n_frames: int, *, in_seconds: bool = True) -> st.SearchStrategy[Timebase]:
    """Clocks of a length: constant rates, variable presentation times at least 2 ms apart, or no rate at all."""
    rates = st.sampled_from([Fraction(30), Fraction(25), Fraction(30000, 1001), Fraction(5), Fraction(400)])
    constant = rates.map(lambda rate: Timebase(n_frames, rate=rate))
    gaps = st.lists(st.integers(180, 9000), min_size=n_frames, max_size=n_frames)  # of 1/90000 s: 2 to 100 ms
    variable = st.tuples(gaps, st.integers(-90000, 10**9)).map(lambda found: Timebase(n_frames, media=_media(*found)))
    return st.one_of(constant, variable) if in_seconds else st.one_of(constant, variable, st.just(Timebase(n_frames)))


def _media(gaps: Sequence[int], first: int) -> MediaInfo:
    pts = first + np.concatenate([[0], np.cumsum(gaps)]).astype(np.int64)
    return MediaInfo(pts[:-1], Fraction(1, 90000), int(pts[-1]), Fraction(30), True, 640, 360)


@st.composite
def tracks(draw: st.DrawFn, form: Format) -> list[ExportTrack]:
    """One to three videos, with every third state that the format has."""
    found = draw(st.lists(names(), min_size=1, max_size=6, unique=True))
    if form.name == "ffmetadata":  # it cannot hold a backslash at the end (FFmpeg reads on over it)
        found = list(dict.fromkeys(name.rstrip("\\ ") or "x" for name in found))
    if form.name == "srt":
        found = [name.translate(str.maketrans("", "", "‹›❴❵")).strip() or "x" for name in found]
        found = list(dict.fromkeys(found))
    actions = {ActionId(3 * n): Action(ActionId(3 * n), name, "#112233") for n, name in enumerate(found)}
    labels = [int(a) for a in actions] + [int(BACKGROUND)] + ([int(UNLABELLED)] if form.has_gaps else [])
    made = []
    for video in draw(st.lists(st.sampled_from(VIDEOS), min_size=1, max_size=3, unique=True)):
        runs = draw(st.lists(st.tuples(st.sampled_from(labels), st.integers(1, 5)), min_size=1, max_size=12))
        frames = [label for label, length in runs for _ in range(length)]
        clock = draw(clocks(len(frames), in_seconds=form.in_seconds))
        made.append(ExportTrack(video, clock, Segmentation.from_frames(frames), actions, "corrected"))
    return made


def read_back(form: Format, path: Path) -> list[FileTrack]:
    """The tracks of an export; a problem of any kind fails."""
    reading = form.read([path])
    assert not reading.problems, [str(problem) for problem in reading.problems]
    return reading.tracks


def again(track: FileTrack, before: ExportTrack) -> ExportTrack:
    """The export track that a file's track stands for, with the clock and actions of the one before."""
    placed = on_grid(track, before.timebase)
    assert not placed.problems, [str(problem) for problem in placed.problems]
    numbers: dict[str | None, int] = {a.name: int(k) for k, a in before.actions.items()}
    numbers |= {"": int(BACKGROUND), None: int(UNLABELLED)}
    numbers = {before.name_of(label): label for label in before.segmentation.labels.tolist() if label >= 0} | numbers
    labels = [numbers[name] for name in placed.names]
    return replace(before, segmentation=Segmentation.from_pieces(placed.starts, labels, placed.n_frames))


def a_clock(n_frames: int, rate: Fraction | None = Fraction(25)) -> Timebase:
    return Timebase(n_frames, rate=rate)


def some_tracks(*extra: int, videos: Sequence[str] = ("a.b c", "d")) -> list[ExportTrack]:
    """Two videos of 15 frames with background and names that need care, then the labels `extra`."""
    known = {0: "take bowl", 3: "=pour & <stir>", 7: "żółć", 9: 'a "quoted", name'}
    actions = {ActionId(k): Action(ActionId(k), n, "#000000") for k, n in known.items()}
    labels = [0] * 4 + [3] * 5 + [BACKGROUND] * 2 + [7] + [9] * 3 + list(extra)
    clock = Timebase(len(labels), rate=Fraction(30000, 1001))
    return [ExportTrack(name, clock, Segmentation.from_frames(labels), actions, "corrected") for name in videos]
