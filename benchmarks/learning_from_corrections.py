"""What correcting a few videos does for all the others: a simulation with ground truth as the reviewer.

    python benchmarks/learning_from_corrections.py [--data NAME ...] [--seeds 3] [--root FOLDER] [--figures FILE ...]
    python benchmarks/learning_from_corrections.py --held-out [--seeds 3] [--counts 1 2] [--figures FILE ...]
    python benchmarks/learning_from_corrections.py --write

For every data set and seed: a training without corrections, then trainings that learn from 1, 2, 5 and 10 videos whose
ground truth stands for a person's corrections, chosen by the program (`core.metrics.coverage`) or at random. Scored are
the videos that nobody corrected, and only those. Trainings see features and corrections; no request holds ground truth.
`--held-out` takes sets on which nothing of the learning was chosen. For the rule that lets the examples of corrected
rows join (core/work/examples.py) the same trainings are scored without them and with them whatever the rule says, too.

`--figures` keeps what was measured in a file and goes on from it, so that data sets can be measured one by one, also by
several processes with a file each. `--write` puts what all files hold together into docs/learning.json and writes from
it the tables and the picture of docs/learning.md (benchmarks/learning_tables.py).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import torch
from families import CHOOSING, LEARNING, make_one
from known_structure import KINDS, Made, make
from learning_picture import COUNTS
from learning_tables import FIGURES, write

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
from core.tot.examples import SHARE, learn_examples
from core.tot.presets import preset
from core.tot.trained import Trained
from core.work.learning import lesson_of
from core.work.training import train
from core.work.videos import predictions

CHOICES = ("proposed", "random")
ALONE = {"seeds": 1, "rival": "none", "ensemble": "typical"}
CONFIGS: dict[str, tuple[str, dict[str, Any]]] = {
    "robust": ("robust", {}),
    "TOT + TCL": ("generic", {}),
    "ASOT": ("robust", ALONE),
}
"""What is trained: a preset, and what differs from it. Twelve runs with `robust`, one with the others."""
HELD_OUT = {f"held out: {recipe.name}": recipe for recipe in LEARNING}
CHOSEN_ON = {f"chosen on: {recipe.name}": recipe for recipe in CHOOSING}
FIRST_SEED, CHOOSING_SEED = 500, 900
"""Of the data held out, and of that for choosing: no other benchmark draws with them."""
Labels = dict[str, np.ndarray]


@dataclass(frozen=True)
class Data:
    """Videos as a training sees them, and apart from them the labels that the reviewer knows, on the same grid."""

    videos: tuple[TrainVideo, ...]
    truths: Labels
    n_actions: int


def main() -> None:
    """Measure what is asked for; or write all that is known."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--data", nargs="*", help="some of: " + ", ".join([*names(None), *HELD_OUT, *CHOSEN_ON]))
    options.add_argument("--held-out", action="store_true")
    options.add_argument("--seeds", type=int, default=3)
    options.add_argument("--root", type=Path, help="where g1_bottle, coffee5 and demo lie, if they do")
    options.add_argument("--counts", type=int, nargs="*", default=list(COUNTS), help="numbers of corrected videos")
    options.add_argument("--config", nargs="*", default=list(CONFIGS), choices=CONFIGS)
    options.add_argument("--figures", type=Path, nargs="*", default=[], help="measured goes to the first of them")
    options.add_argument("--write", action="store_true", help="measure nothing")
    chosen = options.parse_args()
    torch.set_num_threads(1)
    if chosen.write:
        write({key: value for path in [FIGURES, *chosen.figures] for key, value in read(path).items()})
        return
    path = chosen.figures[0] if chosen.figures else FIGURES
    found = read(path)
    data = chosen.data or (list(HELD_OUT) if chosen.held_out else names(chosen.root))
    for seed, name, config in product(range(chosen.seeds), data, chosen.config):
        key = f"{name}/{config}/{seed}"
        if key not in found:
            with tempfile.TemporaryDirectory() as folder:
                found[key] = measure(name, config, seed, Path(folder), chosen.root, chosen.counts)
            print(key, round(found[key]["seconds"]), "s", flush=True)
            path.write_text(msgspec.json.encode(found).decode())


def read(path: Path) -> dict[str, Any]:
    """What was measured before; empty without a file."""
    return dict(json.loads(path.read_text())) if path.exists() else {}


def names(root: Path | None) -> list[str]:
    """The data sets that can be measured, without those held out."""
    there = [n for n in ("demo", "g1_bottle", "coffee5") if root is None or (root / n).exists()]
    return [*KINDS, *there]


def load(name: str, seed: int, folder: Path, root: Path | None) -> Data:
    """Made-up data anew for each seed; a data set on disk as it is."""
    if name in KINDS or name in HELD_OUT or name in CHOSEN_ON:
        made = made_up(name, seed)
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


