"""Settings of a training: names, symbols, ranges and the presets of the supplement's Tables S1 to S3. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import msgspec

from ..data.dataset import Dataset
from ..errors import ConfigError

METHODS = ("tot", "tot+tcl")


class TrainConfig(msgspec.Struct, frozen=True, kw_only=True):
    """All settings of one training (symbols of the paper in FIELDS)."""

    method: Literal["tot", "tot+tcl"] = "tot"
    n_clusters: int
    rho: float = 0.07
    sigma: float = 2.0
    tau: float = 0.1
    sinkhorn_iterations: int = 3
    embedding: int = 40
    learning_rate: float = 1e-3
    weight_decay: float = 1e-4
    batch: int = 512
    videos_per_batch: int = 2
    window: int = 30
    alpha: float = 1.0
    kappa: float = 0.01
    iterations: int = 6000
    freeze_fraction: float = 0.1
    seed: int = 0
    normalise: Literal["none", "l2"] = "none"
    standardise: Literal["none", "activity", "video"] = "none"
    prior_index: Literal["centre", "zero", "one"] = "centre"
    marginal_penalty: float = 0.0
    decoder: str = "fixed-order"
    preset: str = ""

    @property
    def uses_tcl(self) -> bool:
        """Whether the temporal coherence loss takes part."""
        return self.method == "tot+tcl" and self.alpha > 0

    @property
    def frames_per_video(self) -> int:
        """N: anchors drawn from each video of a batch."""
        return self.batch // self.videos_per_batch


class Field(NamedTuple):
    """How one setting is shown and checked; `low` and `high` are inclusive."""

    name: str
    symbol: str
    label: str
    tooltip: str
    kind: Literal["int", "float", "choice"]
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    Field(
        "rho",
        "ρ",
        "Transport smoothness",
        "Weight of the temporal prior in the transport (Eq. 9). Larger follows "
        "the prior more closely and makes softer assignments.",
        "float",
        1e-3,
        10.0,
    ),
    Field(
        "sigma",
        "σ",
        "Prior width",
        "Width of the temporal prior in cluster widths (Eq. 8). Larger allows steps to "
        "lie further from an equal split.",
        "float",
        0.05,
        100.0,
    ),
    Field(
        "tau",
        "τ",
        "Temperature",
        "Temperature of the predicted codes (Eq. 2). Smaller makes them sharper.",
        "float",
        1e-3,
        10.0,
    ),
    Field(
        "sinkhorn_iterations",
        "n",
        "Sinkhorn iterations",
        "Rounds of the transport solver. Three are part of the method: they leave the steps some freedom in length.",
        "int",
        1,
        1000,
    ),
    Field("embedding", "d", "Embedding size", "Width of the encoder's output.", "int", 2, 4096),
    Field("iterations", "N_it", "Iterations", "Updates of the network.", "int", 1, 1_000_000),
    Field("learning_rate", "η", "Learning rate", "Step size of Adam.", "float", 1e-7, 1.0),
    Field("weight_decay", "wd", "Weight decay", "L2 penalty inside Adam.", "float", 0.0, 1.0),
    Field("batch", "B", "Batch", "Frames per update, drawn from all videos of the batch.", "int", 4, 65536),
    Field("videos_per_batch", "V", "Videos per batch", "Videos that share one transport problem.", "int", 1, 64),
    Field(
        "window",
        "λ",
        "TCL window",
        "A positive frame lies at most this many feature rows from its anchor.",
        "int",
        0,
        10_000,
    ),
    Field(
        "alpha",
        "α",
        "TCL weight",
        "Weight of the temporal coherence loss (Eq. 4). TOT alone has 0.",
        "float",
        0.0,
        100.0,
    ),
    Field(
        "kappa",
        "κ",
        "TCL temperature",
        "Scale inside the temporal coherence loss (Eq. 1); the released code uses 0.01.",
        "float",
        1e-4,
        100.0,
    ),
    Field(
        "freeze_fraction",
        "fr",
        "Frozen prototypes",
        "Share of the iterations in which the prototypes stand still.",
        "float",
        0.0,
        1.0,
    ),
    Field(
        "normalise",
        "‖·‖",
        "Scores",
        "l2 scales embeddings and prototypes to length 1, so that ρ and τ mean the same in every dataset.",
        "choice",
        choices=("none", "l2"),
    ),
    Field(
        "standardise",
        "x̂",
        "Feature scaling",
        "Subtract mean and divide by deviation: over the activity, per video, or not at all.",
        "choice",
        choices=("none", "activity", "video"),
    ),
    Field(
        "prior_index",
        "x, y",
        "Prior index",
        "Whether frames and clusters are counted at their centres, from 0 (the released code) or from 1 (the paper).",
        "choice",
        choices=("centre", "zero", "one"),
    ),
    Field(
        "marginal_penalty",
        "ℓ",
        "Equal steps",
        "0 asks for clusters of equal mass, as the paper does; larger than 0 relaxes that, the smaller the more.",
        "float",
        0.0,
        100.0,
    ),
)


class Preset(NamedTuple):
    """Published or own settings for one kind of dataset."""

    name: str
    label: str
    n_clusters: int | None
    values: Mapping[str, Mapping[str, Any]]


def _preset(
    name: str,
    label: str,
    clusters: int | None,
    rho: tuple[float, float],
    sigma: tuple[float, float],
    embedding: int,
    **more: Any,
) -> Preset:
    shared = {"embedding": embedding, "preset": name, **more}
    values = {m: {"rho": rho[i], "sigma": sigma[i], **shared} for i, m in enumerate(METHODS)}
    return Preset(name, label, clusters, values)


PRESETS: dict[str, Preset] = {
    p.name: p
    for p in (
        _preset(
            "generic",
            "Own videos (generic)",
            None,
            (0.07, 0.07),
            (2.0, 2.0),
            40,
            normalise="l2",
            standardise="activity",
            # Short, with prototypes that stand still: on three datasets longer training moved towards an equal split.
            iterations=300,
            freeze_fraction=1.0,
        ),
        _preset("50salads-eval", "50 Salads, Eval", 12, (0.07, 0.08), (2.5, 2.5), 30),
        _preset("50salads-mid", "50 Salads, Mid", 19, (0.08, 0.07), (2.0, 1.75), 30),
        _preset("yti", "YouTube Instructions", None, (0.08, 0.07), (1.25, 3.0), 200),
        _preset("breakfast", "Breakfast", None, (0.05, 0.04), (1.0, 0.75), 40, standardise="video"),
        _preset("desktop-assembly", "Desktop Assembly", 23, (0.07, 0.07), (2.0, 2.0), 30),
    )
}
_BREAKFAST = {"coffee", "cereals", "tea", "milk", "juice", "sandwich", "scrambledegg", "friedegg", "salat", "pancake"}


def default_preset(dataset: Dataset) -> str:
    """Name of the preset that fits a dataset: a published one where dimensions and names agree, else ``generic``."""
    dimensions = {video.n_dimensions for video in dataset.trainable}
    if dimensions == {64} and dataset.activity in _BREAKFAST:
        return "breakfast"
    if dimensions == {64} and all(video.name.startswith("rgb-") for video in dataset.trainable):
        return "50salads-eval" if dataset.granularity == "eval" else "50salads-mid"
    if dimensions == {3000}:
        return "yti"
    if dimensions == {512} and len(dataset.actions) in (22, 23):
        return "desktop-assembly"
    return "generic"


def preset(name: str, *, method: str = "tot", n_clusters: int | None = None) -> TrainConfig:
    """The settings of a preset for a method. Raises ConfigError for an unknown name or a missing K."""
    if name not in PRESETS:
        raise ConfigError(f'There is no preset "{name}"; there are {", ".join(PRESETS)}.')
    if method not in METHODS:
        raise ConfigError(f'There is no method "{method}"; there are {", ".join(METHODS)}.')
    clusters = n_clusters or PRESETS[name].n_clusters
    if clusters is None:
        raise ConfigError(f'The preset "{name}" does not fix the number of clusters. State it (--clusters K).')
    return TrainConfig(method=method, n_clusters=clusters, **PRESETS[name].values[method])  # type: ignore[arg-type]


def with_values(config: TrainConfig, values: Mapping[str, str]) -> TrainConfig:
    """A copy with settings given as text, as ``--set NAME=VALUE`` does. Raises ConfigError."""
    known = msgspec.structs.asdict(config)
    for name in values:
        if name not in known:
            raise ConfigError(f'There is no setting "{name}"; there are {", ".join(sorted(known))}.')
    try:
        return msgspec.convert(known | dict(values), TrainConfig, strict=False)
    except msgspec.ValidationError as error:
        raise ConfigError(f"A setting cannot be read: {error}.") from error


def check(config: TrainConfig, *, longest_video_rows: int | None = None, n_videos: int | None = None) -> None:
    """Raises ConfigError, naming the range, for a setting that cannot work."""
    highest = config.batch
    if longest_video_rows is not None:
        highest = min(highest, longest_video_rows)
    if not 2 <= config.n_clusters <= highest:
        raise ConfigError(
            f"{config.n_clusters} clusters; wanted 2 to {highest} (the smaller of the batch and the "
            "feature rows of the longest video)."
        )
    for field in FIELDS:
        value = getattr(config, field.name)
        if field.kind != "choice" and not field.low <= value <= field.high:
            raise ConfigError(f"{field.label} ({field.name}) is {value:g}; wanted {field.low:g} to {field.high:g}.")
    if config.videos_per_batch > config.batch // 2:
        raise ConfigError(f"{config.videos_per_batch} videos share a batch of {config.batch}; each needs 2 frames.")
    if n_videos == 0:
        raise ConfigError("No video has usable features. Extract features first.")
