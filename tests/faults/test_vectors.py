"""What a stranger may send: the vectors S1 to S27. Each fixture is made here; its canary is a file or a connection.

Where another test file holds a vector in full, the vector is tried once more here with a canary, from the outside.
"""

from __future__ import annotations

import io
import logging
import os
import pickle
import shutil
import socket
import sqlite3
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import html5lib
import numpy as np
import pytest
from datasets import layout, probe
from faults.kills import a_full_project
from faults.outcome import ROOT, environment
from format_tracks import a_clock, some_tracks
from kit_project import make_dataset, make_project

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.annotation.values import KitText, StepText
from core.data.dataset import Action, ActionId
from core.data.layouts import scan
from core.data.npy import open_matrix
from core.errors import ForeignFoldersError, InputError, MediaError, StoreError, TotError
from core.formats.registry import FORMATS
from core.kit.package import write_kit
from core.kit.source import KitOptions
from core.kit_work import kit_source
from core.project import Project
from core.report_page.page import report_page
from core.report_work import collect

HOSTILE = '<img src="file:///canary"><b onmouseover=alert(1)>&amp;</b>'


class Canary:
    """Something that a payload would do when it ran: leave a file, or call home."""

    def __init__(self, folder: Path, server: socket.socket) -> None:
        self.file, self._server = folder / "the canary is dead", server
        self.address = f"127.0.0.1:{server.getsockname()[1]}"

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.file),)

    def pickled(self) -> bytes:
        return pickle.dumps(self)


