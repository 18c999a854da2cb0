"""Which of several runs is kept: the most typical one, or what all or some of them agree on. No labels are used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ..events import JobCancelled, ShouldStop, StopKind
from ..metrics.agreement import agreement
from ..requests import TrainRequest
from ..tot.config import METHODS, TrainConfig
from ..tot.consensus import consensus
from ..tot.left_out_best import LEAST_VIDEOS, clearly_best, explained
from ..tot.presets import variety
from ..tot.save_points import SavePoints
from ..tot.supervision import Lessons
from ..tot.train import train as fit
from ..tot.train import train_many as fit_many
from ..tot.trained import StepInfo, Trained
from .examples import with_examples
from .judging import Judge
from .videos import expanded, predictions, row_labels

FloatArray = NDArray[np.floating[Any]]
IntArray = NDArray[np.integer[Any]]

STEP_EVERY = 10
ALL_METHODS = "all"
"""The name of the consensus that every method takes part in."""


def shown(config: TrainConfig) -> str:
    """The name of a method among its rivals, in the words of the screen."""
    return variety(config).replace(config.method, METHODS[config.method].split(" (")[0], 1)


@dataclass(frozen=True)
class Family:
    """Runs of one method from several seeds, their labels, and how far each agrees with the others."""

    runs: list[Trained]
    decoded: list[dict[str, IntArray]]
    shares: FloatArray

    @classmethod
    def train(
        cls,
        config: TrainConfig,
        request: TrainRequest,
        matrices: list[FloatArray],
        device: str,
        should_stop: ShouldStop,
        on_step: Callable[[StepInfo], None],
        earlier: Sequence[Trained],
        lessons: Lessons | None,
        saves: SavePoints | None = None,
    ) -> Family:
        """Train all seeds of one method side by side, and decode every video with each. Raises JobCancelled.

        `earlier` are the same runs as far as they came before they were stopped; empty to begin. `saves` as in
        `core.tot.train.train`.
        """
        states = [run.training_state for run in earlier if run.training_state is not None]
        if earlier and not states:
            return cls.of(list(earlier), config, request, matrices)
        options: dict[str, Any] = {"device": device, "should_stop": should_stop, "on_step": on_step}
        options |= {"step_every": STEP_EVERY, "lessons": lessons, "saves": saves}
        if config.seeds > 1 and config.method != "cte":
            alone = msgspec.structs.replace(config, seeds=1, rival="none", ensemble="typical")
            configs = [msgspec.structs.replace(alone, seed=config.seed + n) for n in range(config.seeds)]
            runs = fit_many(matrices, configs, resume=states, **options)
        else:
            runs = [fit(matrices, config, resume=states[0] if states else None, **options)]
        if should_stop() is StopKind.DISCARD:
            raise JobCancelled
        return cls.of(runs, config, request, matrices)

    @classmethod
    def of(cls, runs: list[Trained], config: TrainConfig, request: TrainRequest, matrices: list[FloatArray]) -> Family:
        """Trained runs with their labels."""
        decoded = [predictions(trained, request.videos, matrices) for trained in runs]
        names = [video.id for video in request.videos]
        return cls(runs, decoded, agreement([[found[n] for n in names] for found in decoded], config.n_clusters))

    @property
    def chosen(self) -> int:
        """The most typical run: a choice without labels."""
        return int(np.argmax(self.shares))

    @property
    def is_partial(self) -> bool:
        """Whether a run ended before its time."""
        return any(run.stopped_early for run in self.runs)

    @property
    def consistency(self) -> float:
        """Mean agreement of two runs; 0 for a single one."""
        return float(self.shares.mean())


@dataclass(frozen=True)
class Choice:
    """What is kept of all runs, and its labels.

    `family` and `run` say which it is (for a consensus: its most typical member). `runs` are those that took part,
    with their labels and how far each agrees with the others. `spoke` names the methods that take part in a consensus,
    and `left_out` is how much more than all of them each choice explains videos left out, in nats a video; empty where
    nothing was to choose. `examples_agree` is Cohen's kappa of what the runs and
    what the corrected rows say of all others; None without corrections.
    """

    trained: Trained
    decoded: dict[str, IntArray]
    family: int
    run: int
    runs: list[tuple[Trained, dict[str, IntArray], float]]
    examples_agree: float | None = None
    spoke: str = ALL_METHODS
    left_out: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        config: TrainConfig,
        families: Sequence[Family],
        request: TrainRequest,
        matrices: list[FloatArray],
        *,
        lessons: Lessons | None = None,
    ) -> Choice:
        """By the settings: the most typical run of the method whose seeds agree most, or a consensus.

        Of all runs, unless those of ASOT alone or those of the methods with an order explain videos left out clearly
        better (`core.tot.left_out_best`).
        Of a consensus that was stopped the methods that were trained to their end speak, or else the first.
        With lessons the clusters of all runs mean the same already, since a person named them, and what the
        corrected rows say by themselves joins what is kept.
        """
        chosen = cls._of_runs(config, families, request, matrices, joined=lessons is not None)
        if lessons is None:
            return chosen
        whole, agreed = with_examples(chosen.trained, lessons, matrices)
        decoded = chosen.decoded if whole.examples is None else predictions(whole, request.videos, matrices)
        return replace(chosen, trained=whole, decoded=decoded, examples_agree=agreed)

    @classmethod
    def _of_runs(
        cls,
        config: TrainConfig,
        families: Sequence[Family],
        request: TrainRequest,
        matrices: list[FloatArray],
        *,
        joined: bool,
    ) -> Choice:
        if config.ensemble == "typical" or sum(len(each.runs) for each in families) < 2:
            kept = max(range(len(families)), key=lambda number: families[number].consistency)
            family = families[kept]
            runs = list(zip(family.runs, family.decoded, family.shares.tolist(), strict=True))
            return cls(family.runs[family.chosen], family.decoded[family.chosen], kept, family.chosen, runs)
        whole_ones = [n for n, each in enumerate(families) if not each.is_partial] or [0]
        every, labels = cls._agreed(config, families, whole_ones, request, matrices, joined=joined)
        parts = _parts(families)
        if joined or len(whole_ones) < len(families) or len(parts) < 2 or len(matrices) < LEAST_VIDEOS:
            return every
        agreed = [(every, labels), *(cls._agreed(config, families, part, request, matrices) for part in parts.values())]
        nats = explained(matrices, [rows for _, rows in agreed], config.n_clusters)
        kept, gains = clearly_best(nats), (nats - nats[0]).mean(axis=1).tolist()
        names = [ALL_METHODS, *parts]
        return replace(agreed[kept][0], spoke=names[kept], left_out=dict(zip(names, gains, strict=True)))

    @classmethod
    def _agreed(
        cls,
        config: TrainConfig,
        families: Sequence[Family],
        numbers: Sequence[int],
        request: TrainRequest,
        matrices: list[FloatArray],
        *,
        joined: bool = False,
    ) -> tuple[Choice, Sequence[IntArray]]:
        """What the runs of these families agree on, and its (T,) labels of the rows of each video."""
        places = [(n, run) for n in numbers for run in range(len(families[n].runs))]
        trained = [families[n].runs[run] for n, run in places]
        decoded = [families[n].decoded[run] for n, run in places]
        labels = [[found[video.id] for video in request.videos] for found in decoded]
        shares = agreement(labels, config.n_clusters)
        reference = int(np.argmax(shares))
        whole = consensus(trained, labels, config, reference=reference, joined=joined)
        runs = list(zip(trained, decoded, shares.tolist(), strict=True))
        rows = row_labels(whole, matrices)
        return cls(whole, expanded(request.videos, rows), *places[reference], runs), rows

    @property
    def examples_share(self) -> float:
        """Weight of what the corrected rows say by themselves beside the runs; 0 where they do not join."""
        return 0.0 if self.trained.examples is None else self.trained.examples.share

    @property
    def is_consensus(self) -> bool:
        """Whether several runs speak together."""
        return bool(self.trained.members)

    def said(self, families: Sequence[Family]) -> str:
        """One line on what was kept of several methods, and why."""
        each = "; ".join(f"{shown(f.runs[0].config)} {f.consistency:.0%}" for f in families)
        if self.is_consensus:
            why = f" {self.why()}" if self.left_out else ""
            return f"What {len(self.runs)} runs agree on is kept.{why} Agreement among the seeds of each method: {each}"
        return f"{METHODS[self.trained.config.method]} is kept. Its seeds agree most: {each}"

    def why(self) -> str:
        """Whether some methods were left out of a consensus, and what speaks for it."""
        told = ", ".join(f"{_named(name)} {nats:+.1f}" for name, nats in self.left_out.items() if name != ALL_METHODS)
        who = "All methods speak: none" if self.spoke == ALL_METHODS else f"Only {_named(self.spoke)} speaks: it"
        return f"{who} explains videos left out clearly better than all together (nats a video: {told})."

    def plain(self, judge: Judge, families: Sequence[Family]) -> dict[str, Any]:
        """Method, seed, agreement with the others and scores of each run; which one is kept or leads the consensus."""
        scores = [judge.scores(found, self.trained.config.n_clusters) for _, found, _ in self.runs]
        known = [score for score in scores if score is not None]
        spread = {
            key: {"mean": float(np.mean([s[key] for s in known])), "deviation": float(np.std([s[key] for s in known]))}
            for key in (known[0] if known else {})
        }
        return {
            "criterion": "agreement with the other runs, after matching their clusters; no labels used",
            "methods": {variety(each.runs[0].config): each.consistency for each in families},
            "consensus": self.is_consensus,
            "spoke": self.spoke,
            "left_out": self.left_out,
            "why": self.why() if self.left_out else "",
            "chosen": max(range(len(self.runs)), key=lambda number: self.runs[number][2]),
            "runs": [
                {"method": variety(run.config), "seed": run.config.seed, "agreement": float(share), "metrics": score}
                for (run, _, share), score in zip(self.runs, scores, strict=True)
            ],
            "spread": spread,
        }


def _parts(families: Sequence[Family]) -> dict[str, list[int]]:
    """The numbers of the families of each method: those that need no order, and those with one."""
    found: dict[str, list[int]] = {}
    for number, family in enumerate(families):
        found.setdefault(family.runs[0].config.method, []).append(number)
    return found


def _named(method: str) -> str:
    return METHODS[method].split(" (")[0]
