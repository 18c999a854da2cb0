"""What a kit will hold, before anything is written: its reference video, its steps and their times."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from ..annotation.values import StepText
from ..data.dataset import UNLABELLED, ActionId, Video, VideoId
from ..data.words import readable
from ..errors import ConfigError, InputError
from .names import slug, video_names
from .occurrences import Occurrence, StandardTime, occurrences, seconds_between, standard_times
from .source import KitOptions, KitSource
from .words import ENGLISH as WORDS


@dataclass(frozen=True)
class Step:
    """One step of the kit: frames ``[start, stop)`` of `video`, pictures and seconds of the same."""

    index: int
    action: ActionId
    name: str
    title: str
    file: str
    video: VideoId
    start: int
    stop: int
    pictures: range
    start_s: Fraction
    stop_s: Fraction
    text: StepText
    time: StandardTime | None

    @property
    def seconds(self) -> Fraction:
        return self.stop_s - self.start_s


@dataclass(frozen=True)
class KitPlan:
    """A kit to be. `shown` are the videos it holds, by file name; `notes` say what a reader has to know of it."""

    title: str
    reference: VideoId
    steps: tuple[Step, ...]
    shown: dict[VideoId, str]
    notes: tuple[str, ...]
    n_videos: int
    n_accepted: int
    track: str

    @property
    def is_draft(self) -> bool:
        """Whether anything in it was not accepted by a person."""
        return self.n_accepted < self.n_videos or self.track == "prediction"


def plan_kit(source: KitSource, options: KitOptions) -> KitPlan:
    """The plan of a kit.

    Raises:
        ConfigError: no video was chosen, or a setting is out of range.
        InputError: no chosen video can be shown, or none holds a step.
    """
    if min(options.min_step_s, options.join_gap_s, options.handle_s) < 0:
        raise ConfigError("The seconds of a kit's settings are 0 or more.")
    if not source.tracks:
        raise ConfigError("No video was chosen for the kit. Accept videos first, or choose all videos.")
    notes: list[str] = []
    timed = {v: source.videos[v] for v in source.tracks if source.videos[v].timebase.seconds(0) is not None}
    found, dropped = {}, {}
    for video, values in timed.items():
        found[video], dropped[video] = occurrences(source.tracks[video], values, options)
    if len(timed) < len(source.tracks):
        notes.append(WORDS["note_no_rate"].format(n=len(source.tracks) - len(timed)))
    reference = _reference(source, timed, found, notes)
    counted = {v: done for v, done in found.items() if v in source.accepted} or found
    times = standard_times(timed, counted)
    steps = tuple(
        _step(source, found, times, reference, index, occurrence, notes)
        for index, occurrence in enumerate(found[reference], 1)
    )
    names = video_names([source.videos[v] for v in dict.fromkeys([reference, *(s.video for s in steps)])])
    notes += _omissions(source, reference, found, dropped[reference])
    return KitPlan(
        title=source.kit_text.title or readable(source.activity) or "Training kit",
        reference=reference,
        steps=steps,
        shown=names,
        notes=tuple(dict.fromkeys(notes)),
        n_videos=len(source.tracks),
        n_accepted=sum(v in source.accepted for v in source.tracks),
        track=source.track,
    )


def _reference(
    source: KitSource, timed: dict[VideoId, Video], found: dict[VideoId, list[Occurrence]], notes: list[str]
) -> VideoId:
    """The person's choice, or the video closest to the median duration; accepted ones first."""
    usable = [v for v, video in timed.items() if video.media is not None and video.timebase.media and found[v]]
    if not usable:
        some = next(iter(source.tracks))
        hint = "Label steps of at least half a second in a video whose file is there."
        raise InputError(source.videos[some].name, "no chosen video has both a video file and a step.", hint=hint)
    wanted = source.kit_text.video
    if wanted is not None:
        if wanted in usable:
            return wanted
        name = source.videos[wanted].name if wanted in source.videos else wanted
        notes.append(WORDS["note_reference"].format(video=name))
    usable = [v for v in usable if v in source.accepted] or usable
    lengths = {v: seconds_between(timed[v], 0, source.tracks[v].n_frames) for v in usable}
    middle = median(lengths.values())
    return min(usable, key=lambda v: abs(lengths[v] - middle))


def _step(
    source: KitSource,
    found: dict[VideoId, list[Occurrence]],
    times: dict[tuple[ActionId, int], StandardTime],
    reference: VideoId,
    index: int,
    occurrence: Occurrence,
    notes: list[str],
) -> Step:
    name = _name(source, occurrence.action)
    text = source.step_texts.get(occurrence.action, StepText())
    title = text.title or readable(name)
    video, shown = reference, occurrence
    if text.video is not None and text.video != reference:
        same = [o for o in found.get(text.video, []) if o.action == occurrence.action]
        if same and source.videos[text.video].media is not None and source.videos[text.video].timebase.media:
            video, shown = text.video, same[min(occurrence.nth, len(same) - 1)]
        else:
            wanted = source.videos[text.video].name if text.video in source.videos else str(text.video)
            notes.append(WORDS["note_shown_in"].format(title=title, video=wanted))
    clock = source.videos[video].timebase
    start_s, stop_s = clock.seconds(shown.start), clock.seconds(shown.stop)
    assert start_s is not None and stop_s is not None  # only videos with a clock get here
    return Step(
        index=index,
        action=occurrence.action,
        name=name,
        title=title,
        file=f"{index:02d}_{slug(title) or slug(name) or 'step'}",
        video=video,
        start=shown.start,
        stop=shown.stop,
        pictures=pictures_of(source.videos[video], shown.start, shown.stop),
        start_s=start_s,
        stop_s=stop_s,
        text=text,
        time=times.get((occurrence.action, occurrence.nth)),
    )


def pictures_of(video: Video, start: int, stop: int) -> range:
    """The pictures that frames ``[start, stop)`` stand for, at least one. Raises InputError beyond the video's end."""
    clock = video.timebase
    n = clock.media.n_pictures if clock.media else 0
    first, last = int(start * clock.picture_ratio), int(stop * clock.picture_ratio)
    if first >= n:
        raise InputError(
            video.name,
            f"the labels go on after the end of the video ({n:,} pictures).",
            f"frame {start}",
            "Choose another video for this step.",
        )
    return range(first, max(first + 1, min(last, n)))


def _omissions(
    source: KitSource, reference: VideoId, found: dict[VideoId, list[Occurrence]], dropped: list[Occurrence]
) -> list[str]:
    """What the reference does not show: steps that are too short there, and steps that only others do."""
    notes = []
    video, in_reference = source.videos[reference], {o.action for o in found[reference]}
    for one in dropped:
        seconds = float(seconds_between(video, one.start, one.stop))
        name = _name(source, one.action)
        notes.append(WORDS["note_dropped"].format(action=name, frame=one.start, video=video.name, seconds=seconds))
    others: dict[ActionId, int] = {}
    for done in found.values():
        for action in {o.action for o in done} - in_reference:
            others[action] = others.get(action, 0) + 1
    for action, count in sorted(others.items(), key=lambda item: -item[1]):
        name = _name(source, action)
        notes.append(WORDS["note_omitted"].format(action=name, n=count, total=len(found)))
    unlabelled = sum(s.length for s in source.tracks[reference].segments if s.label == UNLABELLED)
    if unlabelled:
        notes.append(WORDS["note_unlabelled"].format(n=f"{unlabelled:,}", video=video.name))
    return notes


def _name(source: KitSource, action: ActionId) -> str:
    known = source.actions.get(action)
    return known.name if known else WORDS["background"].lower()