def made_up(name: str, seed: int) -> Made:
    """The videos of a made-up set."""
    if name in KINDS:
        return make(name, seed, noise=1.5)
    if name in CHOSEN_ON:
        return make_one(CHOSEN_ON[name], CHOOSING_SEED + seed)
    return make_one(HELD_OUT[name], FIRST_SEED + seed)


def measure(
    name: str, config_name: str, seed: int, folder: Path, root: Path | None, counts: Sequence[int]
) -> dict[str, Any]:
    """One seed: MoF and F1 of the untouched videos by choice, count and system."""
    began = time.perf_counter()
    data = load(name, seed, folder, root)
    preset_name, differs = CONFIGS[config_name]
    config = msgspec.structs.replace(preset(preset_name, n_clusters=data.n_actions), seed=100 * seed, **differs)
    plain, posteriors, _, _ = fit(data, config, {}, folder / "plain")
    ids = [video.id for video in data.videos]
    orders = {
        "proposed": propose({v: describe(p) for v, p in posteriors.items()}, count=max(COUNTS)),
        "random": [ids[n] for n in np.random.default_rng(seed).permutation(len(ids))],
    }
    rows: list[dict[str, Any]] = []
    everything = score(data, ids, plain, None, data.n_actions)
    for choice, order in orders.items():
        for count in (c for c in counts if c < len(ids)):
            corrected, rest = order[:count], [v for v in ids if v not in order[:count]]
            told = {v: data.truths[v] for v in corrected}
            labels, _, result, others = fit(data, config, told, folder / f"{choice}{count}")
            bound = {int(c): int(a) for c, a in result["label_map"].items()}
            named = match([plain[v] for v in corrected], [told[v] for v in corrected], data.n_actions)
            rows.append(
                {
                    "choice": choice,
                    "count": count,
                    "untouched": len(rest),
                    "kept": f"{result['config']['method']}, {result['config']['decoder']}",
                    "agree": result["learned"]["examples_agree"],
                    "share": result["learned"]["examples_share"],
                    "learned": score(data, rest, labels, bound, data.n_actions),
                    **{name: score(data, rest, found, bound, data.n_actions) for name, found in others.items()},
                    "named": score(data, rest, plain, named, data.n_actions),
                    "oracle": score(data, rest, plain, None, data.n_actions),
                }
            )
    return {"seconds": time.perf_counter() - began, "all": everything, "rows": rows}


def fit(
    data: Data, config: TrainConfig, told: Mapping[str, np.ndarray], out: Path
) -> tuple[Labels, dict[str, np.ndarray], dict[str, Any], dict[str, Labels]]:
    """A training as the window and `tot` run it: labels and posteriors of every video, manifest, `other_ways`."""
    request = request_of(data, config, told, out)
    result = train(request, device="cpu", report=ignore, should_stop=never_stop)
    run = weights.load(Path(result["weights"]))
    matrices = [load_matrix(video.video) for video in data.videos]
    posteriors = {v.id: infer.posterior(run, m) for v, m in zip(data.videos, matrices, strict=True)}
    others = other_ways(run, request, matrices) if told else {}
    return predictions(run, data.videos, matrices), posteriors, result, others


def request_of(data: Data, config: TrainConfig, told: Mapping[str, np.ndarray], out: Path) -> TrainRequest:
    """What a training is asked: of labels it holds those of `told`, and none else."""
    cuts = {v: Segmentation.from_frames(labels) for v, labels in told.items()}
    return TrainRequest(
        videos=data.videos,
        config=config,
        out=str(out),
        learn_from="corrected" if told else "none",
        corrections={v: (cut.starts.tolist(), cut.labels.tolist()) for v, cut in cuts.items()},
    )


def other_ways(run: Trained, request: TrainRequest, matrices: list[np.ndarray]) -> dict[str, Labels]:
    """Labels of the same training without the examples, and with them whatever their kappa is, by half and by whole."""
    lesson = lesson_of(request, run.config, [len(matrix) for matrix in matrices], ignore)
    assert lesson is not None
    examples = learn_examples(
        lambda number: run.scaling.apply(matrices[number], number), lesson.lessons, run.config.n_clusters
    )
    ways = {"alone": None, "always": examples, "full": replace(examples, share=SHARE)}
    return {name: predictions(replace(run, examples=way), request.videos, matrices) for name, way in ways.items()}


def score(
    data: Data, videos: Sequence[str], labels: Labels, table: Mapping[int, int] | None, n_clusters: int
) -> list[float]:
    """MoF and F1 in per cent under a label map; without one, under the best match to these very videos."""
    truths = {v: data.truths[v] for v in videos}
    found = {v: labels[v] for v in videos}
    report = evaluate(truths, found, actions={}, n_clusters=n_clusters, label_map=table)
    return [100 * report.mof, 100 * report.f1]


if __name__ == "__main__":
    main()
