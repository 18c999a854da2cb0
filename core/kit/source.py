"""What a kit is made of: the values of a project at one moment, and the choices of the person who asks for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..annotation.segmentation import Segmentation
from ..annotation.values import KitText, StepText
from ..data.dataset import Action, ActionId, Video, VideoId
from ..formats.registry import FORMATS
from ..formats.track import ExportTrack

USUAL_FORMATS = ("csv", "json", "eaf", "vtt")
"""Formats of the labels that a kit holds unless others are named; those that are registered."""


def usual_formats() -> tuple[str, ...]:
    """The usual formats that this installation can write."""
    return tuple(name for name in USUAL_FORMATS if name in FORMATS)


@dataclass(frozen=True)
class KitOptions:
    """The choices of one export. Seconds are those of the videos.

    `min_step_s`: shorter steps are left out and listed. `join_gap_s`: equal actions with less than this between
    them are one step. `handle_s` is added before and after each clip. `photos_only` leaves video and clips out.
    `formats` None stands for the usual ones.
    """

    include_background: bool = False
    min_step_s: float = 0.5
    join_gap_s: float = 1.0
    handle_s: float = 0.0
    photos_only: bool = False
    as_zip: bool = False
    formats: tuple[str, ...] | None = None


@dataclass(frozen=True)
class KitSource:
    """The chosen videos with their labels, and what people wrote about them.

    `tracks` holds ActionIds, in the order of the dataset. `accepted` maps a video to the time of its acceptance
    (ISO, empty where the log does not say); videos that nobody accepted are not in it. `edited_at` is the time of the
    newest edit. `run` describes the training, empty without one.
    """

    activity: str
    track: str
    videos: Mapping[VideoId, Video]
    tracks: Mapping[VideoId, Segmentation]
    actions: Mapping[ActionId, Action]
    accepted: Mapping[VideoId, str] = field(default_factory=dict)
    step_texts: Mapping[ActionId, StepText] = field(default_factory=dict)
    kit_text: KitText = field(default_factory=KitText)
    labels: tuple[ExportTrack, ...] = ()
    run: Mapping[str, Any] = field(default_factory=dict)
    edited_at: str = ""
    licence: str = ""
