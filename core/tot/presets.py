"""Published and own settings by dataset and method (supplement, Tables S1 to S3). No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from ..data.dataset import Dataset
from ..errors import ConfigError
from .config import METHODS, TrainConfig

Values = dict[str, Any]


class Preset(NamedTuple):
    """Settings for one kind of dataset: the method it is meant for, K where it is fixed, values by method."""

    name: str
    label: str
    method: str
    n_clusters: int | None
    values: Mapping[str, Values]


def _published(
    name: str,
    label: str,
    clusters: int | None,
    *,
    rho: tuple[float, float],
    sigma: tuple[float, float],
    embedding: int,
    asot: Values,
    cte: Values,
    **more: Any,
) -> Preset:
    """A preset of the tables: `rho` and `sigma` for TOT and for TOT+TCL; the variants of TOT share TOT's."""
    tot = {"rho": rho[0], "sigma": sigma[0], "epsilon": 0.02, "embedding": embedding, **more}
    tcl = {"rho": rho[1], "sigma": sigma[1], "embedding": embedding, **more}
    values = {"tot": tot, "tot+entropy": tot, "ot": tot, "tot+tcl": tcl}
    values["asot"] = ASOT | {k: v for k, v in more.items() if k == "standardise"} | asot
    values["cte"] = CTE | more | cte
    return Preset(name, label, "tot+tcl", clusters, {m: v | {"preset": name} for m, v in values.items()})


ASOT: Values = {
    "activation": "relu",
    "normalise": "l2",
    "hidden": 128,
    "embedding": 40,
    "initial_prototypes": "k-means",
    "freeze_fraction": 0.0,
    "iterations": 300,
    "decoder": "asot",
}
CTE: Values = {"batch": 256, "iterations": 6000}
OWN = {"normalise": "l2", "standardise": "activity", "embedding": 40}
# With a wide prior a single run follows its first draw of weights more than the data. Among the runs of `robust`, which
# average that out, a narrow one cost more where the order varies than it gained elsewhere (docs/choices.md).
NARROW, WIDE = {"sigma": 0.75}, {"sigma": 2.0}
# Short, with prototypes that stand still: on three datasets longer training moved towards an equal split.
SHORT = {"iterations": 300, "freeze_fraction": 1.0}
OWN_ASOT = ASOT | {"standardise": "activity-unit", "order_weight": 0.15, "balance": 0.11}

GENERIC = Preset(
    "generic",
    "Own videos, one order",
    "tot+tcl",
    None,
    {
        **{m: OWN | SHORT | NARROW | {"preset": "generic"} for m in ("tot", "tot+tcl", "tot+entropy")},
        "ot": OWN | SHORT | {"preset": "generic"},
        "asot": OWN_ASOT | {"preset": "generic"},
        "cte": CTE | {"standardise": "activity", "embedding": 40, "preset": "generic"},
    },
)
ROBUST = Preset(
    "robust",
    "Own videos (robust)",
    "asot",
    None,
    {m: v | {"preset": "robust"} for m, v in GENERIC.values.items()}
    # Over the demo, two real sets and made-up data of every kind no single method held (docs/choices.md).
    | {
        "asot": OWN_ASOT
        | {
            "order_weight": 0.2,
            "balance": 0.13,
            "seeds": 3,
            "rival": "family",
            "ensemble": "consensus",
            "decoder": "video-order",
            "preset": "robust",
        }
    },
)
PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        ROBUST,
        GENERIC,
        _published(
            "50salads-eval",
            "50 Salads, Eval",
            12,
            rho=(0.07, 0.08),
            sigma=(2.5, 2.5),
            embedding=30,
            asot={"order_weight": 0.15, "balance": 0.11, "iterations": 750},
            cte={"embedding": 30},
        ),
        _published(
            "50salads-mid",
            "50 Salads, Mid",
            19,
            rho=(0.08, 0.07),
            sigma=(2.0, 1.75),
            embedding=30,
            asot={"order_weight": 0.15, "balance": 0.15, "iterations": 750},
            cte={"embedding": 30},
        ),
        _published(
            "yti",
            "YouTube Instructions",
            None,
            rho=(0.08, 0.07),
            sigma=(1.25, 3.0),
            embedding=200,
            asot={"order_weight": 0.15, "balance": 0.12, "hidden": 32, "embedding": 32},
            cte={"embedding": 200, "halvings": 2},
        ),
        _published(
            "breakfast",
            "Breakfast",
            None,
            rho=(0.05, 0.04),
            sigma=(1.0, 0.75),
            embedding=40,
            standardise="video",
            asot={
                "order_weight": 0.2,
                "balance": 0.1,
                "structure_weight": 0.4,
                "standardise": "video-unit",
                "iterations": 1500,
            },
            cte={"embedding": 20, "learning_rate": 1e-4, "halvings": 1},
        ),
        _published(
            "desktop-assembly",
            "Desktop Assembly",
            23,
            rho=(0.07, 0.07),
            sigma=(2.0, 2.0),
            embedding=30,
            asot={"order_weight": 0.25, "balance": 0.16, "radius": 0.02, "iterations": 1140},
            cte={"embedding": 30},
        ),
    )
}
BREAKFAST = {
    "coffee": 7,
    "cereals": 5,
    "tea": 7,
    "milk": 5,
    "juice": 8,
    "sandwich": 9,
    "scrambledegg": 12,
    "friedegg": 9,
    "salat": 8,
    "pancake": 14,
}
YTI = {"changing_tire": 11, "coffee": 10, "cpr": 7, "jump_car": 12, "repot": 8}
"""K by activity, without background, where the published work fixes it (one SIL)."""


