"""Run by a Python with label-studio-sdk: what it makes of an exported folder, as JSON on standard output."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path

from label_studio_sdk.label_interface import LabelInterface

folder = Path(sys.argv[1])
interface = LabelInterface((folder / "config.xml").read_text(encoding="utf-8"))
(task,) = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
result = task["annotations"][0]["result"]
wrong = copy.deepcopy(result[:1])
wrong[0]["value"]["timelinelabels"] = ["no such action"]
regions = [(r["value"]["timelinelabels"][0], *r["value"]["ranges"][0].values()) for r in result]
answer = {
    "errors": interface.validate_prediction({"result": result}, return_errors=True),
    "errors_of_an_unknown_name": interface.validate_prediction({"result": wrong}, return_errors=True),
    "regions": regions,
    "labels": list(interface.get_control("tl").labels),
}
print(json.dumps(answer))
