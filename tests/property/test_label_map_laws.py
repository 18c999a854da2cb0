"""Laws of the label map: locks survive, matching is the best there is, no change of the actions loses a frame."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from maps import VIDEOS, R, a_document

from core.annotation import commands
from core.annotation.map_commands import rematched, shares_actions
from core.annotation.overlap import Counter, inputs_of, solve
from core.data.dataset import BACKGROUND, UNLABELLED, ActionId
from core.errors import EditError
from core.metrics.matching import hungarian

KINDS = ["merge", "rename", "retire", "back", "order"]
tables = st.integers(1, 6).flatmap(
    lambda k: st.integers(1, 6).flatmap(lambda a: arrays(np.int64, (k, a), elements=st.integers(0, 5)))
)


@given(tables)
@settings(deadline=None)
def test_matching_is_never_worse_than_any_permutation(table):
    found = hungarian(table)
    total = sum(int(table[r, c]) for r, c in found.items())
    wide = table if table.shape[0] <= table.shape[1] else table.T
    best = max(
        sum(int(wide[r, c]) for r, c in enumerate(chosen))
        for chosen in permutations(range(wide.shape[1]), wide.shape[0])
    )
    assert total == best and len(set(found.values())) == len(found) == min(table.shape)


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 3))
def test_ties_go_to_the_lower_index(k, a, value):
    found = hungarian(np.full((k, a), value))
    assert found == {i: i for i in range(min(k, a))}


@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.integers(0, 4), st.integers(-2, 3), st.booleans()), max_size=12),
    st.booleans(),
)
@settings(deadline=None, max_examples=60)
def test_locked_rows_survive_a_rematch(seed, moves, many):
    document = a_document(seed=seed)
    if many:
        document.apply(commands.set_many_to_one(document, R, True))
    for cluster, target, lock in moves:
        for make in (
            lambda c=cluster, t=target: commands.set_target(document, R, c, t),
            lambda c=cluster, on=lock: commands.set_lock(document, R, c, on),
        ):
            try:
                document.apply(make())
            except EditError:
                continue
    before = document.label_maps[R]
    match = solve(Counter().count(inputs_of(document, R)), before)
    after = rematched(before, match.proposed, table=match.table, fill=match.fill)
    assert {c: after.target(c) for c in before.locked} == {c: before.target(c) for c in before.locked}
    assert after.locked == before.locked and (many or not shares_actions(after))
    assert after.table() == match.table
    again = solve(Counter().count(inputs_of(document, R)), after)
    assert again.table == match.table


@given(
    st.integers(0, 50),
    st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(0, 3), st.integers(0, 3)),
        max_size=8,
    ),
)
@settings(deadline=None, max_examples=60)
def test_no_change_of_the_actions_loses_a_frame(seed, changes):
    document = a_document(seed=seed)
    for video in VIDEOS:
        document.apply(commands.start_from_ground_truth(document, video))
    truth = {v: t.to_frames() for v, t in document.ground_truth.items()}
    states = [_state(document)]
    edits = []
    for kind, one, two in changes:
        a, b = ActionId(one), ActionId(two)
        used = [x.id for x in document.actions.values() if not x.archived]
        make = {
            "merge": lambda a=a, b=b: commands.merge_actions(document, a, b),
            "rename": lambda a=a, n=two: commands.rename_action(document, a, f"name {n}"),
            "retire": lambda a=a: commands.archive_action(document, a),
            "back": lambda a=a: commands.archive_action(document, a, False),
            "order": lambda used=used: commands.order_actions(document, used[::-1]),
        }[kind]
        try:
            edit = make()
        except EditError:
            continue
        document.apply(edit)
        edits.append(edit)
        states.append(_state(document))
        for video, track in document.corrected.items():
            labels = track.to_frames()
            assert len(labels) == len(truth[video])
            assert ((labels == BACKGROUND) == (truth[video] == BACKGROUND)).all() and not (labels == UNLABELLED).any()
            assert set(labels[labels >= 0].tolist()) <= {int(x) for x in document.actions}
        assert all((t.to_frames() == truth[v]).all() for v, t in document.imported.items())
        for video, track in document.ground_truth.items():
            read = [document.merges.get(label, label) for label in truth[video].tolist()]
            assert track.to_frames().tolist() == read and not set(read) & document.merges.keys()
        names = [x.name for x in document.actions.values() if not x.archived]
        assert len(set(names)) == len(names)
    for edit, state in zip(reversed(edits), reversed(states[:-1]), strict=True):
        document.apply(edit.inverse())
        assert _state(document) == state


def _state(document):
    return dict(document.corrected), list(document.actions.items()), dict(document.label_maps)


@given(st.integers(0, 30))
@settings(deadline=None, max_examples=20)
def test_the_match_is_never_worse_than_a_permutation_of_it(seed):
    document = a_document(seed=seed)
    found = Counter().count(inputs_of(document, R))
    match = solve(found, document.label_maps[R])
    best = found.mof(match.table)
    for chosen in permutations(range(5), 4):
        assert best >= found.mof(dict(zip(chosen, range(4), strict=True))) - 1e-12
    assert best == pytest.approx(found.mof(match.proposed))
