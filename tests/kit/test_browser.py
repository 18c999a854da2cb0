"""The kit in a real browser: every control does what it says, nothing is asked of the network, no error is logged.

Runs where chromium, its driver and selenium are installed; they are no part of the development set-up.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import threading
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed; it drives the browser")

from kit_project import HOSTILE  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

from core.kit.package import KitSummary  # noqa: E402

FLAGS = ("headless", "no-sandbox", "disable-gpu", "disable-background-networking", "disable-component-update",
         "disable-sync", "autoplay-policy=no-user-gesture-required", "window-size=1400,900")  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium or chromedriver is not installed; they are the judge of the page")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    made.set_script_timeout(120)
    yield made
    made.quit()


def until(browser: Any, done: str) -> None:
    WebDriverWait(browser, 120, poll_frequency=0.05).until(lambda b: b.execute_script(f"return {done}"), done)


def now(browser: Any) -> int | None:
    """The number of the step that is lit."""
    lit = browser.execute_script("return [...document.querySelectorAll('.step.now')].map(s => Number(s.dataset.step))")
    assert len(lit) <= 1
    return lit[0] if lit else None


def press(browser: Any, key: str) -> None:
    browser.execute_script("dispatchEvent(new KeyboardEvent('keydown', {key: arguments[0], cancelable: true}))", key)


def errors(browser: Any) -> list[str]:
    return [entry["message"] for entry in browser.get_log("browser")]


def requests(browser: Any) -> set[str]:
    found = set()
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            found.add(message["params"]["request"]["url"])
    return found


def lit_picture(step: int) -> str:
    return (
        f"document.querySelector('.step.now')?.dataset.step === '{step}' && !document.getElementById('video').seeking"
    )


def test_the_player_does_what_its_controls_say(browser: Any, kit: KitSummary) -> None:
    requests(browser)
    browser.get((kit.out / "index.html").as_uri())
    until(browser, "document.getElementById('video').readyState >= 2")
    assert now(browser) is None  # the video begins with background
    assert browser.execute_script("return document.title") == "Fill <it>"
    assert browser.execute_script("return document.querySelectorAll('main script, main img[src=x]').length") == 0

    browser.execute_script("document.querySelectorAll('.go')[1].click()")
    until(browser, lit_picture(2))
    start = browser.execute_script("return document.getElementById('video').currentTime")
    assert 4.0 <= start < 4.05
    assert browser.execute_script("return document.getElementById('caption').textContent") == f"2. {HOSTILE['two']}"
    press(browser, "n")
    until(browser, lit_picture(3))  # this one is shown in another video
    assert "video/c.mp4" in browser.execute_script("return document.getElementById('video').currentSrc")
    browser.execute_script("document.getElementById('next').click()")
    until(browser, lit_picture(4))
    press(browser, "p")
    press(browser, "p")
    until(browser, lit_picture(2))
    assert "video/b.mp4" in browser.execute_script("return document.getElementById('video').currentSrc")
    browser.execute_script(
        "const part = document.querySelector('.part[data-step=\"1\"]');"
        "part.dispatchEvent(new MouseEvent('click', {bubbles: true, clientX: 1}))"
    )
    until(browser, lit_picture(1))

    press(browser, "-")
    press(browser, "-")
    assert browser.execute_script("return document.getElementById('video').playbackRate") == 0.5
    press(browser, "+")
    assert browser.execute_script("return document.getElementById('speed').value") == "0.75"

    browser.execute_script("window.printed = 0; window.print = () => { printed += 1; }")
    browser.execute_script("document.getElementById('print').click()")
    assert browser.execute_script("return printed") == 1
    browser.execute_script("document.getElementById('theme').click()")
    assert browser.execute_script("return document.documentElement.dataset.theme") in ("dark", "light")
    assert errors(browser) == []
    outside = {url for url in requests(browser) if not url.startswith((kit.out.as_uri(), "data:"))}
    assert outside == set()


def test_a_looped_step_stays_inside_its_frames(browser: Any, kit: KitSummary) -> None:
    browser.get((kit.out / "index.html").as_uri())
    until(browser, "document.getElementById('video').readyState >= 2")
    browser.execute_script("document.querySelectorAll('.go')[1].click()")
    until(browser, lit_picture(2))
    shown = browser.execute_async_script(
        """
        const done = arguments[0], video = document.getElementById('video'), times = [];
        let turns = 0, last = 0;
        const frame = (_now, data) => {
          times.push(data.mediaTime);
          if (data.mediaTime < last) turns += 1;
          last = data.mediaTime;
          if (turns === 2) { video.pause(); done(times); } else video.requestVideoFrameCallback(frame);
        };
        video.requestVideoFrameCallback(frame);
        dispatchEvent(new KeyboardEvent('keydown', {key: 'l', cancelable: true}));
        video.playbackRate = 4;
        dispatchEvent(new KeyboardEvent('keydown', {key: ' ', cancelable: true}));
        """
    )
    assert min(shown) >= 3.999 and max(shown) < 6.1  # the step is [4, 6); at four times the speed one frame may slip
    assert now(browser) == 2
    assert errors(browser) == []


def test_playing_on_goes_from_step_to_step_over_videos(browser: Any, kit: KitSummary) -> None:
    browser.get((kit.out / "index.html").as_uri())
    until(browser, "document.getElementById('video').readyState >= 2")
    browser.execute_script(
        """
        window.seen = [];
        new MutationObserver(() => {
          const lit = document.querySelector('.step.now');
          if (lit && seen.at(-1) !== lit.dataset.step) seen.push(lit.dataset.step);
        }).observe(document.getElementById('steps'), {subtree: true, attributeFilter: ['class']});
        const video = document.getElementById('video');
        video.defaultPlaybackRate = video.playbackRate = 4;
        document.getElementById('play').click();
        """
    )
    until(browser, "seen.at(-1) === '4'")
    assert browser.execute_script("return seen") == ["1", "2", "3", "4"]
    browser.execute_script("document.getElementById('video').pause()")
    assert errors(browser) == []


def test_on_a_phone_nothing_is_wider_than_the_screen(browser: Any, kit: KitSummary) -> None:
    for name in ("index.html", "work-instruction.html"):
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride", {"width": 375, "height": 740, "deviceScaleFactor": 2, "mobile": True}
        )
        try:
            browser.get((kit.out / name).as_uri())
            until(browser, "document.readyState === 'complete'")
            assert browser.execute_script("return document.documentElement.scrollWidth") == 375
            small = browser.execute_script(
                "return [...document.querySelectorAll('button, select')].filter(e => e.offsetParent)"
                ".map(e => e.getBoundingClientRect()).filter(b => b.height < 40 || b.width < 40).length"
            )
            assert small == 0
        finally:
            browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        assert errors(browser) == []


API = """<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,">
<script>
const values = {"cmi.core.lesson_status": "not attempted"}, calls = [];
window.API = {
  LMSInitialize() { calls.push("Initialize"); return "true"; },
  LMSGetValue(name) { return values[name] || ""; },
  LMSSetValue(name, value) { values[name] = value; return "true"; },
  LMSCommit() { calls.push("Commit"); return "true"; },
  LMSFinish() { calls.push("Finish"); return "true"; },
};
</script><iframe id="course" src="/kit/index.html%s" width="1200" height="800"></iframe>"""


@pytest.fixture
def platform(kit: KitSummary) -> Iterator[Callable[[str], str]]:
    """A learning platform on this machine: a page with the API and the kit in a frame."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(kit.out.parent)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()

    def page(query: str) -> str:
        (kit.out.parent / "platform.html").write_text(API % query)
        return f"http://127.0.0.1:{server.server_port}/platform.html"

    yield page
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_platform_is_told_when_every_step_was_shown(browser: Any, platform: Callable[[str], str]) -> None:
    inside = "document.getElementById('course').contentDocument"
    browser.get(platform(""))
    until(browser, f"{inside}.documentElement.classList.contains('scripted')")
    assert browser.execute_script("return values['cmi.core.lesson_status']") == "incomplete"
    for step in (1, 2, 4, 3):
        browser.execute_script(f"{inside}.querySelectorAll('.go')[{step - 1}].click()")
        assert browser.execute_script("return values['cmi.core.lesson_location']") == str(step)
        status = browser.execute_script("return values['cmi.core.lesson_status']")
        assert status == ("completed" if step == 3 else "incomplete")
    assert browser.execute_script("return values['cmi.suspend_data']") == "1,2,3,4"
    browser.execute_script("document.getElementById('course').src = 'about:blank'")
    until(browser, "calls.at(-1) === 'Finish'")
    assert browser.execute_script("return values['cmi.core.exit']") == ""
    assert errors(browser) == []


