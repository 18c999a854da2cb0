"""ResNet-18 (He et al., CVPR 2016) without its classifier, with the names of torchvision's state dict."""

from __future__ import annotations

from pathlib import Path

import torch.hub
from torch import Tensor, nn

from ..errors import ConfigError
from .backbone import IMAGENET_DEVIATION, IMAGENET_MEAN
from .files import sha256
from .torch_backbone import TorchBackbone
from .weights import fit, load_state

NAME = "resnet18"
DIMENSIONS = 512
WIDTHS = (64, 128, 256, 512)


class BasicBlock(nn.Module):
    """Two 3 x 3 convolutions and the way around them; `stride` 2 halves the map."""

    def __init__(self, n_in: int, n_out: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(n_in, n_out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(n_out)
        self.conv2 = nn.Conv2d(n_out, n_out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(n_out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or n_in != n_out:
            self.downsample = nn.Sequential(nn.Conv2d(n_in, n_out, 1, stride, bias=False), nn.BatchNorm2d(n_out))

    def forward(self, x: Tensor) -> Tensor:
        """(n, n_out, h / stride, w / stride) of (n, n_in, h, w)."""
        around = self.downsample(x)
        inner = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        found: Tensor = self.relu(inner + around)
        return found


class ResNet18(nn.Module):
    """The feature map (n, 512, h / 32, w / 32) of normalised pictures (n, 3, h, w)."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        n_in = 64
        for number, width in enumerate(WIDTHS, 1):
            stride = 1 if number == 1 else 2
            layer = nn.Sequential(BasicBlock(n_in, width, stride), BasicBlock(width, width, 1))
            self.add_module(f"layer{number}", layer)
            n_in = width

    def forward(self, x: Tensor) -> Tensor:
        """The last feature map."""
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for number in range(1, len(WIDTHS) + 1):
            x = self.get_submodule(f"layer{number}")(x)
        return x


def find_weights() -> Path | None:
    """The file that torchvision downloaded earlier on this computer, or None."""
    return next(iter(sorted(Path(torch.hub.get_dir(), "checkpoints").glob("resnet18-*.pth"))), None)


def resnet18(path: Path | None = None, *, device: str = "cpu", half: bool = False) -> TorchBackbone:
    """The 512 features before the classifier.

    Raises:
        ConfigError: no file was named and torchvision has left none.   InputError: the file is not of ResNet-18.
    """
    path = path or find_weights()
    if path is None:
        raise ConfigError(
            "No weights of ResNet-18 were found where torchvision keeps them (~/.cache/torch/hub/checkpoints). "
            "Name a state-dict file: --extractor resnet18:FILE, or take efficientnet-lite0, which brings its own."
        )
    model = ResNet18()
    fit(model, load_state(path), path, "ResNet-18", unused=("fc.",))
    return TorchBackbone(
        NAME,
        model,
        model,
        dimensions=DIMENSIONS,
        mean=tuple(255 * m for m in IMAGENET_MEAN),
        deviation=tuple(255 * d for d in IMAGENET_DEVIATION),
        weights=sha256(path),
        device=device,
        half=half,
    )
