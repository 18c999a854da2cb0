"""Decoders against brute force and the plain recurrence, and the laws that join them."""

from __future__ import annotations

from itertools import combinations_with_replacement, product

import numpy as np
import plain_decoders as plain
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.decode.any_order import any_order, penalty_for_segments, switch_penalty
from core.decode.background import foreground
from core.decode.fixed_order import fixed_order
from core.decode.registry import DECODERS, decode, decode_all
from core.decode.settings import DecoderSettings, with_values
from core.decode.skip import skip
from core.decode.video_order import order_of_video, video_order
from core.errors import ConfigError, JobError

Scores = NDArray[np.float64]


@st.composite
def scores(draw: st.DrawFn, frames: int = 6, clusters: int = 4) -> Scores:
    """Whole numbers, so that many paths have equal scores."""
    n_frames, n_clusters = draw(st.integers(1, frames)), draw(st.integers(1, clusters))
    cells = draw(st.lists(st.integers(-4, 0), min_size=n_frames * n_clusters, max_size=n_frames * n_clusters))
    return np.array(cells, np.float64).reshape(n_frames, n_clusters)


def value(matrix: Scores, path: NDArray[np.int64], penalty: float = 0.0) -> float:
    skipped = matrix.shape[1] - len(np.unique(path))
    return float(matrix[np.arange(len(path)), path].sum() - (penalty * skipped if skipped else 0.0))


def best(matrix: Scores, penalty: float) -> float:
    paths = combinations_with_replacement(range(matrix.shape[1]), len(matrix))
    return max(value(matrix, np.array(path), penalty) for path in paths)


def changes(path: NDArray[np.int64]) -> int:
    return int(np.count_nonzero(np.diff(path)))


@settings(max_examples=60, deadline=None)
@given(scores(), st.sampled_from([0.0, 1.0, 3.0]))
def test_skip_finds_the_best_of_all_non_decreasing_paths(matrix: Scores, penalty: float) -> None:
    path = skip(matrix, penalty=penalty)
    assert np.all(np.diff(path) >= 0)
    assert value(matrix, path, penalty) == pytest.approx(best(matrix, penalty))


@settings(max_examples=60, deadline=None)
@given(scores())
def test_fixed_order_is_skip_at_a_price_nobody_pays(matrix: Scores) -> None:
    if len(matrix) >= matrix.shape[1]:
        path = fixed_order(matrix)
        assert np.unique(path).tolist() == list(range(matrix.shape[1]))
        assert value(matrix, path) == pytest.approx(best(matrix, 1e6))
        assert path.tolist() == skip(matrix, penalty=1e6).tolist()


@settings(max_examples=80, deadline=None)
@given(scores(frames=14, clusters=6))
def test_fixed_order_takes_the_path_of_the_plain_recurrence_ties_included(matrix: Scores) -> None:
    if len(matrix) >= matrix.shape[1]:
        assert fixed_order(matrix).tolist() == plain.viterbi(matrix)


@settings(max_examples=60, deadline=None)
@given(scores(frames=5, clusters=3), st.sampled_from([0.0, 0.5, 2.0, 7.0]))
def test_any_order_finds_the_best_of_all_paths(matrix: Scores, penalty: float) -> None:
    paths = product(range(matrix.shape[1]), repeat=len(matrix))
    highest = max(value(matrix, np.array(p)) - penalty * changes(np.array(p)) for p in paths)
    (path,) = any_order([matrix], penalty=penalty)
    assert value(matrix, path) - penalty * changes(path) == pytest.approx(highest)
    assert highest == pytest.approx(plain.potts(matrix, penalty))


@settings(max_examples=30, deadline=None)
@given(st.lists(scores(frames=9, clusters=1), min_size=1, max_size=5), st.integers(0, 99))
def test_videos_decoded_side_by_side_are_decoded_as_if_alone(lengths: list[Scores], seed: int) -> None:
    random = np.random.default_rng(seed)
    videos = [-random.exponential(2.0, (len(v), 3)) for v in lengths]
    together = any_order(videos, penalty=1.5)
    assert [p.tolist() for p in together] == [any_order([v], penalty=1.5)[0].tolist() for v in videos]


def test_any_order_is_argmax_without_a_price_and_one_segment_at_a_high_one() -> None:
    matrix = np.log(np.random.default_rng(0).dirichlet(np.ones(4), 50))
    assert any_order([matrix], penalty=0.0)[0].tolist() == matrix.argmax(axis=1).tolist()
    assert set(any_order([matrix], penalty=1e9)[0].tolist()) == {int(matrix.sum(axis=0).argmax())}


def steps(order: list[int], length: int, n_clusters: int, noise: float, seed: int = 0) -> Scores:
    """Log posteriors of a video whose steps follow `order`, each `length` frames long."""
    labels = np.repeat(order, length)
    logits = 3.0 * np.eye(n_clusters)[labels] + noise * np.random.default_rng(seed).normal(
        size=(len(labels), n_clusters)
    )
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))


