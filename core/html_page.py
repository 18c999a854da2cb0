"""Pages that stand alone: templates with every value escaped, and a policy that lets only their own parts run.

Text from data is never markup: values are escaped by the template engine, and the control characters that turn the
direction of text around are shown by their number instead of working.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # controls, but not tab and line ends
    "\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # what turns the direction of text
    "\ud800-\udfff\ufffe\uffff]"  # what no file can hold
)


def shown(text: str) -> str:
    """The text with what works unseen (turns of direction, controls) as visible numbers.

    >>> shown("gpj\\u202eexe")
    'gpj[U+202E]exe'
    """
    return _UNSEEN.sub(lambda match: f"[U+{ord(match.group()):04X}]", text)


def _shown_value(value: Any) -> Any:
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def source_hash(text: str) -> str:
    """The text's entry in a content policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def render(template: Path, *, style: str = "", script: str = "", media: bool = False, **values: Any) -> str:
    """A page from a template beside its parts.

    Args:
        template: the file; its folder is where it may include from.
        style, script: the one style sheet and the one script, as ``style`` and ``script`` in the template. Nothing
            else of their kind will run: ``policy`` in the template carries their hashes.
        media: whether pictures and videos of the page's own folder may be shown.
        values: by name in the template; every text is escaped.
    """
    environment = Environment(
        loader=FileSystemLoader(template.parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown_value,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    policy = ["default-src 'none'", f"style-src {source_hash(style)}", "base-uri 'none'", "form-action 'none'"]
    policy += [f"script-src {source_hash(script)}"] if script else []
    policy += ["img-src 'self' data:", "media-src 'self'"] if media else ["img-src data:"]
    # The two parts are ours and stand in the page as they are; a hash counts every character between the tags.
    parts: Mapping[str, Any] = {"style": Markup(style), "script": Markup(script), "policy": "; ".join(policy)}
    return environment.get_template(template.name).render(**parts, **values)
