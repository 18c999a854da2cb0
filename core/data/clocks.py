"""The clock of each video: pictures, labels and feature rows brought onto one annotation grid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal

from .dataset import Choice, Video, VideoId
from .items import Item, Told
from .rates import NEAR, SHARE, frames, stride
from .timebase import Timebase

Lengths = Literal["trim", "resample", "skip"]
LENGTHS: tuple[Lengths, ...] = ("trim", "resample", "skip")


@dataclass(frozen=True)
class Ratio:
    """Frames per row, or pictures per frame, over all videos; not certain while a person has to confirm it.

    `by_video` holds what is known of single videos.
    """

    value: Fraction = Fraction(1)
    is_certain: bool = True
    by_video: Mapping[str, Fraction] = field(default_factory=dict)


def make_videos(
    items: Sequence[Item], lengths: Lengths | None, feature_rate: Fraction | None, told: Told
) -> tuple[Video, ...]:
    """The videos with their clocks; what does not fit is a row, and what is not certain is not trained on."""
    pictures = _picture_ratio(items, told)
    step = _stride(items, feature_rate, told)
    maker = _Maker(pictures, step, lengths, feature_rate, told)
    videos = []
    for item in items:
        if item.n_frames or item.n_rows or item.score_shape:
            videos.append(maker.video(item))
        else:
            told.leave_out(item.id)
    maker.say_choices(len(videos))
    return tuple(videos)


def _picture_ratio(items: Sequence[Item], told: Told) -> Ratio:
    """Pictures per label over all videos; 1 where nothing else is common."""
    both = [(i.n_labels, i.info.n_pictures) for i in items if i.n_labels and i.info]
    if not both or sum(abs(a - b) <= max(Fraction(1), NEAR * b) for a, b in both) >= SHARE * len(both):
        return Ratio()
    step = stride(both)[0]
    if step is None:
        told.say("proposed", told.root, "labels and pictures have no common ratio; labels count pictures.")
        return Ratio(is_certain=False)
    told.say("proposed", told.root, f"{float(step):g} pictures per label in the videos.")
    return Ratio(step, is_certain=False)


def _stride(items: Sequence[Item], feature_rate: Fraction | None, told: Told) -> Ratio:
    """Frames per row over all videos: as the extractor wrote, else found from the lengths."""
    having = [i for i in items if i.n_rows and i.n_frames and not i.has_odd_width]
    if not having:
        return Ratio()
    written = _written_strides(having)
    if written:
        strides = sorted(set(written.values()))
        shown = frames(strides[0]) if len(strides) == 1 else f"{', '.join(map(str, strides))} frames"
        told.findings.append(f"Rate of the features: one row for {shown}, as the extractor wrote")
        return Ratio(by_video=written)
    step, is_certain, reason = _from_lengths(having)
    if feature_rate is None:
        told.findings.append(f"Rate of the features: {reason}")
        if not is_certain:
            told.say("proposed", told.root, reason, hint="State the feature rate.")
            told.choices.append(Choice("feature_rate", f"{reason[0].upper()}{reason[1:]}", is_open=True))
    return Ratio(step or Fraction(1), is_certain)


def _written_strides(having: Sequence[Item]) -> dict[str, Fraction]:
    """Pictures per row of each video as its extractor wrote, where the labels count pictures too; else nothing."""
    written = {i.id: i.extraction.stride for i in having if i.extraction and i.extraction.stride and i.info}
    fitting = [i for i in having if i.id in written and _is_near(i.n_rows * written[i.id], i.n_frames, written[i.id])]
    return written if len(written) == len(having) and len(fitting) >= SHARE * len(having) else {}


def _is_near(length: Fraction, frames: int, step: Fraction) -> bool:
    return abs(length - frames) < max(2 * step, frames * NEAR)


def _from_lengths(having: Sequence[Item]) -> tuple[Fraction | None, bool, str]:
    return stride([(i.n_rows, i.n_frames) for i in having])


class _Maker:
    """Makes the clock of one video after the other by the same ratios, and counts what waits for an answer."""

    def __init__(
        self, pictures: Ratio, step: Ratio, lengths: Lengths | None, feature_rate: Fraction | None, told: Told
    ) -> None:
        self.pictures, self.step, self.lengths, self.feature_rate = pictures, step, lengths, feature_rate
        self.told = told
        self.differing: list[str] = []
        self.n_unrated = 0

    def video(self, item: Item) -> Video:
        """One video with its clock."""
        clock, is_certain = self._clock(item)
        is_usable = True
        if item.n_rows and item.n_frames and not item.has_odd_width:
            clock, is_usable = self._fit(item, clock)
        return Video(
            VideoId(item.id),
            item.id,
            clock,
            item.media,
            item.features,
            item.n_columns,
            item.turned,
            item.labels,
            item.is_good and is_usable and is_certain,
            item.scores,
        )

    def _clock(self, item: Item) -> tuple[Timebase, bool]:
        """(clock before lengths are compared, whether its rates are certain)."""
        frames, rows = item.n_frames, item.n_rows
        per_frame = self._pictures_per_frame(item)
        rate = item.info.rate / per_frame if item.info and item.info.rate else None
        own, is_certain = self.step.by_video.get(item.id, self.step.value), self.step.is_certain
        written = item.extraction.rate if item.extraction else None
        if self.feature_rate is not None:
            if frames and rate is not None:
                own, is_certain = rate / self.feature_rate, True
            elif not frames:
                rate, is_certain = self.feature_rate, True
            elif is_certain:
                rate = self.feature_rate * own
            else:
                self.n_unrated += 1
        elif rate is None and written is not None and is_certain:
            rate = written * own if frames else written
        if not self.pictures.is_certain and item.n_labels and item.info:
            is_certain = is_certain and own == 1
        n_frames = frames or rows or (item.score_shape or (1, 1))[0]
        is_average = bool(item.extraction and item.extraction.rows_average)
        clock = Timebase(n_frames, rate, item.info, per_frame, rows, own if frames else Fraction(1), is_average)
        return clock, is_certain

    def _pictures_per_frame(self, item: Item) -> Fraction:
        if not (item.n_labels and item.info):
            return Fraction(1)
        ratio, pictures = self.pictures.value, item.info.n_pictures
        expected, what = item.n_labels * ratio, f"video {pictures:,} pictures, labels {item.n_labels:,}."
        if abs(expected - pictures) > max(ratio, pictures * NEAR):
            hint = "Labels stay on their grid; frames without a picture say so."
            self.told.say("error", item.id, what, video=item.id, hint=hint)
        elif ratio == 1 and expected != pictures:
            self.told.say("note", item.id, what, video=item.id)
        return ratio

    def _fit(self, item: Item, clock: Timebase) -> tuple[Timebase, bool]:
        """(clock, usable) after the rule for different lengths."""
        frames, rows, step = clock.n_frames, clock.n_rows, clock.stride
        off = abs(rows * step - frames)
        if off == 0 or (step > 1 and off < 2 * step):
            return clock, True
        what = self._lengths_of(item, clock)
        trimmed = min(frames, max(1, int(rows * step)))
        cut = replace(clock, n_frames=trimmed, n_rows=min(rows, -int(-trimmed // step)))
        if off <= max(1, frames // 100):
            self.told.say("note", item.id, f"{what}: cut at the end to the shorter.", video=item.id)
            return cut, True
        self.differing.append(f"{item.id}: {what}")
        if self.lengths is None:
            hint = "Choose trim, resample or skip."
            self.told.say("proposed", item.id, f"{what}.", hint=hint, video=item.id)
            return clock, False
        done = {"trim": "trimmed", "resample": "resampled", "skip": "left out of training"}[self.lengths]
        self.told.say("note", item.id, f"{what}: {done}.", video=item.id)
        if self.lengths == "resample":
            return replace(clock, stride=Fraction(frames, rows)), True
        return (cut, True) if self.lengths == "trim" else (clock, False)

    def _lengths_of(self, item: Item, clock: Timebase) -> str:
        """The lengths of one video in words, with its ratio where that is another than the others'."""
        pictures = f"video {item.info.n_pictures:,}, " if item.info else ""
        labels = f", labels {item.n_labels:,}" if item.n_labels else ""
        ratio = Fraction(clock.n_frames, clock.n_rows)
        is_other = abs(ratio - clock.stride) > clock.stride / 4
        told = f" (ratio {float(ratio):.2g}, the others have {float(clock.stride):.2g})" if is_other else ""
        return f"{pictures}features {clock.n_rows:,}{labels}{told}"

    def say_choices(self, n_videos: int) -> None:
        """The choices that the clocks leave open, and what a stated rate could not settle."""
        if self.differing:
            more = f" and {len(self.differing) - 1} more" if len(self.differing) > 1 else ""
            found = (
                f"{len(self.differing)} of {n_videos} videos have lengths that differ by over 1 % "
                f"({self.differing[0]}{more})."
            )
            self.told.choices.append(
                Choice("lengths", found, LENGTHS, self.lengths or "", is_open=self.lengths is None)
            )
        if self.feature_rate is not None:
            found = f"The features have {float(self.feature_rate):g} rows a second, as stated."
            if self.n_unrated:
                what = (
                    f"{float(self.feature_rate):g} rows a second do not settle it: the rate of the labels is unknown."
                )
                hint = "Add the videos, or features with one row a label."
                self.told.say("proposed", self.told.root, what, hint=hint)
                found = what
            taken = str(self.feature_rate)
            self.told.choices.append(Choice("feature_rate", found, (), taken, is_open=self.n_unrated > 0))
