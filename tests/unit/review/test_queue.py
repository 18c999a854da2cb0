"""The review queue from evidence with a known answer, and what holds for every evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.annotation.segmentation import EDITED, Segmentation
from core.data.dataset import UNLABELLED, VideoId
from core.review import doubt
from core.review.doubt import Evidence, Margins, segment_doubts
from core.review.place import Kind
from core.review.queue import LEAST_DOUBT, LEAST_EXPECTED, by_worth, places_of
from core.review.usual import Usual, usual

V = VideoId("v")
NOTHING, UNKNOWN = Usual(), Margins.of([])


def track(lengths: list[int], labels: list[int], flags: list[int] | None = None) -> Segmentation:
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return Segmentation(starts, np.array(labels), sum(lengths), None if flags is None else np.array(flags, np.uint8))


def test_where_another_run_disagrees_is_a_place():
    mine, other = track([50, 50], [0, 1]), track([70, 30], [0, 1])
    (place,) = places_of(Evidence(V, mine, others=(other,)), NOTHING, UNKNOWN)
    assert (place.start, place.stop) == (50, 70)
    assert place.main.kind is Kind.RUNS and (place.main.found, place.main.usual) == (1, 1)


def test_the_lowest_margin_of_the_activity_is_a_place():
    margin = np.ones(100, np.float32)
    margin[40:50] = 0.01
    low = Margins.of([margin])
    (place,) = places_of(Evidence(V, track([50, 50], [0, 1]), margin=margin), NOTHING, low)
    assert 40 <= place.start < place.stop <= 50 and place.main.kind is Kind.MARGIN


def test_what_a_person_edited_or_checked_is_no_place():
    mine, other = track([50, 50], [0, 1], [0, EDITED]), track([70, 30], [0, 1])
    assert places_of(Evidence(V, mine, others=(other,)), NOTHING, UNKNOWN) == []
    mine = track([50, 50], [0, 1])
    assert places_of(Evidence(V, mine, others=(other,), checked=((45, 70),)), NOTHING, UNKNOWN) == []
    (rest,) = places_of(Evidence(V, mine, others=(other,), checked=((45, 60),)), NOTHING, UNKNOWN)
    assert (rest.start, rest.stop) == (60, 70)


def test_unlabelled_frames_come_first():
    mine, other = track([30, 40, 30], [0, UNLABELLED, 1]), track([60, 40], [0, 1])
    place = by_worth(places_of(Evidence(V, mine, others=(other,)), NOTHING, UNKNOWN))[0]
    assert place.main.kind is Kind.UNLABELLED and place.expected_frames == pytest.approx(40, abs=1)


def test_a_step_that_lasts_far_too_long_is_a_place():
    common = usual([track([20, 30 + i, 25], [0, 1, 2]) for i in range(8)])
    found = places_of(Evidence(V, track([20, 300, 25], [0, 1, 2])), common, UNKNOWN)
    assert [(p.start, p.stop) for p in found] == [(20, 320)]
    assert found[0].main.kind is Kind.LENGTH
    assert found[0].main.found == 300 and found[0].main.usual == pytest.approx(33.5, abs=1)
    assert places_of(Evidence(V, track([20, 34, 25], [0, 1, 2])), common, UNKNOWN) == []


def test_a_follower_that_never_came_is_a_place():
    common = usual([track([20, 20, 20], [0, 1, 2])] * 10)
    (place,) = places_of(Evidence(V, track([20, 20, 20], [0, 2, 1])), common, UNKNOWN)
    kinds = {(r.kind, r.before, r.label) for r in place.reasons}
    assert (Kind.ORDER, 0, 2) in kinds


def test_a_segment_that_looks_unlike_its_action_is_a_place():
    draw = np.random.default_rng(0)
    tracks = [track([20, 20], [0, 1])] * 10
    means = [np.array([[0.0, 0.0], [5.0, 5.0]]) + draw.normal(size=(2, 2)) * 0.1 for _ in tracks]
    common = usual(tracks, means)
    odd = np.array([[4.0, 4.0], [5.0, 5.0]])
    (place,) = places_of(Evidence(V, tracks[0], means=odd), common, UNKNOWN)
    assert (place.start, place.stop) == (0, 20) and place.main.kind is Kind.FRAMES


def test_little_seen_is_never_called_unusual():
    common = usual([track([20, 30], [0, 1])] * 2)
    assert places_of(Evidence(V, track([400, 3], [0, 1])), common, UNKNOWN) == []


def test_another_person_who_did_not_look_does_not_disagree():
    mine = track([50, 50], [0, 1])
    second = track([60, 40], [0, UNLABELLED])
    (place,) = places_of(Evidence(V, mine, second=second), NOTHING, UNKNOWN)
    assert (place.start, place.stop) == (50, 60) and place.main.kind is Kind.SECOND_REVIEWER


@st.composite
def tracks_of(draw, n_frames: int):
    labels = draw(st.lists(st.sampled_from([0, 1, 2, UNLABELLED]), min_size=n_frames, max_size=n_frames))
    return Segmentation.from_frames(labels, flags=draw(st.sampled_from([0, EDITED])))


@given(st.data())
def test_places_lie_apart_in_the_video_and_expect_no_more_than_they_hold(data):
    n = data.draw(st.integers(1, 60))
    mine = data.draw(tracks_of(n))
    others = tuple(data.draw(st.lists(tracks_of(n), max_size=2)))
    margin = data.draw(st.none() | st.just(np.random.default_rng(n).random(n).astype(np.float32)))
    start = data.draw(st.integers(0, n - 1))
    checked = ((start, data.draw(st.integers(start + 1, n))),)
    evidence = Evidence(V, mine, margin=margin, others=others, checked=checked)
    common = usual([mine, *others] * 3)
    found = places_of(evidence, common, Margins.of([margin] if margin is not None else []), rate=25.0)
    last = -1
    for place in found:
        assert last < place.start < place.stop <= n
        assert 0 < place.expected_frames <= place.stop - place.start + 1e-4
        assert place.reasons and place.main.expected_frames == max(r.expected_frames for r in place.reasons)
        last = place.stop
        looked_at = np.zeros(n, bool)
        looked_at[checked[0][0] : checked[0][1]] = True
        assert not looked_at[place.start : place.stop].all()


def places_by_frames(evidence: Evidence, usual_: Usual, margins: Margins, gap: int) -> list[tuple[int, int, float]]:
    """The definition, frame by frame: every frame's log-odds, the doubted ones joined over gaps, what they expect."""
    mine, n = evidence.track.to_frames(), evidence.track.n_frames
    odds = np.full(n, doubt.PRIOR)
    edges = evidence.track.boundaries()
    for frame in range(n):
        if len(edges):
            scale = doubt.NEAR_SHARE * n / len(evidence.track)
            odds[frame] += doubt.NEAR_BOUNDARY * np.exp(-np.abs(edges - frame).min() / scale)
        odds[frame] += doubt.UNLABELLED_ODDS * (mine[frame] == UNLABELLED)
        for other in evidence.others:
            odds[frame] += doubt.RUNS / len(evidence.others) * (other.at(frame).label != mine[frame])
        if evidence.second is not None and evidence.second.at(frame).label not in (mine[frame], UNLABELLED):
            odds[frame] += doubt.SECOND
    if evidence.margin is not None:
        ranks = margins.ranks(evidence.margin)
        odds += doubt.RANK * (1 - ranks) + doubt.LOW_TAIL * np.clip(1 - ranks / doubt.LOW_SHARE, 0, 1)
    for each in segment_doubts(evidence, usual_):
        odds[slice(*evidence.track[each.index][:2])] += each.log_odds
    wrong = 1 / (1 + np.exp(-odds))
    for index, segment in enumerate(evidence.track.segments):
        wrong[segment.start : segment.stop] *= not evidence.track.flag(index) & EDITED
    for start, stop in evidence.checked:
        wrong[start:stop] = 0
    joined: list[list[int]] = []
    for frame in np.flatnonzero(wrong >= LEAST_DOUBT).tolist():
        if joined and frame - joined[-1][1] <= gap:
            joined[-1][1] = frame + 1
        else:
            joined.append([frame, frame + 1])
    sums = ((start, stop, float(wrong[start:stop].sum())) for start, stop in joined)
    return [place for place in sums if place[2] >= LEAST_EXPECTED]


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_the_queue_is_that_of_every_frame_looked_at(data):
    n = data.draw(st.integers(1, 80))
    mine, seed = data.draw(tracks_of(n)), data.draw(st.integers(0, 99))
    others = tuple(data.draw(st.lists(tracks_of(n), max_size=2)))
    second = data.draw(st.none() | tracks_of(n))
    margin = data.draw(st.none() | st.just(np.random.default_rng(seed).random(n).astype(np.float32)))
    start = data.draw(st.integers(0, n - 1))
    checked = data.draw(st.just(()) | st.just(((start, n),)))
    evidence = Evidence(V, mine, margin=margin, others=others, second=second, checked=checked)
    common = usual([mine, *others, track([1, 2, 40], [0, 1, 2])] * 3)
    margins = Margins.of([margin] if margin is not None else [])
    found = [(p.start, p.stop, p.expected_frames) for p in places_of(evidence, common, margins, rate=10.0)]
    wanted = places_by_frames(evidence, common, margins, gap=4)
    assert [place[:2] for place in found] == [place[:2] for place in wanted]
    assert [place[2] for place in found] == pytest.approx([place[2] for place in wanted], rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_long_video_in_cells_has_the_same_places(data):
    """Every frame many times over, so that cells hold several frames; borders stay exact, sums within a thousandth."""
    n, times = data.draw(st.integers(2, 12)), data.draw(st.integers(100, 250))
    mine = stretched(data.draw(tracks_of(n)), times)
    others = tuple(stretched(each, times) for each in data.draw(st.lists(tracks_of(n), max_size=2)))
    second = data.draw(st.none() | tracks_of(n).map(lambda each: stretched(each, times - 1, times * n)))
    start = data.draw(st.integers(0, n * times - 2))
    checked = data.draw(st.just(()) | st.just(((start, start + 1),)))
    evidence = Evidence(V, mine, others=others, second=second, checked=checked)
    common = usual([mine, *others, track([1, 2, 40], [0, 1, 2])] * 3)
    found = [(p.start, p.stop, p.expected_frames) for p in places_of(evidence, common, UNKNOWN, rate=10.0)]
    wanted = places_by_frames(evidence, common, UNKNOWN, gap=4)
    assert [place[:2] for place in found] == [place[:2] for place in wanted]
    assert [place[2] for place in found] == pytest.approx([place[2] for place in wanted], rel=1e-3)


def stretched(cut: Segmentation, times: int, n_frames: int = 0) -> Segmentation:
    return Segmentation(cut.starts * times, cut.labels, n_frames or cut.n_frames * times, cut.flags)


def test_a_long_video_costs_what_is_doubted_of_it():
    mine, other = track([10**11, 10**11], [0, 1]), track([10**11 + 20, 10**11 - 20], [0, 1])
    (place,) = places_of(Evidence(V, mine, others=(other,)), NOTHING, UNKNOWN)  # by frames it would take a terabyte
    assert (place.start, place.stop) == (10**11, 10**11 + 20)


def test_what_is_usual_is_counted_over_every_video_and_never_across_two():
    found = usual([track([3, 5], [0, 1]), track([7, 9, 2], [2, UNLABELLED, 0]), track([4, 4], [0, 1])])
    assert found.follows == {(0, 1): 2} and found.leaves == {0: 2}
    assert {label: each.n for label, each in found.log_lengths.items()} == {0: 3, 1: 2, 2: 1}
    assert found.log_lengths[0].median == np.log(3)