@pytest.fixture(autouse=True)
def canary(tmp_path: Path) -> Iterator[Canary]:
    """Alive at the end, within 5 s of the processor and without a connection; otherwise the test fails."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        made, began = Canary(tmp_path, server), time.process_time()
        yield made
        assert not made.file.exists(), "code of the file ran"
        with pytest.raises(BlockingIOError):
            server.accept()
        assert time.process_time() - began < 20, "far too much was done for it"


def features_with(root: Path, name: str, content: bytes) -> str:
    """The problem that a scan tells about one feature file."""
    shutil.rmtree(root, ignore_errors=True)
    layout(root, "F", lengths={"clip_01": 24, "clip_02": 24})
    (root / "features" / "clip_01.npy").unlink()
    (root / "features" / name).write_bytes(content)
    dataset = scan(root, probe=probe)
    assert not [v for v in dataset.videos if v.name == "clip_01" and v.is_trainable and v.features]
    (told,) = [str(p) for p in dataset.problems if p.severity == "error" and name in str(p)]
    return told


def npy(shape: str, dtype: str = "'<f4'", data: bytes = b"") -> bytes:
    """A .npy file with this header, true or not."""
    header = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def test_s1_arrays_of_objects_are_refused_in_our_words(tmp_path: Path, canary: Canary) -> None:
    stream = io.BytesIO()
    np.save(stream, np.array([[canary]], dtype=object), allow_pickle=True)
    record = npy("(3,)", "[('a', '<f4'), ('b', '|O')]", canary.pickled())
    for content in (stream.getvalue(), record, canary.pickled()):
        told = features_with(tmp_path / "set", "clip_01.npy", content)
        assert "allow_pickle" not in told


@pytest.mark.parametrize(
    "header",
    [
        npy("(1000000, 1000000)"),
        npy("(-5, 8)"),
        npy("(18446744073709551615, 8)"),
        npy("(1000000000000, 1)", "'|V0'"),
        npy("(1000000000000, 8)", "'|S0'"),
        npy("(" + "3, " * 8000 + ")"),
        npy("(24, 8)", data=b"\0" * 100),
        b"\x93NUMPY\x02\x00" + struct.pack("<I", 0xFFFFFFF0) + b"{",
    ],
)
def test_s2_headers_are_weighed_before_memory_is_taken(tmp_path: Path, header: bytes) -> None:
    (tmp_path / "x.npy").write_bytes(header)
    with pytest.raises(InputError):
        open_matrix(tmp_path / "x.npy")
    features_with(tmp_path / "set", "clip_01.npy", header)


def test_s3_a_bomb_is_told_by_its_ratio(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x.npy", "w") as member:
        member.write(npy("(200000, 100)"))
        for _ in range(80):
            member.write(bytes(1_000_000))
    assert len(stream.getvalue()) < 200_000
    assert "times its size" in features_with(tmp_path / "set", "clip_01.npz", stream.getvalue())


def test_s4_weights_with_code_do_not_run(tmp_path: Path, canary: Canary) -> None:
    import torch

    from core.extract.weights import load_state
    from core.tot import weights

    torch.save({"w": canary}, tmp_path / "evil.pt")
    (tmp_path / "plain.pt").write_bytes(canary.pickled())
    for name in ("evil.pt", "plain.pt"):
        for load in (load_state, weights.load):
            with pytest.raises(InputError):
                load(tmp_path / name)


def test_s5_a_packed_weights_file_is_refused(tmp_path: Path) -> None:
    import torch

    from core.extract.weights import load_state

    torch.save({"w": torch.zeros(3_000_000)}, tmp_path / "stored.pt")
    packed = zipfile.ZipFile(tmp_path / "packed.pt", "w", zipfile.ZIP_DEFLATED)
    with zipfile.ZipFile(tmp_path / "stored.pt") as archive, packed:
        for member in archive.infolist():
            packed.writestr(member.filename, archive.read(member))
    assert (tmp_path / "packed.pt").stat().st_size < 100_000
    with pytest.raises(InputError):
        load_state(tmp_path / "packed.pt")


@pytest.mark.parametrize(
    "content",
    [
        struct.pack("<Q", 1 << 63) + b"{}",
        struct.pack("<Q", 2 << 20) + b'{"a":' + b" " * (2 << 20),
        struct.pack("<Q", 60) + b'{"w":{"dtype":"F32","shape":[4,4],"data_offsets":[0,9999]}}   ',
        struct.pack("<Q", 60) + b'{"w":{"dtype":"F32","shape":[-4],"data_offsets":[0,16]}}      ' + bytes(16),
        struct.pack("<Q", 2) + b"{}",
        b"",
    ],
)
def test_s6_safetensors_with_wrong_sizes(tmp_path: Path, content: bytes) -> None:
    from core.tot import weights

    (tmp_path / "w.safetensors").write_bytes(content)
    with pytest.raises(InputError):
        weights.load(tmp_path / "w.safetensors")


def harmed(path: Path, *statements: str) -> bytes:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()
    return path.read_bytes()


FOREVER = "SELECT n video, '' kind, '' run, 0 head_seq, x'' segs, '' extra, 0 crc FROM r"
PROJECTS = {
    "S7 a view that never ends": (
        "DROP TABLE track",
        f"CREATE VIEW track AS WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n+1 FROM r) {FOREVER}",
    ),
    "S8 a trigger": ("CREATE TRIGGER t AFTER INSERT ON launch BEGIN DELETE FROM track; END",),
    "S9 an extension in a check": ("CREATE TABLE more(x CHECK (load_extension('evil')))",),
    "S9 a large value": ("UPDATE weights SET data=zeroblob(80000000)",),
    "S8 one column more": ("ALTER TABLE launch ADD COLUMN x INTEGER DEFAULT 1",),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_s7_s8_s9_projects_with_more_than_our_tables(tmp_path: Path, name: str) -> None:
    path = a_full_project(tmp_path / "a.tot")
    before = harmed(path, *PROJECTS[name])
    for read_only in (True, False):
        try:
            project = Project.open(path, read_only=read_only)
        except StoreError:
            assert path.read_bytes() == before
            continue
        with project, pytest.raises(StoreError):  # the value of a row is looked at when it is asked for
            project.weights(next(iter(project.document.runs)))


def test_s10_side_files_of_a_stranger(tmp_path: Path) -> None:
    path = a_full_project(tmp_path / "a.tot")
    before = path.read_bytes()
    wal, journal = path.with_name("a.tot-wal"), path.with_name("a.tot-journal")
    wal.write_bytes(b"\x37\x7f\x06\x82" + bytes(60))
    with pytest.raises(StoreError, match="Move it away"):
        Project.open(path)
    wal.unlink()
    pages, size = len(before) // 4096, 4096
    header = bytes.fromhex("d9d505f920a163d7") + struct.pack(">IIIII", 1, 7, pages, 512, size)
    page = bytearray(before[4096:8192])
    page[-300:] = b"x" * 300
    total = 7 + sum(page[i] for i in range(size - 200, 0, -200))
    journal.write_bytes(header.ljust(512, b"\0") + struct.pack(">I", 2) + bytes(page) + struct.pack(">I", total))
    with pytest.raises(StoreError):
        Project.open(path)
    assert path.read_bytes() == before and journal.exists()


STRANGE_PATHS = (
    "../../x",
    "a/../../x",
    "file:///etc/passwd",
    "http://{address}/x",
    "a\0b",
    "..\\..\\x",
    "//{address}/x",
)


@pytest.mark.parametrize("text", STRANGE_PATHS)
def test_s11_paths_that_leave_the_dataset(tmp_path: Path, canary: Canary, text: str) -> None:
    from core.store import rows

    root = tmp_path / "data"
    try:
        found = rows._path(text.format(address=canary.address), root)
    except StoreError:
        return
    assert found is None or found.is_relative_to(root)


def test_s11_a_project_from_elsewhere_looks_into_no_folder_before_a_person_said_so(tmp_path: Path, monkeypatch) -> None:
    """Everything that the interpreter opens or lists is told by an audit hook, threads beside the window included."""
    from core import api

    secret, seen = tmp_path / "secret", []
    root = layout(secret, "F", lengths={"clip_01": 24})
    (tmp_path / "mail").mkdir()
    path = tmp_path / "mail" / "gift.tot"
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TOT_DATA_DIR", str(tmp_path / "sender"))
        Project.create(path, scan(root, probe=probe), ground_truth={}).close()
    monkeypatch.setenv("TOT_DATA_DIR", str(tmp_path / "receiver"))

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in ("open", "os.listdir", "os.scandir") and str(secret) in str(arguments[0]):
            seen.append((event, arguments[0]))

    sys.addaudithook(hook)
    with pytest.raises(ForeignFoldersError) as told:
        api.open_project(path)
    assert told.value.folders == (root,) and not seen
    api.trust(path)
    assert not seen  # said yes, and nothing was wanted of it yet
    api.open_project(path).close()


def test_s11_links_devices_and_pipes(tmp_path: Path) -> None:
    root = layout(tmp_path / "set", "F", lengths={"clip_01": 24})
    secret = tmp_path / "secret.npy"
    np.save(secret, np.ones((24, 8), np.float32))
    (root / "features" / "clip_02.npy").symlink_to(secret)
    os.mkfifo(root / "features" / "clip_03.npy")
    dataset = scan(root, probe=probe)
    assert not [v for v in dataset.videos if v.features is not None and v.name != "clip_01"]
    for path in (root / "features" / "clip_03.npy", Path("/dev/zero")):
        with pytest.raises(InputError):
            FORMATS["csv"].read([path]).problems[0].what.index("x" * 99) if path.is_dir() else _refused(path)


def _refused(path: Path) -> None:
    (problem, *_) = FORMATS["csv"].read([path]).problems
    raise InputError(path, problem.what)


@pytest.mark.parametrize(
    "name",
    ["http://{address}/x.mp4", "rtsp://{address}/x", "concat:{file}|{file}", "subfile,,start,0,end,0,,:{file}",
     "pipe:0", "{folder}/img_%03d.png", "videotestsrc ! appsink", "-", "data:,x"],
)  # fmt: skip
def test_s12_videos_that_are_addresses(tmp_path: Path, canary: Canary, name: str) -> None:
    from core.media.index import probe as look

    for number in range(3):
        (tmp_path / f"img_{number:03d}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "f.mp4").write_bytes(b"x")
    text = name.format(address=canary.address, file=tmp_path / "f.mp4", folder=tmp_path)
    for path in (Path(text), Path("/") / text):
        with pytest.raises(MediaError):
            look(path)


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".sdp", ".ffconcat", ".txt"])
def test_s13_playlists_under_any_name(tmp_path: Path, canary: Canary, suffix: str) -> None:
    from core.media.index import probe as look

    lists = (
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://{}/x.ts\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile 'http://{}/x'\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 96\na=control:rtsp://{}/\n",
    )
    for number, content in enumerate(lists):
        path = tmp_path / f"{number}{suffix}"
        path.write_text(content.format(canary.address))
        with pytest.raises(MediaError):
            look(path)


def test_s14_a_damaged_video_ends_in_pictures_or_an_error(tmp_path: Path) -> None:
    from faults import mutants
    from faults.outcome import private_data

    with private_data(tmp_path):
        for target in mutants._videos(tmp_path / "clips"):
            failures, _, slowest = mutants.run(target, 40, 14, tmp_path)
            assert failures == [] and slowest < 5


LAUGHS = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "{}">]><ANNOTATION_DOCUMENT>&b;</ANNOTATION_DOCUMENT>'
XML = {
    "billion laughs": LAUGHS.format("&a;" * 50),
    "quadratic": LAUGHS.replace("ha", "x" * 50_000).format("&a;" * 5000),
    "a file": '<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><ANNOTATION_DOCUMENT>&a;</ANNOTATION_DOCUMENT>',
    "an address": '<!DOCTYPE l SYSTEM "http://{address}/x.dtd"><ANNOTATION_DOCUMENT/>',
    "deep": "<a>" * 200_000 + "</a>" * 200_000,
}


@pytest.mark.parametrize("name", XML)
def test_s15_xml_with_more_than_annotations(tmp_path: Path, canary: Canary, name: str) -> None:
    path = tmp_path / "x.eaf"
    path.write_text(XML[name].replace("{address}", canary.address))
    found = FORMATS["eaf"].read([path])
    assert not found.tracks and found.problems


def test_s16_archives_with_strange_members(tmp_path: Path) -> None:
    from core.data.feature_cache import matrix_path

    good = io.BytesIO()
    np.save(good, np.zeros((4, 3), np.float32))
    kinds = {
        "climbs": ["../../x.npy"],
        "absolute": ["/tmp/x.npy"],
        "double": ["x.npy", "x.npy"],
        "many": ["a.npy", "b.npy"],
    }
    for kind, names in kinds.items():
        path = tmp_path / f"{kind}.npz"
        with zipfile.ZipFile(path, "w") as archive, pytest.warns(UserWarning) if kind == "double" else _nothing():
            for name in names:
                archive.writestr(name, good.getvalue())
        before = {p for p in tmp_path.rglob("*.npy")}
        try:
            made = matrix_path(path)
            assert made.is_relative_to(os.environ["TOT_CACHE_DIR"])
        except InputError:
            pass
        assert {p for p in tmp_path.rglob("*.npy")} == before
    link = zipfile.ZipInfo("x.npy")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "link.npz", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(InputError):
        matrix_path(tmp_path / "link.npz")


class _nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.parametrize(
    "content", ["[" * 200_000, '{"a": ' + "9" * 5000 + "}", '{"version": NaN}', '{"a":1,"a":2}', '"\\ud800"']
)
@pytest.mark.parametrize("name", ["json", "label-studio", "via", "activitynet", "coin", "boris-project"])
def test_s17_json_that_is_none(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    found = FORMATS[name].read([path])
    assert not found.tracks and found.problems


MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    "javascript:alert(3)",
    "</title><svg onload=alert(4)>",
    "cod\u202egpj.exe",
)


def test_s19_markup_in_the_pages_that_are_handed_out(tmp_path: Path) -> None:
    """As names of actions, title and key point of the kit, comment in the report. More: tests/kit, tests/report."""
    with make_project(tmp_path / "p.tot", make_dataset(tmp_path / "set")) as project:
        document = project.document
        for action, name in zip(list(document.actions), (MARKUP[0], MARKUP[2], MARKUP[4]), strict=True):
            project.edit(commands.rename_action(document, action, name))
            project.edit(commands.set_step_text(document, action, StepText(key_points=(MARKUP[1],))))
        project.edit(commands.set_kit_text(document, KitText(MARKUP[3])))
        video = next(iter(document.videos))
        project.edit(commands.add_comment(document, video, 0, 1, f"{MARKUP[1]} {MARKUP[4]}", author=MARKUP[3]))
        source = kit_source(project, track="corrected", videos="accepted", run=None)
        kit = write_kit(source, KitOptions(photos_only=True, formats=()), tmp_path / "kit").out
        (tmp_path / "report.html").write_text(report_page(collect(project, None)), encoding="utf-8")
    shown = {page.name: _text_alone(page) for page in (*sorted(kit.glob("*.html")), tmp_path / "report.html")}
    assert shown.keys() == {"index.html", "work-instruction.html", "report.html"}
    for page, text in shown.items():
        wanted = (*MARKUP[:4], "cod[U+202E]gpj.exe")
        missing = [name for name in wanted if name.lower() not in text.lower()]  # steps begin with a capital letter
        assert not missing, page


def _text_alone(page: Path) -> str:
    """The text of a page that runs nothing but our own script and leads nowhere; fails where it does."""
    raw = page.read_text(encoding="utf-8")
    assert "\u202e" not in raw
    root = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(raw)
    scripts = [element for element in root.iter("script")]
    assert len(scripts) == (page.name == "index.html") and all("alert(" not in element.text for element in scripts)
    for element in root.iter():
        assert not [key for key in element.attrib if str(key).startswith("on")]
        assert not [value for value in element.attrib.values() if value.startswith(("javascript:", "http", "//"))]
    assert not [element for element in root.iter("img") if element.get("src") == "x"]
    (title,) = (element for element in root.iter("title") if element in list(root.find("head")))
    assert not list(title)
    return " ".join(" ".join(root.itertext()).split())


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@x", "\u0009x", "＝1", "|x"])
def test_s20_formulas_in_a_spreadsheet(tmp_path: Path, start: str) -> None:
    import csv

    clock, cut = a_clock(10), Segmentation.uniform(0, 10)
    from core.formats.track import ExportTrack

    used = {ActionId(0): Action(ActionId(0), start, "#000000")}
    track = ExportTrack("v", clock, cut, used, "corrected", "accepted", "")
    try:
        FORMATS["csv-spreadsheet"].write([track], tmp_path / "x.csv")
    except InputError:
        return  # a tab cannot stand in a name
    for row in csv.reader((tmp_path / "x.csv").read_text(encoding="utf-8-sig").splitlines()):
        assert not [cell for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r", "＝") or cell[:2] == "-1"]
    FORMATS["csv"].write([track], tmp_path / "plain.csv")
    (back,) = FORMATS["csv"].read([tmp_path / "plain.csv"]).tracks
    assert [interval.name for interval in back.intervals] == [start]


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\rb", "a\0b"])
def test_s21_names_with_line_breaks_are_refused_when_they_are_given(tmp_path: Path, name: str) -> None:
    from core.annotation import commands

    with Project.open(a_full_project(tmp_path / "a.tot")) as project, pytest.raises(TotError):
        project.edit(commands.add_action(project.document, name)[0])


@pytest.mark.parametrize("video", ["../x", "CON", "x" * 300, "a\0b", "/abs", "..", ".", "-rf", "a/../../b"])
def test_s22_exports_stay_in_their_folder(tmp_path: Path, video: str) -> None:
    from dataclasses import replace

    out = tmp_path / "deep" / "out"
    tracks = [replace(track, video=video) for track in some_tracks(videos=("v",))]
    for name, form in FORMATS.items():
        try:
            form.write(tracks, out / name)
        except InputError:
            continue
    outside = [p for p in tmp_path.rglob("*") if p.is_file() and not p.is_relative_to(out)]
    assert outside == [] and all(len(p.name.encode()) < 256 for p in out.rglob("*"))


def test_s22_a_link_at_the_target_is_not_written_through(tmp_path: Path) -> None:
    precious, out = tmp_path / "precious", tmp_path / "out.csv"
    precious.write_text("mine")
    out.symlink_to(precious)
    FORMATS["csv"].write(some_tracks(), out)
    assert precious.read_text() == "mine" and not out.is_symlink()


def test_s24_arguments_are_checked_like_everything_else(tmp_path: Path, canary: Canary) -> None:
    environment_of_it = environment(tmp_path) | {"TOT_CACHE_DIR": str(tmp_path / "c"), "PYTHONSTARTUP": "/nowhere"}
    words = [
        "; touch " + str(canary.file),
        f"$(touch {canary.file})",
        f"`touch {canary.file}`",
        "-x",
        f"http://{canary.address}/",
    ]
    for word in words:
        ended = subprocess.run(
            [sys.executable, "-m", "core.cli", "info", word],
            cwd=ROOT,
            env=environment_of_it,
            capture_output=True,
            text=True,
        )
        assert ended.returncode == 2 and "Traceback" not in ended.stderr, ended.stderr


def test_s25_nothing_leaves_the_machine(tmp_path: Path) -> None:
    """A window, an export and a page in a child whose sockets fail; a refused connection would end it."""
    code = """
