"""What only a GPU can show, in one run of under four minutes: its tests, and the figures to reach.

    python benchmarks/gpu.py [--only tests,agree,salads,sweep,memory] [--device cuda:0] [--steps 62500]

Each part prints its row as soon as it is measured, so that a run that is cut off has said what it knows. What misses
its reach is marked, and the exit code is 1 then, as for a part that fails, a step that could not be recorded, and a
test that is skipped although CUDA is there. With ``--device cpu --steps 200`` it goes through the same lines without a
GPU; the figures then say nothing.
"""

from __future__ import annotations

import argparse
import logging
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import torch  # noqa: E402
from msgspec import structs  # noqa: E402

from core.errors import DeviceMemoryError  # noqa: E402
from core.tot import infer  # noqa: E402
from core.tot.captured import Captured  # noqa: E402
from core.tot.config import TrainConfig  # noqa: E402
from core.tot.presets import preset  # noqa: E402
from core.tot.train import train, train_many  # noqa: E402


class Row(NamedTuple):
    """What, the figure, the reach, and whether it was reached; None where that cannot be said."""

    what: str
    figure: str
    reach: str = ""
    ok: bool | None = None


TESTS_S = 100.0
N_SWEPT = 32


class Said(logging.Handler):
    """Keeps what the core warns of: a step that could not be recorded."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


SAID = Said()


def salads(n_videos: int = 50, n_rows: int = 11_552) -> list[np.ndarray]:
    """Features of the shape of 50 Salads: 577,600 rows of 64 columns, twelve steps in order."""
    draw = np.random.default_rng(0)
    centres = draw.normal(size=(12, 64)).astype(np.float32)
    steps = np.arange(n_rows) * 12 // n_rows
    return [centres[steps] + 0.5 * draw.standard_normal((n_rows, 64), dtype=np.float32) for _ in range(n_videos)]


def waited(device: str) -> float:
    """The time, after all that the device was asked for is done."""
    if device.startswith("cuda"):
        torch.cuda.synchronize(device)
    return time.perf_counter()


def run_tests(device: str, steps: int) -> Iterator[Row]:
    """The tests that skip where no GPU is."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-rs",
        "--tb=short",
        "tests/gpu",
        "tests/unit/tot/test_captured.py",
    ]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TESTS_S)
    except subprocess.TimeoutExpired:
        yield Row("tests/gpu", f"not done after {TESTS_S:.0f} s", "pass", False)
        return
    last = (done.stdout.strip().splitlines()[-1:] or ["nothing was said"])[0]
    passed = done.returncode == 0 and not (device.startswith("cuda") and "skipped" in last)
    yield Row("tests/gpu", f"exit code {done.returncode}: {last}", "pass", passed)
    if not passed:
        print(done.stdout[-6000:], done.stderr[-2000:], sep="\n", flush=True)


def agree(device: str, steps: int) -> Iterator[Row]:
    """Posteriors of the same training on the processor and on the device, after 12 steps of every method."""
    draw = np.random.default_rng(7)
    centres = draw.normal(size=(4, 12)) * 2
    videos = [centres[np.repeat(np.arange(4), 50)] + draw.normal(size=(200, 12)) for _ in range(6)]
    rows = [video.astype(np.float32) for video in videos]
    for method in ("tot", "tot+tcl", "tot+entropy", "ot", "asot"):
        config = structs.replace(preset("generic", method=method, n_clusters=4), iterations=12)
        here, there = (train(rows, config, device=place) for place in ("cpu", device))
        apart = max(float(np.abs(infer.posterior(here, v) - infer.posterior(there, v)).max()) for v in rows)
        yield Row(f"processor and device agree, {method}", f"largest difference {apart:.1e}", "2e-3", apart <= 2e-3)


