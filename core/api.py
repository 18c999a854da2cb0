"""The verbs: what the window and `tot` can ask for. Each is a few lines over the room that does the work."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from .data.dataset import Dataset, RunId, Video, VideoId
from .decode.registry import check_name
from .decode.settings import DecoderSettings, with_values
from .errors import ConfigError, DeviceMemoryError, JobError, MediaError
from .events import LogLine, Report, ShouldStop, Started, ignore, never_stop
from .requests import EvaluateRequest, ExtractRequest, ExtractSettings, SegmentRequest, TrainRequest

if TYPE_CHECKING:
    from .annotation.changes import Changes
    from .annotation.learned import Learned
    from .formats.track import ExportSummary
    from .kit.package import KitSummary
    from .kit.plan import KitPlan
    from .kit.source import KitOptions, KitSource
    from .label_import import Effect, ImportPlan, Meanings
    from .media.streams import Stream
    from .metrics.kappa import Agreement
    from .metrics.report import Report as Scores
    from .project import Project, Readable
    from .project_work import Chosen
    from .relink import Match
    from .review.place import DoubtedPlace
    from .second_reviewer import SecondReviewer
    from .tot.config import TrainConfig

DEMO_VIDEOS = 10
DEMO_RATE = Fraction(5)


def open_dataset(
    path: Path | str, *, report: Report = ignore, should_stop: ShouldStop = never_stop, **choices: Any
) -> Dataset:
    """What a folder holds, with problems as rows; `choices` are the keyword arguments of `layouts.scan`."""
    from .data.layouts import scan
    from .media.index import probe

    return scan(Path(path).absolute(), probe=probe, report=report, should_stop=should_stop, **choices)


def create_project(path: Path | str, dataset: Dataset) -> Project:
    """A new project that refers to a dataset and holds its ground truth; the caller closes it."""
    from .annotation.segmentation import Segmentation
    from .data.labels import load_ground_truth
    from .project import Project

    truth = {
        video.id: Segmentation.from_frames(load_ground_truth(dataset, video))
        for video in dataset.videos
        if video.ground_truth is not None
    }
    return Project.create(Path(path), dataset, ground_truth=truth)


def open_project(path: Path | str, *, read_only: bool = False) -> Project:
    """An open project; the caller closes it."""
    from .project import Project

    return Project.open(Path(path), read_only=read_only)


def choose_device(name: str = "auto") -> tuple[str, str]:
    """The device for torch and the reason in words. Raises ConfigError when a named one is not there."""
    from .device import choose_device as choose

    return choose(name)


def configure(
    dataset: Dataset,
    *,
    method: str | None = None,
    preset: str | None = None,
    n_clusters: int | Literal["auto"] | None = None,
    iterations: int | None = None,
    seed: int | None = None,
    seeds: int | None = None,
    values: Mapping[str, str] | None = None,
    official_compatible: bool = False,
    at_least: int = 0,
) -> TrainConfig:
    """The settings of a training: a preset (one that fits the dataset when None), its method or another, values.

    K comes from the actions of the dataset where neither preset nor caller states it, is found by the training where
    it is ``auto``, and is in both cases no less than
    `at_least`, such as the number of actions that a person used. `official_compatible` takes the settings of the
    released code (METHOD 12) where they are settings here.
    """
    from .tot import config, presets

    name = preset or presets.default_preset(dataset)
    is_open = n_clusters == "auto"
    if n_clusters == "auto":
        n_clusters = max(config.START_CLUSTERS, at_least)
    elif n_clusters is None:  # 0 is an answer, and a wrong one: it is refused with the range
        n_clusters = max(presets.clusters_for(name, dataset) or 0, at_least) or None
    chosen = presets.preset(name, method=method, n_clusters=n_clusters)
    stated = dict(values or {}) | ({"clusters": "auto"} if is_open else {})
    if iterations is not None:
        stated["iterations"] = str(iterations)
    if seed is not None:
        stated["seed"] = str(seed)
    if seeds is not None:
        stated["seeds"] = str(seeds)
    if official_compatible:
        n_iterations = int(stated.get("iterations", chosen.iterations))
        stated = presets.official(chosen, n_iterations) | stated
    return config.with_values(chosen, stated)


def settings_of(project: Project, run: RunId | None) -> TrainConfig:
    """The settings of an earlier run (the newest when None), to train again with."""
    from .project_work import choose_run
    from .tot.config import TrainConfig

    return msgspec.convert(dict(choose_run(project.document, run).config), TrainConfig)


def lessons(
    project: Project, learn_from: str | None = None, *, method: str = "", again: RunId | None = None
) -> Learned:
    """The corrections of a project that a training can learn from; see `core.learning_work.lessons_for`."""
    from .learning_work import lessons_for
    from .project_work import choose_run

    run = None if again is None else choose_run(project.document, again)
    return lessons_for(project.document, learn_from, method=method, again=run)


def next_videos(project: Project, run: RunId | None = None, *, count: int = 5) -> tuple[RunId, list[VideoId]]:
    """The run that was gone by (the newest when None), and the videos to correct next, best first; no labels used.

    Raises ConfigError: no run, a run without scores, or a count below 1.
    """
    from .learning_work import next_videos as next_of
    from .project_work import choose_run

    if count < 1:
        raise ConfigError(f"{count} videos to name; wanted 1 or more.")
    chosen = choose_run(project.document, run)
    return chosen.id, next_of(project.document, chosen.id, count)


def warm_up() -> None:
    """Load the heavy libraries ahead of need."""
    from .tot.devices import load_optimiser
    from .work import segmenting, training  # noqa: F401 - the import is the work

    load_optimiser()


def train(
    request: TrainRequest,
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
    pinned: Callable[[], str] | None = None,
) -> dict[str, Any]:
    """The manifest of a finished training (weights, config, losses, curve); see `core.work.training`."""
    device, reason = choose_device(request.device)
    report(Started(text="Training", device=device, device_reason=reason))
    report(LogLine(text=f"device {device}: {reason}"))
    from .device import memory_explained
    from .work import training

    with memory_explained(device):
        return training.train(request, device=device, report=report, should_stop=should_stop, pinned=pinned)


def segment(
    request: SegmentRequest, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> dict[str, Any]:
    """Segments and paths of matrices of every video, on the processor where the device has no room for them."""
    device, reason = choose_device(request.device)
    report(Started(text="Segmenting", device=device, device_reason=reason))
    from .device import memory_explained
    from .work import segmenting

    try:
        with memory_explained(device):
            return segmenting.segment(request, device=device, report=report, should_stop=should_stop)
    except DeviceMemoryError as error:
        if device == "cpu":
            raise
        report(LogLine(text=f"{error} The processor segments instead; that is slower.", level="warning"))
    with memory_explained("cpu"):
        return segmenting.segment(request, device="cpu", report=report, should_stop=should_stop)


def extract(
    request: ExtractRequest, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> dict[str, Any]:
    """Features of videos as matrices in a folder; see `core.work.extracting`."""
    from .work import extracting

    name, asked = request.settings.extractor, request.settings.device
    if extracting.uses_device(name):
        device, reason = choose_device(asked)
    elif asked in ("auto", "cpu"):
        device, reason = "cpu", "this extractor runs on the processor"
    else:
        raise ConfigError(f"The extractor {name} runs on the processor only; leave the device {asked} out.")
    report(Started(text="Extracting features", device=device, device_reason=reason))
    from .device import memory_explained

    with memory_explained(device):
        return extracting.extract(request, device=device, report=report, should_stop=should_stop)


def extractors() -> list[dict[str, Any]]:
    """Name, label, file that it takes, and presence of every extractor, as plain values; none is loaded."""
    from .extract.registry import KINDS, default_extractor

    best = default_extractor()
    return [
        {
            "name": kind.name,
            "label": kind.label,
            "about": kind.about,
            "dimensions": kind.dimensions,
            "file": kind.file,
            "needs_file": kind.needs_file,
            "uses_device": kind.uses_device,
            "installed": kind.is_installed,
            "default": kind.name == best,
        }
        for kind in KINDS.values()
    ]


def extract_project(
    project: Project,
    settings: ExtractSettings,
    out: Path | None = None,
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Make features of a project's videos and attach them; the job's result. They lie in the cache without `out`."""
    from . import feature_work

    request = feature_work.project_request(project, settings, out)
    found = extract(request, report=report, should_stop=should_stop)
    feature_work.attach(project, found)
    return found


