"""No memory is told from other errors, in words that say what to do; segmenting goes on on the processor."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core import api
from core.device import memory_explained
from core.errors import DeviceMemoryError, is_out_of_memory
from core.events import LogLine
from core.requests import SegmentRequest
from core.work import segmenting

FULL = torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB.")


def test_no_memory_is_told_from_other_errors() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    for error in (caught.value, FULL, MemoryError(), RuntimeError("CUBLAS_STATUS_ALLOC_FAILED")):
        assert is_out_of_memory(error)
    with pytest.raises(MemoryError) as numpys:
        np.empty(1 << 60, np.uint8)
    assert is_out_of_memory(numpys.value)
    for other in (RuntimeError("shape mismatch"), ValueError("out of memory"), KeyError("x")):
        assert not is_out_of_memory(other)


def test_it_is_explained_once() -> None:
    with pytest.raises(DeviceMemoryError, match="cuda:0 ran out of memory") as caught, memory_explained("cuda:0"):
        raise FULL
    assert "processor" in caught.value.hint and caught.value.__cause__ is FULL
    with pytest.raises(DeviceMemoryError, match="batch of 7"), memory_explained("cuda:0"):
        raise DeviceMemoryError("a batch of 7")
    with pytest.raises(KeyError), memory_explained("cpu"):
        raise KeyError("x")


def test_segmenting_goes_on_on_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def segment(request: object, *, device: str, **_: object) -> dict[str, object]:
        asked.append(device)
        if device != "cpu":
            raise FULL
        return {"videos": {}}

    monkeypatch.setattr(segmenting, "segment", segment)
    monkeypatch.setattr("core.api.segmenting.choose_device", lambda name: ("cuda:0", "it is there"))
    said: list[object] = []
    request = SegmentRequest(run="r1", videos=(), weights="", out="", device="auto")
    assert api.segment(request, report=said.append) == {"videos": {}}
    assert asked == ["cuda:0", "cpu"]
    assert any(isinstance(e, LogLine) and e.level == "warning" and "processor" in e.text for e in said)
