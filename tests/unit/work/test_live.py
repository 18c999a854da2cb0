"""What a training says on its way: every seed, every method, one progress from 0 to 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.events import Event, Progress, StopKind, TrainingMetrics
from core.requests import TrainRequest
from core.tot.config import with_values
from core.tot.presets import preset, rivals_of
from core.work.training import train


def run(request: TrainRequest, stop_at: int | None = None) -> tuple[list[Event], dict]:
    events: list[Event] = []
    seen = {"n": 0}

    def should_stop() -> StopKind | None:
        seen["n"] += 1
        return StopKind.KEEP if stop_at is not None and seen["n"] >= stop_at else None

    return events, train(request, device="cpu", report=events.append, should_stop=should_stop)


def test_every_seed_and_both_methods_are_told_in_one_progress(request_of) -> None:
    request = request_of(seeds="2", rival="tot+tcl", ensemble="typical")
    events, result = run(request)
    progress = [e for e in events if isinstance(e, Progress) and "method" in e.text]
    whole = request.config.iterations + rivals_of(request.config)[0].iterations
    assert {p.total for p in progress} == {whole}
    done = [p.done for p in progress]
    assert done == sorted(done) and done[-1] == whole
    metrics = [e for e in events if isinstance(e, TrainingMetrics)]
    assert list(dict.fromkeys(e.method for e in metrics)) == ["asot", "tot+tcl"]
    for each in metrics:
        assert [r.seed for r in each.runs] == [0, 1]
        assert (each.runs[0].loss, each.runs[0].mof) == (each.loss, each.mof)
        assert sum(each.masses) == pytest.approx(1, abs=1e-3) and len(each.masses) == 3
        assert each.memory > 0
    assert result["curve"][-1][0] == result["iterations"]


def test_a_training_that_goes_on_says_how_far_it_is_as_one_that_never_stopped(request_of, tmp_path: Path) -> None:
    from msgspec import structs

    _, result = run(request_of(seeds="2", rival="none", iterations="60"), stop_at=20)
    assert result["stopped_early"] and 0 < result["iterations"] <= 20
    again = structs.replace(request_of(), config=result["config"], resume=result["weights"], out=str(tmp_path / "more"))
    events, whole = run(again)
    assert whole["iterations"] == 60 and not whole["stopped_early"]
    left = [e.seconds_left for e in events if isinstance(e, Progress) and e.text == "Training"]
    assert left[0] is None  # nothing has been measured yet
    assert left[-1] == 0 and all(second is not None and second < 600 for second in left[1:])
    assert result["curve"][-1][0] < whole["curve"][0][0] <= 30


def test_segmenting_keeps_the_embeddings_beside_the_scores(request_of, tmp_path: Path) -> None:
    from core.events import ignore, never_stop
    from core.requests import SegmentRequest
    from core.work.segmenting import segment

    for method in ("tot", "cte"):
        request = request_of(seeds="1", rival="none", iterations="10")
        settings = with_values(preset("generic", method=method, n_clusters=3), {"iterations": "10"})
        _, trained = run(TrainRequest(videos=request.videos, config=settings, out=str(tmp_path / method), device="cpu"))
        out = str(tmp_path / f"{method}-segments")
        asked = SegmentRequest(run="r1", videos=request.videos, weights=trained["weights"], out=out)
        found = segment(asked, device="cpu", report=ignore, should_stop=never_stop)
        files = found["videos"]["v0"]
        rows = np.load(files["embedding"])
        assert rows.shape[0] == 80 and np.isfinite(rows).all()
        assert Path(files["embedding"]) == Path(files["posterior"].replace("-posterior", "-embedding"))
