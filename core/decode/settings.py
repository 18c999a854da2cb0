"""Settings of the decoders: what they mean, their ranges, and reading them from text."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import NamedTuple

from ..errors import ConfigError


@dataclasses.dataclass(frozen=True)
class DecoderSettings:
    """Everything a decoder may need besides the log posteriors; each reads its own.

    `tau` and `l2` describe the run (temperature of the posterior; scores of length-1 vectors). `penalty` None stands
    for the rule of the decoder: 0 for `skip`, `switch_penalty` for `any-order`. The rest is in FIELDS.
    """

    tau: float = 0.1
    l2: bool = True
    penalty: float | None = None
    segments: float = 0.0
    structure: float = 0.6
    radius: float = 0.04
    epsilon: float = 0.04
    balance: float = 0.01
    background: float = 0.0


class Field(NamedTuple):
    """How one setting is shown and checked; `low` and `high` are inclusive. `decoders` names who reads it."""

    name: str
    symbol: str
    label: str
    tooltip: str
    low: float
    high: float
    decoders: tuple[str, ...] = ()


FIELDS: tuple[Field, ...] = (
    Field(
        "penalty",
        "β",
        "Penalty",
        "Price in nats of each skipped cluster (skip; 0 when left out) or of each change of cluster (any-order; from "
        "the length of the videos when left out).",
        0.0,
        1e9,
        ("skip", "any-order"),
    ),
    Field(
        "segments",
        "n",
        "Segments a video",
        "The price of a change is chosen so that videos have at most this many segments on average; 0 leaves it.",
        0.0,
        1e6,
        ("any-order",),
    ),
    Field(
        "structure",
        "α",
        "Structure",
        "Weight of neighbouring frames agreeing, against the scores of single frames.",
        0.0,
        1.0,
        ("asot",),
    ),
    Field("radius", "r", "Radius", "How far neighbours reach, as a share of the video.", 1e-6, 1.0, ("asot",)),
    Field("epsilon", "ε", "Entropy", "Smoothness of the transport; smaller is sharper.", 1e-4, 10.0, ("asot",)),
    Field("balance", "λ", "Balance", "How strongly clusters of equal size are wanted.", 0.0, 100.0, ("asot",)),
    Field(
        "background",
        "q",
        "Background quantile",
        "A frame is background when no cluster's posterior exceeds its own quantile q over all videos; 0 has no "
        "background. The rule of YouTube Instructions is 0.45.",
        0.0,
        0.999,
    ),
)


def with_values(settings: DecoderSettings, values: Mapping[str, str | float]) -> DecoderSettings:
    """A copy with settings given as text or numbers, as ``--set NAME=VALUE`` does.

    Raises:
        ConfigError: an unknown name (the known ones are listed), no number, or outside its range (which is said).
    """
    fields = {field.name: field for field in FIELDS}
    found: dict[str, float] = {}
    for name, text in values.items():
        if name not in fields:
            raise ConfigError(f'The decoders have no setting "{name}"; there are {", ".join(fields)}.')
        field = fields[name]
        try:
            value = float(text)
        except ValueError as error:
            raise ConfigError(f'{field.label} ({name}) is "{text}"; wanted a number.') from error
        if not (math.isfinite(value) and field.low <= value <= field.high):
            raise ConfigError(f"{field.label} ({name}) is {text}; wanted {field.low:g} to {field.high:g}.")
        found[name] = value
    return dataclasses.replace(settings, **found)  # type: ignore[arg-type]
