"""What frames look like in the other videos: a wrong label betrays itself, and little known says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from core.annotation.segmentation import Segmentation
from core.data.dataset import UNLABELLED, VideoId
from core.review.doubt import Evidence, Margins
from core.review.looks import Directions, Look, Sample, looks
from core.review.place import Kind
from core.review.queue import places_of
from core.review.usual import Usual

WRONG = VideoId("v1")


def _project(
    n_videos: int = 5, columns: int = 6, scale: float = 1.0
) -> tuple[dict[VideoId, Segmentation], dict[VideoId, Sample]]:
    """Videos of three steps of 30 frames; frames 30 to 45 of `v1` are labelled 2, but look like 1."""
    draw = np.random.default_rng(4)
    centres = draw.normal(size=(3, columns)) * 2
    truth = np.repeat([0, 1, 2], 30)
    names = [VideoId(f"v{n}") for n in range(n_videos)]
    rows = {v: (centres[truth] + draw.normal(size=(90, columns)) * 0.5) * scale for v in names}
    directions = Directions.of(np.concatenate(list(rows.values())))
    tracks = dict.fromkeys(names, Segmentation.from_frames(truth))
    labels = truth.copy()
    labels[30:45] = 2
    tracks[WRONG] = Segmentation.from_frames(labels)
    return tracks, {v: Sample(np.arange(90), directions.points(r)) for v, r in rows.items()}


def _found(look: Look) -> np.ndarray:
    return np.flatnonzero(look.lead > 0)


@pytest.mark.parametrize("columns", [6, 700])  # fewer columns than rows of all videos, and more
def test_a_wrong_label_looks_like_the_right_one_elsewhere(columns: int) -> None:
    seen = looks(*_project(columns=columns))
    found = _found(seen[WRONG])
    assert found.min() in range(29, 32) and found.max() in range(43, 47)
    assert set(seen[WRONG].other[32:43].tolist()) == {1}
    assert all(not len(_found(look)) for video, look in seen.items() if video != WRONG)
    assert seen[WRONG].rank[32:43].min() > 0.95


def test_the_scale_of_the_features_does_not_matter() -> None:
    one, other = looks(*_project()), looks(*_project(scale=1e4))
    np.testing.assert_allclose(one[WRONG].rank, other[WRONG].rank, atol=0.01)


def test_the_place_says_which_action_it_looks_like() -> None:
    tracks, samples = _project()
    seen = looks(tracks, samples)
    (place,) = places_of(Evidence(WRONG, tracks[WRONG], look=seen[WRONG]), Usual(), Margins.of([]))
    assert 28 <= place.start < place.stop <= 47
    reason = next(r for r in place.reasons if r.kind is Kind.LOOK)
    assert (reason.label, reason.other) == (2, 1) and reason.found > 0.8


def test_where_every_label_is_right_nothing_is_doubted_for_its_look() -> None:
    tracks, samples = _project()
    tracks[WRONG] = tracks[VideoId("v0")]
    seen = looks(tracks, samples)
    for video, look in seen.items():
        assert places_of(Evidence(video, tracks[video], look=look), Usual(), Margins.of([])) == []


def test_few_rows_of_a_long_video_speak_for_the_frames_around_them() -> None:
    tracks, samples = _project()
    sparse = {v: Sample(s.frames[::3], s.points[::3]) for v, s in samples.items()}
    look = looks(tracks, sparse)[WRONG]
    assert len(look.rank) == 30
    found = np.flatnonzero((look.lead > 0)[look.place(np.arange(90))])
    assert found.min() in range(28, 34) and found.max() in range(41, 48)


def test_an_action_of_one_video_and_what_is_unlabelled_are_not_judged() -> None:
    tracks, samples = _project()
    labels = tracks[WRONG].to_frames().copy()
    labels[:30], labels[60:] = 7, UNLABELLED
    tracks[WRONG] = Segmentation.from_frames(labels)
    look = looks(tracks, samples)[WRONG]
    assert np.all(look.lead[:28] == 0) and np.all(look.lead[62:] == 0) and look.lead[32:43].min() > 0


def test_too_little_to_compare_with_says_nothing() -> None:
    tracks, samples = _project(n_videos=2)
    assert looks(tracks, samples) == {}
    tracks, samples = _project()
    assert looks(dict.fromkeys(tracks, Segmentation.from_frames(np.zeros(90, np.int64))), samples) == {}
    assert looks(tracks, {}) == {}


def test_features_that_never_change_judge_nobody() -> None:
    tracks, _ = _project()
    directions = Directions.of(np.ones((50, 4)))
    flat = {v: Sample(np.arange(90), directions.points(np.ones((90, 4)))) for v in tracks}
    assert all(np.all(look.lead == 0) and np.allclose(look.rank, 0.5) for look in looks(tracks, flat).values())


def test_features_that_say_nothing_of_the_actions_are_hardly_trusted() -> None:
    tracks, samples = _project()
    draw = np.random.default_rng(0)
    noise = {v: Sample(s.frames, draw.normal(size=s.points.shape).astype("f4")) for v, s in samples.items()}
    assert looks(tracks, noise)[WRONG].trust < 0.1 and looks(tracks, samples)[WRONG].trust > 0.8