def extract_dataset(
    path: Path | str,
    settings: ExtractSettings,
    out: Path | None = None,
    *,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Make features of every video in a folder, of all its activities; the job's result.

    `failed` holds the videos that cannot be read as well. They lie in the cache without `out`.
    """
    from . import feature_work

    first = open_dataset(path, report=report, should_stop=should_stop)
    rest = [open_dataset(path, activity=a, should_stop=should_stop) for a in first.activities if a != first.activity]
    videos: dict[str, Path] = {}
    unreadable: dict[str, str] = {}
    for dataset in (first, *rest):
        videos |= {video.id: video.media for video in dataset.videos if video.media is not None}
        unreadable |= {p.video: str(p) for p in dataset.problems if p.severity == "error" and p.video is not None}
    request = feature_work.extract_request(first.root, videos, settings, out)
    found = extract(request, report=report, should_stop=should_stop)
    found["failed"] = {v: text for v, text in unreadable.items() if v not in videos} | found["failed"]
    return found


def relink(
    project: Project, folder: Path | str, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> tuple[Match, ...]:
    """Look below a folder for the project's missing files and use those that are found; see `core.relink`."""
    from . import relink as work

    dataset = project.document.dataset
    matches = work.search(dataset, work.lost_files(dataset), Path(folder), report=report, should_stop=should_stop)
    work.apply(project, matches)
    return matches


def video_streams(path: Path | str) -> tuple[Stream, ...]:
    """The video streams of a file. Raises MediaError."""
    from .media.streams import video_streams as streams

    return streams(Path(path).absolute())


def with_stream(video: Video, number: int) -> Video:
    """A video with pictures from another stream of its file. Raises MediaError where its labels do not fit."""
    from .media.streams import with_stream as chosen

    return chosen(video, number)


def smooth(
    source: Path | str,
    *,
    everything: bool = False,
    delete: bool = False,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> list[dict[str, Any]]:
    """Make or delete the proxies of a video, a project's videos, or a dataset's; a row of plain values for each.

    Without `everything` videos in which seeking is fast are left alone.
    """
    from .media import proxy
    from .media.index import load_index

    rows: list[dict[str, Any]] = []
    for name, media in _videos_of(Path(source).absolute()).items():
        row: dict[str, Any] = {"video": name, "proxy": None, "note": "", "error": None}
        try:
            if delete:
                row["note"] = f"{proxy.delete_proxy(media):,} bytes are free"
            elif everything or proxy.is_long_way(load_index(media)):
                row["proxy"] = str(proxy.make_proxy(media, report=report, should_stop=should_stop).path)
            else:
                row["note"] = "seeking is fast; no proxy is needed"
        except MediaError as error:
            row["error"] = str(error)
        rows.append(row)
    return rows


def _videos_of(source: Path) -> dict[str, Path]:
    """The video files of a project or dataset by name, or the one file that was named."""
    if source.suffix == ".tot" and source.is_file():
        with open_project(source, read_only=True) as project:
            videos = list(project.document.videos.values())
    elif source.is_dir():
        videos = list(open_dataset(source).videos)
    else:
        return {source.name: source}
    return {video.name: video.media for video in videos if video.media is not None}


def group(
    path: Path | str,
    out: Path | str,
    n_groups: int,
    *,
    seed: int = 0,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Put the videos of a folder into groups that show the same things, a new project each; see `core.group_work`.

    The activities that the folder names take no part; the answer says how pure the groups are against them.
    """
    from .group_work import group_dataset

    first = open_dataset(path, report=report, should_stop=should_stop)
    rest = [open_dataset(path, activity=a, should_stop=should_stop) for a in first.activities if a != first.activity]
    return group_dataset([first, *rest], Path(out).absolute(), n_groups, seed=seed, report=report)


def evaluate_request(request: EvaluateRequest) -> dict[str, Any]:
    """Scores of a request as plain values."""
    from .device import memory_explained
    from .work import scoring

    with memory_explained("cpu"):
        return plain(scoring.evaluate(request))


def plain(report: Scores) -> dict[str, Any]:
    """A report as the plain values of its JSON (CLI.md)."""
    values: dict[str, Any] = msgspec.to_builtins(report, str_keys=True, enc_hook=lambda number: number.item())
    return values


def require_features(project: Project) -> None:
    """Nothing; raises InputError, which names the verb that makes them, where no video has usable features."""
    from .project_work import usable_videos

    usable_videos(project)


def train_project(
    project: Project,
    config: Any,
    *,
    resume: RunId | None = None,
    learned: Learned | None = None,
    device: str = "auto",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> tuple[RunId, dict[str, Any]]:
    """Train on the project's usable videos and add the run; its id and the manifest.

    `resume` is a run that was stopped; the training goes on where it stood, and learns from what it began with.
    `learned` are the corrections to learn from (see `lessons`), none when None.
    """
    from . import run_folder
    from .project_work import NOTHING, add_run, train_request

    request = train_request(project, config, device, resume=resume, learned=learned or NOTHING)
    try:
        result = train(request, report=report, should_stop=should_stop)
    except BaseException:
        run_folder.remove(Path(request.out))
        raise
    run = add_run(project, result, parent=resume)
    if not project.flush(60):
        reason = project.saved_state().reason
        raise JobError(f"The run is not on disk ({reason}).", hint=f"Its weights stay in {request.out}.")
    return run, result


def sweep(
    project: Project,
    base: TrainConfig,
    grid: dict[str, list[str]],
    *,
    seeds: int = 3,
    device: str = "auto",
    cluster: str = "",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> dict[str, Any]:
    """Every combination of a grid's settings from several seeds, here or on a cluster; see `core.sweep_work`."""
    from .sweep_work import sweep_project

    chosen = device if cluster else choose_device(device)[0]
    return sweep_project(
        project,
        base,
        grid,
        seeds=seeds,
        device="cpu" if chosen == "auto" else chosen,
        cluster=cluster,
        report=report,
        should_stop=should_stop,
    )


def segment_project(
    project: Project,
    run: RunId | None = None,
    *,
    decoder: str | None = None,
    settings: Mapping[str, str] | None = None,
    device: str = "auto",
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> tuple[RunId, Changes]:
    """Write a prediction track for every usable video; the run (the newest when None) and what changed.

    `decoder` None is the run's own; `settings` are values of the decoder as text (`core.decode.settings.FIELDS`).
    Raises ConfigError for an unknown decoder or setting, and for a value outside its range.
    """
    from .project_work import predictions_of, segment_request

    if decoder is not None:
        check_name(decoder)
    with_values(DecoderSettings(), settings or {})
    request = msgspec.structs.replace(segment_request(project, run, decoder, device), settings=dict(settings or {}))
    try:
        result = segment(request, report=report, should_stop=should_stop)
        predictions = predictions_of(project.document, RunId(request.run), result)
    except BaseException:
        shutil.rmtree(request.out, ignore_errors=True)
        raise
    finally:
        Path(request.weights).unlink(missing_ok=True)
    return RunId(request.run), project.add_predictions(predictions)


def evaluate(
    project: Readable,
    run: RunId | None = None,
    *,
    track: str = "prediction",
    level: str = "activity",
    kmeans: bool = False,
    split_sil: str | None = None,
) -> Scores:
    """Scores of a run's predictions or of the corrected labels against ground truth.

    `kmeans` puts k-means of the features beside the other baselines; `split_sil` names the action that is read as
    two, at the start and at the end of a video. Both are off because they cost time, or comparability.
    """
    from .evaluation import evaluate_track

    return evaluate_track(project, run, track=track, level=level, kmeans=kmeans, split_sil=split_sil)


def label_free(project: Readable, run: RunId | None = None) -> dict[str, Any]:
    """What can be said of a run's predictions without ground truth, as plain values."""
    from .evaluation import label_free_of

    found: dict[str, Any] = msgspec.to_builtins(label_free_of(project, run))
    return found


def edit_label_map(
    project: Project,
    run: RunId | None = None,
    *,
    targets: Mapping[int, str] | None = None,
    lock: Sequence[int] = (),
    rematch: bool = False,
    leftovers: str | None = None,
    many_to_one: bool | None = None,
) -> dict[str, Any]:
    """The label map of a run as plain values, after the edits that were asked for.

    `leftovers` says what becomes of clusters without a partner: ``unmapped`` (counted as wrong), ``background`` or
    ``largest``, the action that they share most frames with, which turns many-to-one on.
    """
    from .project_work import edit_map

    return edit_map(
        project,
        run,
        targets=targets or {},
        lock=lock,
        rematch=rematch,
        leftovers=leftovers,
        many_to_one=many_to_one,
    )


def export(
    project: Readable,
    format: str,
    out: Path | str,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
    unlabelled_as_background: bool = False,
) -> ExportSummary:
    """Write labels in one of the formats; what was written, and what the format could not carry."""
    from .project_work import export_tracks

    return export_tracks(
        project,
        format,
        Path(out),
        track=track,
        videos=videos,
        run=run,
        unlabelled_as_background=unlabelled_as_background,
    )


def export_preview(
    project: Readable,
    format: str,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
    unlabelled_as_background: bool = False,
) -> tuple[str, str]:
    """Name and text of the first file that an export of the first of the chosen videos would write."""
    from .project_work import export_preview as preview

    return preview(
        project, format, track=track, videos=videos, run=run, unlabelled_as_background=unlabelled_as_background
    )


def guess_formats(path: Path | str) -> list[str]:
    """Names of the formats that a file or folder of labels may be of, the likeliest first."""
    from .formats.guess import guess_formats as guess

    return guess(Path(path).absolute())


def plan_import(
    project: Readable, paths: Sequence[Path | str], *, format: str | None = None, target: str = "corrected"
) -> ImportPlan:
    """What label files would change, with every problem and its place; nothing is changed.

    Without a format the first file says which it is. Raises ConfigError where no format fits, InputError.
    """
    from .formats.registry import find_format
    from .label_import import plan_import as plan

    name = format or next(iter(guess_formats(paths[0])), None)
    if name is None:
        raise ConfigError(f"{paths[0]}: no format can read it. Name one: tot export --format list shows them.")
    form = find_format(name)
    if form.decode is None:
        raise ConfigError(f"{form.label} can be written, but not read.")
    return plan(project.document, form.read([Path(p).absolute() for p in paths]), format=name, target=target)


def import_effect(project: Project, plan: ImportPlan, row: int, *, names: Meanings | None = None) -> Effect | None:
    """How many frames one row of a plan would change; None for a row that cannot be imported."""
    from .label_import import effect

    return effect(project.document, plan, row, names)


def import_labels(
    project: Project, plan: ImportPlan, rows: Collection[int] | None = None, *, names: Meanings | None = None
) -> Changes:
    """Take the rows of a plan (those that it proposes when None) into the project, as one edit.

    Ground truth is no edit but an arrival; new actions that it needs are one. Raises EditError.
    """
    from . import label_import
    from .annotation.commands import add_actions

    chosen = plan.proposed if rows is None else rows
    document, meanings = project.document, plan.names if names is None else names
    if plan.target == label_import.CORRECTED:
        return project.edit(label_import.import_edit(document, plan, chosen, meanings))
    tracks = label_import.chosen_tracks(document, plan, chosen, meanings)
    fresh = label_import.new_actions(document, plan, chosen, meanings)
    if fresh:
        project.edit(add_actions(document, fresh))
    return project.add_ground_truth(tracks)


def review_queue(
    project: Project, run: RunId | None = None, *, report: Report = ignore, should_stop: ShouldStop = never_stop
) -> list[DoubtedPlace]:
    """The places of a project where a correction is most likely, the largest first; see `core.review_work`."""
    from .project_work import choose_run, shown_run
    from .review_work import review_places

    document = project.document
    chosen = choose_run(document, run) if run is not None else shown_run(document)
    return review_places(document, chosen.id if chosen else None, report=report, should_stop=should_stop)


def second_reviewer(project: Project, path: Path | str) -> SecondReviewer:
    """Another person's labels of the project's videos; see `core.second_reviewer`."""
    from .second_reviewer import read_second_reviewer

    return read_second_reviewer(project.document, Path(path).absolute())


def agreement(project: Project, path: Path | str) -> tuple[SecondReviewer, Agreement, dict[VideoId, Agreement]]:
    """How far the corrected labels agree with another person's: over all videos, and video by video."""
    from .second_reviewer import agreement as agree

    second = second_reviewer(project, path)
    return second, *agree(project.document, second.tracks)


def plan_kit(
    project: Readable,
    options: KitOptions,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
) -> tuple[KitSource, KitPlan]:
    """What a training kit would be made of, and what it would hold; nothing is written."""
    from .kit.plan import plan_kit as plan
    from .kit_work import kit_source

    source = kit_source(project, track=track, videos=videos, run=run)
    return source, plan(source, options)


def make_kit(
    project: Readable,
    out: Path | str,
    options: KitOptions,
    *,
    track: str = "corrected",
    videos: Chosen = "accepted",
    run: RunId | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> KitSummary:
    """Write the training kit of the chosen videos: a folder that appears when it is complete."""
    from .kit.package import write_kit
    from .kit_work import kit_source

    source = kit_source(project, track=track, videos=videos, run=run)
    return write_kit(source, options, Path(out), report=report, should_stop=should_stop)


def write_report(project: Readable, out: Path | str, *, run: RunId | None = None) -> Path:
    """Write the report of the activity as one HTML file; where it went."""
    from .report_work import write_report as write

    return write(project, Path(out).absolute(), run)


def score(
    ground_truth: Path | str,
    prediction: Path | str,
    *,
    mapping: Path | str | None = None,
    level: str = "activity",
    background: Sequence[str] = (),
    split_sil: str | None = None,
) -> Scores:
    """Scores of label files against label files, no project needed; see `core.score_files.score_files`."""
    from .score_files import score_files

    return score_files(
        Path(ground_truth),
        Path(prediction),
        mapping=Path(mapping) if mapping else None,
        level=level,
        background=background,
        split_sil=split_sil,
    )


def check(path: Path | str) -> list[str]:
    """The findings of a full check of a project file; empty when every row is whole."""
    from .project_work import check_project

    return check_project(Path(path))


def repair(path: Path | str, out: Path | str) -> dict[str, Any]:
    """What could be saved of a damaged project into the new file `out`, as plain values."""
    from .project_work import repair_project

    return repair_project(Path(path), Path(out))


def render_demo(
    out: Path | str,
    *,
    n_videos: int | None = None,
    seed: int = 0,
    report: Report = ignore,
    should_stop: ShouldStop = never_stop,
) -> Path:
    """The folder of the demo dataset, rendered unless it is there already and whole."""
    from .demo.render import render_demo as render
    from .extract.registry import default_extractor, make_extractor
    from .extract.single import extract_features

    if n_videos is not None and n_videos < 1:
        raise ConfigError(f"{n_videos} videos were asked for; wanted at least 1.")
    folder = Path(out).absolute()
    extractor = cache(lambda: make_extractor(default_extractor()))  # made once, and not at all where the demo is there
    return render(
        folder,
        extract=lambda media: extract_features(media, extractor(), DEMO_RATE, should_stop=should_stop),
        videos=n_videos or DEMO_VIDEOS,
        seed=seed,
        report=report,
        should_stop=should_stop,
    )


def doctor() -> dict[str, Any]:
    """Versions, device, codecs, cache size and missing libraries, as plain values."""
    from .device import doctor as examine

    return examine()


def formats() -> list[dict[str, Any]]:
    """Every exchange format as plain values: ours, and those of installed packages."""
    from .formats.registry import FORMATS, all_formats

    return [
        {
            "name": f.name,
            "label": f.label,
            "group": f.group,
            "suffix": f.suffix,
            "extension": f.extension,
            "read": f.decode is not None,
            "losses": list(f.losses),
            "in_seconds": f.in_seconds,
            "has_gaps": f.has_gaps,
            "built_in": f.name in FORMATS,
        }
        for f in all_formats().values()
    ]


def format_problems() -> list[str]:
    """What is wrong with format plug-ins that are installed and cannot be used."""
    from .formats.registry import plugin_problems

    return [str(problem) for problem in plugin_problems()]
