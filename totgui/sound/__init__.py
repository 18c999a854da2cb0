"""The sound of the video that plays: muted until a person wants it, and always behind the picture's clock."""

from .sound import Sound

__all__ = ["Sound"]
