"""BORIS projects: one observation a video, every segment as two state events."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import PurePath
from string import ascii_lowercase, digits
from typing import Any

from ..errors import InputError
from .boris_table import SUBJECT
from .format import Encoded, Format, Tracks, json_text
from .names import meaning, spoken
from .source import SourceFile, seconds_of
from .track import ExportTrack, FileTrack, Interval, end_milliseconds, timed

LOSSES = ("confidence", "review status and comments", "numbers of actions")
_KEYS = ascii_lowercase + digits
_PLAYERS = 8


def encode(tracks: Tracks) -> Encoded:
    """One project of all videos; unlabelled frames have no event."""
    names = spoken(tracks)
    used = sorted({label for t in tracks for label in t.segmentation.labels.tolist() if label > -2})
    behaviours = {str(n): _behaviour(n, names[label], _colour(tracks, label)) for n, label in enumerate(used)}
    project = {
        "time_format": "s",
        "project_date": max((_date(t) for t in tracks), default=""),
        "project_name": "",
        "project_description": "Times in seconds from the first picture, end exclusive; a gap is unlabelled.",
        "project_format_version": "7.0",
        "subjects_conf": {},
        "behaviors_conf": behaviours,
        "observations": {track.video: _observation(track, names) for track in tracks},
        "behavioral_categories": [],
        "behavioral_categories_config": {},
        "independent_variables": {},
        "coding_map": {},
        "behaviors_coding_map": [],
        "converters": {},
    }
    return Encoded({"labels.boris": json_text(project)})


def _behaviour(number: int, name: str, colour: str) -> dict[str, str]:
    return {
        "type": "State event",
        "key": _KEYS[number] if number < len(_KEYS) else "",
        "code": name,
        "description": "",
        "color": colour,
        "category": "",
        "modifiers": "",
        "excluded": "",
        "coding map": "",
    }


def _colour(tracks: Tracks, label: int) -> str:
    return next((a.colour for t in tracks for k, a in t.actions.items() if k == label), "")


def _date(track: ExportTrack) -> str:
    return track.edited[:19]


def _observation(track: ExportTrack, names: dict[int, str]) -> dict[str, Any]:
    clock, media = track.timebase, track.media or track.video
    rate = clock.media.rate if clock.media else clock.rate
    events: list[tuple[int, int, list[Any]]] = []
    for piece in timed(track):
        for order, ms, frame in ((1, piece.start_ms, piece.start), (0, piece.stop_ms, piece.stop)):
            row = [ms / 1000, SUBJECT, names[piece.label], "", "", clock.picture_boundary(frame)]
            events.append((ms, order, row))
    return {
        "file": {str(n): [media] if n == 1 else [] for n in range(1, _PLAYERS + 1)},
        "type": "MEDIA",
        "date": _date(track),
        "description": track.note,
        "time offset": 0.0,
        "events": [row for _, _, row in sorted(events, key=lambda e: e[:2])],
        "observation time interval": [0, 0],
        "independent_variables": {},
        "visualize_spectrogram": False,
        "visualize_waveform": False,
        "media_creation_date_as_offset": False,
        "media_scan_sampling_duration": 0,
        "image_display_duration": 1,
        "close_behaviors_between_videos": False,
        "media_info": {
            "length": {media: end_milliseconds(track) / 1000},
            "fps": {media: float(rate) if rate else 0.0},
            "hasVideo": {media: True},
            "hasAudio": {media: False},
            "offset": {"1": 0.0},
        },
    }


def decode(file: SourceFile) -> Iterator[FileTrack]:
    """A track for each observation and subject; events of a behaviour begin and end it by turns."""
    project = file.json()
    if not isinstance(project, dict) or not isinstance(project.get("observations"), dict):
        raise InputError(file.path, 'has no "observations"; wanted a project of BORIS.')
    behaviours = project.get("behaviors_conf")
    points = {
        item.get("code")
        for item in (behaviours.values() if isinstance(behaviours, dict) else ())
        if isinstance(item, dict) and str(item.get("type", "")).startswith("Point")
    }
    for video, observation in project["observations"].items():
        place = f'observation "{video}"'
        if not isinstance(observation, dict) or not isinstance(observation.get("events"), list):
            file.problem('has no list "events".', place)
            continue
        tracks = _subjects(file, observation["events"], points, place)
        for subject, intervals in tracks.items() or [("", [])]:
            tier = "" if subject == SUBJECT else subject
            yield FileTrack(
                video,
                "seconds",
                tuple(sorted(intervals, key=lambda i: (i.start, i.stop))),
                file.path,
                tier=tier,
                also=_media(observation),
            )


def _subjects(file: SourceFile, events: list[Any], points: set[Any], where: str) -> dict[str, list[Interval]]:
    found: dict[str, list[Interval]] = {}
    started: dict[tuple[str, str], tuple[Fraction, str]] = {}
    for number, event in enumerate(events, 1):
        place = f"{where}, event {number}"
        time = seconds_of(event[0]) if isinstance(event, list) and len(event) > 2 else None
        if time is None:
            file.problem("cannot be read; wanted [time, subject, code, ...].", place)
            continue
        subject, code = str(event[1]), str(event[2])
        if code in points:
            file.problem(f'"{code}" is a point event and is left out.', place, note=True)
        elif (subject, code) in started:
            start, first = started.pop((subject, code))
            found.setdefault(subject, []).append(Interval(start, time, meaning(code), first))
        else:
            started[subject, code] = (time, place)
    for (_, code), (_, place) in started.items():
        file.problem(f'"{code}" begins and never ends: it has an odd number of events.', place)
    return found


def _media(observation: dict[str, Any]) -> tuple[str, ...]:
    players = observation.get("file")
    if not isinstance(players, dict):
        return ()
    paths = [str(p) for files in players.values() if isinstance(files, list) for p in files]
    return tuple(PurePath(p.replace("\\", "/")).name for p in paths[:1])


FORMAT = Format(
    "boris-project", "BORIS project (.boris)", "Annotation tools", ".boris", ".boris", encode, decode, LOSSES
)
