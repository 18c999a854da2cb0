"""What a change of the label map does to the scores: MoF at once, F1 and edit score from a computation beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.annotation.overlap import Effect, Overlap, effect

from ...session import Session

Key = tuple[tuple[int, int], ...]


class Effects:
    """Scores of label maps over one overlap; each is computed once. `changed` is called when some have come."""

    def __init__(self, session: Session, changed: Callable[[], None]) -> None:
        self._session, self._changed = session, changed
        self._overlap: Overlap | None = None
        self._known: dict[Key, Effect | None] = {}

    def reset(self, overlap: Overlap | None) -> None:
        """These counts are the ones that maps are judged by from now on."""
        self._overlap = overlap
        self._known.clear()

    def get(self, table: Mapping[int, int]) -> Effect | None:
        """The scores of a map, or None until they are there."""
        return self._known.get(_key(table))

    def ask(self, *tables: Mapping[int, int]) -> None:
        """Compute the scores of these maps; wishes of before are given up."""
        overlap = self._overlap
        wanted = {_key(table): dict(table) for table in tables if _key(table) not in self._known}
        if overlap is None or not wanted:
            return

        def work() -> dict[Key, Effect | None]:
            return {key: effect(overlap, table) for key, table in wanted.items()}

        def then(found: dict[Key, Effect | None]) -> None:
            if overlap is self._overlap:
                self._known |= found
                self._changed()

        self._session.computing.ask("label-map-effect", work, then)

    def changes(self, now: Mapping[int, int], then: Mapping[int, int]) -> list[str]:
        """``MoF 54.1 → 58.3 (+4.2)``, ``F1 …``: from the counts what they know, "…" for what is being computed."""
        overlap = self._overlap
        if overlap is None:
            return []
        before, after = self.get(now), self.get(then)
        mof = (overlap.mof(now), overlap.mof(then))
        parts = [_change("MoF", mof)] if mof[0] is not None else []
        for name in ("f1", "edit"):
            label = "F1" if name == "f1" else "edit"
            known = before is not None and after is not None
            parts.append(_change(label, (getattr(before, name), getattr(after, name))) if known else f"{label} …")
        return parts

    def text(self, table: Mapping[int, int], mark: str = "") -> str:
        """``MoF 54.1 · F1 31.0 · edit 60.2``, "…" for what is being computed; `mark` stands behind each score."""
        if self._overlap is None or (mof := self._overlap.mof(table)) is None:
            return ""
        found = self.get(table)
        rest = {"F1": None, "edit": None} if found is None else {"F1": found.f1, "edit": found.edit}
        parts = [f"{name} …" if value is None else f"{name} {100 * value:.1f}{mark}" for name, value in rest.items()]
        return " · ".join([f"MoF {100 * mof:.1f}{mark}", *parts])


def _key(table: Mapping[int, int]) -> Key:
    return tuple(sorted(table.items()))


def _change(label: str, values: tuple[float | None, float | None]) -> str:
    now, then = (100 * (value or 0.0) for value in values)
    return f"{label} {now:.1f} → {then:.1f} ({then - now:+.1f})"
