"""Corrections of segments of several videos at once: one step, only what was chosen, and undo restores exactly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.annotation import commands
from core.annotation.document import Document
from core.annotation.learnable import learnable
from core.annotation.segmentation import EDITED, Segmentation
from core.annotation.values import LabelMap, Prediction, Review, ReviewStatus, Run
from core.data.dataset import Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError

N, R = 20, RunId("r")
VIDEOS = [VideoId(name) for name in ("a", "b", "c")]
LABELS = st.lists(st.integers(-2, 3), min_size=N, max_size=N)
TRACKS = st.fixed_dictionaries({video: st.none() | LABELS for video in VIDEOS})
SPAN = st.tuples(st.integers(0, N - 1), st.integers(1, N)).filter(lambda span: span[0] < span[1])
PLACES = st.dictionaries(st.sampled_from(VIDEOS), st.lists(SPAN, min_size=1, max_size=4), min_size=1)
STATUS = st.sampled_from(list(ReviewStatus))


def a_document(corrected: dict[VideoId, list[int] | None], status: ReviewStatus = ReviewStatus.NONE) -> Document:
    """Three videos with a prediction each; some of them corrected."""
    videos = tuple(Video(video, str(video), Timebase(N)) for video in VIDEOS)
    actions = tuple(Action(ActionId(i), f"step {i}", "#000000") for i in range(4))
    document = Document(Dataset(Path("."), "x", videos, actions))
    document.add_run(Run(R, 1, {"n_clusters": 3}, "cpu", 1, 1, False, "", {}), LabelMap(R, 3, {0: 0, 1: 1}))
    cut = Segmentation(np.array([0, 8, 16]), np.array([0, 1, 2]), N)
    document.add_predictions([Prediction(R, video, cut) for video in VIDEOS])
    for video, labels in corrected.items():
        if labels is not None:
            document.corrected[video] = Segmentation.from_frames(labels)
    if status is not ReviewStatus.NONE:
        document.reviews[VIDEOS[0]] = Review(status, "a note")
    return document


def values(document: Document) -> tuple[dict[VideoId, Segmentation], dict[VideoId, Review]]:
    return dict(document.corrected), dict(document.reviews)


def base(document: Document, video: VideoId) -> Segmentation:
    """What an edit of a video starts from."""
    found = document.corrected.get(video)
    return found if found is not None else commands.take_prediction(document, R, video).swaps[0].after


@given(TRACKS, PLACES, st.integers(-2, 3), STATUS)
def test_only_what_is_chosen_changes_and_undo_restores_exactly(corrected, places, action, status):
    document = a_document(corrected, status)
    before, starts = values(document), {video: base(document, video) for video in VIDEOS}
    try:
        edit = commands.relabel_places(document, places, action, run=R)
    except EditError as error:
        assert "Nothing would change" in str(error)
        return
    document.apply(edit)
    for video in VIDEOS:
        track = document.corrected.get(video)
        if video not in places:
            assert track == before[0].get(video)
            continue
        chosen = np.zeros(N, bool)
        for start, stop in places[video]:
            chosen[start:stop] = True
        if track is None:  # nothing would have changed in it
            continue
        assert track.starts[0] == 0 and (np.diff(track.starts) > 0).all() and track.n_frames == N
        assert (track.labels[1:] != track.labels[:-1]).all()
        assert np.array_equal(track.to_frames(), np.where(chosen, action, starts[video].to_frames()))
        if track != before[0].get(video):
            assert all(track.flag(track.index_at(f)) & EDITED for f in np.flatnonzero(chosen))
            assert document.review(video).status is not ReviewStatus.ACCEPTED
    document.apply(edit.inverse())
    assert values(document) == before
    mapped = {video: commands.take_prediction(a_document({}), R, video).swaps[0].after for video in VIDEOS}
    assert commands.relabel_places(document, places, action, run=R, mapped=mapped) == edit


@given(TRACKS, PLACES, STATUS)
def test_what_is_checked_is_checked_in_every_video_and_undo_takes_it_back(corrected, places, status):
    document = a_document(corrected, status)
    before = values(document)
    edit = commands.check_places(document, places)
    document.apply(edit)
    assert document.corrected == before[0]
    for video, spans in places.items():
        checked = np.zeros(N, bool)
        for start, stop in document.review(video).checked:
            checked[start:stop] = True
        chosen = np.zeros(N, bool)
        for start, stop in spans:
            chosen[start:stop] = True
        assert np.array_equal(checked, chosen)
        was = before[1].get(video, Review()).status
        assert document.review(video).status is (ReviewStatus.IN_REVIEW if was is ReviewStatus.NONE else was)
    with pytest.raises(EditError, match="checked before"):
        commands.check_places(document, places)
    document.apply(edit.inverse())
    assert values(document) == before


def test_the_history_says_how_much_was_done_and_what_was_taken_first():
    document = a_document({VIDEOS[0]: [0] * 10 + [1] * 10})
    places = {VIDEOS[0]: [(0, 5), (12, 14)], VIDEOS[1]: [(8, 16)], VIDEOS[2]: [(0, 8)]}
    edit = commands.relabel_places(document, places, 3, run=R)
    assert edit.text == "take Run 1 in 2 videos, then relabel 4 segments in 3 videos as step 3"
    assert edit.is_bulk
    one = commands.relabel_places(document, {VIDEOS[0]: [(0, 5)]}, 3, run=R)
    assert one.text == "relabel 0 to 4 as step 3 in a"
    assert commands.check_places(document, places).text == "check 4 segments in 3 videos"
    assert commands.check_places(document, {VIDEOS[1]: [(0, 5)]}).text == "check 1 segment of b"


def test_a_training_learns_what_was_chosen_and_nothing_that_came_with_it():
    document = a_document({})
    document.apply(commands.relabel_places(document, {VIDEOS[0]: [(0, 8)], VIDEOS[1]: [(16, 20)]}, 3, run=R))
    taught = learnable(document, "corrected").videos
    assert {video: each.frames for video, each in taught.items()} == {VIDEOS[0]: 8, VIDEOS[1]: 4}


def test_a_video_in_which_nothing_would_change_is_left_alone():
    document = a_document({VIDEOS[0]: [0] * N, VIDEOS[1]: [1] * N})
    document.apply(commands.relabel_places(document, {VIDEOS[0]: [(0, 5)]}, 3, run=R))
    edit = commands.relabel_places(document, {VIDEOS[0]: [(0, 5)], VIDEOS[1]: [(0, 5)]}, 3, run=R)
    assert edit.videos == {VIDEOS[1]} and edit.text == "relabel 1 segment in 1 video as step 3"


@pytest.mark.parametrize(
    ("places", "action", "said"),
    [({}, 0, "Nothing is selected"), ({VIDEOS[0]: [(0, 99)]}, 0, "outside"), ({VIDEOS[0]: [(0, 5)]}, 9, "no action")],
)
def test_what_makes_no_sense_is_refused(places, action, said):
    document = a_document({})
    with pytest.raises(EditError, match=said):
        commands.relabel_places(document, places, action, run=R)


def test_places_outside_a_video_are_not_checked():
    with pytest.raises(EditError, match="outside"):
        commands.check_places(a_document({}), {VIDEOS[0]: [(0, 5), (18, 21)]})
    with pytest.raises(EditError, match="Nothing is selected"):
        commands.check_places(a_document({}), {})
