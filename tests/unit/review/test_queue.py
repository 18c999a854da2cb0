"""The review queue from evidence with a known answer, and what holds for every evidence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation.segmentation import EDITED, Segmentation
from core.data.dataset import UNLABELLED, VideoId
from core.review.doubt import Evidence, Margins
from core.review.place import Kind
from core.review.queue import by_worth, places_of
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
