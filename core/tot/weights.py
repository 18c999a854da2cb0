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
from .checkpoint import Checkpoint
from .config import TrainConfig
from .cte import CteModel
from .network import Network, Shape
from .scaling import Scaling
from .trained import Trained

MAX_BYTES = 256 * 1024 * 1024


def save(trained: Trained, path: Path) -> None:
    """Write a trained model, and where it stood when it was stopped; the file is there whole or not at all."""
    tensors = {name: value.detach().cpu().contiguous() for name, value in trained.model.state().items()}
    tensors["scaling.mean"] = torch.from_numpy(np.asarray(trained.scaling.mean, np.float64))
    tensors["scaling.deviation"] = torch.from_numpy(np.asarray(trained.scaling.deviation, np.float64))
    if trained.scaling.basis is not None:
        tensors["scaling.basis"] = torch.from_numpy(trained.scaling.basis)
    metadata = {"config": msgspec.json.encode(trained.config).decode(), "n_dimensions": str(trained.n_dimensions)}
    if trained.checkpoint is not None:
        more, metadata["checkpoint"] = trained.checkpoint.packed()
        tensors |= more
    atomic_write(path, save_bytes(tensors, metadata))


def load(path: Path, *, device: str = "cpu") -> Trained:
    """Read a model that `save` wrote. Raises InputError for anything else."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InputError(path, "more than 256 MB; these are not weights of a run.")
        with safe_open(path, framework="pt", device="cpu") as stream:
            metadata = stream.metadata() or {}
            tensors = {name: stream.get_tensor(name) for name in stream.keys()}  # noqa: SIM118 - no mapping
        config = msgspec.json.decode(metadata["config"].encode(), type=TrainConfig)
        n_dimensions = int(metadata["n_dimensions"])
        moments = tensors.pop("scaling.mean").numpy(), tensors.pop("scaling.deviation").numpy()
        basis = tensors.pop("scaling.basis").numpy() if "scaling.basis" in tensors else None
        scaling = Scaling(config.standardise, *moments, basis=basis)
        kept = {name: tensors.pop(name) for name in list(tensors) if name.startswith("checkpoint.")}
        checkpoint = Checkpoint.unpacked(kept, metadata["checkpoint"]) if kept else None
        model = _model(config, scaling.width(n_dimensions), device)
        model.load_state(tensors)
    except (OSError, SafetensorError, KeyError, ValueError, RuntimeError, msgspec.DecodeError) as error:
        raise InputError(path, f"not the weights of a run ({error}).") from error
    return Trained(model, scaling, config, n_dimensions, device=device, checkpoint=checkpoint)


def _model(config: TrainConfig, n_columns: int, device: str) -> Network | CteModel:
    if config.method == "cte":
        return CteModel(n_columns, config.embedding, config.n_clusters).to(device)
    return Network(Shape.of(config, n_columns), device=device)
