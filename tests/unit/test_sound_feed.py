"""What the loudspeaker gets: the sound of the picture on screen, or silence; a fake clock, a fake device."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from core.media.audio import RATE
from totgui.sound.feed import AHEAD_S, DRIFT_S, Feed

PERIOD = 480
PICTURE_S = 0.04
WHOLE = 30_000


@dataclass
class Room:
    """A video that plays, and a device that records. Sample k of the sound says its own number, 1 upwards."""

    latency: float = 0.0
    now: float = 100.0
    video: float = 0.0
    heard: list[int] = field(default_factory=list)
    apart: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.feed = Feed(latency_s=self.latency, clock=lambda: self.now)
        self.shown = -1.0

    def play(self) -> None:
        self.shown = -1.0
        self.feed.leave(runs=True)

    def run(self, seconds: float, *, decodes: bool = True, shows: bool = True, speed: float = 1.0) -> None:
        """The computer's clock and the video go on; pictures come each 40 ms, the device asks each 10 ms."""
        for _ in range(round(seconds * RATE / PERIOD)):
            if shows and self.video - self.shown >= PICTURE_S - 1e-9:
                self.shown = self.video
                self.feed.show(self.video, PICTURE_S)
            if decodes:
                while (needed := self.feed.need()) is not None:
                    turn, first, n = needed
                    high, low = np.divmod(np.arange(first, first + n), WHOLE)
                    self.feed.put(turn, first, np.stack([low + 1, high + 1], axis=1).astype(np.int16))
            out = self.feed.pull(PERIOD)
            assert out.shape == (PERIOD, 2)
            assert out.dtype == np.int16
            numbers = np.where(out[:, 0] > 0, (out[:, 1].astype(int) - 1) * WHOLE + out[:, 0], 0)
            self.heard += numbers.tolist()
            if numbers[-1] and numbers[0]:
                self.apart.append(int(numbers[-1]) / RATE - (self.video + self.latency + PERIOD / RATE))
            self.now += PERIOD / RATE
            self.video += speed * PERIOD / RATE


def test_the_sound_is_that_of_the_picture_and_has_no_seam() -> None:
    room = Room()
    room.play()
    room.run(3.0)
    assert max(map(abs, room.apart)) < 0.002
    loud = np.array(room.heard)[RATE // 4 :]
    assert loud.min() > 0
    assert set(np.diff(loud)) == {1}
    assert room.feed.refills == 0


def test_what_waits_in_the_device_is_counted_in() -> None:
    room = Room(latency=0.075)
    room.play()
    room.run(1.0)
    assert room.apart
    assert max(map(abs, room.apart)) < 0.002


def test_nothing_is_heard_and_nothing_decoded_unless_it_plays_at_its_own_speed() -> None:
    room = Room()
    room.feed.leave(runs=False)
    room.run(1.0)
    assert not any(room.heard)
    assert room.feed.need() is None


def test_sound_that_is_apart_from_the_picture_is_dropped_and_comes_back_in_step() -> None:
    room = Room()
    room.play()
    room.run(1.0)
    room.video += 2 * DRIFT_S + 0.04  # pictures were left out: the video is ahead of what was decoded
    before = len(room.heard)
    room.apart.clear()
    room.run(0.1)
    assert room.feed.refills == 1
    room.apart.clear()
    room.run(1.0)
    assert max(map(abs, room.apart)) < 0.002
    assert any(value == 0 for value in room.heard[before:])


def test_a_slow_clock_of_the_device_never_takes_the_sound_far_away() -> None:
    room = Room()
    room.play()
    room.run(20.0, speed=1.02)  # the device plays 2 % too slowly
    assert room.feed.refills >= 3
    assert max(map(abs, room.apart)) <= DRIFT_S + 0.045  # and the picture is known to a picture
    assert np.mean(np.array(room.heard) > 0) > 0.9


def test_scrubbing_while_it_plays_is_silent_until_the_hand_rests() -> None:
    room = Room()
    room.play()
    room.run(0.5)
    before = len(room.heard)
    for place in np.linspace(5.0, 9.0, 50):
        room.video, room.shown = float(place), -1.0
        room.feed.leave(runs=True, settles=True)
        room.run(0.02)
    assert not any(room.heard[before:])
    room.apart.clear()
    room.run(1.0)
    assert len(room.apart) > 80
    assert max(map(abs, room.apart)) < 0.002


def test_a_loop_is_heard_from_its_start_again() -> None:
    room = Room()
    room.play()
    room.run(1.0)
    room.video, room.shown = 0.2, -1.0
    room.run(0.05)
    room.apart.clear()
    room.run(0.7)
    assert room.apart
    assert max(map(abs, room.apart)) < 0.002


def test_a_picture_that_stands_still_takes_the_sound_with_it() -> None:
    room = Room()
    room.play()
    room.run(1.0)
    room.run(0.5, shows=False)
    before = len(room.heard)
    room.run(0.5, shows=False)
    assert not any(room.heard[before:])


def test_one_late_picture_is_not_heard() -> None:
    room = Room()
    room.play()
    room.run(1.0)
    room.run(0.12, shows=False)
    room.run(1.0)
    assert room.feed.refills == 0
    assert 0 not in room.heard[RATE // 2 :]


def test_a_decoder_that_is_late_gives_silence_and_never_old_sound() -> None:
    room = Room()
    room.play()
    room.run(1.0)
    needed = room.feed.need()
    room.run(AHEAD_S + 0.5, decodes=False)
    assert room.heard[-1] == 0
    if needed is not None:  # what was asked for before comes too late
        turn, first, n = needed
        room.feed.put(turn, first, np.ones((n, 2), np.int16))
    room.apart.clear()
    room.run(1.0)
    assert max(map(abs, room.apart)) < 0.002


@pytest.mark.parametrize("gain", [0.0, 0.25, 1.0])
def test_the_volume_is_a_factor(gain: float) -> None:
    room = Room()
    room.play()
    room.run(0.5)
    room.feed.gain = gain
    assert room.feed.pull(PERIOD)[-1, 0] == pytest.approx(gain * (room.video * RATE + PERIOD), abs=1)
