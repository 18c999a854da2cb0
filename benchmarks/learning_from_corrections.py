"""What correcting a few videos does for all the others: a simulation with ground truth as the reviewer.

    python benchmarks/learning_from_corrections.py [--data NAME ...] [--seeds 3] [--root FOLDER] [--figures FILE]

For every data set and seed: a training without corrections, then trainings that learn from 1, 2, 5 and 10 videos whose
ground truth stands for a person's corrections, chosen by the program (`core.metrics.coverage`) or at random. Scored are
the videos that nobody corrected, and only those. Trainings see features and corrections; no request holds ground truth.
Writes the tables into docs/learning.md, below its line "## Measured". `--figures` keeps what was measured in a file and
goes on from it, so that data sets can be measured one by one.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from known_structure import KINDS, make

from core import api
from core.annotation.segmentation import Segmentation
from core.data.features import load_matrix
from core.data.labels import load_ground_truth
from core.events import ignore, never_stop
from core.metrics.coverage import describe, propose
from core.metrics.matching import match
from core.metrics.report import evaluate
from core.requests import TrainRequest, TrainVideo
from core.tot import infer, weights
from core.tot.config import TrainConfig
from core.tot.presets import preset
from core.work.training import train
from core.work.videos import predictions

COUNTS = (1, 2, 5, 10)
CHOICES = ("proposed", "random")
SYSTEMS = ("named", "oracle", "learned")
ALONE = {"seeds": 1, "rival": "none", "ensemble": "typical"}
CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    "robust": ("robust", {}),
    "TOT + TCL": ("generic", {}),
    "ASOT": ("robust", ALONE),
}
"""What is trained: a preset, and what differs from it. Twelve runs with `robust`, one with the others."""
DOC = Path("docs/learning.md")
MARK = "## Measured"
Labels = dict[str, np.ndarray]


@dataclass(frozen=True)
class Data:
    """Videos as a training sees them, and apart from them the labels that the reviewer knows, on the same grid."""

    videos: tuple[TrainVideo, ...]
    truths: Labels
    n_actions: int


def main() -> None:
    """Measure what is asked for, then write all that is known."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", nargs="*", help="some of: " + ", ".join(names(None)))
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--root", type=Path, help="where g1_bottle, coffee5 and demo lie, if they do")
    options.add_argument("--config", nargs="*", default=list(CONFIGS), choices=CONFIGS)
    options.add_argument("--figures", type=Path)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    found = json.loads(chosen.figures.read_text()) if chosen.figures and chosen.figures.exists() else {}
    wanted = [
        (f"{name}/{config}/{seed}", name, config, seed)
        for seed in range(chosen.seeds)
        for name in chosen.data or names(chosen.root)
        for config in chosen.config
    ]
    for key, name, config, seed in wanted:
        if key not in found:
            with tempfile.TemporaryDirectory() as folder:
                found[key] = measure(name, config, seed, Path(folder), chosen.root)
            print(key, round(found[key]["seconds"]), "s", flush=True)
            if chosen.figures:
                chosen.figures.write_text(json.dumps(found, indent=1))
    write(found)


def names(root: Path | None) -> list[str]:
    """The data sets that can be measured."""
    there = [n for n in ("demo", "g1_bottle", "coffee5") if root is None or (root / n).exists()]
    return [*KINDS, *there]


def load(name: str, seed: int, folder: Path, root: Path | None) -> Data:
    """Made-up data anew for each seed; a data set on disk as it is."""
    if name in KINDS:
        made = make(name, seed, noise=1.5)
        videos, truths = [], {}
        for number, (features, truth) in enumerate(zip(made.features, made.truths, strict=True)):
            path = folder / f"v{number}.npy"
            np.save(path, features)
            n, d = features.shape
            videos.append(TrainVideo(id=path.stem, features=str(path), n_frames=n, n_rows=n, n_dimensions=d))
            truths[path.stem] = truth
        return Data(tuple(videos), truths, made.n_actions)
    assert root is not None
    dataset = api.open_dataset(root / name)
    with api.create_project(folder / "p.tot", dataset) as project:
        from core.run_work import train_videos

        plain = tuple(
            msgspec.structs.replace(v, truth_starts=[], truth_labels=[]) for v in train_videos(project.document)
        )
    truths = {v.id: load_ground_truth(dataset, v) for v in dataset.trainable}
    used = {int(label) for truth in truths.values() for label in np.unique(truth) if label >= 0}
    return Data(plain, truths, len(used))