import socket, sys
def audit(event, values):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"):
        if event != "socket.connect" or values[0].family != socket.AF_UNIX:
            raise SystemExit(f"NETWORK {event} {values}")
sys.addaudithook(audit)
from pathlib import Path
from core.cli import main
folder = Path(sys.argv[1])
for words in (["info", folder / "set"], ["new", folder / "p.tot", folder / "set"], ["doctor"],
              ["export", folder / "p.tot", "--format", "csv", "--out", folder / "x.csv", "--track", "ground-truth",
               "--videos", "all"]):
    assert main([str(word) for word in words]) == 0, words
from opened import open_in
from totgui.app import make_application
from totgui.main_window import MainWindow
from totgui.session import Session
from totgui.settings import Settings
application = make_application()
window = MainWindow(Session(), Settings())
window.show()
open_in(window, folder / "p.tot")
window.grab()
assert window.session.project is not None
window.close()
print("done")
"""
    layout(tmp_path / "set", "A")
    child = [sys.executable, "-c", code, str(tmp_path)]
    ended = subprocess.run(child, cwd=ROOT, env=environment(tmp_path), capture_output=True, text=True, timeout=500)
    assert ended.returncode == 0 and ended.stdout.rstrip().endswith("done"), ended.stdout + ended.stderr


def test_s26_logs_hold_no_label_and_no_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.events import Failed
    from totgui import hooks

    monkeypatch.setenv("TOT_CACHE_DIR", str(tmp_path / "home" / "cache"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    root = logging.getLogger()
    before = list(root.handlers)
    path = hooks.start_log()
    made = hooks.Hooks(lambda text: None, lambda: True)
    trace = (
        "Traceback (most recent call last):\\n"
        f'  File "{tmp_path}/home/x.py", line 3, in work\\n    raise KeyError(label)\\n'
        "KeyError: 'secret label\\nsecond line'"
    ).replace("\\n", "\n")
    try:
        made.on_event(Failed(job="j", kind="failed", message="secret label", traceback=trace, log=("secret label",)))
        try:
            {}["secret label"]
        except KeyError as error:
            made.uncaught(type(error), error, error.__traceback__)
        logging.getLogger("totgui").error("a\nb\x1b[31m")
    finally:
        for handler in set(root.handlers) - set(before):
            root.removeHandler(handler)
            handler.close()
    text = path.read_text()
    assert "secret" not in text and str(tmp_path / "home") not in text
    assert "KeyError" in text and "x.py" in text and len(text.splitlines()) == 3 and "\x1b" not in text


def test_s27_the_floors_of_dependencies_stand() -> None:
    import re

    import torch

    words = (ROOT / "pyproject.toml").read_text()
    assert re.search(r'"torch>=2\.10', words) and re.search(r'"numpy>=1\.24', words)
    assert tuple(int(n) for n in torch.__version__.split("+")[0].split(".")[:2]) >= (2, 10)
    assert sqlite3.sqlite_version_info >= (3, 37)


def test_the_canary_dies_when_something_runs(tmp_path: Path, canary: Canary) -> None:
    """The control: an unguarded loader does what the payload says."""
    pickle.loads(canary.pickled())  # noqa: S301
    assert canary.file.exists()
    canary.file.rmdir()
