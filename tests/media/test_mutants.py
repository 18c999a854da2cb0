"""Damaged files of every container: read as far as they go, or refused with a reason; the process lives on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from video_kinds import KINDS, make
from video_mutants import BLIND, GOOD, damaged, outcome_of, outcomes

SOME = ("short_group", "hevc", "vp9", "av1", "mjpeg", "mpeg4", "mpeg2_program_stream", "transport_stream", "gif", "flv")
EACH = 6


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))


def test_no_damaged_file_ends_or_hangs_the_process(tmp_path: Path) -> None:
    rng = random.Random(7)

    def mutants() -> Iterator[Path]:
        for kind in SOME:
            data = make(tmp_path, kind).read_bytes()
            for number in range(EACH):
                path = tmp_path / f"{kind}_{number}{KINDS[kind].suffix}"
                path.write_bytes(damaged(data, rng))
                yield path

    found = list(outcomes(mutants()))
    assert len(found) == len(SOME) * EACH
    codecs = {path: KINDS[path.stem.rpartition("_")[0]].codec for path, _ in found}
    told = [(path, o) for path, o in found if not (o.startswith("WRONG") and codecs[path] in BLIND)]
    assert [(path.name, outcome) for path, outcome in told if outcome not in GOOD] == []
    assert {outcome for _, outcome in told} == set(GOOD)  # some of each: the damage is neither mild nor total


def test_an_outcome_says_what_happened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make(tmp_path, "one_picture")
    assert outcome_of(path) == "read"
    assert outcome_of(tmp_path) == "refused"
    monkeypatch.setattr("video_mutants.FrameReader", lambda _: 1 / 0)
    assert outcome_of(path) == "RAISED ZeroDivisionError: division by zero"
