"""Scores over several projects at once, as where the activity of a video was not known (CTE, section 4.7).

One Hungarian matching joins the clusters of all projects to the actions of all projects. A video that was put into the
wrong group can still be right there: its frames lie in clusters of that group, which may be another activity's action.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .annotation.map_notes import merge_notes
from .annotation.segmentation import Segmentation
from .data.dataset import UNLABELLED
from .errors import ConfigError
from .evaluation import track_of
from .metrics.baselines import equal_cut
from .metrics.report import Clustering, evaluate
from .metrics.report import Report as Scores
from .metrics.segments import Labels
from .project import Readable


def evaluate_global(projects: Sequence[Readable]) -> Scores:
    """Scores of the newest run of each project, matched over all of them.

    Actions of one name are one action. The baselines cut each video into as many parts as its own project has actions,
    and give each project one class: they know the groups, and nothing else.

    Raises ConfigError: no project, the same one twice, or one with nothing to score.
    """
    if not projects:
        raise ConfigError("The global level scores one project or more; none was named.")
    twice = [path for path, count in Counter(project.path.resolve() for project in projects).items() if count > 1]
    if twice:
        raise ConfigError(f"{twice[0]} is named twice.")
    numbers: dict[str, int] = {}
    truths: dict[str, Labels] = {}
    found: dict[str, Labels] = {}
    equal: dict[str, Labels] = {}
    whole: dict[str, Labels] = {}
    clusters: dict[str, int] = {}
    parts: dict[str, int] = {}
    n_clusters = n_parts = 0
    for number, project in enumerate(projects):
        document = project.document
        tracks, count, _ = track_of(project, None, "prediction")
        assert count is not None  # predictions are clusters
        table = {int(a.id): numbers.setdefault(a.name, len(numbers)) for a in document.actions.values()}
        scored = [video for video in tracks if video in document.ground_truth]
        mine = {video: document.ground_truth[video].mapped(table, default=UNLABELLED) for video in scored}
        present = len({label for truth in mine.values() for label in truth.labels.tolist() if label >= 0})
        for video, truth in mine.items():
            name = f"{project.path.stem}/{document.videos[video].name}"
            truths[name] = truth
            found[name] = _moved(tracks[video], count, n_clusters)
            equal[name] = _moved(_cut(truth.n_frames, max(1, present)), max(1, present), n_parts)
            whole[name] = _moved(_cut(truth.n_frames, 1), 1, number)
            clusters[name], parts[name] = count, max(1, present)
        n_clusters, n_parts = n_clusters + count, n_parts + max(1, present)
    return evaluate(
        truths,
        found,
        actions={number: name for name, number in numbers.items()},
        n_clusters=n_clusters,
        level="global",
        clusters_by_video=clusters,
        beside={
            "equal_split": Clustering(equal, n_parts, parts),
            "one_class": Clustering(whole, len(projects), parts),
        },
        notes=[
            *(note for project in projects for note in merge_notes(project.document)),
            f"Global level: {n_clusters} clusters of {len(projects)} projects are matched to {len(numbers)} actions at "
            "once. It does not compare with figures at activity level.",
        ],
    )


def _cut(n_frames: int, n_parts: int) -> Segmentation:
    pieces = equal_cut(n_frames, n_parts)
    return Segmentation.from_pieces(pieces.starts, pieces.labels, n_frames)


def _moved(track: Segmentation, n_clusters: int, by: int) -> Segmentation:
    """The same with other cluster numbers; background stays."""
    return track.mapped({cluster: cluster + by for cluster in range(n_clusters)}, default=UNLABELLED)
