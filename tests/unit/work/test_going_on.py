"""A training that was stopped and kept goes on as if nothing had been: one run or twelve, of every method."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from msgspec import structs
from safetensors.torch import load_file

from core.events import StopKind, ignore
from core.requests import TrainRequest
from core.tot.config import METHODS
from core.tot.presets import official, preset
from core.tot.step import Stepper
from core.work.training import train


def run(request: TrainRequest, stop_at: int | None = None) -> dict:
    asked = iter(range(1_000_000))

    def should_stop() -> StopKind | None:
        return StopKind.KEEP if stop_at is not None and next(asked) >= stop_at else None

    return train(request, device="cpu", report=ignore, should_stop=should_stop)


def assert_goes_on_as_if_it_had_never_stopped(request: TrainRequest, folder: Path, stop_at: int) -> dict:
    whole = run(structs.replace(request, out=str(folder / "whole")))
    part = run(structs.replace(request, out=str(folder / "part")), stop_at)
    assert part["stopped_early"] and not whole["stopped_early"]
    # As the window and `tot train --resume` ask: with the settings of the run, which are those of one member.
    rest = run(structs.replace(request, config=part["config"], resume=part["weights"], out=str(folder / "rest")))
    one, other = load_file(whole["weights"]), load_file(rest["weights"])
    assert one.keys() == other.keys() and all(one[name].equal(other[name]) for name in one), "not one bit differs"
    for key in ("config", "losses", "label_map", "metrics", "iterations", "stopped_early"):
        assert whole[key] == rest[key], key
    return part


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("stop_at", [3, 17])
def test_every_method_goes_on(request_of, tmp_path: Path, method: str, stop_at: int) -> None:
    values = {"halvings": "3"} if method == "cte" else {"freeze_fraction": "0.2"}
    request = request_of("generic", method, iterations="24", **values)
    assert_goes_on_as_if_it_had_never_stopped(request, tmp_path, stop_at)


def test_the_released_codes_way_goes_on(request_of, tmp_path: Path) -> None:
    values = official(preset("generic", method="tot+tcl", n_clusters=3)) | {"iterations": "24", "batch": "128"}
    assert_goes_on_as_if_it_had_never_stopped(request_of("generic", "tot+tcl", **values), tmp_path, 9)


@pytest.mark.parametrize("stop_at", [2, 20, 35, 60, 75])
def test_all_runs_of_robust_go_on_wherever_it_was_stopped(request_of, tmp_path: Path, stop_at: int) -> None:
    request = request_of(seeds="2", iterations="20")
    part = assert_goes_on_as_if_it_had_never_stopped(request, tmp_path, stop_at)
    assert part["ensemble"]["consensus"], "what there is speaks together meanwhile"


def test_all_seeds_go_on_where_the_most_typical_is_kept(request_of, tmp_path: Path) -> None:
    request = request_of("generic", seeds="3", iterations="20")
    assert_goes_on_as_if_it_had_never_stopped(request, tmp_path, 11)


def test_no_memory_in_the_third_method_of_robust_costs_nothing(request_of, tmp_path: Path, monkeypatch) -> None:
    request = request_of(seeds="2", iterations="20")
    whole = run(structs.replace(request, out=str(tmp_path / "whole")))
    plain, left = Stepper.gradients, [torch.OutOfMemoryError("CUDA out of memory.")]

    def gradients(self: Stepper, draw: object, *, step: int = 0) -> object:
        if self.config.order == "video" and step == 13 and left:
            raise left.pop()
        return plain(self, draw, step=step)

    monkeypatch.setattr(Stepper, "gradients", gradients)
    part = run(structs.replace(request, out=str(tmp_path / "part")))
    assert part["out_of_memory"]["can_go_on"] and part["stopped_early"]
    methods = [each["method"] for each in part["ensemble"]["runs"]]
    assert methods == ["asot", "asot", "tot+tcl", "tot+tcl"], "those that were trained to their end speak together"
    rest = run(structs.replace(request, resume=part["weights"], out=str(tmp_path / "rest")))
    one, other = load_file(whole["weights"]), load_file(rest["weights"])
    assert one.keys() == other.keys() and all(one[name].equal(other[name]) for name in one)
    assert rest["out_of_memory"] is None


def test_runs_that_are_too_large_for_one_file_are_kept_as_one(request_of, tmp_path: Path, monkeypatch) -> None:
    request = request_of("generic", seeds="3", iterations="20")
    monkeypatch.setattr("core.tot.weights.MAX_PAUSED", 100_000)
    part = run(structs.replace(request, out=str(tmp_path / "part")), 11)
    assert Path(part["weights"]).stat().st_size < 100_000
    rest = run(structs.replace(request, config=part["config"], resume=part["weights"], out=str(tmp_path / "rest")))
    assert rest["iterations"] == 20 and rest["ensemble"] is None, "the most typical run goes on alone"


def test_a_stop_and_another_stop_and_the_rest_are_one_training(request_of, tmp_path: Path) -> None:
    request = request_of(seeds="2", iterations="20")
    whole = run(structs.replace(request, out=str(tmp_path / "whole")))
    part = run(structs.replace(request, out=str(tmp_path / "0")), 12)
    for number, stop_at in enumerate((9, 31, None)):
        part = run(structs.replace(request, resume=part["weights"], out=str(tmp_path / f"{number + 1}")), stop_at)
    one, other = load_file(whole["weights"]), load_file(part["weights"])
    assert one.keys() == other.keys() and all(one[name].equal(other[name]) for name in one)


def test_a_stop_at_the_last_step_leaves_nothing_to_go_on_with(request_of, tmp_path: Path) -> None:
    from core.errors import ConfigError

    request = request_of("generic", "tot", iterations="8")
    asked = run(request, 10_000)
    assert not asked["stopped_early"]
    with pytest.raises(ConfigError, match="nothing to go on with"):
        run(structs.replace(request, resume=asked["weights"]))


def test_runs_that_an_earlier_version_stopped_go_on(request_of, tmp_path: Path) -> None:
    from safetensors import safe_open
    from safetensors.torch import save_file

    request = request_of("generic", "tot", iterations="24")
    whole = run(structs.replace(request, out=str(tmp_path / "whole")))
    part = Path(run(structs.replace(request, out=str(tmp_path / "part")), 7)["weights"])
    with safe_open(part, framework="pt") as stream:
        metadata = {name.replace("training_state", "checkpoint"): text for name, text in stream.metadata().items()}
    tensors = {name.replace("training_state.", "checkpoint."): value for name, value in load_file(part).items()}
    assert "checkpoint.encoder" in tensors
    old = tmp_path / "old.safetensors"
    save_file(tensors, old, metadata)
    rest = run(structs.replace(request, resume=str(old), out=str(tmp_path / "rest")))
    one, other = load_file(whole["weights"]), load_file(rest["weights"])
    assert all(one[name].equal(other[name]) for name in one)
