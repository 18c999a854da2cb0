"""What a kit will hold, from known labels: steps, the reference video, standard times and what a reader must know."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.annotation.segmentation import Segmentation
from core.annotation.values import KitText, StepText
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, Video, VideoId
from core.data.timebase import MediaInfo, Timebase
from core.errors import ConfigError, InputError
from core.kit.captions import Cue, chapters, ffmetadata, srt, webvtt
from core.kit.names import slug
from core.kit.plan import plan_kit
from core.kit.source import KitOptions, KitSource
from core.media.clips import Chapter

RATE = 10
A, B, C = 0, 1, 2


def a_video(name: str, n: int, *, media: bool = True, labels_per_picture: Fraction = Fraction(1)) -> Video:
    """A video of `n` annotation frames at 10 a second, its pictures starting at 5 s in the file."""
    n_pictures = int(n / labels_per_picture)
    rate = RATE / labels_per_picture
    pts = 500 + np.arange(n_pictures) * 10
    info = MediaInfo(pts, Fraction(1, int(10 * rate)), 500 + n_pictures * 10, rate, False, 64, 48)
    clock = Timebase(n, Fraction(RATE), info if media else None, picture_ratio=1 / labels_per_picture)
    return Video(VideoId(name), name, clock, Path(f"/videos/{name}.mp4") if media else None)


def a_source(*tracks: list[tuple[int, int]], **changes: object) -> KitSource:
    """Accepted videos v0, v1, ... from (label, frames) pairs; three actions."""
    cuts = [Segmentation.from_frames(np.repeat([k for k, _ in t], [n for _, n in t])) for t in tracks]
    videos = {VideoId(f"v{i}"): a_video(f"v{i}", cut.n_frames) for i, cut in enumerate(cuts)}
    actions = {
        ActionId(i): Action(ActionId(i), name, "#112233") for i, name in enumerate(("fill", "shake_it", "close"))
    }
    source = KitSource(
        activity="mix_drink",
        track="corrected",
        videos=videos,
        tracks=dict(zip(videos, cuts, strict=True)),
        actions=actions,
        accepted=dict.fromkeys(videos, ""),
    )
    return replace(source, **changes)  # type: ignore[arg-type]


def spans(source: KitSource, **options: object) -> list[tuple[int, int, int]]:
    plan = plan_kit(source, KitOptions(**options))  # type: ignore[arg-type]
    return [(int(s.action), s.start, s.stop) for s in plan.steps]


def test_background_and_unlabelled_are_no_steps() -> None:
    source = a_source([(BACKGROUND, 10), (A, 20), (UNLABELLED, 5), (B, 20), (BACKGROUND, 9)])
    assert spans(source) == [(A, 10, 30), (B, 35, 55)]
    assert plan_kit(source, KitOptions()).notes == ("5 frames of v0 are unlabelled and belong to no step.",)
    assert spans(source, include_background=True) == [
        (BACKGROUND, 0, 10),
        (A, 10, 30),
        (B, 35, 55),
        (BACKGROUND, 55, 64),
    ]


def test_equal_steps_meet_over_a_short_gap_only() -> None:
    source = a_source([(A, 20), (BACKGROUND, 9), (A, 20), (BACKGROUND, 10), (A, 20), (B, 3), (A, 20)])
    assert spans(source) == [(A, 0, 49), (A, 59, 102)]
    assert spans(source, join_gap_s=0.0, min_step_s=0.0) == [
        (A, 0, 20), (A, 29, 49), (A, 59, 79), (B, 79, 82), (A, 82, 102),
    ]  # fmt: skip
    assert plan_kit(source, KitOptions()).notes == ('"shake_it" at frame 79 of v0 is left out: 0.30 s.',)


def test_the_reference_is_the_accepted_video_closest_to_the_median() -> None:
    source = a_source([(A, 30)], [(A, 100)], [(A, 50)], [(A, 58)])
    assert plan_kit(source, KitOptions()).reference == "v2"
    accepted = {VideoId(v): "" for v in ("v0", "v1")}
    assert plan_kit(replace(source, accepted=accepted), KitOptions()).reference == "v0"
    chosen = replace(source, kit_text=KitText(video=VideoId("v1")))
    assert plan_kit(chosen, KitOptions()).reference == "v1"
    gone = plan_kit(replace(source, kit_text=KitText(video=VideoId("v9"))), KitOptions())
    assert gone.reference == "v2" and gone.notes == (
        "v9 was chosen as the reference, but cannot be shown in this kit.",
    )


def test_a_video_without_a_file_counts_for_the_times_but_is_not_shown() -> None:
    source = a_source([(A, 30)], [(A, 50)], [(A, 100)])
    videos = dict(source.videos) | {VideoId("v1"): a_video("v1", 50, media=False)}
    plan = plan_kit(replace(source, videos=videos), KitOptions())
    assert plan.reference == "v0"
    assert plan.steps[0].time is not None and (plan.steps[0].time.n, plan.steps[0].time.median) == (3, 5.0)


def test_standard_times_are_of_the_nth_time_of_each_action() -> None:
    source = a_source(
        [(A, 20), (B, 40), (A, 10)], [(A, 30), (B, 50), (A, 20)], [(A, 40), (B, 90)], [(A, 60), (C, 30), (B, 60)]
    )
    plan = plan_kit(source, KitOptions())
    assert plan.reference == "v1"
    times = [(s.time.median, s.time.q1, s.time.q3, s.time.n) for s in plan.steps if s.time]
    assert times == [(3.5, 2.75, 4.5, 4), (5.5, 4.75, 6.75, 4), (1.5, 1.25, 1.75, 2)]
    assert [s.time.is_standard for s in plan.steps if s.time] == [True, True, False]
    assert plan.notes == ('"close" is done in 1 of 4 videos, not in the reference.',)


def test_standard_times_are_of_accepted_videos_where_there_are_some() -> None:
    source = a_source([(A, 10)], [(A, 20)], [(A, 90)])
    some = replace(source, accepted={VideoId("v0"): "", VideoId("v1"): ""})
    time = plan_kit(some, KitOptions()).steps[0].time
    assert time is not None and (time.median, time.n, time.is_standard) == (1.5, 2, False)
    none = plan_kit(replace(source, accepted={}), KitOptions()).steps[0].time
    assert none is not None and (none.median, none.n) == (2.0, 3)


def test_a_step_may_be_shown_in_another_video() -> None:
    source = a_source([(A, 20), (B, 40), (A, 10)], [(B, 50), (A, 30), (BACKGROUND, 20), (A, 6)], [(A, 70)])
    reference = KitText(video=VideoId("v0"))
    texts = {ActionId(A): StepText(title="Fill the jug", video=VideoId("v1"))}
    plan = plan_kit(replace(source, kit_text=reference, step_texts=texts), KitOptions())
    assert [(s.video, s.start, s.stop, s.title) for s in plan.steps] == [
        ("v1", 50, 80, "Fill the jug"),
        ("v0", 20, 60, "Shake it"),
        ("v1", 100, 106, "Fill the jug"),
    ]
    assert list(plan.shown) == ["v0", "v1"]
    texts = {ActionId(B): StepText(video=VideoId("v2"))}
    plan = plan_kit(replace(source, kit_text=reference, step_texts=texts), KitOptions())
    assert {s.video for s in plan.steps} == {"v0"}
    assert plan.notes == ('"Shake it" was to be shown in v2, which is not in this kit or does not hold it.',)


def test_pictures_are_those_that_the_frames_stand_for() -> None:
    source = a_source([(A, 20), (B, 21)])
    for ratio, wanted in ((Fraction(1, 2), [range(40), range(40, 82)]), (Fraction(2), [range(10), range(10, 20)])):
        videos = {VideoId("v0"): a_video("v0", 41, labels_per_picture=ratio)}
        plan = plan_kit(replace(source, videos=videos), KitOptions())
        assert [s.pictures for s in plan.steps] == wanted
        assert [float(s.start_s) for s in plan.steps] == [0.0, 2.0]


@pytest.mark.parametrize(
    ("source", "error", "said"),
    [
        (a_source([(A, 30)], tracks={}), ConfigError, "Accept videos first"),
        (a_source([(A, 30)], videos={VideoId("v0"): a_video("v0", 30, media=False)}), InputError, "no chosen video"),
        (a_source([(BACKGROUND, 30)]), InputError, "no chosen video"),
        (a_source([(A, 4)]), InputError, "half a second"),
    ],
)
def test_what_cannot_become_a_kit_says_why(source: KitSource, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        plan_kit(source, KitOptions())
    with pytest.raises(ConfigError, match="0 or more"):
        plan_kit(source, KitOptions(min_step_s=-1))


def test_labels_that_go_on_after_the_video_are_named() -> None:
    source = a_source([(A, 30), (B, 30)])
    short = a_video("v0", 60)
    assert short.timebase.media is not None
    media = replace(short.timebase.media, pts=short.timebase.media.pts[:25])
    clock = Timebase(60, Fraction(RATE), media)
    with pytest.raises(InputError, match=r"v0, frame 30: the labels go on after the end of the video \(25 pictures\)"):
        plan_kit(replace(source, videos={VideoId("v0"): replace(short, timebase=clock)}), KitOptions())


def test_slugs_are_short_and_plain() -> None:
    assert slug("../../etc/passwd\0") == "etc-passwd"
    assert slug("手を洗う") == ""
    assert slug("x" * 50 + " y") == "x" * 40
    plan = plan_kit(a_source([(A, 30)], step_texts={ActionId(A): StepText(title="手を洗う")}), KitOptions())
    assert (plan.steps[0].file, plan.steps[0].title) == ("01_fill", "手を洗う")


def test_captions_escape_what_their_format_reads() -> None:
    found = [Cue(1500, 3_725_004, "1. a <b> & --> c", ("• x = 1; #\\",)), Cue(3_800_000, 3_900_000, "2. d")]
    assert webvtt(found, subtitles=False).split("\n")[2:5] == [
        "1",
        "00:00:01.500 --> 01:02:05.004",
        "1. a &lt;b&gt; &amp; --&gt; c",
    ]
    assert "• x = 1; #\\" in webvtt(found, subtitles=True)
    assert srt(found).split("\n\n")[0] == "1\n00:00:01,500 --> 01:02:05,004\n1. a ‹b› & --› c\n• x = 1; #\\"
    tiled = chapters(found, "between")
    assert tiled == [
        Chapter(0, 1500, "between"),
        Chapter(1500, 3_725_004, "1. a <b> & --> c"),
        Chapter(3_725_004, 3_800_000, "between"),
        Chapter(3_800_000, 3_900_000, "2. d"),
    ]
    assert "title=1. x \\= \\; \\# \\\\" in ffmetadata("t", [Chapter(0, 1, "1. x = ; # \\")])
