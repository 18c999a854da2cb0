"""The sound of the video that is shown: heard where a person wants it, behind the picture's clock, and seen."""

from .sound import Sound
from .waveforms import Waveforms

__all__ = ["Sound", "Waveforms"]
