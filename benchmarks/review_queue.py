"""Does the review queue lead to the wrong frames? Ground truth plays the reviewer.

python benchmarks/review_queue.py [DATASET ...] [--made KIND ...] [--light]

For each data set three runs are trained; the prediction of the last is what is reviewed. Printed is which share of the
wrong frames a reviewer finds who watches a fifth of all frames (by chance: a fifth; at best: all, or as many as fit),
and one who looks at as many places as a fifth of the segments, with the share of all frames that these places hold: for
the queue, for the longest segments, for segments at random, and for a queue that knows the truth. Then, for each main
reason, how many frames of its places are wrong.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from known_structure import KINDS, make

from core import api
from core.data.dataset import RunId, VideoId
from core.project import Project
from core.review.place import DoubtedPlace
from core.review_work import evidences, review_places
from core.tot.presets import preset

RUNS = (("generic", 0), ("robust", 1), ("robust", 0))
ALONE = {"seeds": 1, "rival": "none", "ensemble": "typical"}
"""One run of the preset instead of the twelve that `robust` trains: four times as fast."""
Span = tuple[VideoId, int, int]


def made_dataset(root: Path, kind: str, seed: int) -> Path:
    """A folder with features and labels of made-up videos."""
    made = make(kind, seed)
    for name in ("features", "groundTruth", "mapping"):
        (root / name).mkdir(parents=True)
    (root / "mapping" / "mapping.txt").write_text("".join(f"{i} step{i}\n" for i in range(made.n_actions)))
    for number, (features, truth) in enumerate(zip(made.features, made.truths, strict=True)):
        np.save(root / "features" / f"v{number:02d}.npy", features)
        (root / "groundTruth" / f"v{number:02d}.txt").write_text("".join(f"step{a}\n" for a in truth))
    return root


def prepared(dataset: Path, folder: Path, *, light: bool) -> tuple[Project, RunId]:
    """A project with the runs of RUNS; the last one is reviewed."""
    found = api.open_dataset(dataset)
    project = api.create_project(folder / "p.tot", found)
    n_actions = len({label for t in project.document.ground_truth.values() for label in t.labels.tolist()})
    for name, seed in RUNS:
        config = msgspec.structs.replace(
            preset(name, n_clusters=max(2, n_actions)), seed=seed, **(ALONE if light else {})
        )
        run, _ = api.train_project(project, config, device="cpu")
        api.segment_project(project, run, device="cpu")
    return project, run


def seen(spans: Sequence[Span], wrong: dict[VideoId, np.ndarray]) -> tuple[float, float]:
    """The share of all wrong frames, and of all frames, that lie in some spans."""
    total, n_wrong = sum(map(len, wrong.values())), max(1, sum(int(w.sum()) for w in wrong.values()))
    found = sum(int(wrong[v][start:stop].sum()) for v, start, stop in spans)
    return found / n_wrong, sum(stop - start for _, start, stop in spans) / total


def watched(spans: Sequence[Span], wrong: dict[VideoId, np.ndarray], share: float = 0.2) -> float:
    """The share of the wrong frames among the first frames of some spans, as many as a share of all frames."""
    left = int(share * sum(map(len, wrong.values())))
    found, total = 0, max(1, sum(int(w.sum()) for w in wrong.values()))
    for video, start, stop in spans:
        taken = min(left, stop - start)
        found += int(wrong[video][start : start + taken].sum())
        left -= taken
    return found / total


def wrong_spans(wrong: dict[VideoId, np.ndarray]) -> list[Span]:
    """Every unbroken run of wrong frames."""
    found = []
    for video, each in wrong.items():
        edges = np.flatnonzero(np.diff(np.concatenate([[0], each.astype(np.int8), [0]])))
        found += [(video, int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return found


def say(order: str, budget: float, found: float, held: float) -> None:
    """One line of the first table."""
    print(
        f"  {order:<8} {100 * budget:5.1f} % of the wrong frames in a fifth of all frames; "
        f"{100 * found:5.1f} % in the looks ({100 * held:.1f} % of all frames)"
    )


def measure(name: str, dataset: Path, *, light: bool) -> None:
    """Prints both tables of one data set."""
    with tempfile.TemporaryDirectory() as temporary:
        project, run = prepared(dataset, Path(temporary), light=light)
        with project:
            document = project.document
            tracks = {e.video: e.track for e in evidences(document, run) if e.video in document.ground_truth}
            wrong = {v: t.to_frames() != document.ground_truth[v].to_frames() for v, t in tracks.items()}
            places = [p for p in review_places(document, run) if p.video in wrong]
    segments = [(v, s.start, s.stop) for v, track in tracks.items() for s in track.segments]
    looks = max(1, len(segments) // 5)
    orders: dict[str, list[Span]] = {
        "queue": [(p.video, p.start, p.stop) for p in places],
        "longest": sorted(segments, key=lambda s: s[1] - s[2]),
        "perfect": sorted(wrong_spans(wrong), key=lambda s: s[1] - s[2]),
    }
    rate = np.mean(np.concatenate(list(wrong.values())))
    print(f"\n{name}: {100 * rate:.1f} % of {sum(map(len, wrong.values())):,} frames wrong; {looks} looks")
    for order, spans in orders.items():
        say(order, watched(spans, wrong), *seen(spans[:looks], wrong))
    draw = np.random.default_rng(0)
    drawn = [[segments[i] for i in draw.permutation(len(segments))] for _ in range(50)]
    found = [(watched(spans, wrong), *seen(spans[:looks], wrong)) for spans in drawn]
    say("random", *np.mean(found, axis=0))
    for kind, (share, frames) in sorted(reason_shares(places, wrong).items()):
        print(f"  {kind:<18}{frames:>8,} frames, {100 * share:5.1f} % wrong")


def reason_shares(places: Sequence[DoubtedPlace], wrong: dict[VideoId, np.ndarray]) -> dict[str, tuple[float, int]]:
    """For each main reason: the share of wrong frames in its places, and how many frames these have."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place in places:
        counts[place.main.kind][0] += int(wrong[place.video][place.start : place.stop].sum())
        counts[place.main.kind][1] += place.stop - place.start
    return {kind: (bad / frames, frames) for kind, (bad, frames) in counts.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("datasets", nargs="*", type=Path)
    parser.add_argument("--made", nargs="*", default=KINDS, choices=KINDS, help="kinds of made-up videos")
    parser.add_argument("--light", action="store_true", help="single runs, not the twelve of robust")
    options = parser.parse_args()
    for dataset in options.datasets:
        measure(dataset.name, dataset, light=options.light)
    for kind in options.made:
        with tempfile.TemporaryDirectory() as temporary:
            measure(kind, made_dataset(Path(temporary) / "made", kind, 0), light=options.light)


if __name__ == "__main__":
    main()