def measure(name: str, config_name: str, seed: int, folder: Path, root: Path | None) -> dict[str, Any]:
    """One seed: MoF and F1 of the untouched videos by choice, count and system."""
    began = time.perf_counter()
    data = load(name, seed, folder, root)
    preset_name, differs = CONFIGS[config_name]
    config = msgspec.structs.replace(preset(preset_name, n_clusters=data.n_actions), seed=100 * seed, **differs)
    plain, posteriors, _ = fit(data, config, {}, folder / "plain")
    ids = [video.id for video in data.videos]
    orders = {
        "proposed": propose({v: describe(p) for v, p in posteriors.items()}, count=max(COUNTS)),
        "random": [ids[n] for n in np.random.default_rng(seed).permutation(len(ids))],
    }
    rows: list[dict[str, Any]] = []
    everything = score(data, ids, plain, None, data.n_actions)
    for choice, order in orders.items():
        for count in (c for c in COUNTS if c < len(ids)):
            corrected, rest = order[:count], [v for v in ids if v not in order[:count]]
            told = {v: data.truths[v] for v in corrected}
            labels, _, result = fit(data, config, told, folder / f"{choice}{count}")
            bound = {int(c): int(a) for c, a in result["label_map"].items()}
            named = match([plain[v] for v in corrected], [told[v] for v in corrected], data.n_actions)
            rows.append(
                {
                    "choice": choice,
                    "count": count,
                    "untouched": len(rest),
                    "kept": f"{result['config']['method']}, {result['config']['decoder']}",
                    "learned": score(data, rest, labels, bound, data.n_actions),
                    "named": score(data, rest, plain, named, data.n_actions),
                    "oracle": score(data, rest, plain, None, data.n_actions),
                }
            )
    return {"seconds": time.perf_counter() - began, "all": everything, "rows": rows}


def fit(
    data: Data, config: TrainConfig, told: Mapping[str, np.ndarray], out: Path
) -> tuple[Labels, dict[str, np.ndarray], dict[str, Any]]:
    """Labels and posteriors of every video, and the manifest, of a training as the window and `tot` run it."""
    cuts = {v: Segmentation.from_frames(labels) for v, labels in told.items()}
    request = TrainRequest(
        videos=data.videos,
        config=config,
        out=str(out),
        learn_from="corrected" if told else "none",
        corrections={v: (cut.starts.tolist(), cut.labels.tolist()) for v, cut in cuts.items()},
    )
    result = train(request, device="cpu", report=ignore, should_stop=never_stop)
    run = weights.load(Path(result["weights"]))
    matrices = [load_matrix(video.video) for video in data.videos]
    posteriors = {v.id: infer.posterior(run, m) for v, m in zip(data.videos, matrices, strict=True)}
    return predictions(run, data.videos, matrices), posteriors, result


def score(
    data: Data, videos: Sequence[str], labels: Labels, table: Mapping[int, int] | None, n_clusters: int
) -> list[float]:
    """MoF and F1 in per cent under a label map; without one, under the best match to these very videos."""
    truths = {v: data.truths[v] for v in videos}
    found = {v: labels[v] for v in videos}
    report = evaluate(truths, found, actions={}, n_clusters=n_clusters, label_map=table)
    return [100 * report.mof, 100 * report.f1]


# --- the document ----------------------------------------------------------------------------------


def write(found: Mapping[str, Any]) -> None:
    """Replace what stands below the mark in the document."""
    text = DOC.read_text() if DOC.exists() else ""
    parts = [text.partition(MARK)[0].rstrip(), "", MARK, "", HEAD.format(when=time.strftime("%Y-%m-%d")), "", *COLUMNS]
    for name in sorted({key.rpartition("/")[0] for key in found}, key=place):
        parts += rows_of(name, [value for key, value in found.items() if key.rpartition("/")[0] == name])
    DOC.write_text("\n".join(parts) + "\n")


HEAD = (
    "By `python benchmarks/learning_from_corrections.py --root FOLDER` on {when}, on a CPU. Ground truth plays the "
    "reviewer: the chosen videos are corrected whole. Scored are the videos that nobody corrected: mean MoF (its "
    "standard deviation over the seeds) / mean F1, in per cent. Videos are drawn at random, anew for each seed, or "
    "those that the program proposes.\n\n"
    "- **learned**: a training that learned from the corrections, under the names it was taught.\n"
    "- **not learned**: a training without corrections; its clusters are named by matching on the same corrected "
    "videos: what the same work gives without learning.\n"
    "- **names by the truth**: the same training, its clusters matched to the truth of the very videos that are "
    "scored. Nobody has that: it is the most that naming alone can give."
)
COLUMNS = [
    "| data and method (seeds) | corrected | random: not learned | random: learned | proposed: not learned "
    "| proposed: learned | names by the truth |",
    "|---|---|---|---|---|---|---|",
]


def place(name: str) -> tuple[int, str]:
    """Real data first."""
    data = name.partition("/")[0]
    return (0 if data not in KINDS else 1, name)


def rows_of(name: str, runs: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rows of one data set and method."""
    data, _, config = name.partition("/")
    title, lines = f"{data}, {config} ({len(runs)})", []
    for count in COUNTS:
        rows = [row for run in runs for row in run["rows"] if row["count"] == count]
        if not rows:
            continue
        shown = [(choice, system) for choice in reversed(CHOICES) for system in ("named", "learned")]
        cells = [cell([row[system] for row in rows if row["choice"] == choice]) for choice, system in shown]
        cells = [f"**{text}**" if system == "learned" else text for text, (_, system) in zip(cells, shown, strict=True)]
        truth = cell([row["oracle"] for row in rows])
        lines.append("| " + " | ".join([title, f"{count} of {count + rows[0]['untouched']}", *cells, truth]) + " |")
        title = ""
    return lines


def cell(values: Sequence[Sequence[float]]) -> str:
    """Mean MoF, its deviation, mean F1."""
    mof, f1 = np.array(values).T
    return f"{mof.mean():.1f} ({mof.std():.1f}) / {f1.mean():.1f}"


if __name__ == "__main__":
    main()
