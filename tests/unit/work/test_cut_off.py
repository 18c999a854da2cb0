"""A training whose process dies leaves where it stood: it goes on from there as if nothing had been."""

from __future__ import annotations

import os
import struct
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from msgspec import structs
from safetensors.torch import load_file

from core import cut_off, run_work
from core.events import JobCancelled, LogLine, StopKind, ignore
from core.requests import TrainRequest
from core.tot import save_points
from core.tot.config import METHODS
from core.work import saving
from core.work.training import train


class Died(BaseException):
    """The process is gone: nobody puts anything away."""


@pytest.fixture
def at_every_look(monkeypatch) -> None:
    monkeypatch.setattr(save_points, "SAVE_S", 0.0)
    monkeypatch.setattr(save_points, "SHARE", 1e9)


def run(request: TrainRequest, *, dies_at: int | None = None, stop: StopKind | None = None, report=ignore) -> dict:
    asked = iter(range(1_000_000))

    def should_stop() -> StopKind | None:
        at = next(asked)
        if dies_at is not None and at >= dies_at:
            raise Died
        return stop if at > 15 else None

    return train(request, device="cpu", report=report, should_stop=should_stop)


def killed(request: TrainRequest, at: int, monkeypatch) -> cut_off.CutOff:
    """What a training left that was killed at this step; what a dead process would not do is not done."""
    with monkeypatch.context() as patched:
        patched.setattr(saving.cut_off, "remove", lambda folder: None)
        with pytest.raises(Died):
            run(request, dies_at=at)
    left = cut_off.read(Path(request.out))
    assert left is not None
    return left


def equal(one: dict, other: dict) -> None:
    first, second = load_file(one["weights"]), load_file(other["weights"])
    assert first.keys() == second.keys() and all(first[n].equal(second[n]) for n in first), "not one bit differs"
    for key in ("config", "losses", "label_map", "metrics", "iterations", "stopped_early"):
        assert one[key] == other[key], key


@pytest.mark.parametrize("method", METHODS)
def test_every_method_goes_on_after_its_process_died(
    request_of, tmp_path: Path, method: str, at_every_look, monkeypatch
):
    values = {"halvings": "3"} if method == "cte" else {"freeze_fraction": "0.2"}
    request = request_of("generic", method, iterations="44", **values)
    whole = run(structs.replace(request, out=str(tmp_path / "whole")))
    left = killed(structs.replace(request, out=str(tmp_path / "part")), 27, monkeypatch)
    assert (left.note.iteration, left.note.iterations) == (20, 44)
    rest = run(run_work.go_on_request(left))
    equal(whole, rest)
    numbers = [row[0] for row in rest["curve"]]
    assert numbers == sorted(set(numbers)) and numbers[0] == whole["curve"][0][0], "the curve is whole as well"
    assert {p.name for p in (tmp_path / "part").iterdir()} == {"weights.safetensors", "manifest.json"}


@pytest.mark.parametrize("at", [15, 55, 77])
def test_all_runs_of_robust_go_on_in_whatever_method_it_died(
    request_of, tmp_path: Path, at: int, at_every_look, monkeypatch
):
    request = request_of(seeds="2", iterations="30")
    whole = run(structs.replace(request, out=str(tmp_path / "whole")))
    left = killed(structs.replace(request, out=str(tmp_path / "part")), at, monkeypatch)
    assert at - 30 < left.note.iteration < at and left.note.iterations == 120, "counted over all methods"
    rest = run(run_work.go_on_request(left))
    equal(whole, rest)
    assert [row[0] for row in rest["curve"]] and rest["curve"][0][0] == whole["curve"][0][0]


def test_a_training_that_dies_twice_is_one_training(request_of, tmp_path: Path, at_every_look, monkeypatch):
    request = request_of("generic", "tot", iterations="60")
    whole = run(structs.replace(request, out=str(tmp_path / "whole")))
    left = killed(structs.replace(request, out=str(tmp_path / "part")), 25, monkeypatch)
    again = killed(run_work.go_on_request(left), 5, monkeypatch)  # before it came to a save point of its own
    assert again.note.iteration == 20
    third = killed(run_work.go_on_request(again), 25, monkeypatch)
    assert third.note.iteration == 40 and len(list(tmp_path.glob("part*"))) == 1
    rest = run(run_work.go_on_request(third))
    equal(whole, rest)


@pytest.mark.parametrize("method", METHODS)
def test_save_points_change_no_bit(request_of, tmp_path: Path, method: str, monkeypatch):
    request = request_of("generic", method, iterations="40")
    monkeypatch.setattr(save_points, "SAVE_S", float("inf"))
    without = run(structs.replace(request, out=str(tmp_path / "without")))
    written: list[int] = []
    plain = saving.Saving.write

    def write(self, paused, note) -> None:
        written.append(note.iteration)
        plain(self, paused, note)

    monkeypatch.setattr(saving.Saving, "write", write)
    monkeypatch.setattr(save_points, "SAVE_S", 0.0)
    monkeypatch.setattr(save_points, "SHARE", 1e9)
    equal(without, run(structs.replace(request, out=str(tmp_path / "with"))))
    assert written == [10, 20, 30], "at every regular look before the last"


