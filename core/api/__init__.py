"""The verbs: what the window and `tot` can ask for, by subject; each is a few lines over the room that works."""

from .activities import Activity, Ending, train_activities, train_project
from .datasets import group, open_dataset, render_demo
from .devices import choose_device, doctor, warm_up
from .features import extract, extract_dataset, extract_project, extractors, require_features
from .handouts import make_kit, plan_kit, write_report
from .labels import (
    edit_label_map,
    export,
    export_preview,
    format_problems,
    formats,
    guess_formats,
    import_effect,
    import_labels,
    own_format,
    plan_import,
)
from .projects import check, create_project, open_project, project_paths, relink, repair, trust, whole_backup
from .review import agreement, list_comments, review_queue, second_reviewer, take_comments
from .runs import list_runs, rename_run
from .scores import evaluate, evaluate_activities, evaluate_global, evaluate_request, label_free, plain, score
from .segmenting import segment, segment_project
from .training import can_go_on, configure, differences, lessons, next_videos, settings_of, sweep, train
from .videos import smooth, video_streams, with_stream

__all__ = [
    "Activity",
    "Ending",
    "agreement",
    "can_go_on",
    "check",
    "choose_device",
    "configure",
    "create_project",
    "differences",
    "doctor",
    "edit_label_map",
    "evaluate",
    "evaluate_activities",
    "evaluate_global",
    "evaluate_request",
    "export",
    "export_preview",
    "extract",
    "extract_dataset",
    "extract_project",
    "extractors",
    "format_problems",
    "formats",
    "group",
    "guess_formats",
    "import_effect",
    "import_labels",
    "label_free",
    "lessons",
    "list_comments",
    "list_runs",
    "make_kit",
    "next_videos",
    "open_dataset",
    "open_project",
    "own_format",
    "plain",
    "plan_import",
    "plan_kit",
    "project_paths",
    "relink",
    "rename_run",
    "render_demo",
    "repair",
    "require_features",
    "review_queue",
    "score",
    "second_reviewer",
    "segment",
    "segment_project",
    "settings_of",
    "smooth",
    "sweep",
    "take_comments",
    "train",
    "train_activities",
    "train_project",
    "trust",
    "video_streams",
    "warm_up",
    "whole_backup",
    "with_stream",
    "write_report",
]