def test_the_number_of_segments_that_was_asked_for_is_met() -> None:
    videos = [steps([0, 2, 1, 2], 30, 3, 2.0), steps([2, 0], 40, 3, 2.0, seed=1)]
    found = any_order(videos, penalty=penalty_for_segments(videos, 3.0))
    assert np.mean([1 + changes(path) for path in found]) == 3.0
    assert np.mean(found[0] == np.repeat([0, 2, 1, 2], 30)) > 0.95
    one = any_order(videos, penalty=penalty_for_segments(videos, 1.0))
    assert [changes(path) for path in one] == [0, 0]


def test_the_price_of_a_change_grows_with_the_videos() -> None:
    assert switch_penalty(100, 10, l2=True) == 10.0
    assert switch_penalty(1000, 10, l2=True) == 50.0
    assert switch_penalty(1000, 10, l2=False) == 25.0


def test_steps_out_of_order_are_found_in_the_order_of_their_video() -> None:
    video = steps([2, 0, 3], 20, 4, 1.0)
    assert order_of_video(video).tolist() == [2, 0, 3]
    assert video_order(video).tolist() == np.repeat([2, 0, 3], 20).tolist()


def test_a_cluster_below_one_percent_of_the_frames_has_no_place_in_the_order() -> None:
    video = steps([1, 0], 150, 3, 0.0)
    video[7, 2] = 0.0
    assert order_of_video(video).tolist() == [1, 0]


def test_a_video_shorter_than_the_clusters_skips_at_no_price() -> None:
    matrix = np.array([[-5.0, -1.0, -9.0, -9.0], [-5.0, -5.0, -5.0, -1.0]])
    assert decode("fixed-order", matrix).tolist() == [1, 3]


@pytest.mark.parametrize("name", DECODERS)
@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (3, 7), (40, 3)])
@pytest.mark.parametrize("size", [0.0, 1.0, 1e4])
def test_every_decoder_takes_one_frame_more_clusters_than_frames_and_huge_scores(
    name: str, shape: tuple[int, int], size: float
) -> None:
    logits = size * np.random.default_rng(1).normal(size=shape)
    matrix = logits - logits.max(axis=1, keepdims=True)
    labels = decode(name, matrix)
    assert labels.shape == (shape[0],) and labels.dtype == np.int64
    assert labels.min() >= 0 and labels.max() < shape[1]


@pytest.mark.parametrize("name", DECODERS)
def test_every_decoder_finds_clear_steps_and_takes_minus_infinity(name: str) -> None:
    truth = np.repeat([0, 1, 2], [30, 50, 20])
    matrix = np.where(np.eye(3)[truth] > 0, 0.0, -np.inf)
    assert decode(name, matrix).tolist() == truth.tolist()


def test_scores_that_are_no_numbers_are_refused_with_the_row() -> None:
    matrix = np.zeros((4, 2))
    matrix[2, 1] = np.nan
    with pytest.raises(JobError, match="row 2"):
        decode("skip", matrix)


def test_an_unknown_decoder_is_refused_with_the_names() -> None:
    with pytest.raises(ConfigError, match="fixed-order, video-order, skip, any-order, asot"):
        decode("best", np.zeros((3, 2)))


# --- background ----------------------------------------------------------------------------------------


def test_a_frame_is_background_when_no_cluster_is_above_its_own_quantile() -> None:
    column = np.arange(10, dtype=np.float64)[:, None]
    first, second = np.hstack([column, -column]), np.hstack([column, -column])
    # 20 values, each twice; rank floor(.6 * 20) = 12 is 6 upwards and -3 downwards: above are 7.. and -2..
    masks = foreground([first, second], 0.6)
    assert [np.flatnonzero(m).tolist() for m in masks] == [[0, 1, 2, 7, 8, 9]] * 2


def test_background_is_cut_out_and_the_rest_is_decoded_as_one_sequence() -> None:
    video = np.full((8, 2), -9.0)
    video[[0, 1, 2], 0] = -0.1
    video[[5, 6, 7], 1] = -0.1
    labels = decode("fixed-order", video, DecoderSettings(background=0.55))
    assert labels.tolist() == [0, 0, 0, -1, -1, 1, 1, 1]


def test_a_video_without_foreground_is_all_background() -> None:
    quiet, loud = np.full((3, 2), -9.0), np.full((9, 2), -0.1) - np.arange(9)[:, None] / 100
    labels = decode_all("fixed-order", [quiet, loud], DecoderSettings(background=0.5))
    assert labels[0].tolist() == [-1, -1, -1] and labels[1].max() == 1


# --- settings ------------------------------------------------------------------------------------------


def test_settings_are_read_from_text_and_reach_the_decoder() -> None:
    matrix = np.array([[-1.0, -2.0, -2.5]] * 2 + [[-3.0, -2.0, -1.5]] * 2)
    free = with_values(DecoderSettings(), {"penalty": "0"})
    assert decode("skip", matrix, free).tolist() == [0, 0, 2, 2]
    dear = with_values(DecoderSettings(), {"penalty": "100"})
    assert decode("skip", matrix, dear).tolist() == fixed_order(matrix).tolist()
    assert len(set(decode("any-order", matrix, dear).tolist())) == 1


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"beta": "1"}, "there are penalty, segments"),
        ({"penalty": "much"}, "wanted a number"),
        ({"radius": "2"}, "wanted 1e-06 to 1"),
        ({"penalty": "nan"}, "wanted 0 to"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_known(values: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        with_values(DecoderSettings(), values)
