"""Labels go back in the format that the dataset's own came in."""

from __future__ import annotations

from pathlib import Path

import pytest
from datasets import layout, probe

from core.data.layouts import scan
from core.formats.own import own_format
from core.formats.registry import FORMATS


@pytest.mark.parametrize(
    ("letter", "wanted"),
    [("A", "frames-cte"), ("B", "frames"), ("D", "frames"), ("E", ""), ("H", "")],
)
def test_every_layout_has_its_own_or_none(tmp_path: Path, letter: str, wanted: str) -> None:
    dataset = scan(layout(tmp_path, letter), probe=probe)
    assert dataset.layout == letter and own_format(dataset) == wanted


def test_what_is_written_opens_as_the_same_layout_of_labels(tmp_path: Path) -> None:
    assert {"frames", "frames-cte"} <= FORMATS.keys()
    assert (FORMATS["frames"].extension, FORMATS["frames-cte"].extension) == (".txt", "")
