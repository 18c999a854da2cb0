"""What a person says of a video, as edits."""

from __future__ import annotations

import pytest
from fakes import VIDEO, a_session

from core.annotation import commands
from core.annotation.review_commands import united, unlabelled_frames
from core.annotation.values import ReviewStatus
from core.data.dataset import BACKGROUND, UNLABELLED
from core.errors import EditError
from core.store import pack


@pytest.fixture
def document():
    return a_session().document


def test_a_video_with_unlabelled_frames_is_not_accepted(document):
    count = unlabelled_frames(document.corrected[VIDEO])
    with pytest.raises(EditError, match=f"{count:,} frames of P03 are unlabelled"):
        commands.set_review(document, VIDEO, ReviewStatus.ACCEPTED)


def test_the_rest_becomes_background_in_the_same_edit(document):
    before = document.corrected[VIDEO]
    edit = commands.accept_rest_as_background(document, VIDEO, reviewer="Ada")
    document.apply(edit)
    after = document.corrected[VIDEO]
    assert UNLABELLED not in after.labels and after.at(0).label == BACKGROUND
    assert document.review(VIDEO).status is ReviewStatus.ACCEPTED and document.review(VIDEO).reviewer == "Ada"
    document.apply(edit.inverse())
    assert document.corrected[VIDEO] == before and document.review(VIDEO).status is ReviewStatus.NONE


def test_checked_spans_unite_and_survive_the_file(document):
    for start, stop in ((10, 20), (30, 40), (15, 32)):
        document.apply(commands.check_span(document, VIDEO, start, stop))
    review = document.review(VIDEO)
    assert review.checked == ((10, 40),) and review.status is ReviewStatus.IN_REVIEW
    assert pack.review(pack.plain(review)) == review
    with pytest.raises(EditError, match="checked before"):
        commands.check_span(document, VIDEO, 12, 20)
    with pytest.raises(EditError, match="outside"):
        commands.check_span(document, VIDEO, 0, 10_000)


def test_a_note_stays_when_only_the_status_changes(document):
    document.apply(commands.set_review(document, VIDEO, ReviewStatus.REJECTED, "blurred", reviewer="Ada"))
    document.apply(commands.set_review(document, VIDEO, ReviewStatus.IN_REVIEW))
    assert (document.review(VIDEO).note, document.review(VIDEO).reviewer) == ("blurred", "Ada")


def test_reviews_of_older_files_are_read(document):
    assert pack.review({"status": "accepted", "note": "x"}).checked == ()


def test_an_accepted_video_is_in_review_again_after_an_edit(document):
    document.apply(commands.accept_rest_as_background(document, VIDEO, reviewer="Ada"))
    edit = commands.relabel(document, VIDEO, 0, 10, 3)
    document.apply(edit)
    assert document.review(VIDEO).status is ReviewStatus.IN_REVIEW and document.review(VIDEO).reviewer == "Ada"
    document.apply(edit.inverse())
    assert document.review(VIDEO).status is ReviewStatus.ACCEPTED


def test_united_spans_rise_and_lie_apart():
    assert united([]) == ()
    assert united([(3, 4), (1, 3)]) == ((1, 4),)


def test_a_note_says_what_it_is_and_leaves_who_decided(document):
    document.corrected.pop(VIDEO)
    edit = commands.set_note(document, VIDEO, "hand hidden", reviewer="Bea")
    document.apply(edit)
    assert edit.text == "note on P03" and document.review(VIDEO).reviewer == "Bea"
    assert document.review(VIDEO).status is ReviewStatus.NONE
    document.apply(commands.set_review(document, VIDEO, ReviewStatus.REJECTED, reviewer="Ada"))
    document.apply(commands.set_note(document, VIDEO, "too dark", reviewer="Bea"))
    review = document.review(VIDEO)
    assert (review.status, review.note, review.reviewer) == (ReviewStatus.REJECTED, "too dark", "Ada")
    assert commands.set_note(document, VIDEO, "").text == "no note on P03"
    with pytest.raises(EditError, match="this note already"):
        commands.set_note(document, VIDEO, "too dark")
