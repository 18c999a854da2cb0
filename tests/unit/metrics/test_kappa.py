"""Cohen's kappa and boundary agreement against hand-made answers and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.metrics.kappa import agreement_of_two, cohen_kappa, matched_boundaries

LABELS = st.lists(st.integers(0, 3), min_size=1, max_size=40)


def test_kappa_of_a_known_table():
    # 20 both yes, 5 yes/no, 10 no/yes, 15 both no: p_o = .7, p_e = .5 * .6 + .5 * .4 = .5, kappa = .4
    first = np.repeat([1, 1, 0, 0], [20, 5, 10, 15])
    second = np.repeat([1, 0, 1, 0], [20, 5, 10, 15])
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_one_label_only_leaves_nothing_to_agree_on():
    assert cohen_kappa(np.zeros(9, int), np.zeros(9, int)) is None


@given(LABELS, st.data())
def test_kappa_is_symmetric_and_blind_to_names(labels, data):
    first = np.array(labels)
    second = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(labels), max_size=len(labels))))
    kappa = cohen_kappa(first, second)
    names = np.array([7, 3, 11, 5])
    assert kappa == pytest.approx(cohen_kappa(second, first))
    assert kappa == pytest.approx(cohen_kappa(names[first], names[second]))
    assert kappa is None or kappa <= 1.0 + 1e-12


@given(LABELS)
def test_a_person_agrees_with_herself(labels):
    track = np.array(labels)
    found = agreement_of_two([(track, track)], tolerance_frames=2)
    assert found.agreement == 1.0 and found.kappa in (None, pytest.approx(1.0))
    assert found.boundary_f1 in (None, 1.0) and found.median_offset_frames in (None, 0.0)


def test_each_boundary_is_used_once_and_the_closest_first():
    assert matched_boundaries(np.array([10, 12]), np.array([11, 30]), 2) in ([(10, 11)], [(12, 11)])
    assert matched_boundaries(np.array([10, 20]), np.array([12, 19]), 5) == [(20, 19), (10, 12)]


def test_boundaries_of_two_people():
    first = np.repeat([0, 1, 2], [10, 10, 10])
    second = np.repeat([0, 1, 2], [13, 7, 10])
    found = agreement_of_two([(first, second)], tolerance_frames=3)
    assert found.boundaries == (2, 2) and found.boundary_f1 == 1.0 and found.median_offset_frames == 1.5
    assert agreement_of_two([(first, second)], tolerance_frames=2).boundary_f1 == 0.5
    assert found.agreement == pytest.approx(27 / 30)


def test_boundaries_between_videos_are_none():
    a, b = np.zeros(5, int), np.ones(5, int)
    assert agreement_of_two([(a, a), (b, b)], tolerance_frames=3).boundaries == (0, 0)


def test_no_videos_agree_on_nothing():
    found = agreement_of_two([], tolerance_frames=3)
    assert found.frames == 0 and found.kappa is None and found.boundary_f1 is None
