"""Comments in files: ELAN and our JSON bring them back, no tier of ELAN overlaps, the others say they lose them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, tzinfo
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import pytest
from format_tracks import some_tracks
from hypothesis import given
from hypothesis import strategies as st

from core import comment_work
from core.annotation import commands
from core.annotation.comment_commands import LAST_WRITTEN, MAX_COMMENTS
from core.annotation.document import Document
from core.annotation.segmentation import Segmentation
from core.annotation.values import Comment
from core.data.dataset import Action, ActionId, Dataset, Video, VideoId
from core.data.timebase import Timebase
from core.errors import EditError
from core.formats import json_labels
from core.formats.registry import FORMATS
from core.formats.track import ExportTrack
from core.label_import import import_edit, plan_import

ACTIONS = {ActionId(i): Action(ActionId(i), f"step {i}", "#102030") for i in range(2)}
V = VideoId("v")
HOSTILE = '<![CDATA[ ]]> & "q" <b>\n\u202egpj\u202c \U0001f600 \u05e9\u05dc\u05d5\u05dd \' ; --'
COMMENTS = (
    Comment(0, 100, "all of it", "Ada", 1_700_000_000),
    Comment(10, 11, HOSTILE, "Ada <x@y>", 1_700_000_001),
    Comment(10, 30, "twice", "Ada", 1_700_000_002, True),
    Comment(10, 30, "and by somebody", "", 0),
    Comment(99, 100, "x" * 5000, "Bea", 5, True),
)


def track(*comments: Comment, rate: Fraction = Fraction(25)) -> ExportTrack:
    cut = Segmentation.from_frames([0] * 50 + [1] * 50)
    return ExportTrack("v", Timebase(100, rate), cut, ACTIONS, "corrected", comments=comments)


def document(rate: Fraction = Fraction(25)) -> Document:
    return Document(Dataset(Path("/d"), "tea", (Video(V, "v", Timebase(100, rate)),), tuple(ACTIONS.values())))


def plan(name: str, path: Path, into: Document):
    return plan_import(into, FORMATS[name].read([path]), format=name)


@pytest.mark.parametrize("name", ["eaf", "json"])
def test_comments_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    form, into = FORMATS[name], document()
    form.write([track(*COMMENTS)], tmp_path / f"v{form.extension}")
    found = plan(name, tmp_path / f"v{form.extension}", into)
    assert not found.problems and len(found.rows) == 1  # tiers of comments are no labels
    into.apply(import_edit(into, found, found.proposed))
    wanted = [c if name == "json" else replace(c, written=0) for c in COMMENTS]  # ELAN has no place for the time
    assert sorted(into.comments_on(V).values(), key=str) == sorted(wanted, key=str)
    again = plan(name, tmp_path / f"v{form.extension}", into)
    assert again.n_comments == 0
    with pytest.raises(EditError, match="Nothing would change"):
        import_edit(into, again, again.proposed)


def test_comments_come_in_where_the_labels_are_here_already_and_can_be_left(tmp_path: Path) -> None:
    FORMATS["eaf"].write([track(*COMMENTS)], tmp_path / "v.eaf")
    into = document()
    into.apply(import_edit(into, found := plan("eaf", tmp_path / "v.eaf", into), found.proposed, comments=False))
    assert not into.comments and V in into.corrected
    edit = import_edit(into, plan("eaf", tmp_path / "v.eaf", into), (0,))
    assert edit.text == "import 5 comments in 1 video" and not edit.is_bulk
    both = import_edit(document(), found, found.proposed)
    assert both.text == "import labels in v, with 5 comments"


def test_no_tier_of_elan_holds_annotations_that_overlap_and_every_author_has_their_own(tmp_path: Path) -> None:
    text = FORMATS["eaf"].texts([track(*COMMENTS)]).files["v.eaf"]
    root = ElementTree.fromstring(text.encode())
    slots = {slot.get("TIME_SLOT_ID"): int(slot.get("TIME_VALUE", "")) for slot in root.iter("TIME_SLOT")}
    assert list(slots.values()) == sorted(slots.values())
    names, numbers = [], []
    for tier in root.iter("TIER"):
        names.append((tier.get("TIER_ID"), tier.get("ANNOTATOR"), tier.get("LINGUISTIC_TYPE_REF")))
        spans = []
        for item in tier.iter("ALIGNABLE_ANNOTATION"):
            numbers.append(item.get("ANNOTATION_ID"))
            spans.append((slots[item.get("TIME_SLOT_REF1")], slots[item.get("TIME_SLOT_REF2")]))
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        assert all(first < last for first, last in spans)
    assert names[:2] == [("corrected", None, "default-lt"), ("comments", "Ada", "comment")]
    assert len({name for name, _, _ in names}) == len(names) == 6 and len(set(numbers)) == len(numbers) == 7
    types = {kind.get("LINGUISTIC_TYPE_ID") for kind in root.iter("LINGUISTIC_TYPE")}
    assert types == {"default-lt", "comment", "resolved comment"}


def test_a_project_without_comments_is_written_to_the_same_bytes_as_before(tmp_path: Path) -> None:
    for name in ("eaf", "json"):
        (text,) = FORMATS[name].texts([track()]).files.values()
        assert "comment" not in text


def test_the_schema_of_our_json_describes_comments() -> None:
    schema = json.loads((Path(__file__).resolve().parents[3] / "docs" / "labels.schema.json").read_text())
    written = json.loads(FORMATS["json"].texts([track(*COMMENTS)]).files["labels.json"])
    jsonschema.validate(written, schema)
    assert written["videos"][0]["comments"][1]["text"] == HOSTILE
    written["videos"][0]["comments"][0]["text"] = ""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(written, schema)


def test_every_other_format_says_that_it_carries_none() -> None:
    for name, form in FORMATS.items():
        assert (name in ("eaf", "json")) != any("comments" in loss and "when" not in loss for loss in form.losses), name


def test_what_cannot_be_a_comment_is_left_out_with_the_reason(tmp_path: Path) -> None:
    FORMATS["json"].write([track(*COMMENTS)], tmp_path / "v.json")
    content = json.loads((tmp_path / "v.json").read_text())
    content["videos"][0]["comments"] = [
        {"start": 400, "stop": 401, "text": "outside"},
        {"start": -3, "stop": 1, "text": "before"},
        {"start": 1, "stop": 2, "text": "y" * 5001},
        {"start": 1, "stop": 2, "text": "a\x00b"},
        {"start": 1, "stop": 2, "text": " "},
        {"start": 7, "stop": 3, "text": "backwards", "written": "no time"},
        {"start": 7, "stop": 3, "text": "backwards"},
        {"start": 98, "stop": 900, "text": "over the end"},
    ]
    (tmp_path / "v.json").write_text(json.dumps(content))
    found = plan("json", tmp_path / "v.json", document())
    assert found.comments[V] == (Comment(7, 8, "backwards"), Comment(98, 100, "over the end"))
    assert len(found.problems) == 5 and all(problem.severity == "note" for problem in found.problems)
    assert "outside v" in found.problems[0].what and found.problems[0].where == "video v, comment 0"


def test_a_tier_of_comments_made_in_elan_without_times_is_told(tmp_path: Path) -> None:
    text = FORMATS["eaf"].texts([track(COMMENTS[1])]).files["v.eaf"]
    (tmp_path / "v.eaf").write_text(text.replace('TIME_VALUE="440"', 'X="440"'), encoding="utf-8")
    found = plan("eaf", tmp_path / "v.eaf", document())
    assert found.n_comments == 0 and "no time at one of its ends" in found.problems[0].what


@given(
    st.lists(
        st.builds(
            lambda start, n, text, author, resolved: Comment(start, min(100, start + n), text, author, 0, resolved),
            st.integers(0, 99),
            st.integers(1, 60),
            st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp"), blacklist_characters="\ufffe\uffff"),
                    min_size=1, max_size=20).filter(lambda text: text.strip() == text),
            st.sampled_from(("", "Ada", "B & <c>")),
            st.booleans(),
        ),
        max_size=12,
        unique_by=lambda c: (c.start, c.stop, c.text, c.author),
    )
)  # fmt: skip
def test_any_comments_survive_elan(comments: list[Comment]) -> None:
    from tempfile import TemporaryDirectory

    comments = sorted(comments, key=lambda c: (c.start, c.stop, c.text))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "v.eaf"
        FORMATS["eaf"].write([track(*comments)], path)
        found = plan("eaf", path, document())
    assert not found.problems
    assert sorted(found.comments.get(V, ()), key=str) == sorted(comments, key=str)


def test_tracks_of_the_other_tests_have_none() -> None:
    assert all(track.comments == () for track in some_tracks())


def test_an_import_of_comments_is_undone_with_the_labels(tmp_path: Path) -> None:
    FORMATS["eaf"].write([track(*COMMENTS)], tmp_path / "v.eaf")
    into = document()
    into.apply(commands.add_comment(into, V, 5, 6, "mine"))
    before = dict(into.comments)
    edit = import_edit(into, plan("eaf", tmp_path / "v.eaf", into), (0,))
    into.apply(edit)
    assert len(into.comments_on(V)) == 6
    into.apply(edit.inverse())
    assert into.comments == before and not into.corrected


@pytest.mark.parametrize("by_now", ["all", "some", "too many"])
def test_comments_that_do_not_fit_by_now_do_not_stop_the_labels(tmp_path: Path, by_now: str) -> None:
    """A plan is as old as its dialog; the labels that were chosen were refused with its comments."""
    FORMATS["eaf"].write([track(*COMMENTS)], tmp_path / "v.eaf")
    into = document()
    old = plan("eaf", tmp_path / "v.eaf", into)
    many = [Comment(0, 1, f"{i}") for i in range(MAX_COMMENTS - 2)]
    into.apply(
        commands.import_comments(into, {V: many if by_now == "too many" else old.comments[V][by_now == "some" :]})
    )
    n = len(into.comments_on(V))
    edit = import_edit(into, old, old.proposed)
    into.apply(edit)
    assert V in into.corrected and len(into.comments_on(V)) == n + (by_now == "some")
    assert edit.text == "import labels in v" + (", with 1 comment" if by_now == "some" else "")
    with pytest.raises(EditError):
        import_edit(into, old, ())


def test_comments_beyond_what_a_video_can_have_are_told_before_they_are_taken(tmp_path: Path) -> None:
    FORMATS["eaf"].write([track(*COMMENTS)], tmp_path / "v.eaf")
    into = document()
    into.apply(commands.import_comments(into, {V: [Comment(0, 1, f"{i}") for i in range(MAX_COMMENTS - 2)]}))
    found = plan("eaf", tmp_path / "v.eaf", into)
    (problem,) = found.problems
    assert found.n_comments == 2 and problem.severity == "note" and "up to 10,000" in problem.what


def test_a_file_of_comments_alone_on_a_video_that_is_not_here_is_told_once(tmp_path: Path) -> None:
    """It said nothing at all; where labels stand beside the comments, they say so."""
    FORMATS["eaf"].write([track(*COMMENTS)], tmp_path / "v.eaf")
    elsewhere = Document(Dataset(Path("/d"), "tea", (Video(VideoId("w"), "w", Timebase(100, Fraction(25))),), ()))
    found = plan("eaf", tmp_path / "v.eaf", elsewhere)
    assert not found.problems and len(found.all_problems) == 1
    tree = ElementTree.parse(tmp_path / "v.eaf")
    root = tree.getroot()
    for tier in root.findall("TIER"):
        if tier.get("TIER_ID") == "corrected":
            root.remove(tier)
    tree.write(tmp_path / "v.eaf")
    found = plan("eaf", tmp_path / "v.eaf", elsewhere)
    (problem,) = found.all_problems
    assert not found.rows and problem.severity == "note" and 'comments on the video "v"' in problem.what


class _OfWindows(datetime):
    """What Windows refuses: local times before 1970, and any after the year 3000."""

    def timestamp(self) -> float:
        if self.tzinfo is None and self.year < 1970:
            raise OSError(22, "Invalid argument")
        return super().timestamp()

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: tzinfo | None = None) -> _OfWindows:
        if timestamp > 32_536_799_999:
            raise OSError(22, "Invalid argument")
        return super().fromtimestamp(timestamp, tz)


def test_times_that_windows_refuses_are_read_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_labels, "datetime", _OfWindows)
    monkeypatch.setattr(comment_work, "datetime", _OfWindows)
    last = Comment(0, 1, "a", written=LAST_WRITTEN - 1)
    FORMATS["json"].write([track(last)], tmp_path / "v.json")
    assert plan("json", tmp_path / "v.json", document()).comments == {V: (last,)}
    assert comment_work.written_text(last) == "9998-12-31T23:59:59+00:00"
    text = (tmp_path / "v.json").read_text(encoding="utf-8")
    (tmp_path / "v.json").write_text(text.replace("9998-12-31T23:59:59+00:00", "1960-01-01T00:00:00"), encoding="utf-8")
    assert plan("json", tmp_path / "v.json", document()).comments == {V: (replace(last, written=0),)}
