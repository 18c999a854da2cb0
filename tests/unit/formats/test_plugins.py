"""Formats of other packages: the worked example of the documentation works, and a bad one never ends the program."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from format_tracks import again, some_tracks

from core.data.dataset import UNLABELLED
from core.errors import InputError
from core.formats import plugins, registry
from core.formats.registry import FORMATS

DOCUMENT = Path(__file__).parents[3] / "docs" / "formats.md"


def install(folder: Path, module: str, source: str, **points: str) -> list[EntryPoint]:
    """What pip leaves behind of a package: a module and its entry points; the points as Python finds them."""
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    lines = "".join(f"{name} = {value}\n" for name, value in points.items())
    (info / "entry_points.txt").write_text(f"[{plugins.GROUP}]\n{lines}")
    return [p for p in entry_points(group=plugins.GROUP) if p.dist is not None and p.dist.name == module]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)
    yield tmp_path
    for name in set(sys.modules) - before:
        del sys.modules[name]


def example() -> tuple[str, dict[str, str]]:
    """The module and the entry points of the documentation's example."""
    blocks = dict(re.findall(r"```(toml|python)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL))
    points = blocks["toml"].split(f'[project.entry-points."{plugins.GROUP}"]\n')[1]
    return blocks["python"], dict(re.findall(r'^(\S+) = "(.+)"$', points, re.MULTILINE))


def test_the_example_of_the_documentation_writes_and_reads(folder):
    source, points = example()
    found = plugins.load(FORMATS, install(folder, "totgui_htk", source, **points))
    assert found.problems == () and list(found.formats) == ["htk"]
    form, tracks = found.formats["htk"], some_tracks(UNLABELLED, 3, 3)
    summary = form.write(tracks, folder / "out")
    assert sorted(p.name for p in summary.files) == ["a_b c.lab", "d.lab", "labels.json"]
    first = (folder / "out" / "d.lab").read_text(encoding="utf-8").split("\n")[0]
    assert first == "0 1330000 take bowl"
    reading = form.read([folder / "out"])
    assert reading.problems == []
    assert [again(t, b).segmentation for t, b in zip(reading.tracks, tracks, strict=True)] == [
        t.segmentation for t in tracks
    ]
    (folder / "bad.lab").write_text("0 1 x\nhello\n", encoding="utf-8")
    reading = form.read([folder / "bad.lab"])
    assert not reading.tracks and (reading.problems[0].where, reading.problems[0].severity) == ("line 2", "error")


def test_every_format_stands_in_the_documentation_with_what_it_loses():
    text = DOCUMENT.read_text(encoding="utf-8")
    for form in FORMATS.values():
        counts, gaps = "s" if form.in_seconds else "frames", "yes" if form.has_gaps else "no"
        reads = "yes" if form.decode is not None else "no"
        row = f"| `{form.name}` | {form.label} | {reads} | {counts} | {gaps} | {'; '.join(form.losses)} |"
        assert row in text, row


FORM = "from core.formats.format import Encoded, Format\nfrom core.formats.track import FileTrack, Interval\n"
MADE = "F = Format({name!r}, 'X', 'X', '', '.x', {encode}, {decode}, {losses})\n"


def made(name: str = "x", encode: str = "None", decode: str = "None", losses: str = "()") -> str:
    return FORM + MADE.format(name=name, encode=encode, decode=decode, losses=losses)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise RuntimeError('boom')", "RuntimeError: boom"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import no_such_package", "no_such_package"),
        ("def f(:", "SyntaxError"),
        ("G = 1", "F"),
        ("F = 7", "gives a int"),
        ("def F(): raise ValueError('late')", "ValueError: late"),
        (made("csv"), 'there is a format "csv" already'),
        (made("../x"), "no name for a format"),
        (made("x" * 41), "no name for a format"),
        (made(losses="'confidence'"), "are to be texts"),
        (FORM + "F = Format('x', 'X', 'X', '/../x', '.x', None, None)", "holds a folder"),
    ],
)
def test_a_plug_in_that_cannot_be_used_is_a_row(source, said, folder):
    points = install(folder, "bad_plugin", source, bad="bad_plugin:F")
    found = plugins.load(FORMATS, points)
    assert found.formats == {}
    (problem,) = found.problems
    assert problem.path == "format plug-in bad (bad_plugin:F)" and said in problem.what