def schedule(device: str, steps: int) -> Iterator[Row]:
    """The 50 Salads schedule with recorded steps, and what plain steps would take."""
    rows = salads()
    for method in ("tot", "tot+tcl"):
        config = structs.replace(preset("50salads-eval", method=method, n_clusters=12), iterations=steps)
        train(rows[:4], structs.replace(config, iterations=20), device=device)  # libraries load, kernels are chosen
        SAID.lines.clear()
        began = waited(device)
        trained = train(rows, config, device=device)
        took = waited(device) - began
        each = 1e6 * trained.seconds / steps
        note = f"; {SAID.lines[-1]}" if SAID.lines else ""
        text = f"{trained.seconds:.2f} s of steps, {each:.0f} us each, {took:.2f} s with the features{note}"
        on_gpu = device.startswith("cuda")
        reached = not SAID.lines and trained.seconds * 62_500 / steps <= 6.0 if on_gpu else None
        yield Row(f"{steps:,} steps of 50 Salads, {method}, recorded", text, "6 s for 62,500", reached)
        suits, few = Captured.suits, max(20, steps // 20)
        Captured.suits = staticmethod(lambda _stepper: False)  # type: ignore[method-assign]
        plain = train(rows, structs.replace(config, iterations=few), device=device)
        Captured.suits = staticmethod(suits)  # type: ignore[method-assign]
        text = f"{1e6 * plain.seconds / few:.0f} us each, {plain.seconds / few * steps:.1f} s for {steps:,}"
        yield Row(f"the same, plain steps ({few:,} measured)", text)


def sweep(device: str, steps: int) -> Iterator[Row]:
    """Thirty-two settings side by side beside one."""
    rows, n = salads(20, 4000), max(20, steps // 20)
    base = structs.replace(preset("50salads-eval", method="tot", n_clusters=12), iterations=n)
    many = [
        structs.replace(base, seed=s % 4, rho=0.05 + 0.01 * (s // 4 % 4), sigma=1.5 + s // 16) for s in range(N_SWEPT)
    ]
    seconds = {}
    for configs in ([base], many):
        train_many(rows, [structs.replace(c, iterations=10) for c in configs], device=device)
        runs = train_many(rows, configs, device=device)
        seconds[len(configs)] = runs[0].seconds
    ratio = seconds[N_SWEPT] / seconds[1]
    text = f"{ratio:.2f}x of one ({seconds[1]:.2f} s and {seconds[N_SWEPT]:.2f} s for {n:,} steps)"
    yield Row(f"sweep of {N_SWEPT} settings", text, "2x", ratio <= 2 if device.startswith("cuda") else None)


def memory(device: str, steps: int) -> Iterator[Row]:
    """A device that is really full: a batch that does not fit beside all that this process may take."""
    if not device.startswith("cuda"):
        yield Row("out of memory on the device", "needs CUDA")
        return
    rows, total = salads(4, 4000), torch.cuda.get_device_properties(device).total_memory
    config = TrainConfig(method="tot+tcl", n_clusters=12, batch=65_536, iterations=50)
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(min(1.0, (1 << 30) / total), device)
    try:
        train(rows, config, device=device)
        text, said = "IT FITTED: nothing is shown", False
    except DeviceMemoryError as error:
        text, said = f"{error} {error.hint}", "were wanted" in str(error)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, device)
        torch.cuda.empty_cache()
    yield Row("out of memory on the device", text, "names what was wanted", said)
    after = train(rows, structs.replace(config, batch=512), device=device)
    yield Row("the next training", f"{after.iterations} iterations on {after.device}", "50", after.iterations == 50)


PARTS: dict[str, Callable[[str, int], Iterator[Row]]] = {
    "agree": agree,
    "salads": schedule,
    "sweep": sweep,
    "memory": memory,
    "tests": run_tests,
}


def main() -> None:
    """Print the table, a row as it is measured; a part that fails is one row and its traceback."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--only", default=",".join(PARTS), help=", ".join(PARTS))
    options.add_argument("--device", default="cuda:0")
    options.add_argument("--steps", type=int, default=62_500)
    chosen = options.parse_args()
    if chosen.device.startswith("cuda") and not torch.cuda.is_available():
        sys.exit(f"torch {torch.__version__} finds no CUDA device here.")
    logging.getLogger("core").addHandler(SAID)
    name = torch.cuda.get_device_name(chosen.device) if chosen.device.startswith("cuda") else "the processor"
    print(f"torch {torch.__version__}, {name}\n\n| what | measured | reach |\n|---|---|---|", flush=True)
    began, missed = time.perf_counter(), 0
    for part in chosen.only.split(","):
        try:
            for row in PARTS[part](chosen.device, chosen.steps):
                missed += row.ok is False
                print(f"| {row.what} | {row.figure}{' MISSED' if row.ok is False else ''} | {row.reach} |", flush=True)
        except Exception:  # the other parts are worth having
            missed += 1
            print(f"| {part} | FAILED | |", flush=True)
            traceback.print_exc()
    print(f"\n{time.perf_counter() - began:.0f} s in all")
    if missed:
        sys.exit(f"{missed} of these failed or missed what they should reach.")


if __name__ == "__main__":
    main()
