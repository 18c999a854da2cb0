"""A new project holds what the label files say, and nothing goes missing without being told."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from datasets import layout, probe, write

from core import new_project
from core.data.layouts import scan
from core.errors import InputError, TotError


def test_labels_of_the_dataset_become_its_ground_truth(tmp_path: Path) -> None:
    dataset = scan(layout(tmp_path / "set", "A"), probe=probe)
    with new_project.create(tmp_path / "p.tot", dataset) as project:
        truth = project.document.ground_truth
        assert set(truth) == {video.id for video in dataset.videos}
        for video in dataset.videos:
            again = new_project.ground_truth_of(dataset, video)
            assert again is not None
            np.testing.assert_array_equal(truth[video.id].to_frames(), again.to_frames())


def test_a_label_file_that_cannot_be_read_is_told_or_raises(tmp_path: Path) -> None:
    """The window tells and goes on without these labels; a verb ends, and no project file is left behind."""
    dataset = scan(layout(tmp_path / "set", "A"), probe=probe)
    broken, *others = dataset.videos
    write(broken.ground_truth, "\n\n")
    told: list[TotError] = []
    with new_project.create(tmp_path / "told.tot", dataset, unreadable=told.append) as project:
        assert set(project.document.ground_truth) == {video.id for video in others}
    assert len(told) == 1 and broken.ground_truth.name in str(told[0])
    with pytest.raises(InputError):
        new_project.create(tmp_path / "raised.tot", dataset)
    assert not (tmp_path / "raised.tot").exists()