def test_a_course_that_was_left_goes_on_where_it_stood(browser: Any, platform: Callable[[str], str]) -> None:
    inside = "document.getElementById('course').contentDocument"
    browser.get(platform(""))
    until(browser, f"{inside}.documentElement.classList.contains('scripted')")
    browser.execute_script(f"{inside}.querySelectorAll('.go')[0].click()")
    browser.execute_script("document.getElementById('course').src = 'about:blank'")
    until(browser, "calls.at(-1) === 'Finish'")
    assert browser.execute_script("return values['cmi.core.exit']") == "suspend"
    browser.execute_script("document.getElementById('course').src = '/kit/index.html'")
    until(browser, f"{inside}.querySelector('.step.now')?.dataset.step === '1'")


def test_an_item_of_the_course_is_done_with_its_own_step(browser: Any, platform: Callable[[str], str]) -> None:
    browser.get(platform("?step=3"))
    until(browser, "values['cmi.core.lesson_status'] === 'completed'")
    assert browser.execute_script("return values['cmi.core.lesson_location']") == "3"
    assert browser.execute_script("return values['cmi.suspend_data']") == "3"
    assert errors(browser) == []


SCORM_AGAIN = os.environ.get("SCORM_AGAIN", "")
PLAYER = """<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="/scorm12.min.js"></script>
<script>
const heard = [];
window.API = new Scorm12API({autocommit: false, logLevel: 4});
for (const name of ["LMSInitialize", "LMSCommit", "LMSFinish"]) API.on(name, () => heard.push(name));
</script><iframe id="course" src="/course/%s" width="1200" height="800"></iframe>"""


