"""Weights of a network from a file: tensors only, no code, each checked against the network before it is taken."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import InputError

MAX_BYTES = 2 << 30
_HINT = "Save it with torch.save(model.state_dict(), FILE), or as safetensors."


def load_state(path: Path) -> dict[str, Tensor]:
    """The named tensors of a state-dict file (``.safetensors``, else torch's own). Raises InputError.

    Torch's files are read by its weights-only loader, which runs no code of the file.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise InputError(path, (error.strerror or str(error)).lower(), hint="Name the file of weights.") from error
    if not path.is_file() or size > MAX_BYTES:
        raise InputError(path, f"{size:,} bytes; wanted a file of weights of at most {MAX_BYTES:,}.")
    try:
        state = _read(path)
    except Exception as error:  # the outer edge of a loader of foreign files
        reason = str(error).strip().splitlines()[0][:160] if str(error).strip() else type(error).__name__
        raise InputError(path, f"is not a file of plain weights ({reason}).", hint=_HINT) from error
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    if not isinstance(state, dict) or not all(isinstance(v, Tensor) for v in state.values()) or not state:
        raise InputError(path, "holds other things than named tensors.", hint=_HINT)
    return {str(name): tensor for name, tensor in state.items()}


def _read(path: Path) -> Any:
    if path.suffix.lower() == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
        # torch never packs them: a packed member is a small file that fills the memory
        if any(m.compress_type != zipfile.ZIP_STORED or m.file_size > m.compress_size for m in members):
            raise ValueError("its members are packed")
    return torch.load(path, map_location="cpu", weights_only=True)


def fit(model: nn.Module, state: dict[str, Tensor], path: Path, network: str, *, unused: tuple[str, ...] = ()) -> None:
    """Nothing; `model` has the weights afterwards.

    Args:
        network: its name for messages.   unused: first words of names that may be there and are not used.
    Raises:
        InputError: a tensor is missing, has another shape, is not known to the network, or is not finite.
    """
    wanted = model.state_dict()
    hint = f"Choose a state dict of {network}."
    for name, tensor in wanted.items():
        if name.endswith("num_batches_tracked"):
            continue
        if name not in state:
            raise InputError(path, f"has no tensor {name}; {network} has one.", hint=hint)
        if state[name].shape != tensor.shape:
            shapes = f"{tuple(state[name].shape)}; {network} wants {tuple(tensor.shape)}"
            raise InputError(path, f"{name} has the shape {shapes}.", hint=hint)
        if not bool(torch.isfinite(state[name]).all()):
            raise InputError(path, f"{name} holds NaN or Inf.", hint="Take undamaged weights.")
    foreign = [n for n in state if n not in wanted and not n.startswith(unused)] if unused else []
    if foreign:
        raise InputError(path, f"{foreign[0]} and {len(foreign) - 1:,} more do not belong to {network}.", hint=hint)
    model.load_state_dict({n: t for n, t in state.items() if n in wanted}, strict=False)
