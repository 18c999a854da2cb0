"""Weights on disk: one safetensors file with the settings as its metadata. No pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import msgspec
import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as save_bytes
from torch import Tensor

from ..cache import atomic_write
from ..errors import InputError
from .config import TrainConfig
from .cte import CteModel
from .examples import Examples
from .network import Network, Shape
from .scaling import Scaling
from .trained import Member, Paused, Trained
from .training_state import PREFIX, TrainingState

MAX_BYTES = 256 * 1024 * 1024
MAX_PAUSED = 48 << 20
"""Of the runs that are to go on: with the models that speak meanwhile they must fit what a project holds of a run."""
Tensors = dict[str, Tensor]


class _MemberRecord(msgspec.Struct, frozen=True):
    """A member in the metadata; `scaling` is the first member that has the same."""

    config: TrainConfig
    clusters: list[int]
    scaling: int


class _PausedRecord(msgspec.Struct, frozen=True):
    """A run of a training that was stopped; `state` is its training state without tensors, empty when it is done."""

    config: TrainConfig
    iterations: int
    seconds: float
    losses: dict[str, float]
    state: str


class _Stopped(msgspec.Struct, frozen=True):
    config: TrainConfig
    families: list[list[_PausedRecord]]


def save(trained: Trained, path: Path, *, notes: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write a trained model, and where it stood when it was stopped; the file is there whole or not at all.

    `notes` are for other readers, who find them in the header of the file; `load` leaves them out.
    """
    tensors = _packed(trained)
    metadata = {"config": msgspec.json.encode(trained.config).decode(), "n_dimensions": str(trained.n_dimensions)}
    if trained.members:
        tensors, metadata["members"] = _packed_members(trained)
    if trained.examples is not None:
        tensors |= {f"examples.{name}": torch.from_numpy(value) for name, value in trained.examples.state().items()}
    if trained.training_state is not None:
        more, metadata["training_state"] = trained.training_state.packed()
        tensors |= more
    if trained.paused is not None:
        more, metadata["paused"] = _packed_paused(trained.paused)
        tensors |= more
    atomic_write(path, save_bytes(tensors, metadata | dict(notes)))


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
        examples = _examples(_taken(tensors, "examples."), config)
        paused = _with_paused(tensors, metadata["paused"], n_dimensions, device) if "paused" in metadata else None
        if "members" in metadata:
            found = _with_members(tensors, metadata["members"], config, n_dimensions, device)
            return replace(found, examples=examples, paused=paused)
        kept = _taken(tensors, PREFIX) or _taken(tensors, "checkpoint.")  # the second is the name of earlier versions
        rest = metadata.get("training_state") or metadata.get("checkpoint", "")
        found = replace(_unpacked(tensors, config, n_dimensions, device), examples=examples, paused=paused)
        found.training_state = TrainingState.unpacked(kept, rest) if kept else None
        return found
    except (OSError, SafetensorError, KeyError, ValueError, RuntimeError, msgspec.MsgspecError) as error:
        raise InputError(path, f"not the weights of a run ({error}).") from error


def _packed(trained: Trained, *, scaling: bool = True) -> Tensors:
    tensors = {name: value.detach().cpu().contiguous() for name, value in trained.model.state().items()}
    if scaling:
        tensors["scaling.mean"] = torch.from_numpy(np.asarray(trained.scaling.mean, np.float64))
        tensors["scaling.deviation"] = torch.from_numpy(np.asarray(trained.scaling.deviation, np.float64))
        if trained.scaling.basis is not None:
            tensors["scaling.basis"] = torch.from_numpy(trained.scaling.basis)
    return tensors


def _unpacked(
    tensors: Tensors, config: TrainConfig, n_dimensions: int, device: str, scaling: Scaling | None = None
) -> Trained:
    if scaling is None:
        moments = tensors.pop("scaling.mean").numpy(), tensors.pop("scaling.deviation").numpy()
        basis = tensors.pop("scaling.basis").numpy() if "scaling.basis" in tensors else None
        scaling = Scaling(config.standardise, *moments, basis=basis)
    model = _model(config, scaling.width(n_dimensions), device)
    model.load_state(tensors)
    return Trained(model, scaling, config, n_dimensions, device=device)


