"""Every method and decoder on data whose structure is known, as a table in docs/results.md.

    python benchmarks/results.py [--out docs/results.md] [--seeds 3] [--keep FILE]

Made-up procedures in one order, with swapped steps, and with steps left out and repeated; one data set a seed, so the
spread holds the draw of the data as well as of the training. Activity level, K = number of actions. Each finished
system goes into the file of `--keep`, and a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from agreed import choices
from known_structure import KINDS, Made, make
from msgspec import structs

from core.decode.registry import decode_all
from core.metrics import baselines
from core.metrics.report import evaluate
from core.tot import infer
from core.tot.config import TrainConfig
from core.tot.presets import preset, rivals_of
from core.tot.train import train, train_many
from core.work.videos import decoder_settings

RUNS: tuple[tuple[str, str, dict[str, object], tuple[str, ...]], ...] = (
    ("generic", "ot", {}, ("fixed-order",)),
    ("generic", "tot", {}, ("fixed-order", "any-order")),
    ("generic", "tot+entropy", {}, ("fixed-order",)),
    ("generic", "tot+tcl", {}, ("fixed-order", "video-order", "skip", "any-order")),
    ("generic", "tot+tcl", {"order": "video"}, ("video-order", "any-order")),
    ("generic", "tot+tcl", {"marginal_penalty": 0.1}, ("fixed-order",)),
    ("generic", "cte", {}, ("fixed-order",)),
    ("generic", "asot", {}, ("asot",)),
    ("robust", "asot", {}, ("video-order", "fixed-order", "any-order")),
)
"""Preset, method, what differs from the preset, decoders."""
OWN_DECODERS = (
    *(f"generic {method}, fixed-order" for method in ("ot", "tot", "tot+entropy", "tot+tcl", "cte")),
    "generic tot+tcl order=video, video-order",
    "generic tot+tcl marginal_penalty=0.1, fixed-order",
    "generic asot, asot",
    "robust asot, video-order",
)
EXPECTED = (
    ("ordered", "generic tot, fixed-order", "generic ot, fixed-order"),
    ("ordered", "generic tot+tcl, fixed-order", "generic tot, fixed-order"),
    ("ordered", "generic tot+tcl, fixed-order", "generic cte, fixed-order"),
    *(
        (kind, better, "generic tot+tcl, fixed-order")
        for kind in ("swapped", "omitted and repeated")
        for better in ("generic asot, asot", "robust asot, video-order")
    ),
)
"""Kind of data, and the two systems of which the first should have the higher MoF (METHOD 16)."""


def title(preset_name: str, method: str, values: dict[str, object]) -> str:
    """The name of a training in the tables."""
    return " ".join([preset_name, method, *(f"{name}={value}" for name, value in values.items())])


PLAIN = ("equal split", "one class", "k-means")
SYSTEMS = (*PLAIN, *(f"{title(*run[:3])}, {decoder}" for run in RUNS for decoder in run[3]))
"""Every row of the tables."""
SCORES = ("mof", "f1", "miou", "edit", "f1_50")
Rows = dict[str, list[np.ndarray]]


def main() -> None:
    """Measure and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path, default=Path("docs/results.md"))
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--keep", type=Path, help="a file that finished systems are kept in, to go on from")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    kept: dict[str, dict[str, list[float]]] = {}
    if chosen.keep is not None and chosen.keep.exists():
        kept = json.loads(chosen.keep.read_text())
    parts = [head(chosen.seeds)]
    measured: dict[str, Rows] = {}
    for kind in KINDS:
        rows = measured.setdefault(kind, {})
        for seed in range(chosen.seeds):
            found = kept.setdefault(f"{kind} {seed}", {})
            for _ in measured_systems(make(kind, seed, noise=1.5), seed, found):
                if chosen.keep is not None:
                    chosen.keep.write_text(json.dumps(kept))
            for system in SYSTEMS:
                rows.setdefault(system, []).append(np.array(found[system]))
        parts.append(table(kind, rows))
        print(parts[-1], flush=True)
    chosen.out.write_text("\n".join([*parts, judged(measured)]))


