"""The verbs that edit a document: each makes an Edit from present values, or raises EditError."""

from .action_commands import (
    add_action,
    archive_action,
    merge_actions,
    order_actions,
    recolour_action,
    rename_action,
)
from .comment_commands import (
    add_comment,
    delete_comments,
    edit_comment,
    import_comments,
    move_comment,
    resolve_comments,
)
from .import_commands import add_actions, import_tracks
from .kit_commands import set_kit_text, set_step_text
from .map_commands import name_cluster, rematch, set_leftovers, set_lock, set_many_to_one, set_target
from .places_commands import check_places, relabel_places
from .review_commands import accept_prediction, accept_rest_as_background, check_span, set_note, set_review
from .run_commands import rename_run
from .segment_commands import (
    merge,
    move_boundary,
    relabel,
    relabel_like,
    relabel_spans,
    set_span,
    slide,
    split,
    swallow,
)
from .step_commands import name_steps
from .taken_commands import update_taken
from .track_commands import (
    import_track,
    start_from_ground_truth,
    start_unlabelled,
    take_all,
    take_of_another,
    take_prediction,
    take_span,
    take_spans,
)

__all__ = [
    "accept_prediction",
    "accept_rest_as_background",
    "add_action",
    "add_actions",
    "add_comment",
    "archive_action",
    "check_places",
    "check_span",
    "delete_comments",
    "edit_comment",
    "import_comments",
    "import_track",
    "import_tracks",
    "merge",
    "merge_actions",
    "move_boundary",
    "move_comment",
    "name_cluster",
    "name_steps",
    "order_actions",
    "recolour_action",
    "relabel",
    "relabel_like",
    "relabel_places",
    "relabel_spans",
    "rematch",
    "rename_action",
    "rename_run",
    "resolve_comments",
    "set_kit_text",
    "set_leftovers",
    "set_lock",
    "set_many_to_one",
    "set_note",
    "set_review",
    "set_span",
    "set_step_text",
    "set_target",
    "slide",
    "split",
    "start_from_ground_truth",
    "start_unlabelled",
    "swallow",
    "take_all",
    "take_of_another",
    "take_prediction",
    "take_span",
    "take_spans",
    "update_taken",
]
