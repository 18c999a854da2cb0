"""The release figures of the fault plan: runs its rows and writes docs/reliability.md.

python scripts/reliability.py                     every row that has no figure of this version yet
python scripts/reliability.py F1 F5               these rows, again
python scripts/reliability.py F1 --count 50       fewer tries, printed, not written
python scripts/reliability.py --write             only write the document from the figures that are there
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "gui")]
FIGURES = ROOT / "docs" / "reliability.json"
DOCUMENT = ROOT / "docs" / "reliability.md"
TIMED = ("F4", "F17", "F18", "F19")


def machine() -> str:
    """The computer in a line, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30 if hasattr(os, "sysconf") else 0
    return (
        f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory} GB, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def run(name: str, count: int | None, seed: int) -> dict[str, object]:
    """One row, as the plain values that are kept."""
    from faults.outcome import Outcome, progress
    from faults.plan import row

    one = row(name)
    outcomes: list[Outcome] = []
    began, load = time.monotonic(), os.getloadavg()[0]
    for turn in range(one.seeds):
        progress(f"{one.id}: {one.title}, {count or one.count} {one.unit}, seed {seed + turn}")
        with tempfile.TemporaryDirectory(prefix="tot-faults-") as folder:
            outcomes.append(one.run(count or one.count, seed + turn, Path(folder)))
    failures = [text for found in outcomes for text in found.failures]
    figures: dict[str, object] = {}
    for turn, found in enumerate(outcomes):
        figures |= {
            key if one.seeds == 1 else f"{key}, seed {seed + turn}": value for key, value in found.figures.items()
        }
    if name in TIMED:  # times say nothing without what else ran
        figures["load of the machine, a minute's mean"] = f"{load:.1f} before, {os.getloadavg()[0]:.1f} at the end"
    return {
        "cases": sum(found.cases for found in outcomes),
        "unit": one.unit,
        "failures": failures,
        "figures": figures,
        "skipped": next((found.skipped for found in outcomes if found.skipped), ""),
        "seconds": round(time.monotonic() - began, 1),
        "date": date.today().isoformat(),
        "machine": machine(),
    }


def _known(path: Path) -> dict[str, object]:
    return dict(json.loads(path.read_text())) if path.exists() else {}


def main() -> int:
    """The exit code: 1 when a row failed."""
    from faults.plan import ROWS
    from faults.report import write

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", help="ids of rows; all that have no figure yet when left out")
    parser.add_argument("--count", type=int, help="tries of each row instead of the release figure; nothing is written")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where the figures are kept")
    parser.add_argument("--write", action="store_true", help="only write the document")
    asked = parser.parse_args()
    os.environ.setdefault("TOT_FAULTS_SHOW", "1")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    known = _known(asked.figures)
    names = asked.rows or [one.id for one in ROWS if one.id not in known]
    failed = False
    for name in [] if asked.write else names:
        found = run(name, asked.count, asked.seed)
        print(json.dumps({name: found}, indent=1, ensure_ascii=False), flush=True)
        failed |= bool(found["failures"])
        if asked.count is None:
            known = _known(asked.figures) | {name: found}  # another row may have ended meanwhile
            asked.figures.write_text(json.dumps(dict(sorted(known.items())), indent=1, ensure_ascii=False) + "\n")
    if asked.count is None and asked.figures == FIGURES:
        write(known, DOCUMENT)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
