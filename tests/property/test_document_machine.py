"""Every edit there is, in any order, with undo, redo, arrivals and openings: what must hold of the values always holds.

Beside a list of the states, everything that views go by is worked out here anew, frame by frame: what an edit says it
changed, ground truth through merged actions, what may be learned from, what a label map may hold.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.annotation import commands
from core.annotation.changes import Changes, What
from core.annotation.document import Document
from core.annotation.learnable import learnable, vouched
from core.annotation.map_commands import shares_actions
from core.annotation.overlap import Counter, inputs_of, largest, solve
from core.annotation.segmentation import EDITED, TAKEN, Segmentation
from core.annotation.values import (
    CommentId,
    CommentKey,
    KitText,
    LabelMap,
    Leftovers,
    Prediction,
    ReviewStatus,
    Run,
    StepText,
    TrackKind,
)
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, Dataset, RunId, Video, VideoId
from core.data.timebase import Timebase
from core.data.words import one_spelling
from core.errors import EditError
from core.project import Project
from core.store.check import read_all

FRAMES = {VideoId("v"): 30, VideoId("one"): 1, VideoId("few"): 2}
R1, R2 = RunId("r1"), RunId("r2")
KINDS = ("corrected", "actions", "label_maps", "reviews", "step_texts", "comments")
video = st.sampled_from(list(FRAMES))
frame, label, number = st.integers(-1, 31), st.integers(-2, 6), st.integers(0, 6)
run = st.sampled_from((R1, R2))
NAMES = st.sampled_from(
    ("tea", "u\u0308", "\u00fc", "Tea", "Step 3", "step 3", "background", " ", "a\tb", "<b>", "x" * 201)
)


def frames_of(track: Segmentation) -> list[int]:
    return track.to_frames().tolist()


def values(document: Document) -> dict[str, Any]:
    """Everything that edits change."""
    names = {run.id: run.given_name for run in document.runs.values()}
    return {kind: dict(getattr(document, kind)) for kind in KINDS} | {"kit": document.kit_text, "names": names}


def predictions(name: RunId, n_clusters: int, shift: int = 0) -> list[Prediction]:
    found = []
    for v, n in FRAMES.items():
        labels = (np.arange(n) * n_clusters // n + shift) % n_clusters
        found.append(Prediction(name, v, Segmentation.from_frames(labels)))
    return found


class Machine(RuleBasedStateMachine):
    """One project, and the states it went through."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "a.tot"
        actions = tuple(Action(ActionId(i), f"step {i}", "#000000") for i in range(4))
        videos = tuple(Video(v, v, Timebase(n)) for v, n in FRAMES.items())
        truth = {
            VideoId("v"): Segmentation.from_frames(np.repeat([0, 1, 2, -1, 0], 6)),
            VideoId("one"): Segmentation.uniform(3, 1),
        }
        self.project = Project.create(self.path, Dataset(self.path.parent, "a", videos, actions), ground_truth=truth)
        self.arrive(R1, 3, {0: 0, 1: 1})
        self.states, self.at, self.text = [values(self.project.document)], 0, [""]

    # --- arrivals ----------------------------------------------------------------------------------

    def arrive(self, name: RunId, n_clusters: int, table: dict[int, int]) -> None:
        run = Run(name, len(self.project.document.runs) + 1, {"n_clusters": n_clusters}, "cpu", 1, 1, False, "", {})
        self.project.add_run(run, LabelMap(name, n_clusters, table), b"weights")
        self.project.add_predictions(predictions(name, n_clusters))

    @precondition(lambda self: R2 not in self.project.document.runs)
    @rule()
    def a_run_arrives(self) -> None:
        self.arrive(R2, 5, {0: 3, 4: 0})
        for state in self.states:
            state["names"][R2] = ""
            state["label_maps"][R2] = LabelMap(R2, 5, {0: 3, 4: 0})

    @rule(run=run, shift=st.integers(0, 4))
    def a_run_segments_again(self, run: RunId, shift: int) -> None:
        if run in self.project.document.runs:
            self.project.add_predictions(predictions(run, self.project.document.runs[run].n_clusters, shift))

    @rule(run=run, hidden=st.booleans())
    def a_run_is_hidden(self, run: RunId, hidden: bool) -> None:
        if run in self.project.document.runs:
            self.project.hide_run(run, hidden)

    # --- edits -------------------------------------------------------------------------------------

    def edit(self, make: Any) -> bool:
        document = self.project.document
        before, truth = values(document), dict(document.ground_truth)
        try:
            edit = make(document)
            changes = self.project.edit(edit)
        except EditError as error:
            assert str(error) and values(document) == before
            return False
        self.check_told(changes, before, truth)
        assert edit.text and "\n" not in edit.text and self.project.undo_text == edit.text
        assert values(document) != before, f"{edit.text} changed nothing"
        del self.states[self.at + 1 :], self.text[self.at + 1 :]
        self.states.append(values(document))
        self.text.append(edit.text)
        self.at += 1
        return True

    def check_told(self, changes: Changes, before: dict[str, Any], truth: dict[VideoId, Segmentation]) -> None:
        """What was told is what became of the values: views repaint by it."""
        document = self.project.document
        tracks = {v for v in FRAMES if before["corrected"].get(v) != document.corrected.get(v)}
        tracks |= {v for v in truth if truth[v] != document.ground_truth[v]}
        reviews = {v for v in FRAMES if before["reviews"].get(v) != document.reviews.get(v)}
        maps = {r for r in document.runs if before["label_maps"].get(r) != document.label_maps.get(r)}
        assert bool(changes.what & What.SEGMENTATION) or not tracks
        assert bool(changes.what & What.REVIEW) == bool(reviews)
        assert tracks | reviews <= changes.videos
        talked = {v for v in FRAMES if before["comments"].get(v) != document.comments.get(v)}
        assert bool(changes.what & What.COMMENTS) == bool(talked) and talked <= changes.videos
        assert not talked or not (tracks or reviews), "a comment changes no label"
        named = {r for r, run in document.runs.items() if before["names"].get(r) != run.given_name}
        assert (bool(changes.what & What.LABEL_MAP), bool(changes.what & What.RUNS)) == (bool(maps), bool(named))
        assert changes.runs == maps | named
        assert bool(changes.what & What.ACTIONS) == (before["actions"] != dict(document.actions))
        texts = before["step_texts"] != dict(document.step_texts) or before["kit"] != document.kit_text
        assert bool(changes.what & What.KIT_TEXT) == texts

    @rule(video=video, start=frame, stop=frame, more=st.tuples(frame, frame), action=label, shown=st.booleans())
    def relabel(self, video, start, stop, more, action, shown) -> None:
        spans = [(start, stop), more] if shown else [(start, stop)]
        self.edit(lambda d: commands.relabel_spans(d, video, spans, action, run=R1 if shown else None, blank=True))

    @rule(video=video, old=label, action=label)
    def relabel_like(self, video, old, action) -> None:
        self.edit(lambda d: commands.relabel_like(d, video, old, action, run=R1))

    @rule(video=video, boundary=number, frame=frame, over=st.booleans())
    def move(self, video, boundary, frame, over) -> None:
        do = commands.swallow if over else commands.move_boundary
        self.edit(lambda d: do(d, video, boundary, frame, run=R1))

    @rule(video=video, first=number, more=st.integers(0, 2), by=st.integers(-5, 5))
    def slide(self, video, first, more, by) -> None:
        self.edit(lambda d: commands.slide(d, video, first, first + more, by, run=R1))

    @rule(video=video, frame=frame, action=label)
    def split(self, video, frame, action) -> None:
        self.edit(lambda d: commands.split(d, video, frame, action, run=R1))

    @rule(video=video, index=number, side=st.sampled_from((-1, 1)))
    def merge(self, video, index, side) -> None:
        self.edit(lambda d: commands.merge(d, video, index, side, run=R1))

    @rule(video=video, source=st.sampled_from((None, R1, R2)), start=frame, stop=frame)
    def take(self, video, source, start, stop) -> None:
        self.edit(lambda d: commands.take_spans(d, video, source, [(start, stop)], run=R1))

    @rule(video=video, run=run, how=st.sampled_from(("one", "all", "truth", "nothing", "update")))
    def start(self, video, run, how) -> None:
        makes = {
            "one": lambda d: commands.take_prediction(d, run, video),
            "all": lambda d: commands.take_all(d, run) if run in d.runs else commands.take_all(d, R1),
            "truth": lambda d: commands.start_from_ground_truth(d, video),
            "nothing": lambda d: commands.start_unlabelled(d, video),
            "update": lambda d: commands.update_taken(d, run),
        }
        self.edit(makes[how])

    @rule(video=video, labels=st.lists(label, min_size=30, max_size=30))
    def import_labels(self, video, labels) -> None:
        track = Segmentation.from_frames(labels[: FRAMES[video]])
        fresh = ActionId(1 + max(int(a) for a in self.project.document.actions))
        self.edit(lambda d: commands.import_tracks(d, {video: track}, [Action(fresh, f"new {fresh}", "#112233")]))

    @rule(run=run, cluster=number, to=st.integers(-3, 6))
    def map(self, run, cluster, to) -> None:
        self.edit(lambda d: commands.set_target(d, run, cluster, to))

    @rule(run=run, cluster=number, locked=st.booleans())
    def lock(self, run, cluster, locked) -> None:
        self.edit(lambda d: commands.set_lock(d, run, cluster, locked))

    @rule(run=run, many=st.booleans())
    def many_to_one(self, run, many) -> None:
        self.edit(lambda d: commands.set_many_to_one(d, run, many))

    @rule(run=run, kind=st.sampled_from((TrackKind.GROUND_TRUTH, TrackKind.CORRECTED)), one=st.booleans(), v=video)
    def rematch(self, run, kind, one, v) -> None:
        document = self.project.document
        if run not in document.runs:
            return
        kept = {c: document.label_maps[run].target(c) for c in document.label_maps[run].locked}
        found = Counter().count(inputs_of(document, run, reference=kind, video=v if one else None))
        match = solve(found, document.label_maps[run])
        self.edit(
            lambda d: commands.rematch(
                d, run, match.proposed, table=match.table, fill=match.fill, reference=kind, video=v if one else None
            )
        )
        assert {c: document.label_maps[run].target(c) for c in kept} == kept

    @rule(run=run, policy=st.sampled_from(list(Leftovers)))
    def leftovers(self, run, policy) -> None:
        document = self.project.document
        if run in document.runs:
            kept = {c: document.label_maps[run].target(c) for c in document.label_maps[run].locked}
            fill = largest(Counter().count(inputs_of(document, run)))
            self.edit(lambda d: commands.set_leftovers(d, run, policy, fill))
            assert {c: document.label_maps[run].target(c) for c in kept} == kept

    @rule(run=run, cluster=number, name=NAMES)
    def name_cluster(self, run, cluster, name) -> None:
        self.edit(lambda d: commands.name_cluster(d, run, cluster, name))

    @rule(run=run)
    def name_steps(self, run) -> None:
        self.edit(lambda d: commands.name_steps(d, run))

    @rule(name=NAMES, action=number, make=st.booleans())
    def name(self, name, action, make) -> None:
        if make:
            self.edit(lambda d: commands.add_action(d, name)[0])
        else:
            self.edit(lambda d: commands.rename_action(d, ActionId(action), name))

    @rule(run=run, name=st.one_of(NAMES, st.sampled_from(("", "Run 1", "Run 2"))))
    def name_run(self, run, name) -> None:
        self.edit(lambda d: commands.rename_run(d, run, name))

    @rule(action=number, archived=st.booleans())
    def archive(self, action, archived) -> None:
        self.edit(lambda d: commands.archive_action(d, ActionId(action), archived))

    @rule(source=number, into=number)
    def merge_actions(self, source, into) -> None:
        self.edit(lambda d: commands.merge_actions(d, ActionId(source), ActionId(into)))

    @rule(turn=st.integers(1, 5), colour=st.sampled_from(("#a0B0c0", "red")))
    def order_and_colour(self, turn, colour) -> None:
        used = [a.id for a in self.project.document.actions.values() if not a.archived]
        self.edit(lambda d: commands.order_actions(d, [*used[turn:], *used[:turn]]))
        self.edit(lambda d: commands.recolour_action(d, ActionId(turn), colour))

    @rule(video=video, status=st.sampled_from(list(ReviewStatus)), note=st.sampled_from(("", "dark")))
    def review(self, video, status, note) -> None:
        self.edit(lambda d: commands.set_review(d, video, status, reviewer="Ada"))
        self.edit(lambda d: commands.set_note(d, video, note, reviewer="Bea"))

    @rule(video=video)
    def accept_rest(self, video) -> None:
        self.edit(lambda d: commands.accept_rest_as_background(d, video))

    @rule(video=video)
    def accept_predicted(self, video) -> None:
        self.edit(lambda d: commands.accept_prediction(d, R1, video, reviewer="Bea"))

    @rule(video=video, start=frame, stop=frame)
    def check(self, video, start, stop) -> None:
        self.edit(lambda d: commands.check_span(d, video, start, stop))

    @rule(action=number, title=st.sampled_from(("", "Pour")))
    def kit_text(self, action, title) -> None:
        self.edit(lambda d: commands.set_step_text(d, ActionId(action), StepText(title=title)))
        self.edit(lambda d: commands.set_kit_text(d, KitText(title=title)))

    @rule(video=video, start=frame, n=st.integers(0, 5), text=st.sampled_from((" ", "look\nhere", "<b>\u202e", "a\0")))
    def comment(self, video, start, n, text) -> None:
        self.edit(lambda d: commands.add_comment(d, video, start, start + n, text, author="Ada", written=7))

    @rule(video=video, first=st.integers(1, 3), start=frame, resolved=st.booleans(), text=st.sampled_from(("", "so")))
    def change_comments(self, video, first, start, resolved, text) -> None:
        key, other = CommentKey(video, CommentId(first)), CommentKey(VideoId("v"), CommentId(1))
        self.edit(lambda d: commands.edit_comment(d, key, text))
        self.edit(lambda d: commands.move_comment(d, key, start, start + 2))
        self.edit(lambda d: commands.resolve_comments(d, [key, other], resolved=resolved))

    @rule(video=video, first=st.integers(1, 3))
    def delete_comment(self, video, first) -> None:
        self.edit(lambda d: commands.delete_comments(d, [CommentKey(video, CommentId(first))]))

    # --- back and forth ----------------------------------------------------------------------------

    @rule()
    def undo(self) -> None:
        self.step("undo", -1, self.at > 0)

    @rule()
    def redo(self) -> None:
        self.step("redo", 1, self.at < len(self.states) - 1)

    def step(self, way: str, by: int, possible: bool) -> None:
        document = self.project.document
        before, truth = values(document), dict(document.ground_truth)
        text = getattr(self.project, f"{way}_text")
        changes = getattr(self.project, way)()
        assert (changes is not None) == possible
        if changes is not None:
            self.check_told(changes, before, truth)
            assert text == self.text[self.at if by < 0 else self.at + 1]
            self.at += by

    @rule()
    def reopen(self) -> None:
        texts = self.project.undo_text, self.project.redo_text
        self.project.close()
        read_all(self.path)
        self.project = Project.open(self.path)
        assert (self.project.undo_text, self.project.redo_text) == texts

    # --- what always holds -------------------------------------------------------------------------

    @invariant()
    def the_values_are_the_recorded_ones(self) -> None:
        assert values(self.project.document) == self.states[self.at]

    @invariant()
    def tracks_are_partitions_of_known_actions(self) -> None:
        document = self.project.document
        known = {int(a) for a in document.actions} | {int(BACKGROUND), int(UNLABELLED)}
        for v, track in document.corrected.items():
            assert track.n_frames == FRAMES[v] and set(frames_of(track)) <= known
            assert not (track.labels[1:] == track.labels[:-1]).any()
        for v, review in document.reviews.items():
            edges = [edge for span in review.checked for edge in span]
            assert edges == sorted(set(edges)) and all(0 <= edge <= FRAMES[v] for edge in edges)
            if review.status is ReviewStatus.ACCEPTED and v in document.corrected:
                assert UNLABELLED not in document.corrected[v].labels

    @invariant()
    def comments_lie_in_their_videos_and_say_something(self) -> None:
        for v, comments in self.project.document.comments.items():
            assert comments, "a video without comments has no entry"
            for comment in comments.values():
                assert 0 <= comment.start < comment.stop <= FRAMES[v] and comment.text.strip() == comment.text != ""

    @invariant()
    def label_maps_hold_what_they_may(self) -> None:
        document = self.project.document
        for label_map in document.label_maps.values():
            assert set(label_map.table().values()) <= {int(a) for a in document.actions} | {-1, -2}
            assert label_map.many_to_one or not shares_actions(label_map)
            assert all(label_map.matched(c) != t for c, t in label_map.overrides.items() if c in label_map.by_hand)

    @invariant()
    def names_in_use_are_told_apart(self) -> None:
        used = [one_spelling(a.name) for a in self.project.document.actions.values() if not a.archived]
        assert len(set(used)) == len(used)
        runs = [one_spelling(run.name) for run in self.project.document.runs.values()]
        assert len(set(runs)) == len(runs)

    @invariant()
    def ground_truth_is_read_through_merges(self) -> None:
        document = self.project.document

        def now(action: int) -> int:
            into = document.actions[ActionId(action)].merged_into if action >= 0 else None
            return action if into is None else now(int(into))

        for v, track in document.imported.items():
            assert frames_of(document.ground_truth[v]) == [now(x) for x in frames_of(track)]
        assert all(not document.actions[ActionId(now(int(a)))].merged_into for a in document.actions)

    @invariant()
    def what_may_be_learned_is_what_a_person_vouches_for(self) -> None:
        document = self.project.document
        for source in ("corrected", "accepted"):
            wanted: dict[VideoId, list[int]] = {}
            for v, track in document.corrected.items():
                review = document.review(v)
                accepted = review.status is ReviewStatus.ACCEPTED
                if review.status is ReviewStatus.REJECTED or (source == "accepted" and not accepted):
                    continue
                flags = np.repeat(np.asarray(track.flags), track.stops - track.starts)
                by_hand = ((flags & EDITED) > 0) | ((flags & TAKEN) == 0) | accepted
                for start, stop in review.checked:
                    by_hand[start:stop] = True
                labels = np.where(by_hand, track.to_frames(), UNLABELLED)
                if (labels != UNLABELLED).any():
                    wanted[v] = labels.tolist()
            found = learnable(document, source)
            for v, taught in found.videos.items():
                cut = Segmentation(np.array(taught.starts), np.array(taught.labels), FRAMES[v])
                assert frames_of(cut) == wanted[v]
            amounts = {v: sum(x != UNLABELLED for x in labels) for v, labels in wanted.items()}
            assert {v: taught.frames for v, taught in found.videos.items()} == amounts
            assert {v: each.frames for v, each in vouched(document, source).items()} == amounts

    def teardown(self) -> None:
        self.project.close()
        read_all(self.path)
        self.folder.cleanup()


TestDocumentMachine = Machine.TestCase
TestDocumentMachine.settings = settings(max_examples=15, stateful_step_count=25, deadline=None)
