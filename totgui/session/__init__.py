"""The open project, spoken as Qt signals."""

from .session import Session

__all__ = ["Session"]
