"""F13: coverage-guided fuzzing, with atheris, of what reads text, mappings, JSON, XML and tables of other programs."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from .outcome import ROOT, Outcome, environment, progress, python

READERS = (
    "labels",
    "mapping",
    "eaf",
    "json",
    "textgrid",
    "csv",
    "boris",
    "vtt",
    "srt",
    "ffmetadata",
    "text matrix",
    "project row",
)


def readers(count: int, seed: int, folder: Path) -> Outcome:
    """`count` seconds of each reader; inputs that raise anything but an error of the tree are failures."""
    if importlib.util.find_spec("atheris") is None:
        return Outcome(0, skipped="atheris is not installed")
    with ThreadPoolExecutor(2) as two:
        found = list(two.map(partial(_one_reader, count, seed, folder), READERS))
    figures: dict[str, object] = {"each, s": count}
    for name, (done, covered, _) in zip(READERS, found, strict=True):
        figures[name] = f"{done:,} inputs, {covered:,} edges"
    return Outcome(sum(done for done, _, _ in found), tuple(text for *_, text in found if text), figures)


def _one_reader(count: int, seed: int, folder: Path, name: str) -> tuple[int, int, str]:
    """Inputs that were tried, edges of the code that they reached, what was found."""
    place = folder / name.replace(" ", "-")
    place.mkdir()
    words = python("-m", "faults.fuzz", name, str(count), str(seed + 1), str(place))
    ended = subprocess.run(
        words, cwd=ROOT, env=environment(folder), capture_output=True, text=True, timeout=count + 500
    )
    runs = re.findall(r"#(\d+)\s.*?cov: (\d+)", ended.stderr)
    done, covered = map(int, runs[-1]) if runs else (0, 0)
    found = sorted(place.glob("crash-*")) + sorted(place.glob("timeout-*")) + sorted(place.glob("oom-*"))
    text = ""
    if found or not done:
        trace = [line for line in ended.stderr.splitlines() if "Error" in line or "Exception" in line][-3:]
        content = found[0].read_bytes()[:120] if found else b""
        text = f"{name}: {' '.join(trace)} on {content!r} {ended.stderr[-200:] if not done else ''}"
    progress(f"F13: {name}: {done:,} inputs, {covered:,} edges, {text or 'nothing found'}")
    return done, covered, text


def main(name: str, seconds: int, seed: int, place: Path) -> None:
    """One reader in this process, until the time is over or something is found."""
    import sys

    import atheris

    with atheris.instrument_imports(include=["core"]):
        from core.data import labels, mappings, text_matrix  # noqa: F401
        from core.data.npy import NpyWriter  # noqa: F401
        from core.errors import TotError
        from core.formats.registry import FORMATS
        from core.store import pack, rows

    path = place / "input"

    def read(data: bytes) -> None:
        if name == "project row":
            import json

            try:
                rows.unpack_video(json.loads(data), b"", Path("/x"))
            except (ValueError, KeyError, TypeError, ZeroDivisionError, AttributeError, OverflowError, RecursionError):
                return  # the loader of a project has one outer edge that takes these (`check.read_document`)
            pack.unpack_track(data)
            return
        path.write_bytes(data)
        if name == "labels":
            labels.read_labels(path)
        elif name == "mapping":
            labels.read_mapping(path)
        elif name == "text matrix":
            text_matrix.text_shape(path)
            with path.open("rb") as stream:
                for _ in text_matrix.read_rows(stream, path):
                    pass
        else:
            FORMATS[name].read([path])

    def one(data: bytes) -> None:
        with suppress(TotError):
            read(data)

    (place / "corpus").mkdir()
    _seeds(name, place / "corpus")
    arguments = [
        sys.argv[0],
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        "-timeout=5",
        "-rss_limit_mb=2000",
        "-max_len=4096",
    ]
    atheris.Setup([*arguments, f"-artifact_prefix={place}/", str(place / "corpus")], one)
    atheris.Fuzz()


def _seeds(name: str, corpus: Path) -> None:
    """A whole file of the kind to begin with."""
    from format_tracks import some_tracks

    from core.formats.registry import FORMATS

    plain = {
        "labels": b"reach\n" * 5, "mapping": b"0 reach\n1 turn\n", "text matrix": b"1.0 2.0\n3e-4 nan\n",
        "project row": b'{"id":"v","name":"v","n_frames":9,"rate":"25","picture_ratio":"1","n_rows":9,"stride":"1",'
        b'"rows_average":false,"row_frames":null,"n_dimensions":0,"transposed":false,"is_trainable":true,'
        b'"media_path":null,"features_path":"a/b","ground_truth_path":null}',
    }  # fmt: skip
    if name in plain:
        (corpus / "whole").write_bytes(plain[name])
        return
    FORMATS[name].write(some_tracks(), corpus / "made")
    files = (
        [p for p in (corpus / "made").rglob("*") if p.is_file()] if (corpus / "made").is_dir() else [corpus / "made"]
    )
    for number, path in enumerate(files[:3]):
        os.replace(path, corpus / f"whole-{number}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
