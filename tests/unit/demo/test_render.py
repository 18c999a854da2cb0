"""The demo is a complete dataset with exact labels, and is reused when it is there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from core.demo.procedure import STEPS, perform
from core.demo.render import is_complete, render_demo
from core.errors import InputError
from core.extract.descriptor import Descriptor
from core.extract.single import extract_features
from core.media.index import probe


def test_performances_are_20_to_30_seconds_of_known_steps() -> None:
    for rng in np.random.default_rng(0).spawn(50):
        done = perform(rng)
        assert 19.5 * 15 <= sum(done.lengths) <= 33 * 15
        assert len(done.labels()) == sum(done.lengths)
        assert len(set(done.steps)) == len(done.steps) >= 3


def test_a_demo_has_one_label_a_picture_and_is_reused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))

    def extract(media: Path):  # type: ignore[no-untyped-def]
        return extract_features(media, Descriptor(), Fraction(5))

    out = render_demo(tmp_path / "demo", extract=extract, videos=1)
    labels = (out / "groundTruth" / "assembly_01.txt").read_text().split()
    matrix = np.load(out / "features" / "assembly_01.npy")
    assert len(labels) == probe(out / "videos" / "assembly_01.mp4").n_pictures
    assert set(labels) <= {name for name, _ in STEPS}
    assert len(matrix) == -(-len(labels) // 3)
    assert is_complete(out, videos=1, seed=0)
    before = (out / "videos" / "assembly_01.mp4").stat().st_mtime_ns
    render_demo(out, extract=extract, videos=1)
    assert (out / "videos" / "assembly_01.mp4").stat().st_mtime_ns == before


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError):
        render_demo(tmp_path, extract=lambda media: (np.zeros((1, 1), np.float32), {}), videos=1)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
