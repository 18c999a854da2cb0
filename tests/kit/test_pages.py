"""The pages of a kit as a parser sees them: only our own script and style, no address outside, names as text."""

from __future__ import annotations

import base64
import hashlib
import re

import html5lib
import pytest
from kit_project import HOSTILE, POINTS

from core.kit.package import KitSummary, write_kit
from core.kit.source import KitOptions, KitSource

PAGES = ("index.html", "work-instruction.html")


def parsed(text: str):  # type: ignore[no-untyped-def]
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)


@pytest.mark.parametrize("name", PAGES)
def test_only_what_the_policy_names_can_run(kit: KitSummary, name: str) -> None:
    root = parsed((kit.out / name).read_text(encoding="utf-8"))
    (policy,) = (m.get("content") for m in root.iter("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy and "http" not in policy
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        found = list(root.iter(tag))
        assert len(found) == (0 if tag == "script" and name != "index.html" else 1)
        for element in found:
            digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
            assert f"{directive} 'sha256-{digest}'" in policy
            assert not element.attrib
    for element in root.iter():
        for key, value in element.attrib.items():
            assert not str(key).startswith("on") and key != "style"
            if key in ("src", "href", "poster", "data-src"):
                assert re.fullmatch(r"[a-z0-9_./-]+", value) and ".." not in value
                assert (kit.out / value).is_file()
        assert element.tag not in ("iframe", "object", "embed", "base", "form", "link")


@pytest.mark.parametrize("name", PAGES)
def test_hostile_names_are_text(kit: KitSummary, name: str) -> None:
    raw = (kit.out / name).read_text(encoding="utf-8")
    text = " ".join("".join(parsed(raw).itertext()).split())
    assert HOSTILE["one"] in text and HOSTILE["two"] in text and POINTS[0] in text
    assert "Abc[U+202E]gpj.exe" in text and "\u202e" not in raw
    assert "Fill <it>" in text


def test_the_script_is_the_same_in_every_kit_and_holds_no_data(kit: KitSummary, source: KitSource, tmp_path) -> None:  # type: ignore[no-untyped-def]
    other = write_kit(source, KitOptions(photos_only=True, formats=()), tmp_path / "photos")
    scripts = {
        next(parsed((out / "index.html").read_text(encoding="utf-8")).iter("script")).text
        for out in (kit.out, other.out)
    }
    assert len(scripts) == 1


def test_without_scripts_the_page_is_a_list_with_a_video(kit: KitSummary) -> None:
    root = parsed((kit.out / "index.html").read_text(encoding="utf-8"))
    (video,) = root.iter("video")
    assert video.get("controls") is not None and video.get("src") == "video/b.mp4"
    steps = [item for item in root.iter("li") if item.get("class") == "step"]
    assert [s.get("data-start") for s in steps] == ["1.000000", "4.000000", "6.000000", "8.500000"]
    assert all(len(list(step.iter("img"))) == 1 for step in steps)


def test_blank_fields_stay_blank_and_drafts_say_so(source: KitSource, kit: KitSummary, tmp_path) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    sheet = (kit.out / "work-instruction.html").read_text(encoding="utf-8")
    assert sheet.count("to be written by the expert") == 3 * 4 - 3
    assert ">Draft<" not in sheet and "nobody accepted" not in sheet
    two = dict(list(source.accepted.items())[:2])
    draft = write_kit(replace(source, accepted=two), KitOptions(formats=()), tmp_path / "draft")
    for name in PAGES:
        assert "Includes 1 of 3 videos that nobody accepted." in (draft.out / name).read_text(encoding="utf-8")
    assert ">Draft<" in (draft.out / "work-instruction.html").read_text(encoding="utf-8")
