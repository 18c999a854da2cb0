"""The manifest that a learning platform reads: SCORM 1.2, one course, one item a step, every file listed."""

from __future__ import annotations

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from ..html_page import shown
from .names import slug
from .plan import KitPlan

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier={identifier} version="1.0" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
    xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata>
    <schema>ADL SCORM</schema>
    <schemaversion>1.2</schemaversion>
  </metadata>
  <organizations default="steps">
    <organization identifier="steps">
      <title>{title}</title>
"""


def imsmanifest(plan: KitPlan, files: Iterable[str]) -> str:
    """The manifest of a folder that holds `files`, all relative to it."""
    lines = [_HEAD.format(identifier=quoteattr(f"kit-{slug(plan.title) or 'steps'}"), title=_text(plan.title))]
    for step in plan.steps:
        lines.append(
            f'      <item identifier="step-{step.index}" identifierref="page" parameters="?step={step.index}">\n'
            f"        <title>{_text(f'{step.index}. {step.title}')}</title>\n"
            "      </item>\n"
        )
    lines.append("    </organization>\n  </organizations>\n  <resources>\n")
    lines.append('    <resource identifier="page" type="webcontent" adlcp:scormtype="sco" href="index.html">\n')
    lines += [f"      <file href={quoteattr(name)}/>\n" for name in files]
    lines.append("    </resource>\n  </resources>\n</manifest>\n")
    return "".join(lines)


def _text(text: str) -> str:
    return escape(shown(text))
