"""The medoid of a cluster is its most certain frame in its longest segments, from different videos where possible."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from maps import VIDEOS, R, a_document

from core.annotation.segmentation import Segmentation
from core.annotation.values import Prediction
from totgui.models.medoids import medoids, seen_of


def with_cuts(document, cuts):
    for video, labels in zip(VIDEOS, cuts, strict=True):
        document.add_predictions([Prediction(R, video, Segmentation.from_frames(labels))])
    return seen_of(document, R)


def test_the_middle_of_the_longest_segment_stands_where_there_are_no_scores():
    seen = with_cuts(a_document(), [[0] * 20 + [1] * 10 + [0] * 70, [1] * 100, [0] * 40 + [1] * 60])
    found = medoids(seen)
    assert [(m.video, m.frame) for m in found[0]] == [("u", 65), ("w", 20), ("u", 10)]
    assert [(m.video, m.frame) for m in found[1]] == [("v", 50), ("w", 70), ("u", 25)]
    assert 2 not in found


def test_the_most_certain_frame_of_the_segment_is_taken(tmp_path):
    document = a_document()
    seen = with_cuts(document, [[0] * 100] * 3)
    scores = np.full((100, 5), 0.2, np.float32)
    scores[73, 0] = scores[91, 0] = 0.9  # equally certain: the one nearer to the middle
    scores[10, 1] = 1.0
    np.save(tmp_path / "p.npy", scores)
    seen = replace(seen, posteriors={v: tmp_path / "p.npy" for v in VIDEOS})
    assert [m.frame for m in medoids(seen)[0]] == [50] * 3  # a document without feature rows has no rows to read
    rows = np.arange(100)
    seen = replace(seen, videos={v: _Clock(rows) for v in VIDEOS})
    assert [m.frame for m in medoids(seen)[0]] == [73] * 3


def test_scores_that_are_gone_fall_back_to_the_middle(tmp_path):
    seen = replace(with_cuts(a_document(), [[0] * 100] * 3), posteriors={v: tmp_path / "gone.npy" for v in VIDEOS})
    assert [m.frame for m in medoids(seen)[0]] == [50] * 3


class _Clock:
    def __init__(self, rows):
        self.timebase = self
        self._rows = rows
        self.n_rows = len(rows)

    def rows(self):
        return self._rows
