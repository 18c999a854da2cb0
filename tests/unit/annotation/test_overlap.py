"""Counts on segments are those of the frames, and the previewed scores those of the report."""

from __future__ import annotations

import numpy as np
import pytest
from maps import VIDEOS, R, a_document

from core.annotation import commands
from core.annotation.map_commands import rematched
from core.annotation.overlap import Counter, effect, inputs_of, solve
from core.annotation.values import UNMAPPED, LabelMap, Leftovers, ReviewStatus, TrackKind
from core.data.dataset import BACKGROUND, ActionId
from core.metrics.report import evaluate


def count(document, **scope):
    return Counter().count(inputs_of(document, R, **scope))


def report(document):
    return evaluate(
        {v: t.to_frames() for v, t in document.ground_truth.items()},
        {v: document.predictions[R, v].segmentation.to_frames() for v in document.ground_truth},
        actions={int(a.id): a.name for a in document.actions.values()},
        n_clusters=5,
        label_map=document.label_maps[R].table(),
    )


def test_counts_are_those_of_the_frames():
    document = a_document()
    found = count(document)
    truth = np.concatenate([document.ground_truth[v].to_frames() for v in VIDEOS])
    clusters = np.concatenate([document.predictions[R, v].segmentation.to_frames() for v in VIDEOS])
    for cluster in range(5):
        assert found.frames[cluster] == np.count_nonzero(clusters == cluster)
        for place, target in enumerate(found.columns[:-1]):
            assert found.counts[cluster, place] == np.count_nonzero((clusters == cluster) & (truth == target))


def test_previewed_scores_are_those_of_the_report():
    document = a_document()
    for cluster, target in ((0, 2), (1, BACKGROUND), (2, 0)):
        document.apply(commands.set_target(document, R, cluster, target))
    found, table, wanted = count(document), document.label_maps[R].table(), report(document)
    scores = effect(found, table)
    assert (scores.mof, scores.f1, scores.edit) == pytest.approx((wanted.mof, wanted.f1, wanted.edit))
    assert found.mof(table) == pytest.approx(wanted.mof)


def test_only_changed_videos_are_counted_again():
    document, counter = a_document(), Counter()
    for video in VIDEOS:
        document.apply(commands.start_from_ground_truth(document, video))
        document.apply(commands.set_review(document, video, ReviewStatus.ACCEPTED))
    counter.count(inputs_of(document, R, reference=TrackKind.CORRECTED))
    before = {video: kept[3] for video, kept in counter._kept.items()}
    document.apply(commands.relabel(document, VIDEOS[0], 0, 50, 3))
    document.apply(commands.set_review(document, VIDEOS[0], ReviewStatus.ACCEPTED))
    after = counter.count(inputs_of(document, R, reference=TrackKind.CORRECTED))
    assert [v for v in VIDEOS if counter._kept[v][3] is not before[v]] == [VIDEOS[0]]
    assert (after.counts == count(document, reference=TrackKind.CORRECTED).counts).all()


def test_only_accepted_videos_are_a_reference():
    document = a_document(truth=False)
    for video in VIDEOS[:2]:
        document.apply(commands.start_unlabelled(document, video))
        document.apply(commands.relabel(document, video, 0, 60, 1))
    document.apply(commands.accept_rest_as_background(document, VIDEOS[1]))
    found = count(document, reference=TrackKind.CORRECTED)
    assert found.scored == (VIDEOS[1],) and found.n_foreground == 60
    assert not count(document).has_truth


def test_one_video_alone_is_counted_alone():
    document = a_document()
    parts = [count(document, video=v) for v in VIDEOS]
    whole = count(document)
    assert (sum(p.counts for p in parts) == whole.counts).all() and parts[1].scored == (VIDEOS[1],)


def test_a_retired_action_keeps_its_column_while_it_is_used():
    document = a_document()
    document.apply(commands.archive_action(document, ActionId(2)))
    found = count(document)
    assert 2 in found.columns
    assert 2 not in solve(found, document.label_maps[R]).proposed.values()


def test_a_lock_that_costs_frames_stays_marked_as_made_by_hand():
    document = a_document()
    found = count(document)
    best = solve(found, document.label_maps[R])
    cluster, target = next(iter(best.proposed.items()))
    other = next(t for t in range(4) if t != target)
    document.apply(commands.set_target(document, R, cluster, other))
    document.apply(commands.set_lock(document, R, cluster, True))
    match = solve(found, document.label_maps[R])
    document.apply(commands.rematch(document, R, match.proposed, table=match.table, fill=match.fill))
    after = document.label_maps[R]
    assert after.target(cluster) == other and cluster in after.by_hand
    assert all(after.target(c) == t for c, t in match.table.items())


@pytest.mark.parametrize("policy", Leftovers)
def test_leftovers_follow_the_policy(policy):
    document = a_document()
    found = count(document)
    match = solve(found, document.label_maps[R])
    document.apply(commands.rematch(document, R, match.proposed, table=match.table))
    [left] = document.label_maps[R].left_over
    if policy is not Leftovers.UNMAPPED:
        document.apply(commands.set_leftovers(document, R, policy, match.fill))
    after = document.label_maps[R]
    wanted = {Leftovers.UNMAPPED: UNMAPPED, Leftovers.BACKGROUND: BACKGROUND, Leftovers.LARGEST: match.fill[left]}
    assert after.target(left) == wanted[policy] and not after.by_hand
    assert after.many_to_one == (policy is Leftovers.LARGEST)


def test_a_map_of_everything_to_one_action_works():
    document = a_document()
    document.apply(commands.set_many_to_one(document, R, True))
    for cluster in range(5):
        document.apply(commands.set_target(document, R, cluster, 1))
    found = count(document)
    share = found.wanted[found.column(1)] / found.n_foreground
    assert found.mof(document.label_maps[R].table()) == pytest.approx(share)
    assert effect(found, document.label_maps[R].table()).mof == pytest.approx(share)


def test_a_cluster_of_two_actions_is_called_mixed():
    document = a_document()
    found = count(document)
    for cluster in range(5):
        shares = sorted(found.counts[cluster, :-2] / found.counts[cluster].sum())
        assert found.is_mixed(cluster) == (shares[-2] >= 0.25)


def test_policy_largest_is_dropped_with_many_to_one():
    before = LabelMap(R, 2, {0: 0}, many_to_one=True, leftovers=Leftovers.LARGEST, fill={1: 0})
    assert before.table() == {0: 0, 1: 0}
    document = a_document(n_clusters=2)
    document.label_maps[R] = before
    document.apply(commands.set_many_to_one(document, R, False))
    assert document.label_maps[R].table() == {0: 0, 1: UNMAPPED}


def test_a_match_without_locks_is_plain():
    document = a_document()
    match = solve(count(document), document.label_maps[R])
    assert match.table == {c: match.proposed.get(c, UNMAPPED) for c in range(5)}
    assert not rematched(document.label_maps[R], match.proposed, table=match.table).overrides
