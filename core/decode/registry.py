"""The decoders by name."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ConfigError
from .fixed_order import FloatArray, IntArray, fixed_order
from .skip import skip


def _fixed_or_skip(log_posterior: FloatArray) -> IntArray:
    """`fixed_order`; a video with fewer frames than clusters cannot hold them all and may skip at no price."""
    return fixed_order(log_posterior) if len(log_posterior) >= log_posterior.shape[1] else skip(log_posterior)


DECODERS: dict[str, Callable[[FloatArray], IntArray]] = {"fixed-order": _fixed_or_skip, "skip": skip}


def decode(name: str, log_posterior: FloatArray) -> IntArray:
    """(T,) int64 cluster of each row of a (T, K) log posterior. Raises ConfigError for an unknown name."""
    if name not in DECODERS:
        raise ConfigError(f'There is no decoder "{name}"; there are {", ".join(DECODERS)}.')
    return DECODERS[name](log_posterior)
