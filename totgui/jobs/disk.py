"""What a person is told of a job that the disk, or the place that was chosen, ended."""

from __future__ import annotations

import errno
import traceback

from core.events import Failed

_HINTS = {
    errno.ENOSPC: "Make room on the disk, or choose another place.",
    errno.EROFS: "Choose another place.",
    errno.EACCES: "Choose another place.",
    errno.EPERM: "Choose another place.",
}
if hasattr(errno, "EDQUOT"):
    _HINTS[errno.EDQUOT] = _HINTS[errno.ENOSPC]


def told_by_disk(job: str, error: OSError) -> Failed:
    """The ending of a job: the place, the system's words, what to do. For use in an ``except``."""
    place = "" if error.filename is None else f"{error.filename}: "
    words = (error.strerror or str(error) or type(error).__name__).lower()
    return Failed(
        job=job, kind="disk", message=f"{place}{words}.", hint=_HINTS.get(error.errno or 0, ""),
        traceback=traceback.format_exc(),
    )  # fmt: skip
