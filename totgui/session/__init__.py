"""The open project, spoken as Qt signals."""

from core.project import SavedState

from .session import Session

__all__ = ["SavedState", "Session"]
