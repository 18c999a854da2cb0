"""Which methods speak in what is kept: all, unless some explain videos left out clearly better. No labels are used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.events import LogLine, StopKind, never_stop
from core.tot import infer, weights
from core.work import choosing
from core.work.training import train


def trained(request, should_stop=never_stop) -> tuple[dict, list[str]]:
    said: list[str] = []

    def report(event: object) -> None:
        if isinstance(event, LogLine):
            said.append(event.text)

    return train(request, device="cpu", report=report, should_stop=should_stop), said


def test_what_is_kept_is_chosen_and_told_from_videos_left_out(request_of) -> None:
    result, said = trained(request_of(seeds="2", iterations="60"))
    ensemble = result["ensemble"]
    assert set(ensemble["left_out"]) == {"all", "asot", "tot+tcl"} and ensemble["left_out"]["all"] == 0
    assert len(ensemble["runs"]) == {"all": 8, "asot": 2, "tot+tcl": 6}[ensemble["spoke"]]
    assert any("explains videos left out clearly better than all together" in line for line in said)


@pytest.mark.parametrize(("better", "spoke", "runs"), [(1, "asot", 2), (2, "tot+tcl", 6)])
def test_only_the_methods_that_explain_more_speak_and_come_back_from_the_file(
    request_of, monkeypatch: pytest.MonkeyPatch, better: int, spoke: str, runs: int
) -> None:
    def explained(matrices: list[np.ndarray], segmentations: list[list[np.ndarray]], n_clusters: int) -> np.ndarray:
        assert [len(each) for each in segmentations] == [4, 4, 4] and n_clusters == 3
        nats = np.zeros((3, 4))
        nats[better] = [5.0, 6.0, 7.0, 5.5]
        return nats

    monkeypatch.setattr(choosing, "explained", explained)
    request = request_of(seeds="2", iterations="20")
    result, said = trained(request)
    ensemble = result["ensemble"]
    assert ensemble["spoke"] == spoke and ensemble["left_out"][spoke] == pytest.approx(5.875)
    assert len(ensemble["runs"]) == runs and {run["method"].split(",")[0] for run in ensemble["runs"]} == {spoke}
    assert any(line.startswith(f"What {runs} runs agree on is kept. Only ") for line in said)
    whole = weights.load(Path(result["weights"]))
    assert len(whole.members) == runs and {member.config.method for member, _ in whole.members} == {spoke}
    rows = np.load(request.videos[0].features)
    assert np.allclose(infer.posterior(whole, rows).sum(axis=1), 1, atol=1e-5)


def test_a_training_that_was_stopped_chooses_nothing_yet(request_of) -> None:
    asked = iter(range(1_000_000))

    def should_stop() -> StopKind | None:
        return StopKind.KEEP if next(asked) >= 30 else None

    ensemble = trained(request_of(seeds="2", iterations="20"), should_stop)[0]["ensemble"]
    assert (ensemble["spoke"], ensemble["left_out"], ensemble["why"]) == ("all", {}, "")
