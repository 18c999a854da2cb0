"""Bytes of the messages that cross the pipe between window and engine: msgspec, no pickles."""

from __future__ import annotations

from typing import cast

import msgspec

from core.events import ENDINGS, Event, StopKind
from core.requests import (
    DemoRequest,
    EvaluateRequest,
    ExtractRequest,
    PinRequest,
    Request,
    SegmentRequest,
    StopRequest,
    TrainRequest,
    TrainVideo,
    WarmUpRequest,
    Work,
)

__all__ = [
    "ENDINGS",
    "DemoRequest",
    "EvaluateRequest",
    "Event",
    "ExtractRequest",
    "PinRequest",
    "Request",
    "SegmentRequest",
    "StopKind",
    "StopRequest",
    "TrainRequest",
    "TrainVideo",
    "WarmUpRequest",
    "Work",
    "decode_event",
    "decode_request",
    "encode",
]

_encoder = msgspec.msgpack.Encoder()
_requests = msgspec.msgpack.Decoder(Request)
_events = msgspec.msgpack.Decoder(Event)


def encode(message: Request | Event) -> bytes:
    """The bytes of one message."""
    return _encoder.encode(message)


def decode_request(data: bytes) -> Request:
    """The request in these bytes. Raises msgspec.DecodeError."""
    return cast("Request", _requests.decode(data))


def decode_event(data: bytes) -> Event:
    """The event in these bytes. Raises msgspec.DecodeError."""
    return cast("Event", _events.decode(data))