def default_preset(dataset: Dataset) -> str:
    """Name of the preset that fits a dataset: a published one where dimensions and names agree, else ``robust``."""
    dimensions = {video.n_dimensions for video in dataset.trainable}
    if dimensions == {64} and dataset.activity in BREAKFAST:
        return "breakfast"
    if dimensions == {64} and all(video.name.startswith("rgb-") for video in dataset.trainable):
        return "50salads-eval" if dataset.granularity == "eval" else "50salads-mid"
    if dimensions == {3000}:
        return "yti"
    if dimensions == {512} and len(dataset.actions) in (22, 23):
        return "desktop-assembly"
    return "robust"


def clusters_for(name: str, dataset: Dataset) -> int | None:
    """K that a preset or the actions of the dataset fix; None when neither does.

    The published K of an activity counts all its actions; a sample that holds fewer (5 of coffee's 7) is
    better served by its own count, so the labels win where there are any.
    """
    fixed = PRESETS[name].n_clusters if name in PRESETS else None
    background = set(dataset.background_names) if name == "yti" else set()
    known = len([action for action in dataset.actions if action.name not in background])
    published = {"breakfast": BREAKFAST, "yti": YTI}.get(name, {}).get(dataset.activity)
    return fixed or known or published or None


def preset(name: str, *, method: str | None = None, n_clusters: int | None = None) -> TrainConfig:
    """The settings of a preset, for its own method or another. Raises ConfigError for unknown names or a missing K."""
    if name not in PRESETS:
        raise ConfigError(f'There is no preset "{name}"; there are {", ".join(PRESETS)}.')
    found = PRESETS[name]
    chosen = method or found.method
    if chosen not in METHODS:
        raise ConfigError(f'There is no method "{chosen}"; there are {", ".join(METHODS)}.')
    clusters = found.n_clusters if n_clusters is None else n_clusters
    if clusters is None:
        raise ConfigError(f'The preset "{name}" does not fix the number of clusters. State it (--clusters K).')
    return TrainConfig(method=chosen, n_clusters=clusters, **found.values[chosen])  # type: ignore[arg-type]


def official(config: TrainConfig) -> Values:
    """What the released code of TOT does differently, as text; for comparison only (docs/algorithm.md).

    Raises ConfigError for a method that the released code does not have.
    """
    if config.method in ("asot", "cte"):
        known = ", ".join(method for method in METHODS if method not in ("asot", "cte"))
        raise ConfigError(f"The released code of TOT has no {METHODS[config.method]}; it can be compared with {known}.")
    values = {
        "prior_index": "zero",
        "batch": "256",
        "normalise": "none",
        "standardise": "video" if config.preset == "breakfast" else "none",
        "sampling": "official",
        "freeze_fraction": str(min(1.0, 4000 / max(1, config.iterations))),
    }
    return values | ({"learning_rate": "0.01"} if config.preset == "desktop-assembly" else {})


FAMILY: dict[str, tuple[Values, ...]] = {
    "none": (),
    "tot+tcl": (WIDE,),
    "family": (WIDE, {"order": "video"} | WIDE, {"marginal_penalty": 0.1} | WIDE),
}
"""What differs from TOT+TCL of `GENERIC` in each of the methods that are trained beside another."""


def rivals_of(config: TrainConfig) -> list[TrainConfig]:
    """The settings of the methods that are to be trained beside one, as many seeds of each."""
    common = {"preset": config.preset, "iterations": config.iterations, "reduce": config.reduce}
    return [
        TrainConfig(
            method="tot+tcl",
            n_clusters=config.n_clusters,
            seed=config.seed,
            seeds=config.seeds,
            batch=config.batch,
            videos_per_batch=config.videos_per_batch,
            **(GENERIC.values["tot+tcl"] | common | differs),
        )
        for differs in (FAMILY[config.rival] if config.method == "asot" else ())
    ]


def variety(config: TrainConfig) -> str:
    """Name of a method among its rivals, such as ``tot+tcl, unequal steps``."""
    own = {"order of each video": config.order == "video", "unequal steps": config.marginal_penalty > 0}
    return ", ".join([config.method, *(text for text, is_so in own.items() if is_so)])
