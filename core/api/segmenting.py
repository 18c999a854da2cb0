"""Segmenting: predictions of a run."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..data.dataset import RunId
from ..decode.registry import check_name
from ..decode.settings import DecoderSettings, with_values
from ..errors import DeviceMemoryError
from ..events import LogLine, Report, ShouldStop, Started, ignore, never_stop
from ..requests import SegmentRequest
from .devices import choose_device

if TYPE_CHECKING:
    from ..annotation.changes import Changes
    from ..project import Project


def segment(
    request: SegmentRequest, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> dict[str, Any]:
    """Segments and paths of matrices of every video, on the processor where the device has no room for them."""
    device, reason = choose_device(request.device)
    report(Started(text="Segmenting", device=device, device_reason=reason))
    from ..device import memory_explained
    from ..work import segmenting

    try:
        with memory_explained(device):
            return segmenting.segment(request, device=device, report=report, should_stop=should_stop)
    except DeviceMemoryError as error:
        if device == "cpu":
            raise
        report(LogLine(text=f"{error} The processor segments instead; that is slower.", level="warning"))
    with memory_explained("cpu"):
        return segmenting.segment(request, device="cpu", report=report, should_stop=should_stop)


def segment_project(
    project: Project,
    run: RunId | None = None,
    *,
    decoder: str | None = None,
    settings: Mapping[str, str] | None = None,
    device: str = "auto",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> tuple[RunId, Changes]:
    """Write a prediction track for every usable video; the run (the newest when None) and what changed.

    `decoder` None is the run's own; `settings` are values of the decoder as text (`core.decode.settings.FIELDS`).
    Raises ConfigError for an unknown decoder or setting, and for a value outside its range.
    """
    from ..run_work import add_predictions, segment_request

    if decoder is not None:
        check_name(decoder)
    with_values(DecoderSettings(), settings or {})
    request = msgspec.structs.replace(segment_request(project, run, decoder, device), settings=dict(settings or {}))
    try:
        result = segment(request, report=report, should_stop=should_stop)
    except BaseException:
        shutil.rmtree(request.out, ignore_errors=True)
        raise
    finally:
        Path(request.weights).unlink(missing_ok=True)
    return RunId(request.run), add_predictions(project, RunId(request.run), result)