@pytest.mark.parametrize("stop", [None, StopKind.KEEP, StopKind.DISCARD])
def test_an_ending_in_order_leaves_nothing_to_go_on_with(request_of, tmp_path: Path, stop, at_every_look):
    request = request_of("generic", "tot", iterations="40")
    if stop is StopKind.DISCARD:
        with pytest.raises(JobCancelled):
            run(request, stop=stop)
    else:
        run(request, stop=stop)
    assert not list(tmp_path.rglob(cut_off.STATE)) and not list(tmp_path.rglob("request.json"))
    assert not list(tmp_path.rglob("*.lock"))


def test_a_training_that_fails_leaves_where_it_stood(request_of, tmp_path: Path, at_every_look):
    request = request_of("generic", "tot", iterations="40")

    def report(event) -> None:
        if (tmp_path / "out" / cut_off.STATE).exists():
            raise RuntimeError("a library gave up")

    with pytest.raises(RuntimeError):
        run(request, report=report)
    left = cut_off.read(tmp_path / "out")
    assert left is not None and left.note.iteration >= 10 and not cut_off.is_held(left.folder)


def test_what_cannot_be_written_is_said_once_and_ends_nothing(request_of, tmp_path: Path, at_every_look, monkeypatch):
    request = request_of("generic", "tot", iterations="40")
    plain, said = saving.weights.save, []

    def save(trained, path, **options) -> None:
        if path.name == cut_off.STATE:
            raise OSError(28, "No space left on device")
        plain(trained, path, **options)

    monkeypatch.setattr(saving.weights, "save", save)
    result = run(request, report=lambda event: said.append(event) if isinstance(event, LogLine) else None)
    assert result["iterations"] == 40
    assert ["No space left" in line.text for line in said if line.level == "warning"] == [True]


def test_runs_that_are_too_large_are_not_saved(request_of, tmp_path: Path, at_every_look, monkeypatch):
    monkeypatch.setattr("core.tot.weights.MAX_PAUSED", 10_000)
    said = []
    run(request_of("generic", seeds="3", iterations="40"), report=said.append)
    texts = [event.text for event in said if isinstance(event, LogLine)]
    assert texts.count(saving.TOO_LARGE) == 1


def test_save_points_are_so_far_apart_and_cost_little():
    now, kept = [0.0], []

    def keep(runs) -> None:
        kept.append(now[0])
        now[0] += 3.0  # a slow drive

    points = save_points.SavePoints(keep, clock=lambda: now[0])
    for _ in range(1000):
        points.look(list)
        now[0] += 1.0
    assert kept[0] == save_points.SAVE_S, "the first comes after so long"
    assert all(b - a >= 3.0 + 3.0 / save_points.SHARE for a, b in pairwise(kept)) and len(kept) > 3

    def full(runs) -> None:
        raise MemoryError

    save_points.SavePoints(full, every_s=0.0, clock=lambda: now[0]).look(list)


@pytest.mark.parametrize(
    "damage", ["torn", "empty", "no header", "far header", "no note", "wild note", "no request", "wild request"]
)
def test_torn_and_hostile_files_are_nothing(request_of, tmp_path: Path, damage: str, at_every_look, monkeypatch):
    left = killed(request_of("generic", "tot", iterations="40"), 25, monkeypatch)
    state, asked = left.folder / cut_off.STATE, left.folder / "request.json"
    whole = state.read_bytes()
    size = struct.unpack("<Q", whole[:8])[0]
    header = msgspec.json.decode(whole[8 : 8 + size])
    if damage == "torn":
        state.write_bytes(whole[:-1])
    elif damage == "empty":
        state.write_bytes(b"")
    elif damage == "no header":
        state.write_bytes(os.urandom(64))
    elif damage == "far header":
        state.write_bytes(struct.pack("<Q", 1 << 62) + whole[8:])
    elif damage in ("no note", "wild note"):
        note = {"iteration": 50, "iterations": 40, "saved": "2026-01-01T00:00:00Z"}
        header["__metadata__"] |= {cut_off.NOTE: msgspec.json.encode(note).decode()}
        if damage == "no note":
            del header["__metadata__"][cut_off.NOTE]
        made = msgspec.json.encode(header)
        state.write_bytes(struct.pack("<Q", len(made)) + made + whole[8 + size :])
    elif damage == "no request":
        asked.unlink()
    else:
        asked.write_bytes(b"[" * 100_000)
    assert cut_off.read(left.folder) is None


def test_a_training_at_work_is_not_one_that_was_cut_off(request_of, tmp_path: Path, at_every_look, monkeypatch):
    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "cache"))
    out = tmp_path / "cache" / "runs" / "u" / "train-1"
    request = structs.replace(request_of("generic", "tot", iterations="40"), out=str(out))
    seen: list[int] = []

    def report(event) -> None:
        if (out / cut_off.STATE).exists():
            seen.append(len(cut_off.left_behind("u")))

    with monkeypatch.context() as patched:
        patched.setattr(saving.cut_off, "remove", lambda folder: None)
        run(request, report=report)
    assert seen and not any(seen)
    assert cut_off.left_behind("u") == [], "it has finished"
    (out / "manifest.json").unlink()
    assert [left.folder for left in cut_off.left_behind("u")] == [out]
    assert cut_off.left_behind("") == []
