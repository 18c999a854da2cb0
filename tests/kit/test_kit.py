"""The folder of a kit: what it holds is what was planned, exact to the picture, whole or not there at all."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import docx
import jsonschema
import numpy as np
import pytest
from kit_project import HOSTILE, LENGTHS, POINTS, RATE
from numbered_clips import number_in

from core.errors import ConfigError, InputError
from core.events import JobCancelled, Progress, StopKind
from core.kit.folder import files_in
from core.kit.layout import planned_files
from core.kit.package import KitSummary, write_kit
from core.kit.plan import KitPlan
from core.kit.source import KitOptions, KitSource
from core.media.index import probe
from core.media.reader import FrameReader

FORMATS = ("csv", "json")


def numbers_in(path: Path) -> list[int]:
    with FrameReader(path) as reader:
        return [number_in(reader.read(i)) for i in range(reader.n_pictures)]


def test_everything_that_was_planned_is_written_and_nothing_else(kit: KitSummary, plan: KitPlan) -> None:
    planned = planned_files(plan, KitOptions(formats=FORMATS))
    written = [name.replace("csv.csv", "csv").replace("json.json", "json") for name in files_in(kit.out)]
    assert sorted(planned) == sorted(written)
    assert kit.n_files == len(written)


def test_clips_hold_exactly_the_labelled_frames(kit: KitSummary, plan: KitPlan) -> None:
    assert len(plan.steps) == 4
    wrong = []
    for step in plan.steps:
        found = numbers_in(kit.out / f"clips/{step.file}.mp4")
        wrong += [step.file] if found != list(range(step.start, step.stop)) else []
    assert not wrong


def test_handles_are_added_and_stop_at_the_ends(source: KitSource, tmp_path: Path) -> None:
    summary = write_kit(source, KitOptions(handle_s=0.5, formats=()), tmp_path / "kit")
    clips = sorted((summary.out / "clips").iterdir())
    first, n_b = numbers_in(clips[0]), sum(LENGTHS["b"])
    reach = RATE // 2
    assert first == list(range(20 - reach, 80 + reach))
    assert numbers_in(clips[3]) == list(range(n_b - 30 - reach, n_b))


def test_thumbnails_are_the_first_the_middle_and_the_last_picture(kit: KitSummary, plan: KitPlan) -> None:
    import cv2

    for step in plan.steps:
        wanted = (step.start, (step.start + step.stop - 1) // 2, step.stop - 1)
        pictures = [cv2.imread(str(kit.out / f"thumbs/{step.index:02d}_{m}.jpg")) for m in ("start", "mid", "end")]
        assert tuple(number_in(np.asarray(p)) for p in pictures) == wanted


def test_whole_videos_keep_every_picture_at_its_time(kit: KitSummary, source: KitSource, plan: KitPlan) -> None:
    assert sorted(plan.shown.values()) == ["b", "c"]
    for video, name in plan.shown.items():
        copy, media = kit.out / f"video/{name}.mp4", source.videos[video].media
        assert media is not None
        original, info = probe(media), probe(copy)
        assert [int(p) * info.unit for p in info.pts] == [
            (int(p) - int(original.pts[0])) * original.unit for p in original.pts
        ]
        assert numbers_in(copy) == list(range(original.n_pictures))


def test_steps_json_fits_its_schema_and_says_where_each_step_is(kit: KitSummary) -> None:
    record = json.loads((kit.out / "steps.json").read_text(encoding="utf-8"))
    jsonschema.validate(record, json.loads((kit.out / "steps.schema.json").read_text()))
    one, two, three, last = record["steps"]
    assert [s["title"] for s in record["steps"]] == [HOSTILE["one"], HOSTILE["two"], "Abc\u202egpj.exe", HOSTILE["one"]]
    assert (one["start_frame"], one["end_frame_exclusive"], one["start_s"], one["end_s"]) == (20, 80, 1.0, 4.0)
    assert one["std_time_s"] == {"median": 2.0, "q1": 1.5, "q3": 2.5, "n": 3}
    assert last["std_time_s"] == {"median": 1.5, "q1": 1.25, "q3": 1.5, "n": 3}
    assert (three["video"], three["start_frame"]) == (record["videos"][1]["id"], 120)
    assert two["key_points"] == list(POINTS) and one["key_points"] == [] and one["check"] == ""


def test_a_spreadsheet_finds_no_formula(kit: KitSummary) -> None:
    rows = list(csv.reader(io.StringIO((kit.out / "steps.csv").read_text(encoding="utf-8"))))
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert rows[2][1] == "'" + HOSTILE["two"]


def test_the_word_file_holds_the_sheet_and_no_link_outside(kit: KitSummary, plan: KitPlan) -> None:
    document = docx.Document(str(kit.out / "work-instruction.docx"))
    (table,) = document.tables
    assert [row.cells[1].paragraphs[0].text for row in table.rows][1:3] == [HOSTILE["one"], HOSTILE["two"]]
    assert table.rows[3].cells[1].text == "Abc[U+202E]gpj.exe"
    assert table.rows[1].cells[3].text.startswith("to be written by the expert")
    assert table.rows[2].cells[3].text == "\n".join(f"• {point}" for point in POINTS)
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(described) == len(plan.steps) and described[0] == f"Step 1: {HOSTILE['one']}"
    assert not [r for r in document.part.rels.values() if r.is_external]


def test_the_manifest_of_the_course_lists_every_file_once(kit: KitSummary, plan: KitPlan) -> None:
    root = ET.fromstring((kit.out / "imsmanifest.xml").read_bytes())
    space = {"i": "http://www.imsproject.org/xsd/imscp_rootv1p1p2"}
    listed = [f.get("href") for f in root.iterfind(".//i:file", space)]
    assert sorted(listed) == sorted(set(files_in(kit.out)) - {"imsmanifest.xml"})
    items = root.findall(".//i:item", space)
    assert [i.get("parameters") for i in items] == [f"?step={s.index}" for s in plan.steps]
    assert items[0].findtext("i:title", namespaces=space) == f"1. {HOSTILE['one']}"


def test_the_zip_holds_the_same_folder(kit: KitSummary) -> None:
    assert kit.archive is not None
    with zipfile.ZipFile(kit.archive) as archive:
        assert archive.testzip() is None
        assert sorted(archive.namelist()) == files_in(kit.out)
        assert archive.read("steps.json") == (kit.out / "steps.json").read_bytes()


def test_provenance_names_neither_a_path_nor_a_person(kit: KitSummary, source: KitSource, dataset: Path) -> None:
    text = (kit.out / "PROVENANCE.json").read_text(encoding="utf-8")
    record = json.loads(text)
    assert str(dataset) not in text and str(Path.home()) not in text and '": "/' not in text
    assert len(record["videos"]) == 3 and all(len(v["sha256"]["video"]) == 64 for v in record["videos"])
    assert record["licence_of_the_dataset"] == "Do what you like.\n"
    assert all(v["accepted_at"] for v in record["videos"]) and record["reviewer"] == ""


def test_the_same_project_gives_the_same_kit(kit: KitSummary, source: KitSource, tmp_path: Path) -> None:
    again = write_kit(source, KitOptions(formats=FORMATS), tmp_path / "again")
    same = [n for n in files_in(kit.out) if n not in ("manifest.json",) and Path(n).suffix != ".docx"]
    assert [n for n in same if (kit.out / n).read_bytes() != (again.out / n).read_bytes()] == []


def test_photos_only_holds_no_video(source: KitSource, plan: KitPlan, tmp_path: Path) -> None:
    options = KitOptions(photos_only=True, formats=())
    summary = write_kit(source, options, tmp_path / "kit")
    assert sorted(planned_files(plan, options)) == files_in(summary.out)
    assert not list(summary.out.rglob("*.mp4"))
    jsonschema.validate(
        json.loads((summary.out / "steps.json").read_text(encoding="utf-8")),
        json.loads((summary.out / "steps.schema.json").read_text()),
    )


def test_a_stop_at_any_moment_leaves_nothing(source: KitSource, tmp_path: Path) -> None:
    options, asked = KitOptions(as_zip=True, formats=FORMATS), 0

    def stop_at(moment: int) -> StopKind | None:
        nonlocal asked
        asked += 1
        return StopKind.DISCARD if asked > moment else None

    write_kit(source, options, tmp_path / "whole" / "kit", should_stop=lambda: stop_at(1 << 30))
    total = asked
    assert total > 200
    for moment in [0, 1, *range(20, total - 25, 60), *range(total - 25, total, 3), total - 1]:
        out, asked = tmp_path / f"stopped{moment}" / "kit", 0
        with pytest.raises(JobCancelled):
            write_kit(source, options, out, should_stop=lambda m=moment: stop_at(m))  # type: ignore[misc]
        assert list(out.parent.iterdir()) == []


def test_progress_counts_up_to_its_total(source: KitSource, tmp_path: Path) -> None:
    events: list[Progress] = []
    write_kit(source, KitOptions(formats=FORMATS), tmp_path / "kit", report=events.append)  # type: ignore[arg-type]
    done = [event.done for event in events]
    assert done == sorted(done) and events[-1].done == events[-1].total
    assert len(events) > 10


def test_a_new_kit_takes_the_place_of_an_untouched_one_only(kit: KitSummary, source: KitSource) -> None:
    options = KitOptions(formats=())
    write_kit(source, options, kit.out)
    assert not (kit.out / "labels" / "csv.csv").exists()
    sheet = kit.out / "work-instruction.html"
    sheet.write_text(sheet.read_text(encoding="utf-8").replace("to be written", "written"), encoding="utf-8")
    with pytest.raises(InputError, match=r"added or changed"):
        write_kit(source, options, kit.out)
    assert "to be written" not in sheet.read_text(encoding="utf-8")
    assert [p.name for p in kit.out.parent.iterdir() if "partial" in p.name] == []


def test_other_folders_and_files_are_left_alone(source: KitSource, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    (tmp_path / "kit.zip").write_text("x")
    for out, as_zip in (("mine", False), ("file", False), ("kit", True)):
        with pytest.raises(InputError, match="Choose another folder"):
            write_kit(source, KitOptions(as_zip=as_zip, formats=()), tmp_path / out)
    assert (tmp_path / "kit.zip").read_text() == "x" and not (tmp_path / "kit").exists()
    with pytest.raises(ConfigError, match="no format"):
        write_kit(source, KitOptions(formats=("nope",)), tmp_path / "kit")
