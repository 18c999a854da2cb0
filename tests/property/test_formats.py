"""Laws of every exchange format: import of an export is the identity, and the export of that is the same bytes."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from format_tracks import again, read_back, tracks
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.data.dataset import UNLABELLED
from core.formats.registry import FORMATS

READABLE = [name for name, form in FORMATS.items() if form.decode is not None]
EXAMPLES = int(os.environ.get("FORMAT_EXAMPLES", "25"))


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize("name", READABLE)
def test_what_is_read_back_is_what_was_written(name: str) -> None:
    """R1, R2, R4, R6 with random segmentations, one-frame segments, gaps, variable clocks and nasty names."""
    form = FORMATS[name]

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def law(data: st.DataObject) -> None:
        made = data.draw(tracks(form))
        folder = Path(tempfile.mkdtemp(prefix="totgui-formats-"))
        try:
            for place in ("one", "two"):
                (folder / place).mkdir()
            form.write(made, folder / "one")
            found = {t.video: t for t in read_back(form, folder / "one")}
            empty = {t.video for t in made if set(t.segmentation.labels.tolist()) == {UNLABELLED}}
            assert {t.video for t in made} - found.keys() <= (empty if name.startswith("boris") else set())
            back = [again(found[t.video], t) if t.video in found else t for t in made]
            for before, after in zip(made, back, strict=True):
                assert after.segmentation == before.segmentation
            form.write(back, folder / "two")
            assert _bytes(folder / "one") == _bytes(folder / "two")
        finally:
            shutil.rmtree(folder)

    law()
