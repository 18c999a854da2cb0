"""What files would change in a project: videos and names found, every problem with its place, one edit in the end."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.annotation.values import Review, ReviewStatus
from core.data.dataset import BACKGROUND, UNLABELLED, Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import ConfigError, EditError
from core.formats.guess import guess_formats
from core.formats.registry import FORMATS
from core.formats.track import ExportTrack
from core.label_import import effect, find_video, import_edit, new_actions, plan_import, reopened

NAMES = ("take bowl", "pour_milk", "stir")
HEAD = "video,start_s,end_s,label\n"


@pytest.fixture
def document(tmp_path: Path) -> Document:
    """Videos P03 and P04 of 100 frames at 10 a second, P05 without a rate; three actions."""
    rates = {"P03": Fraction(10), "P04": Fraction(10), "P05": None}
    videos = tuple(
        Video(VideoId(f"cam/{name}"), name, Timebase(100, rate), tmp_path / f"{name}.cam01.mp4")
        for name, rate in rates.items()
    )
    actions = tuple(Action(ActionId(n), name, "#102030") for n, name in enumerate(NAMES))
    return Document(Dataset(tmp_path, "milk", videos, actions, background_names=frozenset(["SIL"])))


def plan_of(document: Document, text: str, folder: Path, *, name: str = "csv", target: str = "corrected"):
    path = folder / f"in{FORMATS[name].extension}"
    path.write_text(text, encoding="utf-8")
    return plan_import(document, FORMATS[name].read([path]), format=name, target=target)


def said(plan) -> list[str]:
    return [f"{p.severity} {p.where}: {p.what}" for p in plan.all_problems]


P03, P04 = VideoId("cam/P03"), VideoId("cam/P04")


def test_a_video_is_found_by_its_name_or_by_that_of_its_file(document):
    assert find_video(document, ["nope", "P03"]) == P03
    assert find_video(document, ["P03.cam01.mp4"]) == find_video(document, ["C:\\x\\P03.cam01.mp4"]) == P03
    assert find_video(document, ["P04.mp4"]) == find_video(document, ["p04"]) == P04
    assert find_video(document, ["P0"]) is None


def test_names_go_to_the_action_that_they_most_likely_mean(document, tmp_path):
    plan = plan_of(document, f"{HEAD}P03,0,2,Pour milk\nP03,2,4,SIL\nP03,4,6,stir\nP03,6,7,wipe\n", tmp_path)
    assert plan.names == {"Pour milk": 1, "SIL": int(BACKGROUND), "stir": 2, "wipe": None}
    assert plan.notes == ('"Pour milk" is taken for "pour_milk".', '"SIL" is background in this dataset.')
    assert [(a.id, a.name) for a in new_actions(document, plan, plan.proposed, plan.names)] == [(3, "wipe")]


@pytest.mark.parametrize("other", [" wipe", "wipe  ", "a\u0301bc"])
def test_two_ways_to_write_one_new_name_are_one_action(document, tmp_path, other):
    """They could not be told apart on the screen: the import was refused, or made two actions of one name."""
    name = other.strip().replace("a\u0301", "\u00e1")
    plan = plan_of(document, f'{HEAD}P03,0,2,{name}\nP03,2,4,stir\nP03,4,10,"{other}"\n', tmp_path)
    edit = import_edit(document, plan, plan.proposed)
    document.apply(edit)
    assert [a.name for a in document.actions.values()][3:] == [name]
    assert document.corrected[P03] == Segmentation.from_frames([3] * 20 + [2] * 20 + [3] * 60)


def test_an_action_is_known_however_its_letters_are_written(document, tmp_path):
    document.actions[ActionId(2)] = Action(ActionId(2), "r\u00fchren", "#102030")
    plan = plan_of(document, f"{HEAD}P03,0,2,ru\u0308hren\n", tmp_path)
    assert list(plan.names.values()) == [2]


def test_an_import_is_one_edit_with_its_new_actions_and_undo_takes_all_back(document, tmp_path):
    plan = plan_of(document, f"{HEAD}P03,0,2,stir\nP03,2,10,wipe\nP04,1,10,wipe\n", tmp_path)
    edit = import_edit(document, plan, plan.proposed)
    assert edit.text == "import labels in 2 videos" and edit.is_bulk
    document.apply(edit)
    assert document.corrected[P03] == Segmentation.from_frames([2] * 20 + [3] * 80)
    assert document.corrected[P04] == Segmentation.from_frames([int(UNLABELLED)] * 10 + [3] * 90)
    assert document.actions[ActionId(3)].name == "wipe"
    with pytest.raises(EditError, match="Nothing would change"):
        import_edit(document, plan_of(document, f"{HEAD}P03,0,2,stir\nP03,2,10,wipe\n", tmp_path), [0])
    document.apply(edit.inverse())
    assert not document.corrected and ActionId(3) not in document.actions


def test_only_what_was_ticked_is_imported_and_only_its_actions(document, tmp_path):
    plan = plan_of(document, f"{HEAD}P03,0,10,wipe\nP04,0,10,scrub\n", tmp_path)
    document.apply(import_edit(document, plan, [1]))
    assert set(document.corrected) == {P04} and document.actions[ActionId(3)].name == "scrub"


def test_a_name_may_be_given_another_meaning(document, tmp_path):
    plan = plan_of(document, f"{HEAD}P03,0,5,wipe\nP03,5,10,stir\n", tmp_path)
    document.apply(import_edit(document, plan, [0], dict(plan.names) | {"wipe": 0, "stir": int(BACKGROUND)}))
    assert document.corrected[P03] == Segmentation.from_frames([0] * 50 + [int(BACKGROUND)] * 50)


def test_the_effect_counts_frames_that_get_another_label(document, tmp_path):
    plan = plan_of(document, f"{HEAD}P03,0,10,stir\n", tmp_path)
    assert (effect(document, plan, 0).changed, effect(document, plan, 0).segments_before) == (100, 0)
    document.corrected[P03] = Segmentation.from_frames([2] * 93 + [1] * 7)
    found = effect(document, plan, 0)
    assert (found.changed, found.n_frames, found.segments_before, found.segments_after) == (7, 100, 2, 1)


def test_every_problem_is_listed_with_its_place_and_a_bad_track_is_never_proposed(document, tmp_path):
    text = (
        f"{HEAD}P03,0,2,stir\nP03,1,3,wipe\n"  # overlap
        "P04,0,2,stir\nP04,9,99,stir\n"  # beyond the end
        "P05,0,2,stir\n"  # no rate
        "X9,0,2,stir\n"  # unknown video
    )
    plan = plan_of(document, text, tmp_path)
    assert plan.proposed == () and len(said(plan)) == 4
    assert 'error line 3: "wipe" overlaps the one of line 2 by 1.000 s.' in said(plan)[0]
    assert 'error line 5: "stir" ends at 99.000 s; the video has 100 frames, 10.000 s.' in said(plan)[1]
    assert "this video has no frame rate" in said(plan)[2]
    assert 'is about the video "X9", and this project has none' in said(plan)[3]
    with pytest.raises(EditError, match="P03 cannot be imported"):
        import_edit(document, plan, [0])
    assert all(effect(document, plan, n) is None for n in range(4))


def test_a_name_that_no_action_can_have_is_an_error_at_its_place(document, tmp_path):
    plan = plan_of(document, f'{HEAD}P03,0,2,"a\nb"\nP04,0,2,{"x" * 201}\n', tmp_path)
    assert plan.proposed == ()
    assert ["cannot be the name of an action" in text for text in said(plan)] == [True, True]


def test_labels_made_for_another_frame_rate_are_refused(document, tmp_path):
    clock = Timebase(300, Fraction(30))
    track = ExportTrack("P03", clock, Segmentation.from_frames([0] * 150 + [1] * 150), document.actions)
    FORMATS["json"].write([track], tmp_path / "x.json")
    plan = plan_import(document, FORMATS["json"].read([tmp_path / "x.json"]), format="json")
    assert plan.proposed == () and any("30" in text and "10" in text for text in said(plan))
    FORMATS["vtt"].write([track], tmp_path / "vtt")  # seconds fit any rate
    plan = plan_import(document, FORMATS["vtt"].read([tmp_path / "vtt"]), format="vtt")
    document.apply(import_edit(document, plan, plan.proposed))
    assert document.corrected[P03] == Segmentation.from_frames([0] * 50 + [1] * 50)


def test_of_two_tracks_of_one_video_the_first_is_proposed_and_one_can_be_taken(document, tmp_path):
    tier = '<TIER TIER_ID="{0}" LINGUISTIC_TYPE_REF="d"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a{0}" ' \
        'TIME_SLOT_REF1="t1" TIME_SLOT_REF2="t2"><ANNOTATION_VALUE>{1}</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION>' \
        "</ANNOTATION></TIER>"  # fmt: skip
    text = (
        '<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="milliseconds"><PROPERTY NAME="totgui:video">P03</PROPERTY></HEADER>'
        '<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="t1" TIME_VALUE="0"/><TIME_SLOT TIME_SLOT_ID="t2" TIME_VALUE="9000"/>'
        f"</TIME_ORDER>{tier.format('ann', 'stir')}{tier.format('ben', 'wipe')}</ANNOTATION_DOCUMENT>"
    )
    plan = plan_of(document, text, tmp_path, name="eaf")
    assert plan.proposed == (0,)
    assert said(plan) == ['note tier "ben": is about the same video as tier "ann" of in.eaf.']
    with pytest.raises(EditError, match="Two of the chosen"):
        import_edit(document, plan, [0, 1])
    document.apply(import_edit(document, plan, [1]))
    assert document.actions[ActionId(3)].name == "wipe"


def test_an_accepted_video_is_in_review_again(document, tmp_path):
    document.reviews[P03] = Review(ReviewStatus.ACCEPTED, "fine")
    plan = plan_of(document, f"{HEAD}P03,0,10,stir\n", tmp_path)
    assert reopened(document, plan, [0]) == ["P03"]
    edit = import_edit(document, plan, [0])
    document.apply(edit)
    assert document.review(P03) == Review(ReviewStatus.IN_REVIEW, "fine")
    document.apply(edit.inverse())
    assert document.review(P03).status is ReviewStatus.ACCEPTED


def test_ground_truth_that_is_there_never_changes(document, tmp_path):
    document.add_ground_truth({P03: Segmentation.from_frames([0] * 100)})
    plan = plan_of(document, f"{HEAD}P03,0,10,stir\nP04,0,10,stir\n", tmp_path, target="ground-truth")
    assert plan.proposed == (1,) and "never changes" in said(plan)[0]
    with pytest.raises(ConfigError, match="prediction"):
        plan_of(document, HEAD, tmp_path, target="prediction")


@pytest.mark.parametrize("name", [n for n, f in FORMATS.items() if f.decode is not None])
def test_the_format_of_our_own_files_is_guessed(name, document, tmp_path):
    """Twins (the same grammar under two names) may be told as each other; nothing else may."""
    track = ExportTrack("P03", Timebase(100, Fraction(10)), Segmentation.from_frames([0] * 50 + [1] * 50),
                        document.actions)  # fmt: skip
    form = FORMATS[name]
    form.write([track], tmp_path / f"out{form.suffix}")
    twins = {"frames-cte": "frames", "coin": "activitynet", "vtt-chapters": "vtt", "boris-tsv": "boris"}
    found = guess_formats(tmp_path / f"out{form.suffix}")
    assert twins.get(found[0], found[0]) == twins.get(name, name), found


def test_what_no_format_can_read_has_no_format(tmp_path):
    (tmp_path / "x.eaf").write_text("<svg/>")
    (tmp_path / "x.mp4").write_bytes(b"\0" * 100)
    assert guess_formats(tmp_path / "x.eaf") == [] and guess_formats(tmp_path / "x.mp4") == []
