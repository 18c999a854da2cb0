"""How well a few typed letters fit a text: letters in order, word beginnings and runs first. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

START, RUN, WHOLE, EXACT = 8, 5, 20, 30


def match(query: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """A score, higher is better, and the places of the letters; None where they do not all occur in this order.

    Blanks in the query part words that may come in any order.

    >>> match("spl", "Split at playhead")[1]
    (0, 1, 2)
    >>> match("head play", "Split at playhead") is not None, match("xq", "Split") is None
    (True, True)

    Who types all of a name means it: it goes before texts that only hold it.

    >>> match("labels", "Go to panel: Labels")[0] > match("labels", "Import labels…")[0]
    True
    """
    wanted, name = query.casefold().strip(), text.casefold().rpartition(": ")[2]
    score, places = EXACT if wanted == name else 0, set[int]()
    for word in query.casefold().split():
        found = _word(word, text.casefold())
        if found is None:
            return None
        score += found[0]
        places |= set(found[1])
    return score - len(text) // 8, tuple(sorted(places))


def _word(word: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    whole = text.find(word)
    if whole >= 0:
        at_start = START if _begins(text, whole) else 0
        best = next((i for i in _finds(word, text) if _begins(text, i)), whole)
        score = WHOLE + RUN * len(word) + (START if _begins(text, best) else at_start) - best // 4
        return score, tuple(range(best, best + len(word)))
    places: list[int] = []
    score, at = 0, 0
    for letter in word:
        options = [i for i in range(at, len(text)) if text[i] == letter]
        if not options:
            return None
        follow = places[-1] + 1 if places else -1
        place = next((i for i in options if i == follow or _begins(text, i)), options[0])
        score += RUN if place == follow else START if _begins(text, place) else -1
        places.append(place)
        at = place + 1
    return score, tuple(places)


def _finds(word: str, text: str) -> Sequence[int]:
    return [i for i in range(len(text) - len(word) + 1) if text.startswith(word, i)]


def _begins(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()
