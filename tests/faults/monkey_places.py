"""Other projects that the monkey opens: without videos, with lost ones, damaged, held, read-only, of strange names."""

from __future__ import annotations

import gzip
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.annotation import commands
from core.annotation.segmentation import Segmentation
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.project import Project

from .kills import OLD
from .latency import a_long_project
from .outcome import ROOT

PRISTINE = "set as it was"
STRANGE = "żółć <b>x & 'q' %s {0} 🔧\u202e"
HOSTILE = (
    '<img src="file:///etc/hostname">', "<b>x</b>", "&amp; &File", "\u202eשלום", "=1+1", "x" * 240, "a / b", "%n %s",
    "{0}", "</script><script>1</script>", "👩‍🏭", "-", ".", "CON", "'; DROP TABLE edit; --", " ",
)  # fmt: skip
_HOLD = """
import sys; from pathlib import Path; from core.project import Project
p = Project.open(Path(sys.argv[1])); print("open", flush=True); sys.stdin.read(); p.close()
"""
Kept = list[subprocess.Popen[bytes]]


def whole(project: Path, folder: Path) -> Path:
    """The dataset and the project once more in a folder of their own."""
    from core import api

    folder.mkdir(parents=True)
    shutil.copytree(project.parent / PRISTINE, folder / "set")
    path = folder / f"{STRANGE}.tot"
    with api.create_project(path, api.open_dataset(folder / "set")) as made:
        video = next(iter(made.document.videos))
        made.edit(commands.start_from_ground_truth(made.document, video))
    return path


def features_only(project: Path, folder: Path) -> Path:
    """No videos at all."""
    from core import api

    folder.mkdir()
    for name in ("features", "groundTruth", "mapping"):
        shutil.copytree(project.parent / PRISTINE / name, folder / "set" / name)
    api.create_project(folder / "p.tot", api.open_dataset(folder / "set")).close()
    return folder / "p.tot"


def all_lost(project: Path, folder: Path) -> Path:
    """Videos, features and labels are gone."""
    path = whole(project, folder)
    shutil.rmtree(folder / "set")
    return path


def damaged(project: Path, folder: Path) -> Path:
    """A page in the middle is full of other bytes."""
    path = whole(project, folder)
    content = bytearray(path.read_bytes())
    at = len(content) // 2 // 4096 * 4096
    content[at : at + 600] = bytes(range(200)) * 3
    path.write_bytes(content)
    return path


def hostile(project: Path, folder: Path) -> Path:
    """Names of videos and actions that want to be something else."""
    folder.mkdir()
    videos = tuple(Video(VideoId(name), name, Timebase(300)) for name in HOSTILE if name.strip())
    actions = tuple(Action(ActionId(n), name, "#336699") for n, name in enumerate(HOSTILE) if name.strip())
    track = Segmentation(np.arange(0, 300, 30), np.array([a.id for a in actions[:10]]), 300)
    made = Project.create(
        folder / "p.tot", Dataset(folder, HOSTILE[0], videos, actions), ground_truth={v.id: track for v in videos}
    )
    made.edit(commands.start_from_ground_truth(made.document, videos[0].id))
    made.close()
    return folder / "p.tot"


def large(project: Path, folder: Path) -> Path:
    """Many videos with long tracks, and no files to them."""
    folder.mkdir()
    a_long_project(folder / "p.tot", n_videos=60, n_frames=60_000, n_segments=500).close()
    return folder / "p.tot"


def old(project: Path, folder: Path) -> Path:
    """A project of the first format."""
    folder.mkdir()
    (folder / "p.tot").write_bytes(gzip.decompress(OLD.read_bytes()))
    return folder / "p.tot"


def read_only(project: Path, folder: Path) -> Path | None:
    """On a medium that cannot be written; None where none can be made, or it would outlive us."""
    path = whole(project, folder)
    if "TOT_OWN_MOUNTS" not in os.environ:
        return None
    for words in (["--bind", str(folder), str(folder)], ["-o", "remount,bind,ro", str(folder)]):
        if subprocess.run(["mount", *words], capture_output=True).returncode:
            return None
    return path


class Places:
    """Each kind of project, made when it is chosen first."""

    MAKERS: tuple[Callable[[Path, Path], Path | None], ...] = (
        whole, features_only, all_lost, damaged, hostile, large, old, read_only,
    )  # fmt: skip

    def __init__(self, project: Path) -> None:
        self.project = project
        shutil.copytree(project.parent / "set", project.parent / PRISTINE)  # files of the set come and go
        self._made: dict[str, Path | None] = {}
        self._holder: subprocess.Popen[bytes] | None = None

    def choose(self, dice: random.Random) -> tuple[str, Path]:
        """A kind and its project; often the one that the monkey began with."""
        if dice.random() < 0.4:
            return "the first one", self.project
        if dice.random() < 0.12:
            return "one that is held", self._held()
        make = dice.choice(self.MAKERS)
        name = make.__name__.replace("_", " ")
        if name not in self._made:
            self._made[name] = make(self.project, self.project.parent / f"{name} {STRANGE}")
        return name, self._made[name] or self.project

    def _held(self) -> Path:
        """Another process has it open."""
        path = self.project.parent / "held" / f"{STRANGE}.tot"
        if self._holder is None:
            whole(self.project, path.parent)
            self._holder = subprocess.Popen(
                [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )  # fmt: skip
            assert self._holder.stdout is not None and self._holder.stdout.readline().strip() == b"open"
        return path

    def end(self) -> None:
        """The other process lets go."""
        if self._holder is not None:
            self._holder.communicate(timeout=300)


def odd_files(folder: Path, project: Path) -> list[Path]:
    """What may be dropped on the window or named in a dialog, and is not what it looks like."""
    odd = folder / "odd"
    odd.mkdir()
    (odd / "dir.tot").mkdir()
    (odd / "empty.tot").write_bytes(b"")
    (odd / "text.tot").write_text("a project\n" * 99)
    (odd / "clip.mp4").write_bytes(bytes(range(256)) * 40)
    (odd / "list.mp4").write_text("#EXTM3U\nhttp://127.0.0.1:9/x.ts\n")
    (odd / "<b>x & %s.txt").write_text("reach\nturn\n<b>what</b>\n")
    (odd / "deep.json").write_text("[" * 100_000)
    (odd / "laughs.eaf").write_text('<!DOCTYPE x [<!ENTITY a "aaaa">]><ANNOTATION_DOCUMENT>&a;</ANNOTATION_DOCUMENT>')
    (odd / "bom.csv").write_bytes(b"\xff\xfev\x00i\x00")
    (odd / "text.npy").write_text("1 2 3\n")
    with (odd / "huge.npy").open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": (10**6, 10**5)})
        stream.truncate(3 << 30)
    with (odd / "huge.txt").open("wb") as stream:
        stream.truncate(3 << 30)
    (odd / "loop").symlink_to(odd / "loop")
    (odd / "above").symlink_to(odd, target_is_directory=True)
    (odd / "device.txt").symlink_to("/dev/zero")
    (odd / "outside.txt").symlink_to("/etc/passwd")
    os.mkfifo(odd / "pipe.txt")
    os.mkfifo(odd / "pipe.tot")
    shutil.copyfile(project, odd / "copy.tot")
    newer = bytearray(project.read_bytes())
    newer[60:64] = (999).to_bytes(4, "big")
    (odd / "newer.tot").write_bytes(newer)
    (odd / "torn.tot").write_bytes(project.read_bytes()[:9000])
    return sorted(odd.iterdir())