@pytest.mark.skipif(
    not SCORM_AGAIN, reason="SCORM_AGAIN names no scorm12.min.js (npm install scorm-again; docs/kit.md)"
)
def test_a_real_scorm_player_takes_the_package_and_hears_of_every_item(
    browser: Any, platform: Callable[[str], str], kit: KitSummary
) -> None:
    """The zip, unpacked by its manifest, item by item, in the run-time of scorm-again."""
    place = kit.out.parent
    shutil.copy(SCORM_AGAIN, place / "scorm12.min.js")
    assert kit.archive is not None
    with zipfile.ZipFile(kit.archive) as archive:
        archive.extractall(place / "course")
    names = {"cp": "http://www.imsproject.org/xsd/imscp_rootv1p1p2"}
    manifest = ET.parse(place / "course" / "imsmanifest.xml")
    (resource,) = manifest.findall(".//cp:resource", names)
    items = manifest.findall(".//cp:item", names)
    assert len(items) == 4 and {item.get("identifierref") for item in items} == {resource.get("identifier")}
    address = platform("").rpartition("/")[0]
    inside = "document.getElementById('course').contentDocument"
    for number, item in enumerate(items, 1):
        (place / f"player{number}.html").write_text(PLAYER % f"{resource.get('href')}{item.get('parameters')}")
        browser.get(f"{address}/player{number}.html")
        until(browser, f"{inside}?.documentElement.classList.contains('scripted')")
        until(browser, "API.cmi.core.lesson_status === 'completed'")
        assert browser.execute_script("return API.cmi.core.lesson_location") == str(number)
        browser.execute_script("document.getElementById('course').src = 'about:blank'")
        until(browser, "heard.at(-1) === 'LMSFinish'")
        assert browser.execute_script("return [heard[0], API.lmsGetLastError()]") == ["LMSInitialize", "0"]
    (place / "player.html").write_text(PLAYER % resource.get("href"))
    browser.get(f"{address}/player.html")  # the whole course as one: done when every step was shown
    until(browser, f"{inside}?.documentElement.classList.contains('scripted')")
    assert browser.execute_script("return API.cmi.core.lesson_status") == "incomplete"
    for step in range(4):
        browser.execute_script(f"{inside}.querySelectorAll('.go')[{step}].click()")
    until(browser, "API.cmi.core.lesson_status === 'completed'")
    assert errors(browser) == []