def measured_systems(made: Made, seed: int, rows: dict[str, list[float]]) -> Iterator[None]:
    """Add to `rows` what they lack: one data set's scores in per cent and CPU seconds by system; a step a training."""

    def add(name: str, labels: Sequence[np.ndarray], seconds: float) -> None:
        truths = {str(n): truth for n, truth in enumerate(made.truths)}
        found = {str(n): video for n, video in enumerate(labels)}
        actions = {action: str(action) for action in range(made.n_actions)}
        report = evaluate(truths, found, actions=actions, n_clusters=made.n_actions)
        rows[name] = [*(100 * float(getattr(report, s)) for s in SCORES), seconds]

    for name, label in plain(made, seed).items():
        if name not in rows:
            began = time.process_time()
            add(name, label(), time.process_time() - began)
    for preset_name, method, values, decoders in RUNS:
        names = {decoder: f"{title(preset_name, method, values)}, {decoder}" for decoder in decoders}
        if all(name in rows for name in names.values()):
            continue
        config = preset(preset_name, method=method, n_clusters=made.n_actions)
        config = structs.replace(config, seed=seed, **values)
        began = time.process_time()
        posteriors = fitted(made, config)
        took = time.process_time() - began
        for decoder, name in names.items():
            began = time.process_time()
            labels = decode_all(decoder, posteriors, decoder_settings(config))
            add(name, labels, took + time.process_time() - began)
        yield


def fitted(made: Made, config: TrainConfig) -> list[np.ndarray]:
    """Log posteriors of what a training keeps: the only run, or the consensus that `robust` keeps."""
    runs = []
    for method in (config, *rivals_of(config)):
        alone = structs.replace(method, seeds=1, rival="none", ensemble="typical")
        configs = [structs.replace(alone, seed=1000 * alone.seed + n) for n in range(config.seeds)]
        runs += train_many(made.features, configs) if len(configs) > 1 else [train(made.features, config)]
    if len(runs) == 1:
        return [infer.log_posterior(runs[0], matrix) for matrix in made.features]
    found, kept = choices(made.features, config, runs)
    return [infer.log_posterior(found[kept], matrix) for matrix in made.features]


def plain(made: Made, seed: int) -> dict[str, Callable[[], list[np.ndarray]]]:
    """The baselines that know nothing of time order or of features."""
    return {
        "equal split": lambda: [baselines.equal_split(len(t), made.n_actions) for t in made.truths],
        "one class": lambda: [baselines.one_class(len(t)) for t in made.truths],
        "k-means": lambda: baselines.kmeans(made.features, made.n_actions, seed=seed),
    }


def head(n_seeds: int) -> str:
    """What stands above the tables."""
    return (
        "# Results on data whose structure is known\n\n"
        f"Written by `python benchmarks/results.py` on {time.strftime('%Y-%m-%d')}; torch {torch.__version__}, "
        f"{platform.machine()}, one thread.\n"
        f"20 made-up videos of 8 actions each (`benchmarks/known_structure.py`), {n_seeds} seeds of data and "
        "training.\n"
        "Per cent, mean and (standard deviation) over the seeds; activity level; K is the number of actions. Seconds "
        "are CPU time of one thread, which other work on the machine hardly changes, for training and decoding all "
        "videos. The rows of `robust` are what its twelve runs agree on (docs/choices.md); its own decoder is "
        "video-order.\n"
    )


def judged(scores: dict[str, Rows]) -> str:
    """Whether the order that the literature leads to expect holds, in words, from the numbers alone."""
    lines = ["\n## Against what was expected\n", "MoF, means over the seeds.\n"]
    for kind, better, worse in EXPECTED:
        high, low = _mof(scores[kind][better]), _mof(scores[kind][worse])
        holds = "holds" if high > low else "does not hold"
        lines.append(f"- {kind.capitalize()}: `{better}` over `{worse}` {holds} ({high:.1f} and {low:.1f}).")
    for kind, rows in scores.items():
        equal = _mof(rows["equal split"])
        below = [f"`{name}` ({_mof(rows[name]):.1f})" for name in OWN_DECODERS if _mof(rows[name]) < equal]
        told = ", ".join(below) or "none"
        lines.append(f"- {kind.capitalize()}: below equal split ({equal:.1f}), each with its own decoder: {told}.")
    return "\n".join([*lines, "", "Why where it does not, and what was tried: docs/choices.md.", ""])


def _mof(found: list[np.ndarray]) -> float:
    return float(np.mean([row[0] for row in found]))


def table(kind: str, rows: Rows) -> str:
    """One kind of data."""
    lines = [
        f"\n## {kind.capitalize()}\n",
        "| system | MoF | F1 | mIoU | edit | F1@50 | seconds |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, found in rows.items():
        mean, spread = np.mean(found, axis=0), np.std(found, axis=0)
        cells = [f"{m:.1f} ({s:.1f})" for m, s in zip(mean[:-1], spread[:-1], strict=True)]
        lines.append(f"| {name} | " + " | ".join(cells) + f" | {mean[-1]:.1f} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
