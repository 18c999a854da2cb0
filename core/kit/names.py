"""Names of files in a kit, which every system and every web server takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ..data.dataset import Video, VideoId

SLUG_LENGTH = 40


def slug(text: str) -> str:
    """At most 40 of ``a-z 0-9 -`` that remind of a text.

    >>> slug("Größe prüfen: <b>Nr. 7</b>")
    'grosse-prufen-b-nr-7-b'
    """
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:SLUG_LENGTH].strip("-")


def video_names(videos: Sequence[Video]) -> dict[VideoId, str]:
    """The name of each video's files, each once."""
    names: dict[VideoId, str] = {}
    taken: set[str] = set()
    for video in videos:
        name = base = slug(video.name) or "video"
        number = 2
        while name in taken:
            name, number = f"{base}-{number}", number + 1
        taken.add(name)
        names[video.id] = name
    return names