def test_a_broken_plug_in_leaves_the_others_alone(folder):
    (folder / "a").mkdir()
    bad = install(folder, "bad_plugin", "raise SystemExit", bad="bad_plugin:F")
    good = install(folder, "good_plugin", made("good") + "def several(): return [F]\n", good="good_plugin:several")
    found = plugins.load(FORMATS, [*bad, *good])
    assert list(found.formats) == ["good"] and len(found.problems) == 1


@pytest.mark.parametrize(
    ("encode", "said"),
    [
        ("lambda tracks: 1 / 0", "ZeroDivisionError"),
        ("lambda tracks: exit(1)", "SystemExit"),
        ("lambda tracks: 7", "something else"),
        ("lambda tracks: Encoded({'a.x': b'bytes'})", "something else"),
        ("lambda tracks: Encoded({'../escaped.x': 'x', 'b.x': 'x'})", "not inside the folder"),
        ("lambda tracks: Encoded({'/tmp/escaped.x': 'x', 'b.x': 'x'})", "not inside the folder"),
        ("lambda tracks: Encoded({'a\\\\..\\\\..\\\\b.x': 'x', 'b.x': 'x'})", "not inside the folder"),
    ],
)
def test_a_plug_in_that_fails_to_write_leaves_nothing(encode, said, folder):
    form = plugins.load(FORMATS, install(folder, "bad_plugin", made(encode=encode), bad="bad_plugin:F")).formats["x"]
    with pytest.raises(InputError, match=said):
        form.write(some_tracks(), folder / "inside" / "out")
    assert not (folder / "inside").exists() and not list(folder.rglob("*escaped*"))


@pytest.mark.parametrize(
    "decode",
    [
        "lambda file: 1 / 0",
        "lambda file: exit(1)",
        "lambda file: [7]",
        "lambda file: [FileTrack('v', 'furlongs', (), file.path)]",
        "lambda file: [FileTrack('v', 'seconds', (Interval(0.5, 1.5, 'x'),), file.path)]",
        "lambda file: [FileTrack('v', 'frames', (Interval(True, 2, 'x'),), file.path)]",
        "lambda file: [FileTrack('v', 'frames', ((0, 1, 'x', ''),), file.path)]",
        "lambda file: [FileTrack(b'v', 'frames', (), file.path)]",
        "lambda file: [FileTrack('v', 'frames', 5, file.path)]",
    ],
)
def test_a_plug_in_that_fails_to_read_names_itself_and_gives_no_track(decode, folder):
    form = plugins.load(FORMATS, install(folder, "bad_plugin", made(decode=decode), bad="bad_plugin:F")).formats["x"]
    (folder / "v.x").write_text("x")
    reading = form.read([folder / "v.x"])
    assert not reading.tracks and "format plug-in bad (bad_plugin:F)" in reading.problems[0].what


def test_installed_plug_ins_stand_beside_our_formats(folder):
    source, points = example()
    install(folder, "totgui_htk", source, **points)
    install(folder, "bad_plugin", "raise SystemExit", bad="bad_plugin:F")
    registry._plugins.cache_clear()
    try:
        assert "htk" in registry.all_formats() and registry.find_format("htk").label == "HTK labels (.lab)"
        assert [p.path for p in registry.plugin_problems()] == ["format plug-in bad (bad_plugin:F)"]
        with pytest.raises(Exception, match=r"nope.*htk.*bad_plugin"):
            registry.find_format("nope")
    finally:
        registry._plugins.cache_clear()
