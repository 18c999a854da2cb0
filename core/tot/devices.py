"""Which devices torch finds here. Choosing one is not this room's business."""

from __future__ import annotations

import os

import torch


def available() -> dict[str, str]:
    """Name for torch and description of every device that is there, the fastest kind first; `cpu` is last."""
    found: dict[str, str] = {}
    if torch.cuda.is_available():
        found |= {f"cuda:{i}": torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())}
    if torch.backends.mps.is_available():
        found["mps"] = "this Mac's GPU"
    found["cpu"] = "the processor"
    return found


def give_back_memory(device: str | torch.device) -> None:
    """Let go of what torch holds in reserve on a device after a step that did not fit."""
    if torch.device(device).type == "cuda":
        torch.cuda.empty_cache()


def memory_used(device: str) -> int:
    """Bytes that tensors take on a device; on the processor, what this process takes. 0 where that is not known."""
    if device.startswith("cuda"):
        return int(torch.cuda.memory_allocated(device))
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


def load_optimiser() -> None:
    """Nothing; torch imports half of itself again when the first optimiser is made, some two seconds: not while
    somebody waits for a training to begin or to stop."""
    torch.optim.Adam([torch.zeros(1, requires_grad=True)])


def threads_of_a_training() -> int:
    """Half of the cores, four at most: networks this small gain nothing from more, and the rest stays free for the
    window and the decoder of the video."""
    return max(1, min(4, (os.cpu_count() or 2) // 2))


def use_few_threads() -> None:
    """Let torch use as many threads as a training should."""
    torch.set_num_threads(threads_of_a_training())
