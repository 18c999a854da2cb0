"""The rows of the fault plan: what each is called, how often it runs at a release, and where its code lies."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path

from .outcome import Outcome


@dataclass(frozen=True)
class Row:
    """`place` is ``module:function`` below `faults`; `count` is the number of tries at a release."""

    id: str
    title: str
    place: str
    count: int
    unit: str
    seeds: int = 1

    def run(self, count: int, seed: int, folder: Path) -> Outcome:
        """Try it `count` times in an empty folder."""
        module, _, name = self.place.partition(":")
        outcome = getattr(importlib.import_module(f"faults.{module}"), name)(count, seed, folder)
        assert isinstance(outcome, Outcome)
        return outcome


ROWS = (
    Row("F1", "kill -9 during edits; main file with its journal, and alone (F1b)", "kills:edits", 1000, "kills"),
    Row("F2-undo", "kill -9 in an undo storm", "kills:undo_storm", 200, "kills"),
    Row("F2-backup", "kill -9 while backups are made", "kills:backups", 200, "kills"),
    Row("F2-migration", "kill -9 during the migration of an old format", "kills:migration", 200, "kills"),
    Row("F2-export", "kill -9 during exports over an earlier one", "kills:exports", 200, "kills"),
    Row(
        "F2-training",
        "kill -9 in a training, from its start until its run is there",
        "kills:trainings",
        200,
        "kills",
    ),
    Row("F3", "kill -9 of the whole window under load, started again", "window_kills:window", 50, "kills"),
    Row("F4", "from an edit to the disk, while a training runs", "latency:edit_to_disk", 10_000, "edits"),
    Row("F5", "power loss: unsynced writes dropped, torn, reordered", "power:power_loss", 1000, "crashes"),
    Row("F5-disk", "power loss of a real file system, shut down unsynced", "power_disk:power_cuts", 1000, "cuts"),
    Row("F6", "one system call fails: every call, error and n", "syscalls:every_call", 100_000, "faults"),
    Row("F7", "a full disk of 8 MB in edit, backup, export, arriving run, migration", "places:disk_full", 20, "rounds"),
    Row("F8-disk", "1 to 5 % of writes, syncs, openings fail", "random_faults:disk", 200, "runs"),
    Row("F8-stop", "SIGSTOP and SIGCONT in the middle of edits", "random_faults:stops", 200, "runs"),
    Row("F8-clock", "the clock jumps by days", "random_faults:clocks", 200, "runs"),
    Row("F9", "read-only, removed, replaced, pulled out", "places:awkward_places", 1, "rounds"),
    Row("F10", "two processes, users, computers; dead owners; F11: a second writer", "owners:owners", 1, "rounds"),
    Row("F12", "damaged files of every format", "mutants:every_format", 1000, "mutants of each format"),
    Row("F12-project", "damaged projects", "mutants:projects", 5000, "mutants"),
    Row(
        "F13",
        "coverage-guided fuzzing of the text, mapping, JSON and XML readers",
        "fuzz:readers",
        600,
        "s of each reader",
    ),
    Row("F14", "the table of odd data", "suites:odd_data", 1, "rounds"),
    Row("F15", "trainings and extractions stopped at random moments", "suites:cancels", 200, "stops of each"),
    Row(
        "F16",
        "random edits, undos, openings, kills against a list of states",
        "machine:state_machine",
        10_000,
        "actions",
    ),
    Row("F17", "a monkey at the window", "monkey:window", 10_000, "actions", seeds=3),
    Row("F18", "for long: frames, seeks, videos", "endurance:soak", 90_000, "frames"),
    Row("F19", "500 videos, a million frames, 50,000 segments", "endurance:large", 500, "videos"),
    Row("F20", "old formats open, newer ones are refused", "suites:old_formats", 1, "rounds"),
    Row("F21", "each backup equals its moment in history", "endurance:backups", 100, "backups"),
    Row("S", "the vectors S1 to S27", "suites:vectors", 1, "rounds"),
    Row("S25", "a part of the suite in a network of its own", "suites:offline", 1, "rounds"),
    Row("S27", "known holes of the dependencies", "suites:audit", 1, "rounds"),
)


def row(name: str) -> Row:
    """The row with this id."""
    return next(one for one in ROWS if one.id == name)
