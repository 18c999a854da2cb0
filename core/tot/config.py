"""The settings of one training, and what makes them possible or not. No torch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from ..errors import ConfigError
from .fields import FIELDS

START_CLUSTERS = 16
"""Clusters that the search for their number begins with."""
MAX_SEED = 2**31 - 1
METHODS: dict[str, str] = {
    "tot": "TOT",
    "tot+tcl": "TOT + TCL (temporal coherence)",
    "tot+entropy": "TOT + entropy",
    "ot": "Plain OT (no order)",
    "asot": "ASOT (any order)",
    "cte": "CTE (offline baseline)",
}
"""Every method by name, with the words for it on the screen."""


class TrainConfig(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one training (symbols, words and ranges in `fields`).

    With `clusters` as ``auto`` the number is found before the training, beginning with `n_clusters`.
    """

    method: Literal["tot", "tot+tcl", "tot+entropy", "ot", "asot", "cte"] = "tot"
    n_clusters: int
    clusters: Literal["given", "auto"] = "given"
    rho: float = 0.07
    sigma: float = 2.0
    tau: float = 0.1
    epsilon: float = 0.02
    sinkhorn_iterations: int = 3
    ot_scope: Literal["batch", "video"] = "batch"
    order: Literal["fixed", "video"] = "fixed"
    marginal_penalty: float = 0.0
    embedding: int = 40
    hidden: int = 0
    activation: Literal["sigmoid", "relu"] = "sigmoid"
    normalise: Literal["none", "l2"] = "none"
    reduce: int = 0
    standardise: Literal["none", "activity", "video", "activity-unit", "video-unit"] = "none"
    prototypes_per_cluster: int = 1
    initial_prototypes: Literal["random", "k-means"] = "random"
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    halvings: int = 0
    batch: int = 512
    videos_per_batch: int = 2
    sampling: Literal["supplement", "official"] = "supplement"
    window: int = 30
    alpha: float = 1.0
    kappa: float = 0.01
    iterations: int = 6000
    freeze_fraction: float = 0.1
    order_weight: float = 0.15
    structure_weight: float = 0.3
    radius: float = 0.04
    smoothness: float = 0.07
    balance: float = 0.11
    correction_weight: float = 1.0
    seed: int = 0
    seeds: int = 1
    rival: Literal["none", "tot+tcl", "family"] = "none"
    ensemble: Literal["typical", "consensus"] = "typical"
    prior_index: Literal["centre", "zero", "one"] = "centre"
    decoder: str = "fixed-order"
    preset: str = ""

    @property
    def uses_tcl(self) -> bool:
        """Whether the temporal coherence loss takes part."""
        return self.method == "tot+tcl" and self.alpha > 0

    @property
    def uses_prior(self) -> bool:
        """Whether the transport is pulled towards the temporal prior."""
        return self.method in ("tot", "tot+tcl", "tot+entropy")

    @property
    def entropy(self) -> float:
        """Epsilon of the entropy added to Eq. 9; 0 for the other methods."""
        return self.epsilon if self.method == "tot+entropy" else 0.0

    @property
    def frames_per_video(self) -> int:
        """N: anchors drawn from each video of a batch."""
        return self.batch // self.videos_per_batch


def with_values(config: TrainConfig, values: Mapping[str, str]) -> TrainConfig:
    """A copy with settings given as text, as ``--set NAME=VALUE`` does. Raises ConfigError, which names the setting."""
    known = msgspec.structs.asdict(config)
    for name, value in values.items():
        if name not in known:
            raise ConfigError(f'There is no setting "{name}"; there are {", ".join(sorted(known))}.')
        if name in ("method", "preset") and value != known[name]:
            raise ConfigError(f"A {name} comes with settings of its own: choose it with --{name}, not with --set.")
    found = dict(known)
    for name, value in values.items():
        try:
            found[name] = getattr(msgspec.convert(known | {name: value}, TrainConfig, strict=False), name)
        except msgspec.ValidationError as error:
            wanted = _wanted(TrainConfig.__annotations__[name])
            raise ConfigError(f'{name} cannot be "{value}"; wanted {wanted}.') from error
    return msgspec.convert(found, TrainConfig)


def _wanted(annotation: str) -> str:
    """What a value of a setting may be, in words.

    >>> _wanted("int"), _wanted("Literal['batch', 'video']")
    ('a whole number', 'batch or video')
    """
    if annotation.startswith("Literal"):
        *most, last = re.findall(r"'([^']+)'", annotation)
        return f"{', '.join(most)} or {last}"
    return {"int": "a whole number", "float": "a number"}.get(annotation, "a text")


def half_batch(config: TrainConfig) -> TrainConfig | None:
    """The same settings with half the frames in a batch; None where that would be too few for them."""
    half = msgspec.structs.replace(config, batch=config.batch // 2)
    try:
        check(half)
    except ConfigError:
        return None
    return half


def check(config: TrainConfig, *, longest_video_rows: int | None = None, n_videos: int | None = None) -> None:
    """Raises ConfigError, naming the range, for a setting that cannot work."""
    highest = config.batch
    if longest_video_rows is not None:
        highest = min(highest, longest_video_rows)
    for field in FIELDS:
        value = getattr(config, field.name)
        if field.kind != "choice" and not field.low <= value <= field.high:
            shown = "{:,}" if field.kind == "int" else "{:g}"
            low, high = shown.format(field.low), shown.format(field.high)
            raise ConfigError(f"{field.label} ({field.name}) is {shown.format(value)}; wanted {low} to {high}.")
    if not 0 <= config.seed <= MAX_SEED:
        raise ConfigError(f"The seed is {config.seed}; wanted 0 to {MAX_SEED:,}.")
    if highest < 2:
        raise ConfigError(f"The longest video has {highest} feature row; two clusters need two. Use longer videos.")
    if not 2 <= config.n_clusters <= highest:
        raise ConfigError(
            f"{config.n_clusters:,} clusters; wanted 2 to {highest:,} (the smaller of the batch and the "
            "feature rows of the longest video)."
        )
    if config.videos_per_batch > config.batch // 2:
        raise ConfigError(f"{config.videos_per_batch} videos share a batch of {config.batch}; each needs 2 frames.")
    if config.sampling == "official" and config.frames_per_video % 64:
        raise ConfigError(
            f"The released code's sampling needs a multiple of 64 frames a video, not {config.frames_per_video}."
        )
    if n_videos == 0:
        raise ConfigError("No video has usable features. Extract features first.")
