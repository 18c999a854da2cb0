"""What is said of a segment: its time and length, what people said of it, why it is odd."""

from __future__ import annotations

from core.annotation.document import Document
from core.data.dataset import Video, VideoId
from core.review.listing import Listing, Status, Table

from ...models.review_words import SHORT, reason_text, time_text
from ...session import Session

STATUS = {
    Status.PREDICTED: "prediction",
    Status.OPEN: "not checked",
    Status.EDITED: "edited",
    Status.CHECKED: "checked",
    Status.REJECTED: "rejected",
    Status.ACCEPTED: "accepted",
}
SHOTS = {1: ("middle",), 3: ("first", "middle", "last")}


def video_of(document: Document | None, listing: Listing, row: int) -> Video | None:
    """The video of a row; None where it is gone."""
    name = listing.videos[int(listing.video[row])]
    return document.videos.get(name) if document is not None else None


def shots_of(listing: Listing, row: int, count: int) -> list[tuple[VideoId, int]]:
    """The frames of a row that are shown: the middle one, or the first, the middle one and the last."""
    video, start, stop = listing.videos[int(listing.video[row])], int(listing.starts[row]), int(listing.stops[row])
    middle = (start + stop - 1) // 2
    return [(video, middle)] if count == 1 else [(video, start), (video, middle), (video, stop - 1)]


def length_words(listing: Listing, row: int) -> str:
    """How long a row lasts.

    A short step shows what it has of a second.
    """
    length = float(listing.lengths[row])
    if not listing.in_seconds:
        return f"{length:,.0f} fr"
    return f"{length:.2f} s" if length < 10 else f"{length:,.1f} s"


def start_words(video: Video, listing: Listing, row: int, *, end: bool = False) -> str:
    """When a row begins, or ends: the time at which the next frame begins."""
    return time_text(video, int((listing.stops if end else listing.starts)[row]))


def badge(table: Table, row: int) -> str:
    """The main reason why a row is odd, in a word or two; empty where it is not."""
    reasons = table.reasons(row)
    return SHORT[reasons[0].kind] if reasons else ""


def why(session: Session, video: Video, table: Table, row: int) -> str:
    """Every reason why a row is odd, the main one first."""
    text = ", ".join(reason_text(session, video, reason) for reason in table.reasons(row))
    return text[:1].upper() + text[1:]


def describe(session: Session, table: Table, row: int) -> str:
    """A row in full, on some lines."""
    listing = table.listing
    video = video_of(session.document, listing, row)
    if video is None:
        return ""
    start, stop = int(listing.starts[row]), int(listing.stops[row])
    status = STATUS[Status(int(listing.status[row]))]
    lines = [
        f"{session.action_name(int(listing.labels[row]))} · {status}",
        f"{video.name}, frames {start:,} to {stop - 1:,}",
        f"{start_words(video, listing, row)}, {length_words(listing, row)} long",
    ]
    if reasons := why(session, video, table, row):
        share = float(table.shares[row])
        lines.append(f"{reasons}. About {100 * share:.0f} % of its frames are expected to be wrong.")
    return "\n".join(lines)


def count_text(shown: int, chosen: int, videos: int, coming: int, *, is_judged: bool = True) -> str:
    """How many segments are shown and chosen, how many pictures are on their way, and whether odd ones are known.

    >>> count_text(1, 0, 1, 0), count_text(1200, 3, 31, 7)
    ('1 segment in 1 video', '1,200 segments in 31 videos · 3 chosen · 7 pictures to come')
    """
    text = f"{shown:,} segment{'' if shown == 1 else 's'} in {videos:,} video{'' if videos == 1 else 's'}"
    text += f" · {chosen:,} chosen" if chosen else ""
    text += "" if is_judged else " · looking for what is odd…"
    return text + (f" · {coming:,} picture{'' if coming == 1 else 's'} to come" if coming else "")
