"""What is said of whole segments: the measures of the queue, one answer a segment, nothing where a person looked."""

from __future__ import annotations

import numpy as np
import pytest

from core.annotation.segmentation import EDITED, Segmentation
from core.data.dataset import VideoId
from core.review.cells import cells
from core.review.doubt import Evidence, Margins, frame_doubts, segment_doubts
from core.review.odds import NOTHING_SAID, Odds, key_of, no_odds, odds_of
from core.review.place import Kind
from core.review.queue import LEAST_DOUBT, places_of
from core.review.seen import Seen
from core.review.usual import Usual, usual

V, W = VideoId("v"), VideoId("w")


def cut(starts: list[int], labels: list[int], n: int = 300, flags: list[int] | None = None) -> Segmentation:
    return Segmentation(np.array(starts), np.array(labels), n, None if flags is None else np.array(flags))


def of(evidence: Evidence, common: Usual | None = None, margins: Margins | None = None):
    return odds_of(evidence, common or usual([evidence.track]), margins or Margins.of([]))


def test_a_segment_on_which_all_other_runs_disagree_is_odd_and_says_so():
    track, other = cut([0, 100, 200], [0, 1, 2]), cut([0, 100, 200], [0, 3, 2])
    found = of(Evidence(V, track, others=(other,)))
    assert found.shares[1] > LEAST_DOUBT > max(found.shares[0], found.shares[2])
    assert [[r.kind for r in reasons] for reasons in found.reasons] == [[], [Kind.RUNS], []]
    assert found.reasons[1][0].expected_frames == pytest.approx(100 * found.shares[1])


def test_a_segment_of_an_unusual_length_is_odd_by_itself():
    tracks = [cut([0, 100 + n, 200], [0, 1, 2]) for n in range(8)]
    odd = cut([0, 100, 103], [0, 1, 2])
    common = usual([*tracks, odd])
    found = of(Evidence(V, odd), common)
    assert Kind.LENGTH in [r.kind for r in found.reasons[1]]
    assert not any(r.kind is Kind.BOUNDARY for reasons in found.reasons for r in reasons)  # all have boundaries
    assert of(Evidence(V, tracks[0]), common).reasons == ((), (), ())


def test_where_a_person_looked_nothing_is_expected_to_be_wrong():
    other = cut([0, 100, 200], [3, 4, 5])
    edited = of(Evidence(V, cut([0, 100, 200], [0, 1, 2], flags=[0, EDITED, 0]), others=(other,)))
    checked = of(Evidence(V, cut([0, 100, 200], [0, 1, 2]), others=(other,), checked=((100, 200),)))
    for found in (edited, checked):
        assert found.shares[1] == 0 and found.reasons[1] == () and found.reasons[0] and found.reasons[2]
    half = of(Evidence(V, cut([0, 100, 200], [0, 1, 2]), others=(other,), checked=((100, 150),)))
    assert 0 < half.shares[1] < 0.6 * half.shares[0]
    assert no_odds(other).shares.tolist() == [0, 0, 0]


def test_shares_are_the_mean_chance_of_the_frames_as_the_queue_counts_it():
    """The queue asks every frame where there are scores; cells of a few frames come to the same within a hundredth."""
    draw = np.random.default_rng(0)
    track, other = cut([0, 900, 2000], [0, 1, 2], 3000), cut([0, 1200, 1500], [0, 1, 2], 3000)
    margin = draw.random(3000).astype(np.float32)
    evidence, margins = Evidence(V, track, margin=margin, others=(other,)), Margins.of([margin])
    common = usual([track])
    every = cells(np.array([0]), np.array([3000]), 1, np.array([], np.int64))
    seen = Seen(track, every, frame_doubts(evidence, margins, every), segment_doubts(evidence, common))
    exact = [float(seen.chances()[s.start : s.stop].mean()) for s in track.segments]
    assert of(evidence, common, margins).shares.tolist() == pytest.approx(exact, abs=0.01)
    assert places_of(evidence, common, margins)


def test_one_row_of_all_videos_finds_a_segment_by_video_and_frame():
    a, b = cut([0, 100], [0, 1]), cut([0, 50], [1, 0])
    found = Odds.of({V: no_odds(a), W: no_odds(b)})
    video, starts = np.array([1, 1, 0, 0]), np.array([0, 100, 50, 0])
    rows = found.rows((W, V), video, starts, np.array([100, 300, 300, 51]), np.array([0, 1, 0, 1]))
    assert rows.tolist() == [0, 1, 3, -1]  # the last ends elsewhere than when it was asked
    assert found.rows((VideoId("x"),), np.array([0]), np.array([0]), np.array([100]), np.array([0])).tolist() == [-1]
    assert NOTHING_SAID.rows((V,), np.array([0]), np.array([0]), np.array([100]), np.array([0])).tolist() == [-1]
    assert (np.diff(key_of(np.array([0, 0, 1]), np.array([0, 10**9, 0]))) > 0).all()
