"""The report of an open project's activity: what is known of it is put together here, the page is drawn elsewhere."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from . import PROJECT, __version__
from .annotation.document import Document
from .annotation.values import Run
from .cache import atomic_write
from .comment_work import list_comments
from .data.dataset import BACKGROUND, UNLABELLED, ActionId, RunId
from .errors import ConfigError
from .evaluation import evaluate_track, label_free_of
from .project import Readable
from .report_page.content import ReportContent, TrackRows
from .report_page.page import report_page
from .run_work import choose_run, shown_run


def write_report(project: Readable, out: Path, run: RunId | None) -> Path:
    """The file that was written: `out`, or `report.html` in it where it is a folder.

    Raises:
        ConfigError: no such run, or no labels of any kind.
    """
    path = out / "report.html" if out.is_dir() else out
    atomic_write(path, report_page(collect(project, run)).encode())
    return path


def collect(project: Readable, run: RunId | None) -> ReportContent:
    """What the report says; `run` None is the newest that is not hidden. Raises ConfigError."""
    document = project.document
    chosen = choose_run(document, run) if run is not None else shown_run(document)
    rows = {video: _rows(document, video, chosen) for video in document.videos}
    if not any(tracks.best() for tracks in rows.values()):
        raise ConfigError("This project has no labels yet: neither ground truth, nor predictions, nor corrections.")
    scores = {}
    for name, track in (("Prediction", "prediction"), ("Corrected", "corrected")):
        if track == "corrected" or chosen is not None:
            with suppress(ConfigError):  # there is nothing of this kind to score
                scores[name] = evaluate_track(project, chosen.id if chosen else None, track=track, level="activity")
    label_free: dict[str, Any] | None = None
    if chosen is not None:
        with suppress(ConfigError):
            label_free = msgspec.to_builtins(label_free_of(project, chosen.id))
    times = [step.ts for step in project.history.done]
    text = document.kit_text
    return ReportContent(
        title=(text.title if text else "") or document.dataset.activity or project.path.stem,
        activity=document.dataset.activity,
        program=f"{PROJECT} {__version__}",
        edited_at=datetime.fromtimestamp(max(times), UTC).isoformat(timespec="seconds") if times else "",
        videos=document.videos,
        actions={a.id: a for a in document.actions.values() if not a.archived},
        rows=rows,
        scores=scores,
        label_free=label_free,
        run=_run_values(document, chosen) if chosen else None,
        curve=[(float(r[0] or 0), float(r[1])) for r in chosen.curve if r[1] is not None] if chosen else (),
        label_map=_label_map(document, chosen) if chosen else (),
        label_map_by_hand=chosen is not None and document.label_maps[chosen.id].is_edited_by_hand,
        commands=commands(document, chosen) if chosen else (),
        findings=document.dataset.findings,
        comments=list_comments(document),
    )


def _rows(document: Document, video: Any, run: Run | None) -> TrackRows:
    prediction = document.predictions.get((run.id, video)) if run else None
    mapped = None
    if run is not None and prediction is not None:
        mapped = prediction.segmentation.mapped(document.label_maps[run.id].table(), default=UNLABELLED)
    status = str(document.review(video).status)
    return TrackRows(document.ground_truth.get(video), mapped, document.corrected.get(video), status)


def _run_values(document: Document, run: Run) -> dict[str, Any]:
    decoders = {p.decoder for (r, _), p in document.predictions.items() if r == run.id}
    return {
        "name": run.full_name,
        "method": run.config.get("method", ""),
        "iterations": run.iterations,
        "device": run.device,
        "stopped_early": run.stopped_early,
        "finished": run.finished,
        "learned": run.learned.words,
        "learned_videos": [document.videos[v].name for v in run.learned.videos if v in document.videos],
        "decoder": ", ".join(sorted(decoders)) or run.config.get("decoder", ""),
        "settings": [(name, _setting(value)) for name, value in _settings(run.config).items()] + _made(run.config),
    }


def _settings(config: Mapping[str, Any]) -> dict[str, Any]:
    """What was set, without what the training recorded beside it."""
    return {name: value for name, value in config.items() if not isinstance(value, Mapping)}


def _made(config: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A digest of the rows that were trained on, and the versions of what computed; nothing for runs of before."""
    made = config.get("made")
    if made is None:
        return []
    versions = ", ".join(f"{name} {version}" for name, version in made["versions"].items())
    return [("data", made["data"]), ("versions", versions)]


def _setting(value: Any) -> str:
    return str(value) if value != "" else "–"


def _label_map(document: Document, run: Run) -> list[tuple[int, str]]:
    names = {int(a.id): a.name for a in document.actions.values()}
    names |= {int(BACKGROUND): "background", int(UNLABELLED): "not mapped"}
    table = document.label_maps[run.id].table()
    return [(cluster, names.get(int(ActionId(target)), str(target))) for cluster, target in table.items()]


def commands(document: Document, run: Run) -> list[str]:
    """The commands that make a project like this one and train, segment and score it like this run."""
    dataset = document.dataset
    words = ["tot", "new", "PROJECT.tot", "DATASET"]
    words += ["--activity", dataset.activity] if len(dataset.activities) > 1 else []
    words += ["--granularity", dataset.granularity] if dataset.granularity else []
    decoder = next((p.decoder for (r, _), p in document.predictions.items() if r == run.id), "")
    segment = ["tot", "segment", "PROJECT.tot", *(["--decoder", decoder] if decoder else [])]
    train = [*train_words(run.config), "--learn-from", run.learned.source]
    lines = [words, train, segment, ["tot", "evaluate", "PROJECT.tot"]]
    return [shlex.join(line) for line in lines]


def train_words(config: Mapping[str, Any]) -> list[str]:
    """`tot train` with every setting stated, so that no preset and no default of a later version can change it."""
    apart = ("method", "preset", "n_clusters", "clusters")
    values = [f"{name}={value}" for name, value in _settings(config).items() if name not in apart and value != ""]
    words = ["tot", "train", "PROJECT.tot", "--method", str(config.get("method", "tot"))]
    words += ["--preset", str(config["preset"])] if config.get("preset") else []
    return [*words, "--clusters", str(config["n_clusters"]), "--set", *values]