def _examples(tensors: Tensors, config: TrainConfig) -> Examples | None:
    return Examples.of(config.n_clusters, **{n: t.numpy() for n, t in tensors.items()}) if tensors else None


def _packed_members(trained: Trained) -> tuple[Tensors, str]:
    """Tensors of all members, each scaling once, and their record. The model itself is that of one of them."""
    tensors: Tensors = {}
    records: list[_MemberRecord] = []
    owners: dict[int, int] = {}
    for number, (member, clusters) in enumerate(trained.members):
        owner = owners.setdefault(id(member.scaling), number)
        records.append(_MemberRecord(member.config, list(clusters), owner))
        packed = _packed(member, scaling=owner == number)
        tensors |= {f"members.{number}.{name}": value for name, value in packed.items()}
    first = next(n for n, (member, _) in enumerate(trained.members) if member.model is trained.model)
    return tensors, msgspec.json.encode({"first": first, "members": records}).decode()


def _with_members(tensors: Tensors, record: str, config: TrainConfig, n_dimensions: int, device: str) -> Trained:
    plain: dict[str, Any] = msgspec.json.decode(record)
    members: list[Member] = []
    for number, each in enumerate(msgspec.convert(plain["members"], list[_MemberRecord])):
        scaling = members[each.scaling].trained.scaling if each.scaling < number else None
        own = _taken(tensors, f"members.{number}.")
        if sorted(each.clusters) != list(range(config.n_clusters)):
            raise ValueError("clusters of a member")
        members.append(Member(_unpacked(own, each.config, n_dimensions, device, scaling), tuple(each.clusters)))
    first = members[int(plain["first"])].trained
    return Trained(first.model, first.scaling, config, n_dimensions, device=device, members=tuple(members))


def _packed_paused(paused: Paused) -> tuple[Tensors, str]:
    """Tensors of all runs of a training that was stopped, with what they go on from, and their record.

    The runs of a family were trained together, with one scaling.
    """
    tensors: Tensors = {}
    families: list[list[_PausedRecord]] = []
    for number, family in enumerate(paused.families):
        families.append([])
        for place, run in enumerate(family):
            prefix, state = f"paused.{number}.{place}.", ""
            tensors |= {f"{prefix}{name}": value.clone() for name, value in _packed(run, scaling=place == 0).items()}
            if run.training_state is not None:
                more, state = run.training_state.packed(prefix + PREFIX)
                tensors |= more
            families[-1].append(_PausedRecord(run.config, run.iterations, run.seconds, run.losses, state))
    return tensors, msgspec.json.encode(_Stopped(paused.config, families)).decode()


def _with_paused(tensors: Tensors, record: str, n_dimensions: int, device: str) -> Paused:
    stopped = msgspec.json.decode(record, type=_Stopped)
    families = []
    for number, family in enumerate(stopped.families):
        runs: list[Trained] = []
        for place, each in enumerate(family):
            own = _taken(tensors, f"paused.{number}.{place}.")
            kept = _taken(own, PREFIX)
            run = _unpacked(own, each.config, n_dimensions, device, runs[0].scaling if runs else None)
            run.iterations, run.seconds, run.losses = each.iterations, each.seconds, each.losses
            run.training_state = TrainingState.unpacked(kept, each.state) if each.state else None
            runs.append(run)
        families.append(tuple(runs))
    return Paused(stopped.config, tuple(families))


def bytes_of(paused: Paused) -> int:
    """How much of a file the runs of a training that was stopped take."""
    tensors, _ = _packed_paused(paused)
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors.values())


def _taken(tensors: Tensors, prefix: str) -> Tensors:
    """The tensors whose name begins so, without it; they leave `tensors`."""
    return {name.removeprefix(prefix): tensors.pop(name) for name in list(tensors) if name.startswith(prefix)}


def _model(config: TrainConfig, n_columns: int, device: str) -> Network | CteModel:
    if config.method == "cte":
        return CteModel(n_columns, config.embedding, config.n_clusters).to(device)
    return Network(Shape.of(config, n_columns), device=device)
