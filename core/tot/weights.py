"""Weights on disk: one safetensors file with the settings as its metadata. No pickle."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_bytes

from ..cache import atomic_write
from ..errors import InputError
from .config import TrainConfig
from .model import Model
from .scaling import Scaling
from .train import Trained

MAX_BYTES = 64 * 1024 * 1024


def save(trained: Trained, path: Path) -> None:
    """Write a trained model; the file is there whole or not at all."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in trained.model.state_dict().items()}
    tensors["scaling.mean"] = torch.from_numpy(np.asarray(trained.scaling.mean, np.float64))
    tensors["scaling.deviation"] = torch.from_numpy(np.asarray(trained.scaling.deviation, np.float64))
    config = msgspec.json.encode(trained.config).decode()
    atomic_write(path, save_bytes(tensors, {"config": config, "n_dimensions": str(trained.n_dimensions)}))


def load(path: Path, *, device: str = "cpu") -> Trained:
    """Read a model that `save` wrote. Raises InputError for anything else."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path, "more than 64 MB; these are not weights of a run.")
        with safe_open(path, framework="pt", device="cpu") as stream:
            metadata = stream.metadata() or {}
            tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118 - no mapping
        config = msgspec.json.decode(metadata["config"].encode(), type=TrainConfig)
        n_dimensions = int(metadata["n_dimensions"])
        scaling = Scaling(
            config.standardise, tensors.pop("scaling.mean").numpy(), tensors.pop("scaling.deviation").numpy()
        )
        model = Model(n_dimensions, config)
        model.load_state_dict(tensors)
    except (OSError, SafetensorError, KeyError, ValueError, RuntimeError, msgspec.DecodeError) as error:
        raise InputError(path, f"not the weights of a run ({error}).") from error
    return Trained(model.to(device), scaling, config, n_dimensions, device=device)
