"""A torch network as an extractor: normalises on the device, pools over space, answers float32 rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import DeviceMemoryError, is_out_of_memory
from .backbone import FloatArray, Pictures, resized

SIDE = 224
CPU_BATCH, GPU_BATCH = 16, 128


class TorchBackbone:
    """A network without its classifier on one device.

    Args:
        feature_map: what makes (n, D, h, w) of normalised pictures (n, 3, 224, 224); `model` or a part of it.
        mean, deviation: of each colour, in units of 0 to 255.
        half: 16-bit numbers inside, where the caller knows that the device has them.
    """

    def __init__(
        self,
        name: str,
        model: nn.Module,
        feature_map: Callable[[Tensor], Tensor],
        *,
        dimensions: int,
        mean: tuple[float, ...],
        deviation: tuple[float, ...],
        weights: str,
        device: str,
        half: bool,
    ) -> None:
        self.name, self.dimensions, self.weights, self.device = name, dimensions, weights, device
        self.batch = CPU_BATCH if device == "cpu" else GPU_BATCH
        self._dtype = torch.float16 if half else torch.float32
        # Pictures lie as (n, h, w, 3) already: this layout spares a copy and is the faster one for convolutions.
        model.eval().to(device=device, dtype=self._dtype).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._feature_map = feature_map
        self._mean = torch.tensor(mean, device=device)[:, None, None]
        self._deviation = torch.tensor(deviation, device=device)[:, None, None]

    def prepare(self, picture: Pictures) -> Pictures:
        """The whole picture as (224, 224, 3)."""
        return resized(picture, SIDE, SIDE)

    def describe(self, pictures: Pictures) -> FloatArray:
        """(n, D) float32, the mean over the network's last feature map. Raises DeviceMemoryError."""
        try:
            with torch.inference_mode():
                colours = torch.from_numpy(pictures).to(self.device).permute(0, 3, 1, 2)
                batch = ((colours.float() - self._mean) / self._deviation).to(self._dtype)
                rows: Any = self._feature_map(batch).float().mean(dim=(2, 3)).cpu().numpy()
        except RuntimeError as error:
            if not is_out_of_memory(error):
                raise
            raise DeviceMemoryError(
                f"{self.device} ran out of memory with a batch of {len(pictures)} pictures.",
                hint="Take a smaller batch, or the processor as device.",
            ) from error
        found: FloatArray = rows
        return found
