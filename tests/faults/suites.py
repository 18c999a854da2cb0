"""Rows of the plan that are held by tests elsewhere: which ones, run with counts of their own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree  # our own pytest wrote it

from .outcome import ROOT, Outcome, environment

_ODD, _TRIPS = "unit/data/test_odd_data.py", "unit/formats/test_round_trips.py"
ODD_DATA = {
    "NaN or Inf in features": "unit/data/test_odd_data.py::test_a_row_that_is_no_number",
    "lengths that differ": "unit/data/test_odd_data.py::test_lengths_that_differ_wait_for_a_choice",
    "lengths: the choice is done": "unit/data/test_odd_data.py::test_the_choice_of_lengths_is_done",
    "(D, T), turned": "unit/data/test_odd_data.py::test_one_turned_file_is_asked_about_and_can_be_read",
    "another D": "unit/data/test_odd_data.py::test_another_width_names_both",
    "no labels": "unit/data/test_odd_data.py::test_no_ground_truth_at_all_is_one_sentence",
    "label not in the mapping": "unit/data/test_odd_data.py::test_an_unknown_label_names_line_and_nearest",
    "mapping: gap, double id or name": "unit/data/test_odd_data.py::test_a_wrong_mapping_is_refused",
    "BOM, CRLF, tabs, latin-1, blank tail": "unit/data/test_odd_data.py::test_wrong_label_files_are_rows",
    "empty folder": "unit/data/test_odd_data.py::test_folders_that_are_refused",
    "empty file, 0 frames": "unit/data/test_odd_data.py::test_feature_files_that_cannot_be_read_are_rows",
    "a video of one picture": "unit/data/test_odd_data.py::test_a_video_of_one_picture_opens_and_a_broken_one_is_a_row",
    "K out of range": "faults/test_odd.py::test_numbers_of_clusters_that_cannot_be",
    "all features equal": "faults/test_odd.py::test_features_that_do_not_vary",
    "constant features are told": f"{_ODD}::test_constant_columns_are_a_note_and_constant_features_an_error",
    "equal names": "faults/test_odd.py::test_names_that_differ_by_case_or_form_stay_apart",
    "strange names open": "unit/data/test_odd_data.py::test_names_of_any_kind_open",
    "strange names are exported": f"{_TRIPS}::test_stems_are_safe_on_every_system_and_all_different",
    "videos: broken, truncated": "media/test_broken_files.py",
    "videos: variable rate, rotated, no sound, no index": "media/test_reader.py",
    "CUDA out of memory": "unit/test_memory.py",
    "no torch: review works": "test_architecture.py::test_window_opens_without_torch",
}  # fmt: skip


def odd_data(count: int, seed: int, folder: Path) -> Outcome:
    """F14: every row of the table of odd data."""
    return _pytest(sorted(set(ODD_DATA.values())), folder)


def vectors(count: int, seed: int, folder: Path) -> Outcome:
    """S1 to S27: the tests of each, by number."""
    places = ["faults/test_vectors.py", "faults/test_text.py", "kit/test_pages.py", "report/test_report.py"]
    places += [
        "test_architecture.py::test_forbidden_calls",
        "test_architecture.py::test_the_guard_sees_a_forbidden_call",
    ]
    return _pytest(places, folder, by=_vector)


def _vector(test: str) -> str:
    if found := re.search(r"::test((?:_s\d+)+)_", test):
        return found[1].strip("_").upper().replace("_", " ")
    kinds = {"test_text": "S18", "kit": "S19", "report": "S19", "forbidden": "S4 S23"}
    return next((name for word, name in kinds.items() if word in test), "controls")


def cancels(count: int, seed: int, folder: Path) -> Outcome:
    """F15: as many trainings, and extractions, stopped at random moments in one engine."""
    found = _pytest(["jobs/test_cancels.py"], folder, TOT_CANCELS=str(count), words=("-s",))
    slowest = re.findall(r"stops of (\w+): slowest answer ([\d.]+) s", str(found.figures.pop("said")))  # type: ignore[attr-defined]
    late = [f"{work}: the slowest answer took {seconds} s" for work, seconds in slowest if float(seconds) > 1]
    figures = {f"{work}: slowest answer, s": float(seconds) for work, seconds in slowest}
    return Outcome(count * max(1, len(slowest)), (*found.failures, *late), figures)


def old_formats(count: int, seed: int, folder: Path) -> Outcome:
    """F20: a fixture of each old format opens; a newer one is refused and keeps its content."""
    return _pytest(["store/test_salvage.py", "store/test_project.py::test_a_newer_project_is_left_alone"], folder)


def offline(count: int, seed: int, folder: Path) -> Outcome:
    """S25: a part of the suite in a network of its own, where nothing but this process is."""
    places = [
        "store",
        "integration/test_command_line.py",
        "gui/test_safety.py",
        "e2e/test_main_job.py",
        "kit/test_kit.py",
    ]
    trial = subprocess.run(["unshare", "-n", "true"], capture_output=True)
    if trial.returncode:
        return Outcome(0, skipped="a network of its own needs root (unshare -n)")
    return _pytest(places, folder, before=("unshare", "-n"))


def audit(count: int, seed: int, folder: Path) -> Outcome:
    """S27: what is known of the dependencies that are installed."""
    words = [sys.executable, "-m", "pip_audit", "--progress-spinner", "off", "--skip-editable"]
    ended = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    said = (ended.stdout + ended.stderr).strip().splitlines()
    known = [line for line in said if re.match(r"\S+ +[\d.]+\S* +(PYSEC|GHSA|CVE)", line)]
    if "No known vulnerabilities" in ended.stdout + ended.stderr:
        return Outcome(1, figures={"known": "none"})
    if not known:
        return Outcome(0, skipped="pip-audit could not ask its database: " + (said[-1][:160] if said else "no answer"))
    return Outcome(1, tuple(known))


def _pytest(
    places: list[str],
    folder: Path,
    *,
    before: tuple[str, ...] = (),
    words: tuple[str, ...] = (),
    by: object = None,
    **more: str,
) -> Outcome:
    report = folder / "junit.xml"
    command = [*before, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *words]
    command += [f"tests/{place}" for place in places]
    ended = subprocess.run(command, cwd=ROOT, env=environment(folder, **more), capture_output=True, text=True)
    if not report.exists():
        return Outcome(0, (f"pytest ended with {ended.returncode}: {ended.stdout[-600:]}{ended.stderr[-600:]}",))
    cases = list(ElementTree.parse(report).iter("testcase"))
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    names = Counter(by(f"{case.get('classname')}::{case.get('name')}") for case in cases) if callable(by) else {}
    figures: dict[str, object] = {key: f"{n} tests" for key, n in sorted(names.items(), key=_number)}
    for case in skipped:
        figures[f"skipped: {case.get('name')}"] = str(case.find("skipped").get("message"))[:160]  # type: ignore[union-attr]
    if words:
        figures["said"] = ended.stdout
    failures = tuple(f"{case.get('classname')}::{case.get('name')}" for case in bad)
    return Outcome(len(cases) - len(skipped), failures, figures)


def _number(item: tuple[str, int]) -> tuple[int, str]:
    found = re.search(r"\d+", item[0])
    return int(found[0]) if found else 99, item[0]
