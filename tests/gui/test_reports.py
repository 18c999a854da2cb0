"""Scores are kept until something that they are counted from has changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_panels import a_session

from core.annotation.changes import Changes, What
from core.data.dataset import RunId
from totgui.session.reports import Reports

R1, R2 = RunId("r1"), RunId("r2")


@pytest.fixture
def reports(qtbot):
    """The scores of two runs and of Corrected, known."""
    found = Reports()
    document = a_session().document
    document.corrected.update({v: document.ground_truth[v] for v in list(document.ground_truth)[:1]})
    with qtbot.waitSignal(found.ready):
        for run, track in ((R1, "prediction"), (R2, "prediction"), (None, "corrected")):
            found.get(document, run, track)
    qtbot.waitUntil(lambda: known(found, document) == {"r1", "r2", "corrected"})
    yield found, document
    found.close()


def known(reports, document):
    asked = {"r1": (R1, "prediction"), "r2": (R2, "prediction"), "corrected": (None, "corrected")}
    return {name for name, key in asked.items() if reports.get(document, *key) is not None}


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        (Changes(What.SEGMENTATION), {"r1", "r2"}),
        (Changes(What.LABEL_MAP, runs=frozenset([R1])), {"r2", "corrected"}),
        (Changes(What.PREDICTION, runs=frozenset([R2])), {"r1", "corrected"}),
        (Changes(What.ACTIONS), set()),
        (Changes(What.SEGMENTATION | What.DATASET), set()),
        (Changes(What.REVIEW), {"r1", "r2", "corrected"}),
        (Changes(What.RUNS), {"r1", "r2", "corrected"}),
    ],
)
def test_a_change_forgets_the_scores_that_it_touches_and_no_other(reports, changes, left):
    found, document = reports
    found.forget(changes)
    assert known(found, document) == left


def test_scores_that_come_together_are_told_once(qtbot, reports):
    found, document = reports
    told, report = [], found.get(document, R1, "prediction")
    found.ready.connect(lambda: told.append(1))
    with qtbot.waitSignal(found.ready):
        for run in (R1, R2):
            found._arrived.emit((run, "prediction"), found._newest[run, "prediction"], report)
    assert told == [1] and found.get(document, R2, "prediction") is report


def test_scores_of_values_that_are_no_more_are_shown_to_nobody(qtbot, reports):
    """A count that was under way while the map changed stood there as if it were of the new one."""
    found, document = reports
    old, turn = found.get(document, R1, "prediction"), found._newest[R1, "prediction"]
    found.forget(Changes(What.LABEL_MAP, runs=frozenset([R1])))
    document.label_maps[R1] = replace(document.label_maps[R1], proposed={}, overrides={})
    assert found.get(document, R1, "prediction") is None
    found._arrived.emit((R1, "prediction"), turn, old)
    assert found.get(document, R1, "prediction") is None
    qtbot.waitUntil(lambda: found.get(document, R1, "prediction") is not None)
    assert found.get(document, R1, "prediction").mof == 0


def test_scores_of_labels_that_are_gone_do_not_come_back(qtbot, reports):
    """What was being counted when the last corrected label was taken back came as if it were of what is left."""
    found, document = reports
    report, turn = found.get(document, None, "corrected"), found._newest[None, "corrected"]
    document.corrected.clear()
    found.forget(Changes(What.SEGMENTATION))
    assert found.get(document, None, "corrected") is None
    found._arrived.emit((None, "corrected"), turn, report)
    assert found.get(document, None, "corrected") is None
