"""Scores against the reference code of the field (actseg, which holds MS-TCN's) and scikit-learn."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from core.metrics.kappa import cohen_kappa
from core.metrics.report import Report, evaluate

N_ACTIONS = 5


def videos(seed: int, *, background: bool) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """Six videos in runs; the prediction follows the ground truth with moved, missing and wrong segments."""
    random, truths, found = np.random.default_rng(seed), {}, {}
    for number in range(6):
        lengths = random.integers(5, 40, random.integers(2, 9))
        labels = random.integers(-1 if background else 0, N_ACTIONS, len(lengths))
        truths[str(number)] = np.repeat(labels, lengths)
        guesses = np.where(random.random(len(lengths)) < 0.6, labels, random.integers(0, N_ACTIONS, len(lengths)))
        found[str(number)] = np.roll(np.repeat(guesses, lengths), random.integers(0, 8))
    return truths, found


def report(truths: dict[str, np.ndarray], found: dict[str, np.ndarray], level: str = "activity") -> Report:
    return evaluate(truths, found, actions={}, n_clusters=None, level=level)


@pytest.fixture
def actseg(monkeypatch: pytest.MonkeyPatch):
    """The package's metrics; it uses a name that NumPy has removed."""
    frame, segment = pytest.importorskip("actseg.eval.frame"), pytest.importorskip("actseg.eval.segment")
    monkeypatch.setattr(np, "float", float, raising=False)
    return SimpleNamespace(MoFAccuracy=frame.MoFAccuracy, F1Score=frame.F1Score, Edit=segment.Edit)


@pytest.mark.parametrize("background", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_mof_edit_and_f1_at_k_are_those_of_actseg(actseg, seed: int, background: bool) -> None:
    truths, found = videos(seed, background=background)
    ignored = {"ignore_ids": [-1]} if background else {}
    mof, edit, f1 = actseg.MoFAccuracy(**ignored), actseg.Edit(**ignored), actseg.F1Score(**ignored)
    for video in truths:
        for metric in (mof, edit, f1):
            metric.add(truths[video].tolist(), found[video].tolist())
    ours = report(truths, found)
    assert ours.mof == pytest.approx(mof.summary())
    assert 100 * ours.edit == pytest.approx(edit.summary())
    assert [100 * ours.f1_10, 100 * ours.f1_25, 100 * ours.f1_50] == pytest.approx(f1.summary())


@pytest.mark.parametrize("seed", range(5))
def test_classes_confusion_and_miou_are_those_of_scikit_learn(seed: int) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    truths, found = videos(seed, background=False)
    ours = report(truths, found)
    truth, predicted = np.concatenate(list(truths.values())), np.concatenate(list(found.values()))
    present = sorted(set(truth.tolist()))
    assert ours.miou == pytest.approx(sklearn.jaccard_score(truth, predicted, labels=present, average="macro"))
    precision, recall, _, frames = sklearn.precision_recall_fscore_support(
        truth, predicted, labels=present, zero_division=0
    )
    assert [row.precision for row in ours.per_class] == pytest.approx(precision.tolist())
    assert [row.recall for row in ours.per_class] == pytest.approx(recall.tolist())
    assert [row.frames for row in ours.per_class] == frames.tolist()
    shown = sorted(set(truth.tolist()) | set(predicted.tolist()))
    assert np.array_equal(np.array(ours.confusion)[:-1, :-1], sklearn.confusion_matrix(truth, predicted, labels=shown))
    each = [
        sklearn.jaccard_score(truths[v], found[v], labels=sorted(set(truths[v].tolist())), average="macro")
        for v in truths
    ]
    assert report(truths, found, "video").miou == pytest.approx(np.mean(each))


@pytest.mark.parametrize("seed", range(5))
def test_kappa_is_that_of_scikit_learn(seed: int) -> None:
    sklearn = pytest.importorskip("sklearn.metrics")
    truths, found = videos(seed, background=True)
    wanted = sklearn.cohen_kappa_score(np.concatenate(list(truths.values())), np.concatenate(list(found.values())))
    assert cohen_kappa(*(np.concatenate(list(each.values())) for each in (truths, found))) == pytest.approx(wanted)
