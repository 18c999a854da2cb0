"""Intervals of a file put on the annotation grid of a video: the one place where foreign times become frames."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from ..data.dataset import Problem
from ..data.timebase import Timebase
from ..errors import InputError
from .track import FileTrack, Interval

CUT_S = Fraction(1, 2)
"""How far past the last frame an interval may end; it is cut there."""


@dataclass(frozen=True)
class Placed:
    """Labels on a grid: segments ``[starts[i], starts[i + 1])``, named as `FileTrack` names them.

    `shift_s` is the largest distance between a time of the file and the boundary it went to. With an error among
    the problems `starts` is empty.
    """

    starts: tuple[int, ...]
    names: tuple[str | None, ...]
    n_frames: int
    shift_s: Fraction = Fraction(0)
    problems: tuple[Problem, ...] = ()


@dataclass
class _Work:
    """One track on its way to a grid."""

    track: FileTrack
    clock: Timebase
    problems: list[Problem] = field(default_factory=list)
    shift_s: Fraction = Fraction(0)
    is_coarse: bool = False
    boundaries: dict[Fraction | int, tuple[int, Fraction]] = field(default_factory=dict)

    @cached_property
    def end_s(self) -> Fraction:
        """Seconds of the end of the last frame; 0 without a rate."""
        return self.clock.seconds(self.clock.n_frames) or Fraction(0)

    @cached_property
    def last_frame_s(self) -> Fraction:
        """Seconds that the last frame lasts."""
        return self.end_s - (self.clock.seconds(self.clock.n_frames - 1) or Fraction(0))

    def say(self, what: str, where: str = "", hint: str = "", *, note: bool = False) -> None:
        self.problems.append(Problem("note" if note else "error", str(self.track.path), what, where, hint))

    @property
    def failed(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def on_grid(track: FileTrack, clock: Timebase) -> Placed:
    """The labels of a track on a video's grid; every problem is listed, and an error leaves no labels.

    A time goes to the nearest boundary, the earlier of two. What no interval covers becomes the track's `gap`. An
    overlap of more than half a frame, an interval that begins before the video or ends more than half a second
    after it, and one that would become empty are errors.
    """
    work = _Work(track, clock)
    _check_clock(work)
    pieces = [] if work.failed else _pieces(work)
    if work.is_coarse:
        what = f"a time lies {float(work.shift_s):.3f} s from the nearest frame, more than half a frame."
        work.say(what, _label(track), "Look whether the file belongs to this video.", note=True)
    if work.failed:
        return Placed((), (), clock.n_frames, work.shift_s, tuple(work.problems))
    starts, names = _tiled(pieces, clock.n_frames, track.gap)
    return Placed(starts, names, clock.n_frames, work.shift_s, tuple(work.problems))


def _label(track: FileTrack) -> str:
    return f"{track.video}, {track.tier}" if track.tier else track.video


def _check_clock(work: _Work) -> None:
    """Whether the file can be about a video with this clock."""
    track, clock = work.track, work.clock
    where = _label(track)
    if track.unit == "seconds" and clock.seconds(0) is None:
        work.say("counts in seconds, and this video has no frame rate.", where, "Import a format in frames.")
    counted = clock.media.rate if track.unit == "pictures" and clock.media is not None else clock.rate
    if track.rate and counted and abs(track.rate - counted) * 1000 > counted:
        what = f"counts {float(track.rate):.6g} {track.unit} a second; this video has {float(counted):.6g}."
        work.say(what, where, "Import a format in seconds, or look whether it is the right video.")
    if track.unit != "seconds" and track.intervals and track.end_s is not None and clock.seconds(0) is not None:
        last = max(int(i.stop) for i in track.intervals)
        end = clock.seconds(_frame(work, last)[0])
        if end is not None and 0 <= last <= 2 * clock.n_frames and abs(end - track.end_s) > CUT_S:
            what = (
                f"frame {last:,} is at {float(track.end_s):.3f} s in the file and at {float(end):.3f} s in this video."
            )
            work.say(what, where, "The file was made for another frame rate. Import a format in seconds.")
    if track.n_frames is not None and track.n_frames != clock.n_frames and not work.failed:
        excess = Fraction(track.n_frames - clock.n_frames)
        limit = CUT_S * clock.rate if clock.rate is not None else CUT_S * 2
        what = f"is about {track.n_frames:,} frames; this video has {clock.n_frames:,}."
        if abs(excess) > limit:
            work.say(what, where, "Import a format in seconds, or look whether it is the right video.")
        else:
            work.say(f"{what} The rest is {'cut' if excess > 0 else 'left as it is described'}.", where, note=True)


def _pieces(work: _Work) -> list[tuple[int, int, str | None]]:
    """(start, stop, name) in frames, in order, without overlap."""
    found: list[tuple[int, int, str | None]] = []
    before: Interval | None = None
    for interval in sorted(work.track.intervals, key=lambda i: (i.start, i.stop)):
        try:
            found.append(_piece(work, interval, before, found[-1][1] if found else 0))
        except InputError as error:
            work.say(error.what, error.where)
        if before is None or interval.stop > before.stop:
            before = interval
    return found


def _piece(work: _Work, interval: Interval, before: Interval | None, free: int) -> tuple[int, int, str | None]:
    """One interval in frames; `free` is the first free frame. Raises InputError where it cannot stand."""
    start, stop, name, place = interval
    clock, unit = work.clock, work.track.unit
    text = "unlabelled" if name is None else f'"{name or "background"}"'

    def refused(what: str) -> InputError:
        return InputError(work.track.path, what, place)

    if stop <= start:
        raise refused(f"{text} ends at {_number(stop, unit)}, where it begins or before.")
    if start < 0:
        raise refused(f"{text} begins at {_number(start, unit)}, before the video.")
    first, _ = _frame(work, start)
    last, beyond = _frame(work, stop)
    if beyond > CUT_S or first >= clock.n_frames:
        end = clock.seconds(clock.n_frames)
        length = f"{clock.n_frames:,} frames" + (f", {float(end):.3f} s" if end is not None else "")
        raise refused(f"{text} ends at {_number(stop, unit)}; the video has {length}.")
    if beyond > 0:
        work.say(f"{text} ends {float(beyond):.3f} s after the last frame and was cut there.", place, note=True)
    if before is not None and start < before.stop and first < free:
        if not _is_touch(work, start, before.stop):
            other = before.place or _number(before.start, unit)
            raise refused(f"{text} overlaps the one of {other} by {_amount(before.stop - start, unit)}.")
        first = free
    if last <= first:
        raise refused(f"{text} from {_number(start, unit)} lasts less than a frame of this video.")
    return first, last, name


def _frame(work: _Work, value: Fraction | int) -> tuple[int, Fraction]:
    """(boundary of the grid, seconds that the value lies beyond the last one; 0 within half a frame)."""
    found = work.boundaries.get(value)  # the end of one interval is mostly the start of the next
    if found is None:
        found = work.boundaries[value] = _boundary(work, value)
    return found


def _boundary(work: _Work, value: Fraction | int) -> tuple[int, Fraction]:
    clock = work.clock
    if work.track.unit == "seconds":
        if value < work.end_s:
            boundary = clock.boundary_near(Fraction(value)) or 0
            _measure(work, Fraction(value), boundary)
            return boundary, Fraction(0)
        excess_s = value - work.end_s
        if 2 * excess_s <= work.last_frame_s:
            _measure(work, Fraction(value), clock.n_frames)
            return clock.n_frames, Fraction(0)
        return clock.n_frames, excess_s
    if work.track.unit == "pictures":
        boundary, excess = clock.boundary_of_picture(int(value)), int(value) - clock.picture_boundary(clock.n_frames)
        rate = clock.rate * clock.picture_ratio if clock.rate is not None else None
    else:
        boundary, excess, rate = min(int(value), clock.n_frames), int(value) - clock.n_frames, clock.rate
    return boundary, max(Fraction(0), Fraction(excess) / (rate or 1))


def _is_touch(work: _Work, start: Fraction | int, end: Fraction | int) -> bool:
    """Whether two intervals overlap by so little (half a frame) that they touch."""
    if work.track.unit != "seconds":
        return False
    frame = work.clock.boundary_near(Fraction(end)) or 0
    here, after = work.clock.seconds(max(0, frame - 1)), work.clock.seconds(max(1, frame))
    return here is not None and after is not None and 2 * (end - start) <= after - here


def _measure(work: _Work, seconds: Fraction, frame: int) -> None:
    """Note how far a time lies from its boundary."""
    exact = work.clock.seconds(frame) or Fraction(0)
    shift = abs(exact - seconds)
    if shift > work.shift_s:
        work.shift_s = shift
        after = work.clock.seconds(frame + 1) or exact
        work.is_coarse = work.is_coarse or (shift > Fraction(1, 1000) and 2 * shift > after - exact)


def _tiled(
    pieces: Iterable[tuple[int, int, str | None]], n_frames: int, gap: str | None
) -> tuple[tuple[int, ...], tuple[str | None, ...]]:
    """Starts and names that tile the grid; gaps filled, equal neighbours joined."""
    starts: list[int] = []
    names: list[str | None] = []

    def add(start: int, name: str | None) -> None:
        if not names or names[-1] != name:
            starts.append(start)
            names.append(name)

    end = 0
    for start, stop, name in pieces:
        if start > end:
            add(end, gap)
        add(start, name)
        end = stop
    if end < n_frames:
        add(end, gap)
    return tuple(starts), tuple(names)


def _number(value: Fraction | int, unit: str) -> str:
    return f"{float(value):.3f} s" if unit == "seconds" else f"{unit.removesuffix('s')} {int(value):,}"


def _amount(value: Fraction | int, unit: str) -> str:
    return f"{float(value):.3f} s" if unit == "seconds" else f"{int(value):,} {unit}"
