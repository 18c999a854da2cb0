"""The loudspeaker: a device of the system that asks for samples in a thread of its own (miniaudio)."""

from __future__ import annotations

import ctypes
import logging
import sys
from collections.abc import Callable, Generator
from functools import cache
from importlib.util import find_spec
from typing import Any

import numpy as np

from core.media.audio import CHANNELS, RATE

log = logging.getLogger(__name__)
PERIOD_MS, PERIODS = 30, 3
LATENCY_S = PERIOD_MS * (PERIODS - 0.5) / 1000
"""How long samples wait in the device before they are heard, as far as it says."""
LIBRARY = "miniaudio"
NO_LIBRARY = 'Sound needs the package miniaudio. Install it with: pip install "totgui[sound]"'
NO_DEVICE = "There is no sound device"

Pull = Callable[[int], np.ndarray]


class SpeakerError(Exception):
    """No sound can be played; the message says why, in words for a person."""


def library_is_there() -> bool:
    """Whether the optional package that plays sound is installed."""
    return find_spec(LIBRARY) is not None


_AlsaHandler = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)  # what is more (it is variadic) is left where it is


def _say(_file: bytes, _line: int, function: bytes, _error: int, text: bytes) -> None:
    log.debug("ALSA: %s: %s", function.decode(errors="replace"), text.decode(errors="replace"))


_to_log = _AlsaHandler(_say)  # kept: the library calls it for as long as the program runs


@cache
def alsa_to_log() -> None:
    """Send what Linux's sound library says to the log: it writes 40 lines to stderr where there is no sound card.

    Nothing is hidden by that: whether a device opens is known from its answer, and `SpeakerError` says it.
    """
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_to_log)
    except (OSError, AttributeError):
        return  # without the library nothing is said either


class Speaker:
    """A device that plays what `pull` gives: (n, 2) int16 at 48 kHz, in a thread of its own.

    Args:
        backend: a name of miniaudio's list (``NULL`` plays into nothing); None lets the system choose.
    Raises:
        SpeakerError: the library or a device is missing.
    """

    def __init__(self, pull: Pull, *, backend: str | None = None) -> None:
        try:
            import miniaudio
        except (ImportError, OSError) as error:
            raise SpeakerError(NO_LIBRARY) from error
        self._pull = pull
        alsa_to_log()
        chosen = None if backend is None else [miniaudio.Backend[backend]]
        try:
            self._device: Any = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.SIGNED16,
                nchannels=CHANNELS,
                sample_rate=RATE,
                buffersize_msec=PERIOD_MS,
                callback_periods=PERIODS,
                backends=chosen,
                app_name="totgui",
            )
        except (miniaudio.MiniaudioError, OSError) as error:
            raise SpeakerError(f"{NO_DEVICE} ({', '.join(map(str, error.args))}).") from error
        if backend is None and self._device.backend == "Null":  # the last resort of the library: into nothing
            self._device.close()
            raise SpeakerError(f"{NO_DEVICE}.")

    def start(self) -> None:
        """Ask for samples from now on. Raises SpeakerError: the device does not start."""
        asking = self._asking()
        next(asking)
        try:
            self._device.start(asking)
        except Exception as error:
            raise SpeakerError(f"The sound device does not start ({error}).") from error

    def _asking(self) -> Generator[Any, int, None]:
        n = yield b""
        while True:
            try:
                made = self._pull(n)
            except Exception:  # the outer edge of a thread of the system's: silence instead of no window
                log.exception("sound")
                made = np.zeros((n, CHANNELS), np.int16)
            n = yield made.tobytes()

    def close(self) -> None:
        """Stop, and give the device back. Safe to call twice."""
        self._device.close()
